from dataclasses import replace

import numpy as np
import pytest

from underpaint.canvas import (
    PreparedCanvas,
    changed_outside,
    composite,
    latent_mask,
    prepare,
    prepare_all,
    soft_mask,
    with_colours,
    without_canvas,
)
from underpaint.geometry import Box, Size
from underpaint.image.blend import overlay
from underpaint.image.colour_correction import LUMA
from underpaint.image.mask import bounding_box
from underpaint.image.picture import Picture
from underpaint.image.resize import resized, size_of
from underpaint.plan import plan
from underpaint.request import (
    CanvasSettings,
    ColourCorrectionRule,
    InpaintArea,
    InpaintRequest,
    LatentMaskRule,
    MaskedContent,
    MaskMode,
    MaskSettings,
    Profile,
    ResizeMode,
)
from underpaint.softening import cut_out_of

RNG = np.random.default_rng(3)
PICTURE = Picture(RNG.integers(0, 256, (96, 128, 3), np.uint8), b"a profile")
MASK = np.zeros((96, 128), np.uint8)
MASK[40:60, 30:50] = 255
WHOLE = CanvasSettings(width=64, height=64)
CROPPED = replace(WHOLE, area=InpaintArea.ONLY_MASKED, padding_px=8)
NO_BLUR = MaskSettings(blur_x_px=0, blur_y_px=0)


def canvas_of(
    request: InpaintRequest, picture: Picture = PICTURE, mask: np.ndarray | None = MASK
) -> PreparedCanvas:
    soft = None if mask is None else soft_mask(request, mask)
    its_plan = plan(
        request,
        picture=picture.size,
        mask_box=None if soft is None else bounding_box(soft),
        mask_size=None if soft is None else size_of(soft),
        native_px=64,
    )
    return prepare(request, its_plan, picture, soft)


def grey(size: Size, level: float = 0.5) -> np.ndarray:
    return np.full((size.height, size.width, 3), level, np.float32)


def test_soft_mask_inverts_before_it_blurs():
    painted = soft_mask(InpaintRequest(), MASK)
    kept = soft_mask(InpaintRequest(mask=MaskSettings(mode=MaskMode.NOT_MASKED)), MASK)
    assert painted[50, 40] > 250 > painted[50, 30] > 5 > kept[50, 40]
    assert (painted[0, 0], kept[0, 0]) == (0, 255)


@pytest.mark.parametrize("mode", MaskMode)
def test_growth_repaints_more_whichever_side_is_repainted(mode: MaskMode):
    """So nothing under the painted mask is seen half through the blur."""
    plain, grown = (
        soft_mask(InpaintRequest(mask=MaskSettings(mode=mode, grow_px=px, blur_x_px=2, blur_y_px=2)), MASK)
        for px in (0, 8)
    )
    asked = (0 if mode is MaskMode.NOT_MASKED else 255) == MASK
    assert plain[asked].min() < 200
    assert grown[asked].min() == 255
    assert (grown >= plain).all()


@pytest.mark.parametrize("rules", [Profile.studio(), Profile.a1111()], ids=["studio", "a1111"])
@pytest.mark.parametrize("settings", [WHOLE, CROPPED], ids=["whole", "only masked"])
@pytest.mark.parametrize("mode", ResizeMode)
@pytest.mark.parametrize("content", [MaskedContent.ORIGINAL, MaskedContent.FILL])
def test_canvas_has_the_planned_sizes(
    rules, settings: CanvasSettings, mode: ResizeMode, content: MaskedContent
):
    request = InpaintRequest(canvas=replace(settings, resize_mode=mode, content=content), rules=rules)
    canvas = canvas_of(request)
    assert size_of(canvas.image) == canvas.plan.encoded
    assert canvas.image.dtype == np.uint8
    assert canvas.mask is not None
    assert size_of(canvas.mask) == canvas.plan.working
    assert canvas.mask.dtype == np.uint8
    result = composite(canvas, grey(canvas.plan.working))
    assert result.size == canvas.plan.output
    assert result.pixels.dtype == np.uint8


