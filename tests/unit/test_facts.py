from dataclasses import replace

import numpy as np
import pytest

from underpaint.advice import Facts, LastRun
from underpaint.canvas import planned, soft_mask
from underpaint.facts import facts_of
from underpaint.geometry import Box, Size
from underpaint.request import (
    CanvasSettings,
    InpaintArea,
    InpaintRequest,
    MaskedContent,
    MaskMode,
    MaskSettings,
)
from underpaint.tasks import Task, Underpainting

PICTURE = Size(100, 80)
REQUEST = InpaintRequest(
    mask=MaskSettings(blur_x_px=0, blur_y_px=0),
    canvas=CanvasSettings(area=InpaintArea.ONLY_MASKED, padding_px=10),
)
MASK = np.zeros((80, 100), np.uint8)
MASK[20:40, 30:61] = 255


def facts(
    request: InpaintRequest = REQUEST,
    mask: np.ndarray | None = MASK,
    sketch: np.ndarray | None = None,
    picture: Size | None = PICTURE,
    **more: object,
) -> Facts:
    soft = None if mask is None else soft_mask(request, mask)
    plan = planned(request, picture, soft, 64)
    return facts_of(request, plan, native_px=64, picture=picture, mask=mask, sketch=sketch, **more)


def test_a_mask_is_measured():
    found = facts()
    assert found.mask_box == Box(30, 20, 31, 20)
    assert found.mask_cover == 20 * 31 / 8000
    assert found.frame is not None
    assert found.mask_cover_of_frame == pytest.approx(20 * 31 / found.frame.size.area)
    assert found.mask_narrow_px == pytest.approx(20, abs=1)
    assert (found.has_mask, found.mask_parts, found.has_sketch) == (True, 1, False)


def test_an_inverted_mask_is_measured_as_it_counts():
    found = facts(replace(REQUEST, mask=replace(REQUEST.mask, mode=MaskMode.NOT_MASKED)))
    assert found.mask_cover == 1 - 20 * 31 / 8000
    assert found.mask_narrow_px > 30


def test_the_blur_counts_as_masked_but_not_as_width():
    found = facts(replace(REQUEST, mask=MaskSettings(blur_x_px=3, blur_y_px=3)))
    assert found.mask_cover > 20 * 31 / 8000
    assert found.mask_narrow_px == pytest.approx(20, abs=1)


def test_growth_makes_narrow_masks_wider_and_keeps_their_parts_apart():
    mask = MASK.copy()
    mask[44:75, 30:61] = 255
    found = facts(replace(REQUEST, mask=replace(REQUEST.mask, grow_px=5)), mask=mask)
    assert found.mask_narrow_px == pytest.approx(31 + 10, abs=1)
    assert found.mask_parts == 2


def test_parts_are_counted_without_specks():
    mask = MASK.copy()
    mask[60:75, 5:25] = 255
    mask[0:2, 0:2] = 255
    assert facts(mask=mask).mask_parts == 2


def test_large_masks_are_measured_small():
    mask = np.zeros((3000, 4000), np.uint8)
    mask[200:1100, 300:3000] = 255
    mask[1500:2900, 2000:2500] = 255
    found = facts(mask=mask, picture=Size(4000, 3000))
    assert found.mask_narrow_px == pytest.approx(900, rel=0.02)
    assert found.mask_parts == 2


def test_nothing_painted():
    found = facts(mask=np.zeros_like(MASK))
    assert found.has_mask
    assert (found.mask_box, found.mask_cover, found.mask_parts, found.mask_narrow_px) == (None, 0, 0, 0)


def test_a_sketch_is_measured_against_the_mask():
    sketch = np.zeros((80, 100, 4), np.uint8)
    sketch[20:40, 30:35] = 255
    sketch[50:60, 40:50, 3] = 1
    found = facts(sketch=sketch)
    assert found.underpainting is Underpainting.SKETCH
    assert found.sketch_cover_of_mask == pytest.approx(100 / 620)
    assert found.sketch_outside_mask == pytest.approx(0.5)
    assert not facts(sketch=np.zeros_like(sketch)).has_sketch


def test_large_sketches_are_sampled():
    mask = np.zeros((3000, 3000), np.uint8)
    mask[:1500] = 255
    sketch = np.zeros((3000, 3000, 4), np.uint8)
    sketch[1000:2000, :, 3] = 255
    found = facts(mask=mask, sketch=sketch, picture=Size(3000, 3000))
    assert found.sketch_cover_of_mask == pytest.approx(1 / 3, abs=0.01)
    assert found.sketch_outside_mask == pytest.approx(0.5, abs=0.01)


def test_a_mask_of_another_size_is_measured_on_the_picture():
    small = MASK[::4, ::4].copy()
    found = facts(mask=small)
    assert found.mask_cover == pytest.approx(20 * 31 / 8000, rel=0.5)
    assert found.mask_narrow_px == pytest.approx(20, abs=3)


def test_what_is_given_is_passed_on():
    last = LastRun(
        denoising_strength=0.5,
        underpainting=Underpainting.FILL,
        images=2,
        change_delta_e=1,
        variety_delta_e=2,
    )
    found = facts(task=Task.ADD, last_run=last, edits_since_import=3, is_inpaint_model=True, steps=5)
    assert (found.task, found.last_run, found.edits_since_import) == (Task.ADD, last, 3)
    assert (found.is_inpaint_model, found.runs_steps) == (True, 5)
    nothing = replace(REQUEST, canvas=replace(REQUEST.canvas, content=MaskedContent.LATENT_NOTHING))
    assert facts(nothing).underpainting is Underpainting.LATENT_NOTHING


def test_words_alone_have_no_frame():
    found = facts(mask=None, picture=None)
    assert (found.frame, found.picture, found.runs_steps) == (None, None, 20)
    assert found.working == Size(64, 64)
