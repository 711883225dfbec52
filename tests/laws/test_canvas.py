"""What holds for every picture, mask and request."""

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from underpaint.canvas import PreparedCanvas, changed_outside, composite, latent_mask, prepare, soft_mask
from underpaint.geometry import Box, Size
from underpaint.image.blend import blended_into
from underpaint.image.io import load_picture, read_png_text
from underpaint.image.mask import bounding_box
from underpaint.image.picture import Picture
from underpaint.image.png import encode_png
from underpaint.image.resize import size_of
from underpaint.plan import SMALLEST_SIDE_PX, plan
from underpaint.request import (
    CanvasSettings,
    InpaintArea,
    InpaintRequest,
    LatentMaskRule,
    MaskedContent,
    MaskMode,
    MaskSettings,
    PixelRounding,
    Profile,
    ResizeMode,
    Rules,
)

law = settings(deadline=None, max_examples=60, derandomize=True)

STUDIO = Profile.studio()
sides = st.integers(1, 48)
working_sides = st.none() | st.sampled_from([64, 72, 96])
seeds = st.integers(0, 2**32 - 1)


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    rng = np.random.default_rng(draw(seeds))
    depth = draw(st.sampled_from([np.uint8, np.uint16]))
    shape = draw(sides), draw(sides), draw(st.sampled_from([3, 4]))
    return Picture(rng.integers(0, np.iinfo(depth).max, shape, depth, endpoint=True))


@st.composite
def requests(draw: st.DrawFn, rules: Rules) -> InpaintRequest:
    return InpaintRequest(
        canvas=CanvasSettings(
            content=draw(st.sampled_from(MaskedContent)),
            area=draw(st.sampled_from(InpaintArea)),
            padding_px=draw(st.integers(0, 20)),
            width=draw(working_sides),
            height=draw(working_sides),
            resize_mode=draw(st.sampled_from(ResizeMode)),
        ),
        mask=MaskSettings(
            mode=draw(st.sampled_from(MaskMode)),
            blur_x_px=draw(st.sampled_from([0, 0.5, 3])),
            blur_y_px=draw(st.sampled_from([0, 0.5, 3])),
        ),
        rules=rules,
    )


@dataclass(frozen=True)
class Made:
    canvas: PreparedCanvas
    decoded: np.ndarray


@st.composite
def canvases(draw: st.DrawFn, rules: Rules = STUDIO, *, is_blank: bool = False) -> Made:
    picture = draw(pictures())
    request = draw(requests(rules))
    assume(
        request.canvas.resize_mode is not ResizeMode.LATENT_UPSCALE or min(picture.size) >= SMALLEST_SIDE_PX
    )
    mask_shape = picture.size[::-1] if draw(st.booleans()) else (draw(sides), draw(sides))
    painted = st.just(0) if is_blank else st.sampled_from([0, 0, 0, 100, 255])
    mask = draw(arrays(np.uint8, mask_shape, elements=painted, fill=st.just(0)))
    soft = mask if is_blank else soft_mask(request, mask)
    its_plan = plan(
        request,
        picture=picture.size,
        mask_box=bounding_box(soft),
        mask_size=size_of(soft),
        native_px=64,
    )
    canvas = prepare(request, its_plan, picture, soft)
    rng = np.random.default_rng(draw(seeds))
    size = its_plan.working
    return Made(canvas, rng.random((size.height, size.width, 3), np.float32))


@law
@given(canvases())
def test_every_byte_outside_the_soft_mask_is_the_originals(made: Made):
    original = made.canvas.original
    result = composite(made.canvas, made.decoded)
    assert made.canvas.soft_mask is not None
    outside = made.canvas.soft_mask == 0
    assert result.pixels.dtype == original.pixels.dtype
    np.testing.assert_array_equal(result.pixels[outside], original.pixels[outside])
    assert changed_outside(made.canvas, original, result) == 0


