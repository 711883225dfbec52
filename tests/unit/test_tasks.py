import pytest

from underpaint.codec import to_json
from underpaint.request import InpaintArea, InpaintRequest, MaskedContent, MaskMode
from underpaint.tasks import PRESETS, ZONES, Task, Underpainting, apply, preset, zone

TASKS = pytest.mark.parametrize("task", list(Task))


def test_every_task_has_a_preset_and_every_underpainting_a_zone():
    assert list(PRESETS) == list(Task)
    assert set(ZONES) == set(Underpainting)
    for underpainting in Underpainting:
        for area in InpaintArea:
            low, high = zone(underpainting, area)
            assert 0 <= low < high <= 1


@TASKS
@pytest.mark.parametrize("has_sketch", [False, True])
def test_a_task_starts_inside_its_zone(task: Task, has_sketch: bool):
    values = preset(task, has_sketch=has_sketch)
    if values.underpainting is None or values.area is None or values.denoising_strength is None:
        assert task is Task.CUSTOM
        return
    low, high = zone(values.underpainting, values.area)
    assert low <= values.denoising_strength <= high


@TASKS
def test_applying_a_task_fills_in_its_values_and_nothing_else(task: Task):
    values = preset(task)
    before = InpaintRequest()
    after = apply(values, before)
    if task is Task.CUSTOM:
        assert after == before
        return
    assert values.underpainting is not None
    assert after.canvas.content is values.underpainting.content
    assert after.canvas.area is values.area
    assert after.sampling.denoising_strength == values.denoising_strength
    assert after.mask.blur_x_px == after.mask.blur_y_px == values.blur_px
    assert after.mask.mode is values.mask_mode
    assert after.mask.grow_px == values.grow_px
    assert after.sampling.resampling == values.resampling
    assert (after.prompt, after.noise, after.batch, after.rules) == (
        before.prompt,
        before.noise,
        before.batch,
        before.rules,
    )
    assert apply(values, after) == after


@pytest.mark.parametrize("before", [Task.REPLACE, Task.BACKGROUND])
@TASKS
def test_nothing_of_the_task_before_stays(before: Task, task: Task):
    if task is Task.CUSTOM:
        return
    fresh, later = (
        apply(preset(task), request)
        for request in (InpaintRequest(), apply(preset(before), InpaintRequest()))
    )
    assert later.mask == fresh.mask
    assert later.sampling == fresh.sampling


def test_adding_goes_by_the_sketch():
    bare, sketched = (apply(preset(Task.ADD, has_sketch=has), InpaintRequest()) for has in (False, True))
    assert bare.canvas.content is MaskedContent.FILL
    assert sketched.canvas.content is MaskedContent.ORIGINAL
    assert sketched.sampling.denoising_strength < bare.sampling.denoising_strength


def test_the_background_is_what_is_not_masked():
    assert apply(preset(Task.BACKGROUND), InpaintRequest()).mask.mode is MaskMode.NOT_MASKED


@TASKS
def test_presets_travel_as_json(task: Task):
    assert to_json(preset(task))["task"] == task.value
