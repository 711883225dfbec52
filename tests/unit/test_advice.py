"""One test per rule: when it speaks, what it says, and that its fix silences it."""

from dataclasses import dataclass, field, replace

import pytest

from underpaint.advice import RULES, Advice, AdviceKind, Facts, LastRun, advise
from underpaint.codec import from_json, to_json, validated
from underpaint.geometry import Box, Size
from underpaint.request import (
    BatchSettings,
    CanvasSettings,
    InpaintArea,
    InpaintRequest,
    MaskSettings,
    NoiseSettings,
    Profile,
    PromptSettings,
    ResizeMode,
    Sampler,
    SamplingSettings,
    Scheduler,
    StepRule,
)
from underpaint.sampling.counts import count_steps
from underpaint.tasks import Task, Underpainting, apply, preset

ONLY_MASKED = InpaintArea.ONLY_MASKED
FOUR = BatchSettings(count=4)
QUIET = InpaintRequest(
    batch=FOUR,
    canvas=CanvasSettings(area=ONLY_MASKED),
    sampling=SamplingSettings(denoising_strength=0.4, steps=20),
)
MASKED = Facts(
    picture=Size(1000, 800),
    native_px=512,
    working=Size(512, 512),
    frame=Box(300, 200, 364, 364),
    runs_steps=8,
    has_mask=True,
    mask_box=Box(332, 232, 300, 300),
    mask_cover=0.1,
    mask_cover_of_frame=0.5,
    mask_narrow_px=200,
    mask_parts=1,
)
LAST = LastRun(
    denoising_strength=0.4,
    underpainting=Underpainting.ORIGINAL,
    images=4,
    change_delta_e=8.0,
    variety_delta_e=9.0,
)


def at(strength: float, underpainting: Underpainting, **canvas: object) -> InpaintRequest:
    return replace(
        QUIET,
        sampling=replace(QUIET.sampling, denoising_strength=strength),
        canvas=replace(QUIET.canvas, content=underpainting.content, **canvas),
    )


def steps_of(request: InpaintRequest) -> int:
    return count_steps(request.sampling, request.rules, from_picture=True).steps


def under(underpainting: Underpainting, **facts: object) -> Facts:
    return replace(MASKED, underpainting=underpainting, **facts)


SKETCH, ORIGINAL, FILL, NOISE, NOTHING = Underpainting
SKETCHED = under(SKETCH, has_sketch=True, sketch_cover_of_mask=0.3)
WHOLE = {"area": InpaintArea.WHOLE_PICTURE}


@dataclass(frozen=True)
class Case:
    """A request and facts that make a rule speak."""

    code: str
    request: InpaintRequest
    facts: Facts
    message: str
    label: str | None
    """Of the fix."""
    after: dict[str, object] = field(default_factory=dict)
    """Facts that the fix's action changes, as the editor or a new measurement would."""