@law
@given(canvases())
def test_what_is_fully_masked_comes_from_the_generated_picture_alone(made: Made):
    canvas = made.canvas
    other = Picture(np.iinfo(canvas.original.pixels.dtype).max - canvas.original.pixels)
    assert canvas.soft_mask is not None
    seen = np.zeros(canvas.soft_mask.shape, bool)
    seen[canvas.plan.crop.rows, canvas.plan.crop.columns] = True
    repainted = (canvas.soft_mask == 255) & seen
    np.testing.assert_array_equal(
        composite(canvas, made.decoded).pixels[repainted],
        composite(replace(canvas, original=other), made.decoded).pixels[repainted],
    )


@law
@given(canvases(is_blank=True))
def test_an_empty_mask_returns_the_input_bytes(made: Made):
    assert not made.canvas.plan.repaints
    result = composite(made.canvas, made.decoded)
    np.testing.assert_array_equal(result.pixels, made.canvas.original.pixels)


@law
@given(canvases())
def test_every_masked_pixel_that_is_seen_lies_in_a_repainted_cell(made: Made):
    canvas = made.canvas
    assert canvas.mask is not None
    assert canvas.soft_mask is not None
    cells = latent_mask(canvas.mask, LatentMaskRule.COVERING)
    crop, content = canvas.plan.crop, canvas.plan.content
    for y, x in np.argwhere(canvas.soft_mask[crop.rows, crop.columns])[:20]:
        rows = slice(
            (content.y + y * content.height // crop.height) // 8,
            (content.y + (y + 1) * content.height // crop.height) // 8 + 1,
        )
        columns = slice(
            (content.x + x * content.width // crop.width) // 8,
            (content.x + (x + 1) * content.width // crop.width) // 8 + 1,
        )
        assert cells[rows, columns].any()


@law
@given(canvases(Profile.a1111()))
def test_a1111_makes_8_bit_rgb_of_the_planned_size(made: Made):
    result = composite(made.canvas, made.decoded)
    assert result.size == made.canvas.plan.output
    assert result.pixels.dtype == np.uint8
    assert result.alpha is None


@law
@given(canvases(), canvases(Profile.a1111()))
def test_canvases_have_the_planned_sizes_and_original_arrays_are_left_alone(ours: Made, theirs: Made):
    for made in (ours, theirs):
        before = made.canvas.original.pixels.copy()
        composite(made.canvas, made.decoded)
        np.testing.assert_array_equal(made.canvas.original.pixels, before)
        assert size_of(made.canvas.image) == made.canvas.plan.encoded
        if made.canvas.mask is not None:
            assert size_of(made.canvas.mask) == made.canvas.plan.working


@law
@given(pictures(), st.data())
def test_crop_then_paste_is_the_identity(picture: Picture, data: st.DataObject):
    pixels = picture.rgb
    size = size_of(pixels)
    left, right = sorted(data.draw(st.tuples(st.integers(0, size.width), st.integers(0, size.width))))
    top, bottom = sorted(data.draw(st.tuples(st.integers(0, size.height), st.integers(0, size.height))))
    box = Box.from_edges(left, top, right, bottom)
    crop = pixels[box.rows, box.columns].astype(np.float32) / np.iinfo(pixels.dtype).max
    everywhere = np.full(pixels.shape[:2], 255, np.uint8)
    pasted = blended_into(pixels, crop, everywhere, box, PixelRounding.NEAREST)
    np.testing.assert_array_equal(pasted, pixels)


@law
@given(pictures(), st.binary(min_size=20, max_size=64), st.dictionaries(st.sampled_from("abc"), st.text()))
def test_png_round_trip(picture: Picture, profile: bytes, text: dict[str, str]):
    profile = profile[:16].ljust(16) + b"RGB " + profile[16:]
    png = encode_png(picture.pixels, icc_profile=profile, text=text)
    again = load_picture(png)
    np.testing.assert_array_equal(again.pixels, picture.pixels)
    assert again.icc_profile == profile
    assert again.sha256 == Picture(picture.pixels, profile).sha256
    assert read_png_text(png) == text
    assert again.size == Size(picture.pixels.shape[1], picture.pixels.shape[0])
