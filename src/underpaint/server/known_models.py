"""The models and ControlNets that requests over HTTP may name: those of the catalog. A path of the server's disk is none
of theirs."""

from collections.abc import Sequence
from difflib import get_close_matches

from underpaint.errors import ModelNotFound
from underpaint.models.catalog import ModelFile, default_folders, find_model, list_models
from underpaint.models.control_files import ControlNetFile, list_controlnets
from underpaint.request import InpaintRequest
from underpaint.server.refusals import InvalidSetting


def known_models() -> tuple[ModelFile, ...]:
    """The builtin model, then those in the model folders."""
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


def require_controlnets(request: InpaintRequest) -> None:
    """Raises `UnknownModel` for a unit whose ControlNet is not in the catalog."""
    names = [file.name for file in known_controlnets()] if request.controls else []
    for i, unit in enumerate(request.controls):
        if unit.model not in names:
            raise _unknown("ControlNet", unit.model, names, f"request.controls[{i}].model")


def _unknown(kind: str, name: str, names: Sequence[str], field: str) -> "UnknownModel":
    close = get_close_matches(name, names, n=1)
    hint = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(names) or 'none'}."
    return UnknownModel(f"No {kind} is called {name!r}. {hint}", field)


class UnknownModel(InvalidSetting, ModelNotFound):
    """A request names a model or ControlNet that is not in the catalog."""

    code = ModelNotFound.code