def test_only_masked_shows_the_crop():
    canvas = canvas_of(InpaintRequest(canvas=CROPPED, mask=NO_BLUR))
    assert canvas.plan.crop == Box(22, 32, 36, 36)
    flat = Picture(np.full((96, 128, 3), 50, np.uint8))
    flat.pixels[32:68, 22:58] = 90
    assert (canvas_of(InpaintRequest(canvas=CROPPED, mask=NO_BLUR), flat).image == 90).all()


def test_fill_changes_only_what_is_masked():
    original = canvas_of(InpaintRequest(canvas=WHOLE, mask=NO_BLUR))
    request = InpaintRequest(canvas=replace(WHOLE, content=MaskedContent.FILL), mask=NO_BLUR)
    fill = canvas_of(request)
    assert original.mask is not None
    outside = original.mask == 0
    np.testing.assert_array_equal(fill.image[outside], original.image[outside])
    assert (fill.image != original.image).any()


@pytest.mark.parametrize("settings", [WHOLE, CROPPED], ids=["whole", "only masked"])
@pytest.mark.parametrize("mode", ResizeMode)
@pytest.mark.parametrize("kind", ["rgb", "rgba", "16 bits"])
def test_the_original_is_sacred(settings: CanvasSettings, mode: ResizeMode, kind: str):
    pixels = {
        "rgb": PICTURE.pixels,
        "rgba": RNG.integers(0, 256, (96, 128, 4), np.uint8),
        "16 bits": RNG.integers(0, 65536, (96, 128, 4), np.uint16),
    }[kind]
    picture = Picture(pixels, b"a profile")
    canvas = canvas_of(InpaintRequest(canvas=replace(settings, resize_mode=mode)), picture)
    result = composite(canvas, grey(canvas.plan.working))
    assert canvas.soft_mask is not None
    outside = canvas.soft_mask == 0
    np.testing.assert_array_equal(result.pixels[outside], pixels[outside])
    assert result.pixels.dtype == pixels.dtype
    assert result.icc_profile == b"a profile"
    assert changed_outside(canvas, picture, result) == 0
    centre = result.pixels[50, 40].astype(float) / np.iinfo(pixels.dtype).max
    np.testing.assert_allclose(centre, [0.5, 0.5, 0.5, 1][: len(centre)], atol=0.01)


def test_a_hundred_rounds_change_nothing_outside():
    request = InpaintRequest(canvas=CROPPED)
    picture = PICTURE
    for level in np.linspace(0, 1, 100):
        canvas = canvas_of(request, picture)
        picture = composite(canvas, grey(canvas.plan.working, float(level)))
    assert changed_outside(canvas, PICTURE, picture) == 0


def test_decoding_what_was_encoded_gives_the_picture_back():
    request = InpaintRequest(canvas=CanvasSettings(width=128, height=96))
    canvas = canvas_of(request)
    result = composite(canvas, canvas.image.astype(np.float32) / 255)
    np.testing.assert_array_equal(result.pixels, PICTURE.pixels)


def test_a_mask_of_another_size_is_brought_to_the_picture():
    small = np.zeros((24, 32), np.uint8)
    small[10:14, 8:12] = 255
    for settings in (WHOLE, CROPPED):
        canvas = canvas_of(InpaintRequest(canvas=settings, mask=NO_BLUR), mask=small)
        assert canvas.soft_mask is not None
        assert size_of(canvas.soft_mask) == PICTURE.size
        box = bounding_box(canvas.soft_mask)
        assert box is not None
        assert canvas.plan.crop.contains(box)
        result = composite(canvas, grey(canvas.plan.working))
        assert result.size == PICTURE.size
        assert changed_outside(canvas, PICTURE, result) == 0