CASES = [
    Case(
        "nothing-masked",
        QUIET,
        replace(MASKED, mask_box=None, mask_cover=0.0, mask_cover_of_frame=0.0, mask_parts=0, has_mask=False),
        "Nothing is masked. Brush over the part to change.",
        "Select by click",
        {"mask_box": MASKED.mask_box},
    ),
    Case("weak-noise", at(0.6, NOISE), under(NOISE), "Noise at 0.60 will stay visible. It needs 0.75 or more.", "Set 0.85"),
    Case("weak-nothing", at(0.79, NOTHING), under(NOTHING), "The blank start shows through as brown at 0.79.", "Set 0.90"),
    Case("weak-fill", at(0.5, FILL), under(FILL), "At 0.50 the blurred fill stays visible.", "Set 0.80"),
    Case(
        "original-keeps",
        at(0.5, ORIGINAL, **WHOLE),
        under(ORIGINAL, task=Task.REPLACE),
        "Original keeps what is there below 0.70.",
        "Set 0.75",
    ),
    Case(
        "sees-little-else",
        at(0.8, FILL),
        under(FILL, mask_cover=0.11, mask_cover_of_frame=0.67),
        "The model sees little else: the subject may appear twice.",
        "Padding 96",
        {"mask_cover_of_frame": 0.11 * 800_000 / (492 * 492)},
    ),
    Case(
        "detail-becomes-content",
        at(0.55, ORIGINAL),
        under(ORIGINAL, task=Task.FIX_DETAIL),
        "Above 0.50 details turn into new content.",
        "Set 0.40",
    ),
    Case(
        "nothing-to-keep",
        at(0.85, ORIGINAL),
        under(ORIGINAL, task=Task.EXTEND),
        "There is no picture in the new area yet; Original keeps its stretched edge.",
        "Use Fill",
    ),
    Case(
        "sketch-would-help",
        at(0.4, ORIGINAL),
        under(ORIGINAL, task=Task.ADD),
        "A rough sketch gives the shape and colour.",
        "Start sketch",
        {"has_sketch": True},
    ),
    Case(
        "sketch-stays",
        at(0.4, SKETCH),
        replace(SKETCHED, sketch_cover_of_mask=0.7),
        "Your sketch covers the mask. Its colours and shape stay.",
        "Set 0.55",
    ),
    Case(
        "sketch-outside",
        at(0.5, SKETCH),
        replace(SKETCHED, sketch_outside_mask=0.02),
        "Part of the sketch lies outside the mask and is not used.",
        "Grow mask to sketch",
        {"sketch_outside_mask": 0.0},
    ),
    Case(
        "sketch-unused",
        at(0.8, NOISE),
        replace(SKETCHED, underpainting=NOISE),
        "Your sketch is not used by Noise.",
        "Use sketch",
    ),
    Case(
        "no-blur",
        replace(QUIET, mask=MaskSettings(blur_x_px=0, blur_y_px=0)),
        MASKED,
        "Without blur the edge will be a hard line.",
        "Set 4 px",
    ),
    Case(
        "blur-eats-mask",
        replace(QUIET, mask=MaskSettings(blur_x_px=8, blur_y_px=8)),
        replace(MASKED, mask_narrow_px=15),
        "The blur eats most of this small mask.",
        "Set 3 px",
    ),
    Case(
        "padding-costs",
        at(0.4, ORIGINAL, padding_px=160),
        replace(MASKED, frame=Box(100, 100, 620, 620)),
        "So much padding costs sharpness here.",
        "Set 48 px",
    ),
    Case(
        "frame-too-large",
        at(0.4, ORIGINAL, **WHOLE),
        replace(MASKED, picture=Size(2048, 2048), frame=Box(0, 0, 2048, 2048)),
        "Large frame: detail drops to 0.25×.",
        "Only masked",
        {"frame": Box(300, 200, 364, 364)},
    ),
    Case(
        "frame-too-large",
        QUIET,
        replace(MASKED, frame=Box(0, 0, 700, 700), mask_box=Box(32, 32, 636, 636)),
        "Large frame: detail drops to 0.73×.",
        "Target 704×704",
        {"working": Size(704, 704)},
    ),
    Case(
        "steps-without-use",
        replace(QUIET, sampling=SamplingSettings(steps=50, denoising_strength=0.3)),
        replace(MASKED, runs_steps=15),
        "At 0.30 only 15 steps run; more barely help.",
        "20 steps",
        {"runs_steps": 6},
    ),
    Case(
        "too-few-steps",
        replace(QUIET, sampling=SamplingSettings(steps=10, denoising_strength=0.3)),
        replace(MASKED, runs_steps=3),
        "Only 3 steps run. Too few to form a picture.",
        "Run 8 steps",
        {"runs_steps": 8},
    ),
    Case("one-image", replace(QUIET, batch=BatchSettings()), MASKED, "Four at a time give you a choice.", "Make 4"),
    Case(
        "all-alike",
        QUIET,
        replace(MASKED, last_run=replace(LAST, variety_delta_e=3.0)),
        "The four look alike: too little noise.",
        "Strength +0.15",
    ),
    Case(
        "almost-unchanged",
        QUIET,
        replace(MASKED, last_run=replace(LAST, change_delta_e=1.5)),
        "Almost nothing changed.",
        "Strength +0.20",
    ),
    Case(
        "almost-unchanged",
        at(1.0, ORIGINAL),
        under(ORIGINAL, last_run=replace(LAST, change_delta_e=1.5, denoising_strength=1.0)),
        "Almost nothing changed.",
        "Use Noise",
    ),
    Case(
        "soft-after-edits",
        QUIET,
        replace(MASKED, edits_since_import=6, mask_box=None, mask_parts=0, has_mask=False),
        "After 6 edits, parts edited again and again get soft.",
        "Harmonise 0.25",
    ),
    Case(
        "long-prompt",
        replace(QUIET, prompt=PromptSettings(positive="tree " * 21)),
        replace(MASKED, is_inpaint_model=True),
        "This model wants only the change, in few words.",
        None,
    ),
    Case(
        "extra-noise",
        replace(QUIET, noise=NoiseSettings(multiplier=1.1)),
        MASKED,
        "Extra noise bends proportions.",
        "Set 1.00",
    ),
    Case(
        "several-changes",
        replace(QUIET, prompt=PromptSettings(positive="a tree and a cat")),
        replace(MASKED, mask_parts=2),
        "One change at a time works better.",
        None,
    ),
    Case(
        "negative-unused",
        replace(
            QUIET,
            prompt=PromptSettings(positive="a tree", negative="blue"),
            sampling=replace(QUIET.sampling, cfg_scale=1.0),
        ),
        MASKED,
        "At a CFG scale of 1 the negative prompt has no effect.",
        "Set 4.0",
    ),
    Case(
        "without-effect",
        replace(QUIET, sampling=replace(QUIET.sampling, eta=0.5, churn=3.0, noise_scale=1.1)),
        MASKED,
        "Without effect here: eta, churn and noise scale.",
        "Reset",
    ),
]  # fmt: skip


