"""The models and ControlNets that requests over HTTP may name: those of the catalog. A path of the server's disk is none
of theirs."""

from collections.abc import Sequence
from difflib import get_close_matches

from underpaint.errors import ModelNotFound, UnsupportedCheckpoint
from underpaint.models.catalog import ModelFile, default_folders, find_model, list_models
from underpaint.models.control_files import ControlNetFile, list_controlnets, made_for_another
from underpaint.models.glance import glance
from underpaint.request import InpaintRequest
from underpaint.server.refusals import InvalidSetting


def known_models() -> tuple[ModelFile, ...]:
    """The builtin models, then those in the model folders."""
    return list_models(default_folders())


def known_controlnets() -> tuple[ControlNetFile, ...]:
    """The builtin ControlNets, then those beside the model folders."""
    return list_controlnets(default_folders())


def required_model(name: str) -> ModelFile:
    """The model of this name in the catalog."""
    names = [model.name for model in known_models()]
    if name not in names:
        raise _unknown("model", name, names, "request.model")
    return find_model(name, default_folders())


def require_controlnets(request: InpaintRequest, model: ModelFile) -> None:
    """Raises `UnknownModel` for a unit whose ControlNet is not in the catalog, and `InvalidSetting` for one whose
    ControlNet was made for another family of checkpoints."""
    known = {file.name: file for file in known_controlnets()} if request.controls else {}
    for i, unit in enumerate(request.controls):
        field = f"request.controls[{i}].model"
        if unit.model not in known:
            raise _unknown("ControlNet", unit.model, list(known), field)
        made_for, given = known[unit.model].text_channels, glance(model).text_channels
        if made_for != given:
            raise InvalidSetting(made_for_another(unit.model, made_for, model.name, given), field)


def controlnets_and_models() -> list[tuple[ControlNetFile, list[str]]]:
    """Every ControlNet of the catalog, with the names of the models that it was made for. What cannot be read fits
    nothing; whoever chooses it hears why."""
    of_models = [(model.name, _text_channels(model)) for model in known_models()]
    return [
        (file, [name for name, given in of_models if given is not None and given == _text_channels(file)])
        for file in known_controlnets()
    ]


def _text_channels(file: ModelFile | ControlNetFile) -> int | None:
    """None for what cannot be read."""
    try:
        return glance(file).text_channels if isinstance(file, ModelFile) else file.text_channels
    except UnsupportedCheckpoint:
        return None


def _unknown(kind: str, name: str, names: Sequence[str], field: str) -> "UnknownModel":
    close = get_close_matches(name, names, n=1)
    hint = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(names) or 'none'}."
    return UnknownModel(f"No {kind} is called {name!r}. {hint}", field)


class UnknownModel(InvalidSetting, ModelNotFound):
    """A request names a model or ControlNet that is not in the catalog."""

    code = ModelNotFound.code