def test_a1111_only_masked_with_a_mask_of_another_size():
    small = np.zeros((24, 32), np.uint8)
    small[10:14, 8:12] = 255
    canvas = canvas_of(InpaintRequest(canvas=CROPPED, rules=Profile.a1111(), mask=NO_BLUR), mask=small)
    assert canvas.plan.paste == Box(0, 2, 20, 20)
    result = composite(canvas, grey(canvas.plan.working)).pixels
    shown = resized(small, PICTURE.size, ResizeMode.JUST_RESIZE)
    kept = shown == 0
    np.testing.assert_array_equal(result[kept], PICTURE.pixels[kept])
    # the mask lies at (32, 40), what was made at (0, 2); where both miss, nothing is left
    assert (result[shown == 255] == 0).all()


def test_a1111s_crop_of_a_mask_larger_than_the_picture_reaches_beyond_it():
    large = np.zeros((200, 200), np.uint8)
    large[180:190, 100:140] = 255
    canvas = canvas_of(InpaintRequest(canvas=CROPPED, rules=Profile.a1111()), mask=large)
    assert canvas.plan.crop.bottom == 200
    assert (canvas.image[-20:] == 0).all()
    assert composite(canvas, grey(canvas.plan.working)).size == PICTURE.size


SMALLER = Picture(RNG.integers(0, 256, (64, 96, 3), np.uint8))


def canvases_of(request: InpaintRequest, *pictures: Picture) -> list[PreparedCanvas]:
    soft = soft_mask(request, MASK)
    plans = [
        plan(request, picture=each.size, mask_box=bounding_box(soft), mask_size=size_of(soft), native_px=64)
        for each in pictures
    ]
    return prepare_all(request, list(zip(plans, pictures, strict=True)), soft)


@pytest.mark.parametrize(
    "settings", [CROPPED, replace(WHOLE, resize_mode=ResizeMode.LATENT_UPSCALE)], ids=["crop", "latent"]
)
def test_a1111_resizes_one_overlay_mask_from_picture_to_picture(settings: CanvasSettings):
    request = InpaintRequest(canvas=settings, rules=Profile.a1111(), mask=NO_BLUR)
    first, second, third = canvases_of(request, PICTURE, SMALLER, PICTURE)
    alone = canvas_of(request)
    assert alone.mask_for_overlay is not None
    on_second = resized(alone.mask_for_overlay, SMALLER.size, settings.resize_mode)
    on_third = resized(on_second, PICTURE.size, settings.resize_mode)
    assert not np.array_equal(on_third, alone.mask_for_overlay)
    for canvas in (first, second, third):
        np.testing.assert_array_equal(canvas.mask_for_overlay, on_third)
    assert second.overlay is not None
    np.testing.assert_array_equal(second.overlay, overlay(SMALLER.pixels, on_second))
    assert third.overlay is not None
    np.testing.assert_array_equal(third.overlay, overlay(PICTURE.pixels, on_third))
    decoded = grey(alone.plan.working)
    results = [composite(canvas, decoded).pixels for canvas in (alone, first, third)]
    np.testing.assert_array_equal(results[0], results[1])
    assert not np.array_equal(results[0], results[2])


def test_pictures_of_a_batch_do_not_change_each_others_masks():
    request = InpaintRequest(canvas=CROPPED, mask=NO_BLUR)
    third = canvases_of(request, PICTURE, SMALLER, PICTURE)[2]
    np.testing.assert_array_equal(third.soft_mask, MASK)
    assert third.blend_mask is third.soft_mask


def test_a_cut_out_of_several_pictures_has_its_own_pictures_size():
    request = InpaintRequest(canvas=CROPPED, rules=Profile.a1111(), mask=NO_BLUR)
    canvases = canvases_of(request, PICTURE, SMALLER)
    sizes = [cut_out_of(canvas, grey(canvas.plan.working)).size for canvas in canvases]
    assert sizes == [PICTURE.size, SMALLER.size]


