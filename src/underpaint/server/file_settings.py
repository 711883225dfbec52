"""Settings that lie in a result file."""

from dataclasses import replace

from underpaint import store
from underpaint.a1111_text import request_from_text
from underpaint.errors import InvalidRequest, UnreadableImage
from underpaint.image.header import read_text
from underpaint.metadata import PARAMETERS_KEY, parse_infotext, recipe_from_png_text
from underpaint.request import ControlUnit, InpaintRequest
from underpaint.result import Recipe
from underpaint.server.known_models import known_controlnets, known_models
from underpaint.server.pictures import check_size, info_of, picture_of
from underpaint.server.schemas import FileSettings, PictureInfo


def settings_of_file(data: bytes, name: str) -> FileSettings:
    """What a file of ours, or of A1111 or its relatives, was made with."""
    check_size(data, name)
    text = read_text(data, name=name)
    recipe = recipe_from_png_text(text)
    if recipe is not None:
        return _of_recipe(recipe)
    if PARAMETERS_KEY not in text:
        raise UnreadableImage(f"{name} holds no settings, neither of Underpaint nor of A1111.")
    try:
        request, notes = request_from_text(parse_infotext(text[PARAMETERS_KEY]))
    except InvalidRequest as error:
        raise UnreadableImage(f"The settings in {name} cannot be used: {error}") from error
    request, model_notes = _with_known_models(request)
    return FileSettings(
        request=request, source="a1111", notes=[*notes, *model_notes], picture=None, mask=None
    )


def _of_recipe(recipe: Recipe) -> FileSettings:
    """With the seed of that image; the size of its batch stays."""
    noise = replace(recipe.request.noise, seed=recipe.seed, subseed=recipe.subseed)
    request, notes = _with_known_models(replace(recipe.request, noise=noise))
    sources = recipe.picture_sha256
    wanted = sources[recipe.image_index % len(sources)] if sources else None
    picture = None if wanted is None else _stored_picture(wanted)
    if wanted is not None and picture is None:
        notes.append("The picture it was made from is not on this server.")
    return FileSettings(
        request=request,
        source="underpaint",
        notes=notes,
        picture=picture,
        mask=None if recipe.mask_sha256 is None else _stored_mask(recipe.mask_sha256),
    )


def _with_known_models(request: InpaintRequest) -> tuple[InpaintRequest, list[str]]:
    with_model, model_notes = _with_known_model(request)
    known, notes = _with_known_controls(with_model)
    return known, [*model_notes, *notes]


def _with_known_controls(request: InpaintRequest) -> tuple[InpaintRequest, list[str]]:
    """Without the units that lack their ControlNet or their picture here."""
    names = {file.name for file in known_controlnets()} if request.controls else set[str]()
    notes: list[str] = []
    kept: list[ControlUnit] = []
    for unit in request.controls:
        if unit.model not in names:
            notes.append(f"The ControlNet {unit.model!r} is not on this server; its unit is left out.")
        elif unit.picture is not None and store.stored_file(unit.picture) is None:
            notes.append(
                f"The control picture of {unit.model!r} is not on this server; its unit is left out."
            )
        else:
            kept.append(unit)
    return replace(request, controls=tuple(kept)), notes


def _with_known_model(request: InpaintRequest) -> tuple[InpaintRequest, list[str]]:
    names = [model.name for model in known_models()]
    if request.model in names or not names:
        return request, []
    note = f"The model {request.model!r} is not on this server; {names[0]!r} stands in for it."
    return replace(request, model=names[0]), [note]


def _stored_picture(sha256: str) -> PictureInfo | None:
    return None if store.stored_file(sha256) is None else info_of(picture_of(sha256), sha256)


def _stored_mask(sha256: str) -> PictureInfo | None:
    mask = store.stored_mask(sha256)
    if mask is None:
        return None
    height, width = mask.shape
    return PictureInfo(sha256=sha256, width=width, height=height, has_alpha=False, bits=8)