def spoken(request: InpaintRequest, facts: Facts, code: str) -> Advice | None:
    return next((advice for advice in advise(request, facts) if advice.code == code), None)


def after_fix(case: Case, advice: Advice) -> tuple[InpaintRequest, Facts]:
    """The request and facts as they are once the fix was clicked."""
    assert advice.fix is not None
    facts = replace(case.facts, **case.after)
    if advice.fix.underpainting is not None:
        facts = replace(facts, underpainting=advice.fix.underpainting)
    return advice.fix.request or case.request, facts


def test_every_rule_has_a_case():
    assert {rule.__name__.replace("_", "-") for rule in RULES} == {case.code for case in CASES}


def test_settings_in_order_need_no_advice():
    assert advise(QUIET, MASKED) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code} {case.label}")
def test_a_rule_speaks_and_its_fix_silences_it(case: Case):
    advice = spoken(case.request, case.facts, case.code)
    assert advice is not None
    assert advice.message == case.message
    assert advice.why
    assert (advice.fix.label if advice.fix else None) == case.label
    if advice.fix is not None:
        request, facts = after_fix(case, advice)
        validated(request)
        assert spoken(request, facts, case.code) is None
        assert (request, facts) != (case.request, case.facts)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code} {case.label}")
def test_advice_travels_as_json(case: Case):
    for advice in advise(case.request, case.facts):
        assert from_json(Advice, to_json(advice)) == advice


def test_warnings_come_before_hints_and_keep_their_order():
    request = replace(at(0.3, NOISE), mask=MaskSettings(blur_x_px=0, blur_y_px=0), batch=BatchSettings())
    found = advise(request, under(NOISE, has_sketch=True, runs_steps=1))
    assert [advice.code for advice in found] == [
        "too-few-steps",
        "weak-noise",
        "no-blur",
        "sketch-unused",
        "one-image",
    ]
    kinds = [advice.kind for advice in found]
    assert kinds == sorted(kinds, key=lambda kind: kind is AdviceKind.HINT)


