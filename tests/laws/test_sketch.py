"""What holds for every sketch: it is seen under the mask, and only there; the result never takes bytes from it."""

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.laws.test_canvas import law, pictures, requests, seeds
from underpaint.canvas import (
    PreparedCanvas,
    changed_outside,
    composite,
    planned,
    prepare,
    soft_mask,
    used_sketch,
)
from underpaint.image.blend import flattened
from underpaint.image.picture import Picture
from underpaint.image.resize import resized_mask
from underpaint.image.sketch import sketched
from underpaint.plan import SMALLEST_SIDE_PX
from underpaint.request import CompositeRule, InpaintRequest, MaskedContent, Profile, ResizeMode


@dataclass(frozen=True)
class Drawn:
    request: InpaintRequest
    picture: Picture
    mask: np.ndarray
    sketch: np.ndarray
    decoded: np.ndarray

    @property
    def soft(self) -> np.ndarray:
        return soft_mask(self.request, self.mask)

    def canvas(self, sketch: np.ndarray | None, picture: Picture | None = None) -> PreparedCanvas:
        plan = planned(self.request, self.picture.size, self.soft, 64)
        used = used_sketch(self.request, self.picture.size, self.soft, sketch)
        return prepare(self.request, plan, picture or self.picture, self.soft, used)


@st.composite
def drawings(draw: st.DrawFn, content: st.SearchStrategy[MaskedContent] | None = None) -> Drawn:
    picture = draw(pictures())
    request = draw(requests(draw(st.sampled_from([Profile.studio(), Profile.a1111()]))))
    chosen = draw(content) if content is not None else MaskedContent.ORIGINAL
    request = replace(request, canvas=replace(request.canvas, content=chosen))
    assume(
        request.canvas.resize_mode is not ResizeMode.LATENT_UPSCALE or min(picture.size) >= SMALLEST_SIDE_PX
    )
    rng = np.random.default_rng(draw(seeds))
    height, width = picture.pixels.shape[:2]
    mask_shape = (height, width) if draw(st.booleans()) else tuple(rng.integers(1, 40, 2))
    mask = rng.choice(np.array([0, 0, 0, 120, 255], np.uint8), mask_shape)
    sketch = rng.integers(0, 256, (height, width, 4), np.uint8)
    sketch[..., 3] = rng.choice(np.array([0, 0, 90, 255], np.uint8), (height, width))
    working = Drawn(request, picture, mask, sketch, np.empty(0)).canvas(None).plan.working
    return Drawn(request, picture, mask, sketch, rng.random((working.height, working.width, 3), np.float32))


@law
@given(drawings())
def test_a_transparent_sketch_is_no_sketch(drawn: Drawn):
    clear = drawn.sketch.copy()
    clear[..., 3] = 0
    assert used_sketch(drawn.request, drawn.picture.size, drawn.soft, clear) is None
    np.testing.assert_array_equal(drawn.canvas(clear).image, drawn.canvas(None).image)


@law
@given(drawings())
def test_what_is_drawn_outside_the_mask_is_not_seen(drawn: Drawn):
    soft = resized_mask(drawn.soft, drawn.picture.size)
    inside = drawn.sketch.copy()
    inside[soft == 0] = 0
    np.testing.assert_array_equal(drawn.canvas(drawn.sketch).image, drawn.canvas(inside).image)


@law
@given(drawings())
def test_the_model_sees_the_flattened_picture_painted_on(drawn: Drawn):
    soft = resized_mask(drawn.soft, drawn.picture.size)
    flat = flattened(drawn.picture.pixels, drawn.request.canvas.background)
    painted = Picture(sketched(flat, drawn.sketch, soft))
    np.testing.assert_array_equal(drawn.canvas(drawn.sketch).image, drawn.canvas(None, painted).image)


@law
@given(drawings(st.sampled_from(MaskedContent)))
def test_the_result_goes_into_the_picture_without_the_sketch(drawn: Drawn):
    canvas, plain = drawn.canvas(drawn.sketch), drawn.canvas(None)
    result, without = (composite(each, drawn.decoded) for each in (canvas, plain))
    np.testing.assert_array_equal(result.pixels, without.pixels)
    if drawn.request.rules.composite is CompositeRule.EXACT:
        assert changed_outside(canvas, drawn.picture, result) == 0


@law
@given(drawings(st.sampled_from([c for c in MaskedContent if c is not MaskedContent.ORIGINAL])))
def test_only_original_starts_from_a_sketch(drawn: Drawn):
    np.testing.assert_array_equal(drawn.canvas(drawn.sketch).image, drawn.canvas(None).image)


@law
@given(drawings())
def test_pictures_masks_and_sketches_are_left_alone(drawn: Drawn):
    before = drawn.picture.pixels.copy(), drawn.mask.copy(), drawn.sketch.copy()
    drawn.canvas(drawn.sketch)
    for array, copy in zip((drawn.picture.pixels, drawn.mask, drawn.sketch), before, strict=True):
        np.testing.assert_array_equal(array, copy)
