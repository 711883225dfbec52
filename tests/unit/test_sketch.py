"""A sketch from the request to the result: it lies under the mask, and nowhere else."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from underpaint.errors import InvalidRequest
from underpaint.image.picture import Picture
from underpaint.image.png import encode_png
from underpaint.job import prepare_job
from underpaint.metadata import png_text
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.pipeline import inpaint
from underpaint.request import (
    CanvasSettings,
    InpaintArea,
    InpaintRequest,
    MaskedContent,
    MaskMode,
    MaskSettings,
    NoiseSettings,
    Profile,
    Rules,
    SamplingSettings,
)
from underpaint.result import ImageDone, Result, Underpainted

REQUEST = InpaintRequest(
    mask=MaskSettings(blur_x_px=2, blur_y_px=2),
    canvas=CanvasSettings(width=64, height=64, padding_px=4),
    sampling=SamplingSettings(steps=2, denoising_strength=0.5),
    noise=NoiseSettings(seed=3, subseed=0),
)
PROFILES = pytest.mark.parametrize("rules", [Profile.studio(), Profile.a1111()], ids=["studio", "a1111"])
AREAS = pytest.mark.parametrize("area", list(InpaintArea))


@pytest.fixture
def sketch() -> np.ndarray:
    """A magenta block over the middle of the 72x56 picture, half of it outside the mask."""
    painted = np.zeros((56, 72, 4), np.uint8)
    painted[24:50, 28:66] = (255, 0, 255, 255)
    return painted


def result_of(
    request: InpaintRequest,
    model: StableDiffusion,
    picture: Picture,
    mask: np.ndarray,
    sketch: np.ndarray | None,
) -> Result:
    events = inpaint(request, model, pictures=[picture], mask=mask, sketch=sketch)
    (result,) = [event.result for event in events if isinstance(event, ImageDone)]
    return result


@PROFILES
@AREAS
def test_the_model_starts_from_the_sketch_and_the_result_keeps_the_picture(
    tiny_model: StableDiffusion,
    picture: Picture,
    mask: np.ndarray,
    sketch: np.ndarray,
    rules: Rules,
    area: InpaintArea,
) -> None:
    request = replace(REQUEST, rules=rules, canvas=replace(REQUEST.canvas, area=area))
    plain = prepare_job(request, tiny_model, pictures=[picture], mask=mask)
    job = prepare_job(request, tiny_model, pictures=[picture], mask=mask, sketch=sketch)
    canvas, plain_canvas = job.canvases[0], plain.canvases[0]
    assert canvas.image.shape == plain_canvas.image.shape
    assert canvas.image[32, 32].tolist() == [255, 0, 255]
    for kept, plain_kept in ((canvas.overlay, plain_canvas.overlay), (canvas.flat, plain_canvas.flat)):
        assert (kept is None) == (plain_kept is None)
        if kept is not None and plain_kept is not None:
            np.testing.assert_array_equal(kept, plain_kept)
    result = result_of(request, tiny_model, picture, mask, sketch)
    far = np.ones(mask.shape, bool)
    far[14:46, 18:56] = False
    if result.picture.size == picture.size:
        np.testing.assert_array_equal(result.picture.pixels[far], picture.pixels[far])
        assert result.changed_outside_px == 0


@PROFILES
@AREAS
@pytest.mark.parametrize("mode", list(MaskMode))
def test_the_canvas_is_that_of_a_picture_painted_on_by_hand(
    tiny_model: StableDiffusion,
    picture: Picture,
    mask: np.ndarray,
    sketch: np.ndarray,
    rules: Rules,
    area: InpaintArea,
    mode: MaskMode,
) -> None:
    request = replace(
        REQUEST,
        rules=rules,
        canvas=replace(REQUEST.canvas, area=area),
        mask=MaskSettings(mode=mode, blur_x_px=0, blur_y_px=0),
    )
    by_hand = picture.pixels.copy()
    painted = ((mask > 0) == (mode is MaskMode.MASKED)) & (sketch[..., 3] > 0)
    by_hand[painted] = sketch[painted, :3]
    job = prepare_job(request, tiny_model, pictures=[picture], mask=mask, sketch=sketch)
    other = prepare_job(request, tiny_model, pictures=[Picture(by_hand)], mask=mask)
    np.testing.assert_array_equal(job.canvases[0].image, other.canvases[0].image)


def test_nothing_is_done_already_when_something_was_sketched(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray, sketch: np.ndarray
) -> None:
    request = replace(REQUEST, sampling=replace(REQUEST.sampling, denoising_strength=0.0))
    assert result_of(request, tiny_model, picture, mask, None).picture.sha256 == picture.sha256
    sketched = result_of(request, tiny_model, picture, mask, sketch)
    assert sketched.picture.sha256 != picture.sha256
    assert sketched.changed_outside_px == 0


def test_the_sketch_is_in_the_recipe_when_it_counted(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray, sketch: np.ndarray
) -> None:
    job = prepare_job(REQUEST, tiny_model, pictures=[picture], mask=mask, sketch=sketch)
    assert job.recipe.sketch_sha256 is not None
    assert job.notes == []
    assert prepare_job(REQUEST, tiny_model, pictures=[picture], mask=mask).recipe.sketch_sha256 is None


@pytest.mark.parametrize("content", [c for c in MaskedContent if c is not MaskedContent.ORIGINAL])
def test_other_contents_do_not_use_the_sketch_and_say_so(
    tiny_model: StableDiffusion,
    picture: Picture,
    mask: np.ndarray,
    sketch: np.ndarray,
    content: MaskedContent,
) -> None:
    request = replace(REQUEST, canvas=replace(REQUEST.canvas, content=content))
    starts = [
        next(e for e in inpaint(request, tiny_model, pictures=[picture], mask=mask, sketch=given)
             if isinstance(e, Underpainted)).latents
        for given in (None, sketch)
    ]  # fmt: skip
    assert torch.equal(*starts)
    job = prepare_job(request, tiny_model, pictures=[picture], mask=mask, sketch=sketch)
    assert job.recipe.sketch_sha256 is None
    (note,) = job.notes
    assert "sketch is not used" in note
    assert content.value in note


def test_a_sketch_beside_the_mask_is_not_used(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray
) -> None:
    beside = np.zeros((56, 72, 4), np.uint8)
    beside[0:3, 0:3] = 255
    job = prepare_job(REQUEST, tiny_model, pictures=[picture], mask=mask, sketch=beside)
    assert job.recipe.sketch_sha256 is None
    assert job.notes == ["The sketch is not used: it lies outside the mask."]


@pytest.mark.parametrize(
    ("shape", "dtype", "message"),
    [
        ((56, 71, 4), np.uint8, "must have the picture's size"),
        ((56, 72, 3), np.uint8, "four channels"),
        ((56, 72, 4), np.uint16, "8 bits"),
    ],
)
def test_sketches_of_another_kind_are_refused(
    tiny_model: StableDiffusion,
    picture: Picture,
    mask: np.ndarray,
    shape: tuple[int, ...],
    dtype: type,
    message: str,
) -> None:
    with pytest.raises(InvalidRequest, match=message):
        prepare_job(REQUEST, tiny_model, pictures=[picture], mask=mask, sketch=np.zeros(shape, dtype))


def test_a_sketch_needs_one_picture_and_a_mask(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray, sketch: np.ndarray
) -> None:
    two = replace(REQUEST, batch=replace(REQUEST.batch, size=2))
    for request, pictures, its_mask in (
        (REQUEST, [picture], None),
        (two, [picture, picture], mask),
        (REQUEST, [], None),
    ):
        with pytest.raises(InvalidRequest, match="one picture to lie on and a mask"):
            prepare_job(request, tiny_model, pictures=pictures, mask=its_mask, sketch=sketch)


def test_a_transparent_sketch_makes_the_file_that_no_sketch_makes(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray
) -> None:
    clear = np.full((56, 72, 4), (9, 9, 9, 0), np.uint8)
    plain, sketched = (result_of(REQUEST, tiny_model, picture, mask, each) for each in (None, clear))
    files = [encode_png(each.picture.pixels, text=png_text(each.recipe)) for each in (plain, sketched)]
    assert files[0] == files[1]
    assert prepare_job(REQUEST, tiny_model, pictures=[picture], mask=mask, sketch=clear).notes == []
