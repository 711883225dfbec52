"""What holds for every size, box and mask."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from underpaint.geometry import Box, Size
from underpaint.image.mask import blurred, bounding_box, grown, inverted
from underpaint.image.placement import centred, covering, fitting
from underpaint.image.resize import resized, resized_mask, size_of
from underpaint.plan import SMALLEST_SIDE_PX, Plan, plan
from underpaint.request import (
    CanvasSettings,
    CompositeRule,
    InpaintArea,
    InpaintRequest,
    Profile,
    ResizeMode,
)

law = settings(deadline=None, max_examples=150, derandomize=True)

picture_sizes = st.builds(Size, st.integers(1, 3000), st.integers(1, 3000))
small_sizes = st.builds(Size, st.integers(1, 40), st.integers(1, 40))
working_sides = st.none() | st.integers(8, 256).map(lambda cells: cells * 8)
masks = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, max_side=40),
    elements=st.sampled_from([0, 0, 0, 1, 128, 255]),
)


@st.composite
def boxes(draw: st.DrawFn, within: Size) -> Box:
    left, right = sorted(draw(st.tuples(st.integers(0, within.width - 1), st.integers(0, within.width - 1))))
    top, bottom = sorted(
        draw(st.tuples(st.integers(0, within.height - 1), st.integers(0, within.height - 1)))
    )
    return Box.from_edges(left, top, right + 1, bottom + 1)


@st.composite
def plans(draw: st.DrawFn) -> tuple[Plan, InpaintRequest, Size, Box]:
    """A plan with the request, picture size and mask box it was made from."""
    picture = draw(picture_sizes)
    modes = [
        mode
        for mode in ResizeMode
        if mode is not ResizeMode.LATENT_UPSCALE or min(picture) >= SMALLEST_SIDE_PX
    ]
    mask_box = draw(boxes(picture))
    request = InpaintRequest(
        canvas=CanvasSettings(
            area=draw(st.sampled_from(InpaintArea)),
            padding_px=draw(st.integers(0, 100)),
            width=draw(working_sides),
            height=draw(working_sides),
            resize_mode=draw(st.sampled_from(modes)),
        ),
        rules=draw(st.sampled_from([Profile.studio(), Profile.a1111()])),
    )
    native_px = draw(st.sampled_from([128, 256, 512, 1024]))
    ours = plan(request, picture=picture, mask_box=mask_box, mask_size=picture, native_px=native_px)
    return ours, request, picture, mask_box


@law
@given(plans())
def test_boxes_lie_inside(made: tuple[Plan, InpaintRequest, Size, Box]):
    ours, _, picture, _ = made
    assert Box.of(picture).contains(ours.crop)
    assert Box.of(ours.working).contains(ours.content)
    assert Box.of(ours.output).contains(ours.paste)
    assert min(ours.crop.size + ours.content.size + ours.paste.size + ours.encoded) > 0


@law
@given(plans())
def test_working_size_is_on_the_grid(made: tuple[Plan, InpaintRequest, Size, Box]):
    ours, request, _, _ = made
    assert ours.working.is_multiple_of(8)
    assert ours.latents.width * 8 == ours.working.width
    assert min(ours.working) >= 64
    assert request.canvas.width in (None, ours.working.width)
    assert request.canvas.height in (None, ours.working.height)


@law
@given(plans())
def test_the_crop_holds_the_mask_and_its_padding(made: tuple[Plan, InpaintRequest, Size, Box]):
    ours, request, picture, mask_box = made
    if ours.is_cropped:
        assert ours.crop.contains(mask_box.padded(request.canvas.padding_px, picture))


@law
@given(plans())
def test_an_automatic_size_has_about_the_native_area(made: tuple[Plan, InpaintRequest, Size, Box]):
    _, request, picture, _ = made
    automatic = InpaintRequest(canvas=CanvasSettings(), rules=request.rules)
    ours = plan(automatic, picture=picture, mask_box=None, mask_size=None, native_px=512)
    assert 0.5 < ours.working.area / 512**2 < 1.5


@law
@given(plans())
def test_the_exact_rule_gives_the_picture_size_back(made: tuple[Plan, InpaintRequest, Size, Box]):
    ours, request, picture, _ = made
    if request.rules.composite is CompositeRule.EXACT:
        assert ours.output == picture
        assert ours.paste == ours.crop


@law
@given(small_sizes, small_sizes)
def test_fitting_fits_and_covering_covers(size: Size, target: Size):
    inner, outer = fitting(size, target), covering(size, target)
    assert Box.of(target).contains(centred(inner, target))
    assert centred(outer, target).contains(Box.of(target))


@law
@given(masks, st.integers(0, 12))
def test_growth_gives_every_pixel_the_highest_value_within_the_radius(mask: np.ndarray, radius_px: int):
    out = grown(mask, radius_px)
    padded = np.pad(mask, radius_px)
    height, width = mask.shape
    reached = [
        padded[radius_px + down : radius_px + down + height, radius_px + right : radius_px + right + width]
        for down in range(-radius_px, radius_px + 1)
        for right in range(-radius_px, radius_px + 1)
        if down**2 + right**2 <= radius_px**2
    ]
    assert np.array_equal(out, np.max(reached, axis=0))


@law
@given(masks, st.floats(0, 8), st.floats(0, 8))
def test_blur_keeps_solid_parts_masked(mask: np.ndarray, blur_x_px: float, blur_y_px: float):
    mask = np.where(mask > 0, 255, 0).astype(np.uint8).repeat(3, axis=0).repeat(3, axis=1)
    soft = blurred(mask, blur_x_px, blur_y_px)
    assert soft[mask > 0].all()


@law
@given(masks, small_sizes)
def test_resizing_loses_no_masked_pixel(mask: np.ndarray, size: Size):
    out = resized_mask(mask, size)
    assert size_of(out) == size
    height, width = mask.shape
    for y, x in np.argwhere(mask)[:20]:
        rows = slice(y * size.height // height, -(-(y + 1) * size.height // height))
        columns = slice(x * size.width // width, -(-(x + 1) * size.width // width))
        assert out[rows, columns].any()


@law
@given(masks, small_sizes)
def test_resizing_keeps_an_empty_mask_empty(mask: np.ndarray, size: Size):
    assert not resized_mask(np.zeros_like(mask), size).any()


@law
@given(masks)
def test_bounding_box_holds_all_and_is_tight(mask: np.ndarray):
    box = bounding_box(mask)
    if box is None:
        assert not mask.any()
        return
    inside = mask[box.rows, box.columns]
    assert np.count_nonzero(inside) == np.count_nonzero(mask)
    assert all(edge.any() for edge in (inside[0], inside[-1], inside[:, 0], inside[:, -1]))


@law
@given(masks)
def test_inverting_twice_is_the_identity(mask: np.ndarray):
    np.testing.assert_array_equal(inverted(inverted(mask)), mask)


@law
@given(small_sizes, small_sizes, st.sampled_from(ResizeMode))
def test_resizing_gives_the_size(size: Size, target: Size, mode: ResizeMode):
    assert size_of(resized(np.zeros((size.height, size.width, 3), np.uint8), target, mode)) == target