def test_image_to_image_has_the_working_size():
    canvas = canvas_of(InpaintRequest(canvas=WHOLE), mask=None)
    assert canvas.mask is None
    result = composite(canvas, grey(Size(64, 64)))
    assert result.size == Size(64, 64)
    assert (result.pixels == 128).all()
    assert result.icc_profile == b"a profile"
    assert not canvas.keeps_original_size


def test_transparent_pixels_are_seen_on_the_background():
    clear = Picture(np.zeros((96, 128, 4), np.uint8))
    for rules in (Profile.studio(), Profile.a1111()):
        request = InpaintRequest(canvas=replace(WHOLE, background="#102030"), rules=rules)
        assert (canvas_of(request, clear).image == (0x10, 0x20, 0x30)).all()


def test_blank_mask_exact_returns_the_original():
    canvas = canvas_of(InpaintRequest(canvas=CROPPED), mask=np.zeros_like(MASK))
    assert not canvas.plan.repaints
    np.testing.assert_array_equal(composite(canvas, grey(Size(64, 64))).pixels, PICTURE.pixels)


def test_blank_mask_in_a1111_only_masked_is_image_to_image():
    canvas = canvas_of(InpaintRequest(canvas=CROPPED, rules=Profile.a1111()), mask=np.zeros_like(MASK))
    assert canvas.mask is None
    assert canvas.overlay is None
    assert (composite(canvas, grey(Size(64, 64))).pixels == 127).all()


@pytest.mark.parametrize("rule", list(ColourCorrectionRule))
def test_colours_are_corrected_by_their_rule(rule: ColourCorrectionRule):
    rules = replace(Profile.studio(), colour_correction=rule)
    settings = replace(WHOLE, corrects_colours=True)
    canvas = canvas_of(InpaintRequest(canvas=settings, rules=rules))
    size = canvas.plan.working
    decoded = np.random.default_rng(1).random((size.height, size.width, 3), dtype=np.float32)
    levels = with_colours(canvas, decoded) * 255
    assert np.allclose(levels, np.rint(levels), atol=1e-3) is (rule is ColourCorrectionRule.A1111)
    np.testing.assert_allclose(levels @ LUMA, decoded @ LUMA * 255, atol=2)


def test_text_to_image_result():
    assert (without_canvas(InpaintRequest(), grey(Size(8, 8))).pixels == 128).all()


@pytest.mark.parametrize(
    ("level", "rule", "expected"),
    [
        (127, LatentMaskRule.ROUNDED, 0),
        (128, LatentMaskRule.ROUNDED, 1),
        (1, LatentMaskRule.COVERING, 1),
        (0, LatentMaskRule.COVERING, 0),
    ],
)
def test_latent_mask_of_a_flat_mask(level: int, rule: LatentMaskRule, expected: int):
    cells = latent_mask(np.full((16, 24), level, np.uint8), rule)
    assert cells.shape == (2, 3)
    assert cells.dtype == np.float32
    assert (cells == expected).all()


def test_covering_takes_every_cell_that_is_touched():
    mask = np.zeros((16, 24), np.uint8)
    mask[7, 8] = 1
    assert latent_mask(mask, LatentMaskRule.COVERING).tolist() == [[0, 1, 0], [0, 0, 0]]


def test_changed_pixels_are_counted_once_each_and_only_outside():
    soft = np.zeros((600, 4), np.uint8)
    soft[0, 0] = 1
    before = Picture(np.zeros((600, 4, 3), np.uint8))
    pixels = before.pixels.copy()
    pixels[0, 0] = 9
    pixels[0, 1] = 9
    pixels[599, 3, 2] = 1
    assert changed_outside(soft, before, Picture(pixels)) == 2


def test_dropping_opaque_alpha_is_no_change():
    before = Picture(np.full((2, 2, 4), 255, np.uint8))
    before.pixels[0, 0, 3] = 7
    after = Picture(np.full((2, 2, 3), 255, np.uint8))
    assert changed_outside(np.zeros((2, 2), np.uint8), before, after) == 1
