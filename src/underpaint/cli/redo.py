"""`underpaint redo`: make a result again from the recipe in its file."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from underpaint.cli import options
from underpaint.cli.options import Device

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from underpaint.cli.running import Inputs
    from underpaint.image.picture import Picture
    from underpaint.models.stable_diffusion import StableDiffusion
    from underpaint.request import InpaintRequest
    from underpaint.result import Recipe, Result, UsedNetwork

EXIT_DIFFERENT = 1


def redo(
    file: Annotated[Path, typer.Argument(help="A PNG made by Underpaint.", show_default=False)],
    image: Annotated[
        Path | None,
        typer.Option("--image", help="The input picture, if the store has lost it.", show_default=False),
    ] = None,
    mask: Annotated[
        Path | None, typer.Option("--mask", help="The mask, if the store has lost it.", show_default=False)
    ] = None,
    sketch: Annotated[
        Path | None,
        typer.Option("--sketch", help="The sketch, if the store has lost it.", show_default=False),
    ] = None,
    control_image: Annotated[
        list[Path] | None,
        typer.Option(
            "--control-image",
            help="A control picture that the store has lost. Repeatable.",
            show_default=False,
        ),
    ] = None,
    device: Annotated[
        Device | None, typer.Option("--device", help="Default: the one the result was made on.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Default: FILE with -redo added.", show_default=False)
    ] = None,
    force: options.Force = False,
    allow_pickle: options.AllowPickle = False,
    as_json: options.AsJson = False,
) -> None:
    """Make the same picture again, byte for byte. Exit code 1 if it came out different."""
    from underpaint.cli.files import check_no_input, check_writable, names_a_picture, unused, write_picture
    from underpaint.cli.running import load_model, messages
    from underpaint.errors import InvalidRequest, UnreadableImage
    from underpaint.image.io import load_picture, read_png_text
    from underpaint.metadata import png_text, recipe_from_png_text

    target = out or unused(file.with_stem(f"{file.stem}-redo"))
    if not names_a_picture(target):
        raise InvalidRequest(f"--out must name a .png file, not {target}.")
    if not force:
        check_no_input([target], [given for given in (image, mask, sketch, *(control_image or [])) if given])
    check_writable(target.parent)
    text = read_png_text(file)
    recipe = recipe_from_png_text(text)
    if recipe is None:
        raise UnreadableImage(f"{file} holds no Underpaint recipe; only our own results can be made again.")
    inputs = _inputs(recipe, image=image, mask=mask, sketch=sketch)
    control_pictures = _control_pictures(recipe, control_image or [])
    model = load_model(recipe.request.model, device or Device(recipe.device), allows_pickle=allow_pickle)
    _check_model(recipe, model)
    result = _made_again(recipe, model, inputs, control_pictures, quiet=as_json, allows_pickle=allow_pickle)
    is_same = result.picture.sha256 == load_picture(file).sha256
    original = file.read_bytes()
    write_picture(target, result.picture, text if is_same else png_text(result.recipe))
    if as_json:
        print(json.dumps({"file": str(target), "identical": target.read_bytes() == original}))
    else:
        messages.print(_verdict(recipe, is_same=is_same), style="green" if is_same else "yellow")
        print(target)
    if not is_same:
        raise typer.Exit(EXIT_DIFFERENT)


def _verdict(recipe: "Recipe", *, is_same: bool) -> str:
    from underpaint.job import library_versions

    if is_same:
        return "identical"
    now = library_versions()
    changed = [
        f"{name} {then} → {now.get(name)}" for name, then in recipe.versions.items() if now.get(name) != then
    ]
    return (
        f"not the same picture; other versions: {', '.join(changed)}" if changed else "not the same picture"
    )


def _made_again(
    recipe: "Recipe",
    model: "StableDiffusion",
    inputs: "Inputs",
    control_pictures: "Sequence[Picture]",
    *,
    quiet: bool,
    allows_pickle: bool,
) -> "Result":
    from underpaint.cli.running import shown
    from underpaint.errors import UnreadableImage
    from underpaint.job import prepare_job
    from underpaint.pipeline import run_job
    from underpaint.result import ImageDone

    request, index = _request_of_one_image(recipe)
    job = prepare_job(
        request,
        model,
        pictures=inputs.pictures,
        mask=inputs.mask,
        sketch=inputs.sketch,
        control_pictures=control_pictures,
        allows_pickle=allows_pickle,
    )
    _check_networks(recipe.networks, job.recipe.networks)
    for event in shown(run_job(job), quiet=quiet):
        if isinstance(event, ImageDone) and event.index == index:
            return event.result
    raise UnreadableImage(f"The recipe names image {index + 1} of a job of {request.batch.total}.")


def _inputs(recipe: "Recipe", *, image: Path | None, mask: Path | None, sketch: Path | None) -> "Inputs":
    from underpaint.cli.running import Inputs
    from underpaint.image.io import load_mask, load_picture, load_sketch
    from underpaint.store import stored_mask, stored_picture, stored_sketch

    if not recipe.picture_sha256:
        return Inputs()
    wanted = recipe.picture_sha256[recipe.image_index % len(recipe.picture_sha256)]
    rule = recipe.request.rules.file_reading
    picture = stored_picture(wanted) if image is None else load_picture(image, rule=rule)
    _check_input("picture", "--image", wanted, None if picture is None else picture.sha256)
    assert picture is not None
    read_mask = partial(load_mask, rule=rule, keeps_soft_alpha=recipe.request.keeps_soft_alpha)
    return Inputs(
        pictures=(picture,),
        mask=_layer("mask", recipe.mask_sha256, stored_mask, mask, read_mask),
        sketch=_layer("sketch", recipe.sketch_sha256, stored_sketch, sketch, load_sketch),
    )


def _control_pictures(recipe: "Recipe", files: "Sequence[Path]") -> "Sequence[Picture]":
    from underpaint.cli.controls import stored_control_pictures
    from underpaint.image.io import load_picture

    given = [load_picture(file, rule=recipe.request.rules.file_reading) for file in files]
    return tuple(stored_control_pictures(recipe.request.controls, given))


def _layer(
    what: str,
    wanted: str | None,
    stored: "Callable[[str], np.ndarray | None]",
    file: Path | None,
    load: "Callable[[Path], np.ndarray]",
) -> "np.ndarray | None":
    """The mask or sketch that a recipe names: from the file if one is given, else from the store."""
    from underpaint.image.picture import sha256_of_pixels

    if wanted is None:
        return None
    pixels = stored(wanted) if file is None else load(file)
    _check_input(what, f"--{what}", wanted, None if pixels is None else sha256_of_pixels(pixels))
    return pixels


def _check_input(what: str, option: str, wanted: str, found: str | None) -> None:
    from underpaint.errors import InvalidRequest

    if found is None:
        raise InvalidRequest(f"The {what} {wanted[:12]}… is not in the store; name its file with {option}.")
    if found != wanted:
        raise InvalidRequest(
            f"This is another {what} than the result was made from ({wanted[:12]}…); name that one with {option}."
        )


def _check_model(recipe: "Recipe", model: "StableDiffusion") -> None:
    from underpaint.errors import ModelNotFound

    if model.sha256 != recipe.model_sha256:
        raise ModelNotFound(
            f"The result was made with another {model.name!r}: its sha256 is {recipe.model_sha256[:12]}…, "
            f"this one's {model.sha256[:12]}…."
        )


def _check_networks(wanted: "Sequence[UsedNetwork]", found: "Sequence[UsedNetwork]") -> None:
    """Raises `ModelNotFound` unless the same LoRAs, embeddings and ControlNets are at work as in the result."""
    from underpaint.errors import ModelNotFound

    before, now = ({(each.kind, each.name): each.sha256 for each in used} for used in (wanted, found))
    for (kind, name), sha256 in before.items():
        if (kind, name) not in now:
            raise ModelNotFound(
                f"The result was made with the {kind.spelling} {name!r}, sha256 {sha256[:12]}…, which is not at work now: its "
                "file is missing, or no longer fits the model."
            )
        if now[kind, name] != sha256:
            raise ModelNotFound(
                f"The result was made with another {kind.spelling} {name!r}: its sha256 is {sha256[:12]}…, this one's "
                f"{now[kind, name][:12]}…."
            )
    for kind, name in sorted(now.keys() - before.keys()):
        raise ModelNotFound(
            f"The result was made without the {kind.spelling} {name!r}; move its file out of the models folder."
        )


def _request_of_one_image(recipe: "Recipe") -> "tuple[InpaintRequest, int]":
    """A request that makes the image, alone where its noise allows it, and its index in that job."""
    from underpaint.request import BatchSettings, ContentNoise, MaskedContent

    request = recipe.request
    shares_noise = (
        request.rules.content_noise is ContentNoise.SHARED
        and request.canvas.content is MaskedContent.LATENT_NOISE
    )
    if shares_noise:
        return request, recipe.image_index
    noise = replace(request.noise, seed=recipe.seed, subseed=recipe.subseed)
    return replace(request, noise=noise, batch=BatchSettings()), 0
