"""ControlNets of a command line: `--control`, and what goes with it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from underpaint.codec import from_json
from underpaint.errors import InvalidRequest
from underpaint.request import ControlUnit, InpaintRequest

if TYPE_CHECKING:
    from underpaint.image.picture import Picture

NUMBER = r"-?[\d.]+"
CONTROL = re.compile(
    rf"(?P<model>.+?)(?::(?P<weight>{NUMBER})(?::(?P<start>{NUMBER}):(?P<end>{NUMBER}))?)?", re.DOTALL
)
"""MODEL[:WEIGHT[:START:END]]; the model may be a path with colons."""
INPUT = Path("-")
"""Stands for the input picture among control pictures."""


def with_controls(
    request: InpaintRequest, options: dict[str, Any]
) -> tuple[InpaintRequest, tuple["Picture", ...]]:
    """The request with the units of a command's options, by parameter name, and all pictures that its units name: from
    files, or for units that it had before from the store."""
    texts: Sequence[str] = options["control"] or []
    _check_counts(options, len(texts))
    if not texts:
        return request, tuple(stored_control_pictures(request.controls))
    preprocessors = options["control_preprocessor"] or []
    units = [
        _unit(text, {"preprocessor": preprocessors[i].value} if i < len(preprocessors) else {})
        for i, text in enumerate(texts)
    ]
    pictures: list[Picture] = []
    for i, file in enumerate(options["control_image"] or []):
        if file != INPUT:
            pictures.append(_read(file, request))
            units[i] = replace(units[i], picture=pictures[-1].sha256)
    return replace(request, controls=tuple(units)), tuple(pictures)


def control_options(request: InpaintRequest) -> dict[str, str]:
    """The parameters that settings of units come from, by path."""
    parameters = {"start": "control", "picture": "control_image", "preprocessor": "control_preprocessor"}
    return {
        f"controls[{i}].{setting}": parameter
        for i in range(len(request.controls))
        for setting, parameter in parameters.items()
    }


def control_files(options: dict[str, Any]) -> tuple[Path, ...]:
    """The files that control pictures come from."""
    return tuple(file for file in options["control_image"] or [] if file != INPUT)


def stored_control_pictures(
    units: Iterable[ControlUnit], given: Sequence["Picture"] = ()
) -> Iterator["Picture"]:
    """The pictures that units name: from those given, else from the store."""
    from underpaint.store import stored_picture

    by_sha256 = {picture.sha256: picture for picture in given}
    for wanted in dict.fromkeys(unit.picture for unit in units if unit.picture):
        picture = by_sha256.get(wanted) or stored_picture(wanted)
        if picture is None:
            raise InvalidRequest(
                f"The control picture {wanted[:12]}… is not in the store; name its file with --control-image."
            )
        yield picture


def _check_counts(options: dict[str, Any], controls: int) -> None:
    for name in ("control_preprocessor", "control_image"):
        if len(options[name] or []) > controls:
            raise InvalidRequest(
                f"--{name.replace('_', '-')} goes with a --control, the n-th with the n-th; there are more of them than "
                "of --control."
            )


def _unit(text: str, more: dict[str, str]) -> ControlUnit:
    found = CONTROL.fullmatch(text)
    if found is None:
        raise InvalidRequest("--control names no ControlNet; give MODEL[:WEIGHT[:START:END]].")
    numbers = {name: found[name] for name in ("weight", "start", "end") if found[name] is not None}
    try:
        values = {name: float(number) for name, number in numbers.items()}
    except ValueError:
        raise _unreadable(text) from None
    if _ends_in_number(found["model"]):
        raise _unreadable(text)
    try:
        return from_json(ControlUnit, {"model": found["model"], **values, **more})
    except InvalidRequest as error:
        raise InvalidRequest(f"--control {text!r}: {error}") from error


def _ends_in_number(model: str) -> bool:
    """Whether numbers are left behind a colon, unless a file is called so."""
    _, colon, end = model.rpartition(":")
    if not colon or Path(model).expanduser().exists():
        return False
    try:
        float(end or "0")
    except ValueError:
        return False
    return True


def _unreadable(text: str) -> InvalidRequest:
    return InvalidRequest(
        f"--control {text!r}: its numbers cannot be read; give MODEL[:WEIGHT[:START:END]], e.g. canny:0.8:0:0.7."
    )


def _read(file: Path, request: InpaintRequest) -> "Picture":
    from underpaint.image.io import load_picture

    return load_picture(file, rule=request.rules.file_reading)
