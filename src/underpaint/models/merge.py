"""Merging checkpoints, tensor by tensor, as AUTOMATIC1111's checkpoint merger does.

The recipe that turns a custom model into an inpainting one is add difference with A = the inpainting checkpoint,
B = the custom model, C = the model B was trained from, multiplier 1: A + (B - C). Where A's first convolution takes
9 channels and B's takes 4, only the first 4 change.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from underpaint.atomic import write_atomically
from underpaint.errors import InvalidRequest, UnsupportedCheckpoint
from underpaint.models.weight_file import WeightFile, write_weights

INPAINT_CHANNELS = 9
EDIT_CHANNELS = 8
"""Of instruct-pix2pix."""
LATENT_CHANNELS = 4
VAE = "first_stage_model."
VAE_LOSS = "first_stage_model.loss."


MULTIPLIERS = (-2.0, 2.0)


def is_weight_of_checkpoint(name: str) -> bool:
    """False for schedules (`betas`, …) and position ids, in LDM's names: the webui's rule."""
    return "model" in name and is_weight(name)


def is_weight(name: str) -> bool:
    """False for position ids."""
    return not name.endswith("embeddings.position_ids")


class MergeMethod(StrEnum):
    WEIGHTED_SUM = "weighted-sum"
    """(1 - M)·A + M·B."""
    ADD_DIFFERENCE = "add-difference"
    """A + M·(B - C)."""
    NONE = "none"
    """A, with another precision or autoencoder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRecipe:
    method: MergeMethod
    primary: Path
    """A: what the result is like; its tensors decide the architecture."""
    secondary: Path | None = None
    tertiary: Path | None = None
    multiplier: float = 1.0
    is_half: bool = False
    """Merged tensors are stored as float16."""
    vae: Path | None = None
    """Its tensors replace the autoencoder."""
    discard: str = ""
    """Tensors whose name this regular expression finds are left out."""
    takes_part: Callable[[str], bool] = is_weight_of_checkpoint
    """Whether a tensor of this name is merged; others come unchanged from A."""


def inpainting_recipe(
    custom: Path, *, base: Path, inpaint: Path, is_half: bool = False, vae: Path | None = None
) -> MergeRecipe:
    """What makes an inpainting model out of a custom one: INPAINT + (CUSTOM - BASE)."""
    return MergeRecipe(
        method=MergeMethod.ADD_DIFFERENCE,
        primary=inpaint,
        secondary=custom,
        tertiary=base,
        is_half=is_half,
        vae=vae,
    )


@dataclass(frozen=True, slots=True)
class _Sources:
    a: WeightFile
    b: WeightFile | None
    c: WeightFile | None
    vae: WeightFile | None


def merge(recipe: MergeRecipe, out: Path) -> Iterator[tuple[int, int]]:
    """Writes the merged checkpoint and yields (tensors written, tensors in all). One tensor is in memory at a time;
    `out` appears whole at the end, or not at all."""
    discarded = _pattern(recipe.discard)
    low, high = MULTIPLIERS
    if not low <= recipe.multiplier <= high:
        raise InvalidRequest(f"The multiplier must lie between {low} and {high}, not {recipe.multiplier}.")
    with ExitStack() as stack:

        def opened(path: Path | None) -> WeightFile | None:
            return None if path is None else stack.enter_context(WeightFile.open(path))

        a = stack.enter_context(WeightFile.open(recipe.primary))
        sources = _Sources(a, opened(recipe.secondary), opened(recipe.tertiary), opened(recipe.vae))
        _check(recipe, sources)
        names = [name for name in a.shapes if not discarded(name)]
        tensors = ((name, _merged(recipe, sources, name)) for name in names)
        specs = {name: _spec(recipe, sources, name) for name in names}
        yield from write_weights(out, specs, tensors, {**a.metadata, **_record(recipe)})
    _copy_yaml(recipe, out)


def _copy_yaml(recipe: MergeRecipe, out: Path) -> None:
    """Puts A1111's configuration of the first model that has one beside the result: it may say what shapes cannot."""
    for path in (recipe.primary, recipe.secondary, recipe.tertiary):
        if path is not None and path.with_suffix(".yaml").is_file():
            copy = out.with_suffix(".yaml")
            if copy.resolve() != path.with_suffix(".yaml").resolve():
                write_atomically(copy, path.with_suffix(".yaml").read_bytes())
            return


