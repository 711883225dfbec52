"""The models that requests over HTTP may name: those of the catalog. A path of the server's disk is none of theirs."""

from difflib import get_close_matches

from underpaint.errors import ModelNotFound
from underpaint.models.catalog import ModelFile, default_folders, find_model, list_models
from underpaint.server.refusals import InvalidSetting


def known_models() -> tuple[ModelFile, ...]:
    """The builtin models, then those in the model folders."""
    return list_models(default_folders())


def required_model(name: str) -> ModelFile:
    """The model of this name in the catalog."""
    names = [model.name for model in known_models()]
    if name not in names:
        close = get_close_matches(name, names, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(names) or 'none'}."
        raise UnknownModel(f"No model is called {name!r}. {hint}", "request.model")
    return find_model(name, default_folders())


class UnknownModel(InvalidSetting, ModelNotFound):
    """A request names a model that is not in the catalog."""

    code = ModelNotFound.code