@pytest.mark.parametrize("task", [task for task in Task if task is not Task.CUSTOM])
@pytest.mark.parametrize("has_sketch", [False, True])
def test_presets_draw_no_warning(task: Task, has_sketch: bool):
    values = preset(task, has_sketch=has_sketch)
    request = apply(values, QUIET)
    assert values.underpainting is not None
    facts = replace(
        MASKED,
        task=task,
        underpainting=values.underpainting,
        has_sketch=has_sketch,
        runs_steps=steps_of(request),
    )
    assert [a for a in advise(request, facts) if a.kind is AdviceKind.WARNING] == []


def test_words_alone_need_no_mask():
    facts = Facts(native_px=512, working=Size(512, 512), runs_steps=20)
    assert advise(replace(QUIET, canvas=CanvasSettings()), facts) == []


def test_a_mask_that_fills_the_picture_is_seen_whole():
    facts = under(FILL, mask_box=Box(0, 0, 1000, 800), mask_cover=0.95, mask_cover_of_frame=0.95)
    advice = spoken(at(0.8, FILL), facts, "sees-little-else")
    assert advice is not None
    assert advice.fix is not None
    assert advice.fix.request is not None
    assert advice.fix.request.canvas.area is InpaintArea.WHOLE_PICTURE


def test_a_frame_that_nothing_makes_sharper_is_not_worth_a_word():
    facts = replace(
        MASKED, picture=Size(4000, 4000), frame=Box(0, 0, 2000, 2000), mask_box=Box(9, 9, 1900, 1900)
    )
    assert spoken(QUIET, facts, "frame-too-large") is None


def test_tiny_masks_get_a_blur_that_leaves_something():
    request = replace(QUIET, mask=MaskSettings(blur_x_px=4, blur_y_px=4))
    for narrow in (1.0, 3.0, 5.0):
        facts = replace(MASKED, mask_narrow_px=narrow)
        advice = spoken(request, facts, "blur-eats-mask")
        assert advice is not None
        assert advice.fix is not None
        assert advice.fix.request is not None
        assert 0 < advice.fix.request.mask.blur_x_px <= max(narrow / 4, 0.25)
        assert spoken(advice.fix.request, facts, "blur-eats-mask") is None


def test_a_mask_without_a_circle_inside_is_silent():
    assert spoken(QUIET, replace(MASKED, mask_narrow_px=200), "blur-eats-mask") is None


@pytest.mark.parametrize("rule", list(StepRule))
@pytest.mark.parametrize("strength", [0.0, 0.01, 0.05, 0.07, 0.1, 0.33, 0.5, 1.0])
@pytest.mark.parametrize("sampler", [Sampler.EULER, Sampler.DDIM])
def test_too_few_steps_become_eight(rule: StepRule, strength: float, sampler: Sampler):
    request = replace(
        QUIET,
        sampling=SamplingSettings(steps=3, denoising_strength=strength, sampler=sampler),
        rules=replace(Profile.a1111(), steps=rule),
    )
    advice = spoken(request, replace(MASKED, runs_steps=2), "too-few-steps")
    assert advice is not None
    assert advice.fix is not None
    assert advice.fix.request is not None
    validated(advice.fix.request)
    runs = steps_of(advice.fix.request)
    if advice.fix.label == "Run 8 steps":
        assert runs == 8
    assert runs >= 4


def test_strength_0_is_said_to_keep_the_picture():
    request = replace(QUIET, sampling=SamplingSettings(denoising_strength=0))
    advice = spoken(request, replace(MASKED, runs_steps=0), "too-few-steps")
    assert advice is not None
    assert advice.message == "At strength 0 no step runs, and the picture stays as it is."


def test_without_anything_masked_no_steps_are_too_few():
    unmasked = replace(MASKED, mask_box=None, mask_cover=0, runs_steps=1)
    assert spoken(QUIET, unmasked, "too-few-steps") is None
    assert spoken(QUIET, unmasked, "nothing-masked") is not None