def is_inpaint_result(recipe: MergeRecipe) -> bool:
    """Whether A, and so the result, takes 9 channels."""
    with WeightFile.open(recipe.primary) as a:
        first = a.shapes.get("model.diffusion_model.input_blocks.0.0.weight", ())
    return first[1:2] == (INPAINT_CHANNELS,)


def _pattern(expression: str) -> Callable[[str], object]:
    if not expression:
        return lambda name: None
    try:
        return re.compile(expression).search
    except re.error as error:
        raise InvalidRequest(f"discard {expression!r} is no regular expression: {error}.") from error


def _check(recipe: MergeRecipe, sources: _Sources) -> None:
    needed = {
        MergeMethod.NONE: (),
        MergeMethod.WEIGHTED_SUM: (("B", sources.b),),
        MergeMethod.ADD_DIFFERENCE: (("B", sources.b), ("C", sources.c)),
    }[recipe.method]
    for letter, file in needed:
        if file is None:
            raise InvalidRequest(f"{recipe.method} needs a model {letter}.")
    if sources.vae is not None:
        _check_vae(sources.a, sources.vae)
    if recipe.method is MergeMethod.NONE or sources.b is None:
        return
    for name in filter(recipe.takes_part, sources.a.shapes):
        if name in sources.b.shapes:
            _check_shapes(name, sources.a, sources.b)
            if sources.c is not None and name in sources.c.shapes:
                _check_same_shape(name, sources.b, sources.c)


def _check_shapes(name: str, a: WeightFile, b: WeightFile) -> None:
    ours, theirs = a.shapes[name], b.shapes[name]
    if ours == theirs or _adds_channels(ours, theirs):
        return
    if _adds_channels(theirs, ours):
        raise InvalidRequest(
            f"{b.path.name} is an inpainting model and {a.path.name} is not; the inpainting model must be model A."
        )
    raise UnsupportedCheckpoint(_mismatch(name, a, b))


def _check_vae(a: WeightFile, vae: WeightFile) -> None:
    """All of A's autoencoder must be in the file, in LDM's names: half of one would be garbage."""
    bare = _bare_names(vae)
    for name in (name for name in a.shapes if name.startswith(VAE) and not name.startswith(VAE_LOSS)):
        key = bare.get(name.removeprefix(VAE))
        if key is None or vae.shapes[key] != a.shapes[name]:
            raise UnsupportedCheckpoint(
                f"{vae.path.name} cannot be baked in: it is no autoencoder like that of {a.path.name}. It "
                f"{'lacks' if key is None else 'has another shape for'} the tensor {name.removeprefix(VAE)}"
                " (files in diffusers' layout have other names)."
            )


def _check_same_shape(name: str, b: WeightFile, c: WeightFile) -> None:
    if _adds_channels(b.shapes[name], c.shapes[name]):
        raise InvalidRequest(
            f"{b.path.name} is an inpainting model already and {c.path.name} is not; their difference has no meaning."
        )
    if b.shapes[name] != c.shapes[name]:
        raise UnsupportedCheckpoint(_mismatch(name, b, c))


def _mismatch(name: str, one: WeightFile, other: WeightFile) -> str:
    return (
        f"{one.path.name} and {other.path.name} cannot be merged: the tensor {name} has the shapes "
        f"{one.shapes[name]} and {other.shapes[name]}."
    )


def _adds_channels(more: tuple[int, ...], fewer: tuple[int, ...]) -> bool:
    """True for the first convolution of an inpainting or editing model beside that of an ordinary one."""
    return (
        len(more) == len(fewer) == 4
        and more[1] in (INPAINT_CHANNELS, EDIT_CHANNELS)
        and fewer[1] == LATENT_CHANNELS
        and more[:1] + more[2:] == fewer[:1] + fewer[2:]
    )


def _bare_names(vae: WeightFile) -> dict[str, str]:
    """Names without the autoencoder's prefix, and the names in the file."""
    return {name.removeprefix(VAE): name for name in vae.shapes if not name.startswith("loss")}


