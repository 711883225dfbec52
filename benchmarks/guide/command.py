"""The command lines that make the pictures of an arm, for anyone to repeat."""

import json
import shlex
from collections.abc import Iterator
from typing import Any

from benchmarks.guide.experiment import Arm, Experiment
from benchmarks.guide.making import asked
from benchmarks.guide.stage import Stage
from underpaint.cli.options import SETTING_OF_OPTION
from underpaint.codec import to_json
from underpaint.models.catalog import default_folders, find_model
from underpaint.models.recommended import recommended
from underpaint.request import ControlUnit, InpaintRequest, MaskMode, Profile

SEED = 0
"""Of the pictures that are shown first, and whose inputs lie beside the page."""

INPUTS = "docs/guide/inputs"


def commands(experiment: Experiment, arm: Arm) -> list[str]:
    """What to type, in the order of edits; each starts from the result of the one before."""
    stage = experiment.stage(SEED)
    chain = arm.chain
    files = [f"{INPUTS}/{stage_name(experiment)}.png", *(f"edit-{i}.png" for i in range(1, len(chain)))]
    lines = [
        shlex.join(_words(experiment, each, stage, file)) for each, file in zip(chain, files, strict=True)
    ]
    if len(chain) == 1:
        return lines
    return [f"{line} -o edit-{number}.png" for number, line in enumerate(lines, start=1)]


def stage_name(experiment: Experiment) -> str:
    """What the files of a stage are called after."""
    return experiment.stage.__name__.replace("_", "-")


def inputs(experiment: Experiment) -> dict[str, Any]:
    """The files that the commands name: uint8 arrays by file name."""
    stage, name = experiment.stage(SEED), stage_name(experiment)
    arms = [each for arm in experiment.arms for each in arm.chain]
    masks = {arm.mask for arm in arms if arm.mask is not None}
    sketches = {arm.sketch for arm in arms if arm.sketch is not None}
    return {
        f"{name}.png": stage.picture,
        **{_file(name, mask): stage.regions[mask] for mask in sorted(masks)},
        **{_file(name, sketch): stage.sketches[sketch] for sketch in sorted(sketches)},
    }


def _file(name: str, what: str) -> str:
    return f"{name}-{what.replace(' ', '-')}.png"


def _words(experiment: Experiment, arm: Arm, stage: Stage, picture: str) -> Iterator[str]:
    name = stage_name(experiment)
    request = asked(arm, stage, SEED)
    if arm.mask is None:
        yield from ("underpaint", "generate", "--image", picture)
    else:
        yield from ("underpaint", "inpaint", picture, "--mask", f"{INPUTS}/{_file(name, arm.mask)}")
    if arm.sketch is not None:
        yield from ("--sketch", f"{INPUTS}/{_file(name, arm.sketch)}")
    yield from _options(request)
    if arm.is_underpainting:
        yield "--save-under"


def _options(request: InpaintRequest) -> Iterator[str]:
    """Everything that is not as a plain command has it."""
    data, plain = to_json(request), to_json(_as_usual(request))
    if request.model != plain["model"]:
        yield from ("--model", request.model)
    for unit in request.controls:
        yield from ("--control", _control(unit), "--control-preprocessor", unit.preprocessor.value)
    if request.rules == Profile.a1111():
        yield from ("--profile", "a1111")
        plain["rules"] = to_json(Profile.a1111())
    if request.mask.mode is MaskMode.NOT_MASKED:
        yield "--invert-mask"
        plain["mask"]["mode"] = request.mask.mode.value
    for option, paths in SETTING_OF_OPTION.items():
        values = [_at(data, path) for path in paths]
        if values != [_at(plain, path) for path in paths]:
            yield from (f"--{option.replace('_', '-')}", str(values[0]))
        for path in paths:
            _settle(data, plain, path)
    for path, value in _differences(data, plain):
        yield from ("--set", f"{path}={value if isinstance(value, str) else json.dumps(value)}")


def _as_usual(request: InpaintRequest) -> InpaintRequest:
    """What a command asks for that names nothing but the model, and the profile."""
    usual = InpaintRequest()
    if request.rules == Profile.a1111():
        return usual
    return recommended(find_model(request.model, default_folders())).over(usual)


def _control(unit: ControlUnit) -> str:
    """MODEL:WEIGHT:START:END, as far as something is not as usual."""
    assert unit.picture is None, "experiments show ControlNets the picture that is edited"
    numbers = (unit.weight, unit.start, unit.end)
    usual = ControlUnit(model=unit.model)
    if numbers == (usual.weight, usual.start, usual.end):
        return unit.model
    return ":".join([unit.model, *map(str, numbers)])


def _at(data: dict[str, Any], path: str) -> Any:
    group, name = path.split(".")
    return data[group][name]


def _settle(data: dict[str, Any], plain: dict[str, Any], path: str) -> None:
    """Marks a setting as said."""
    group, name = path.split(".")
    plain[group][name] = data[group][name]


def _differences(data: dict[str, Any], plain: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for group, settings in data.items():
        if isinstance(settings, dict):
            for name, value in settings.items():
                if value != plain[group][name]:
                    yield f"{group}.{name}", value