def test_samplers_with_steps_of_their_own_are_judged_by_them():
    few = replace(MASKED, runs_steps=3)
    fast, adaptive = (
        replace(QUIET, sampling=SamplingSettings(steps=6, sampler=sampler))
        for sampler in (Sampler.DPM_FAST, Sampler.DPM_ADAPTIVE)
    )
    assert spoken(fast, few, "too-few-steps") is None, "each is worth three"
    assert spoken(adaptive, few, "too-few-steps") is None
    advice = spoken(fast, replace(MASKED, runs_steps=1), "too-few-steps")
    assert advice is not None
    assert advice.fix is not None
    assert advice.fix.label == "11 steps"
    long = SamplingSettings(steps=50, denoising_strength=0.3, sampler=Sampler.DPM_ADAPTIVE)
    assert spoken(replace(QUIET, sampling=long), replace(MASKED, runs_steps=15), "steps-without-use") is None


def test_the_last_run_counts_only_for_settings_like_its_own():
    facts = replace(MASKED, last_run=replace(LAST, change_delta_e=1.0, variety_delta_e=1.0))
    assert {a.code for a in advise(QUIET, facts)} == {"almost-unchanged", "all-alike"}
    assert advise(at(0.5, ORIGINAL), facts) == []
    assert advise(at(0.4, SKETCH), replace(facts, underpainting=SKETCH)) == []
    lone = replace(MASKED, last_run=replace(LAST, change_delta_e=None, variety_delta_e=None))
    assert advise(QUIET, lone) == []


def test_a_mask_is_in_the_way_of_harmonising():
    advice = spoken(QUIET, replace(MASKED, edits_since_import=6), "soft-after-edits")
    assert advice is not None
    assert advice.fix is None


def test_noise_at_full_strength_has_no_more_to_give():
    facts = under(
        NOISE, last_run=replace(LAST, variety_delta_e=1.0, underpainting=NOISE, denoising_strength=1.0)
    )
    advice = spoken(at(1.0, NOISE), facts, "all-alike")
    assert advice is not None
    assert advice.fix is None


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"sampling": SamplingSettings(sampler=Sampler.DDIM, scheduler=Scheduler.KARRAS)}, "the schedule"),
        ({"canvas": CanvasSettings(area=ONLY_MASKED, resize_mode=ResizeMode.RESIZE_AND_FILL)}, "the resize mode"),
        ({"noise": NoiseSettings(subseed=7)}, "the variation seed"),
        ({"noise": NoiseSettings(seed_resize_from_width=512)}, "seed resize"),
    ],
)  # fmt: skip
def test_each_idle_setting_is_named_and_reset(changed: dict[str, object], named: str):
    request = replace(QUIET, rules=Profile.a1111(), **changed)
    advice = spoken(request, MASKED, "without-effect")
    assert advice is not None
    assert advice.message == f"Without effect here: {named}."
    assert advice.fix is not None
    assert advice.fix.request is not None
    assert spoken(advice.fix.request, MASKED, "without-effect") is None


def test_masked_content_means_nothing_without_a_mask():
    facts = replace(MASKED, has_mask=False, mask_box=None, mask_parts=0, frame=Box(0, 0, 1000, 800))
    advice = spoken(at(0.8, FILL, **WHOLE), facts, "without-effect")
    assert advice is not None
    assert "masked content" in advice.message


def test_settings_that_are_listened_to_are_not_named():
    eta = replace(QUIET, sampling=replace(QUIET.sampling, sampler=Sampler.EULER_A, eta=0.5))
    churn = replace(QUIET, sampling=replace(QUIET.sampling, sampler=Sampler.EULER, churn=2.0))
    schedule = replace(
        QUIET, sampling=replace(QUIET.sampling, sampler=Sampler.DDIM, scheduler=Scheduler.KARRAS)
    )
    for request in (eta, churn, schedule):
        assert spoken(request, MASKED, "without-effect") is None