def _is_merged(recipe: MergeRecipe, sources: _Sources, name: str) -> bool:
    return (
        recipe.method is not MergeMethod.NONE
        and sources.b is not None
        and name in sources.b.shapes
        and recipe.takes_part(name)
    )


def _spec(recipe: MergeRecipe, sources: _Sources, name: str) -> tuple[torch.dtype, tuple[int, ...]]:
    """Type and shape of a tensor of the result, known before it is computed."""
    file, key = _origin(sources, name)
    dtype = file.dtypes[key]
    if file is sources.a and _is_merged(recipe, sources, name) and _shares_shape(sources, name):
        assert sources.b
        dtype = torch.promote_types(dtype, sources.b.dtypes[name])
        if recipe.method is MergeMethod.ADD_DIFFERENCE and sources.c and name in sources.c.dtypes:
            dtype = torch.promote_types(dtype, sources.c.dtypes[name])
    return _stored(recipe, dtype, _is_touched(recipe, sources, name)), file.shapes[key]


def _shares_shape(sources: _Sources, name: str) -> bool:
    """False for the first convolution of an inpainting model, into whose channels the others are written: there A's
    precision stays."""
    return sources.b is not None and sources.a.shapes[name] == sources.b.shapes[name]


def _origin(sources: _Sources, name: str) -> tuple[WeightFile, str]:
    """The file, and the name in it, that a tensor starts from: the baked autoencoder's, or A's."""
    if sources.vae is not None and name.startswith(VAE):
        key = _bare_names(sources.vae).get(name.removeprefix(VAE))
        if key is not None:
            return sources.vae, key
    return sources.a, name


def _is_touched(recipe: MergeRecipe, sources: _Sources, name: str) -> bool:
    """Half precision is for tensors that were merged or baked in; with method none, for all."""
    file, _ = _origin(sources, name)
    return file is not sources.a or _is_merged(recipe, sources, name) or recipe.method is MergeMethod.NONE


def _stored(recipe: MergeRecipe, dtype: torch.dtype, is_touched: bool) -> torch.dtype:
    return torch.float16 if recipe.is_half and is_touched and dtype == torch.float32 else dtype


def _merged(recipe: MergeRecipe, sources: _Sources, name: str) -> Tensor:
    file, key = _origin(sources, name)
    tensor = file.read(key)
    if file is sources.a and _is_merged(recipe, sources, name):
        assert sources.b
        tensor = _combined(recipe, tensor, sources.b.read(name), _third(sources, name))
    return tensor.to(_spec(recipe, sources, name)[0])


def _third(sources: _Sources, name: str) -> Tensor | None:
    return sources.c.read(name) if sources.c is not None and name in sources.c.shapes else None


def _combined(recipe: MergeRecipe, a: Tensor, b: Tensor, c: Tensor | None) -> Tensor:
    """In the files' own precision: with half-precision files B - C is rounded to half before it is added."""
    if a.shape != b.shape:
        first, rest = a[:, :LATENT_CHANNELS], a[:, LATENT_CHANNELS:]
        return torch.cat([_combined(recipe, first, b, c).to(a.dtype), rest], 1)
    if recipe.method is MergeMethod.WEIGHTED_SUM:
        return (1 - recipe.multiplier) * a + recipe.multiplier * b
    difference = torch.zeros_like(b) if c is None else b - c
    return a + difference * recipe.multiplier


def _record(recipe: MergeRecipe) -> dict[str, str]:
    """What the file says about its making, under the webui's key."""
    recorded: dict[str, Any] = {
        "type": "underpaint",
        "interp_method": {"weighted-sum": "Weighted sum", "add-difference": "Add difference"}.get(
            recipe.method, "No interpolation"
        ),
        "multiplier": recipe.multiplier,
        "save_as_half": recipe.is_half,
        "primary_model": recipe.primary.name,
        "secondary_model": recipe.secondary.name if recipe.secondary else None,
        "tertiary_model": recipe.tertiary.name if recipe.tertiary else None,
        "bake_in_vae": recipe.vae.name if recipe.vae else None,
        "discard_weights": recipe.discard,
    }
    return {"format": "pt", "sd_merge_recipe": json.dumps(recorded)}
