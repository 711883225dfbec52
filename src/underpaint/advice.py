"""Advice: the guide's knowledge as a pure function of a request and facts about the picture.

The guide is the "Basic Inpainting Guide" that this tool is built after. Every rule is a function below, in the order
of `RULES`; numbers that decide are named beside the rule they belong to.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil, floor

from underpaint.geometry import Box, Size
from underpaint.request import (
    GRID_PX,
    BatchSettings,
    DdimRule,
    InpaintArea,
    InpaintRequest,
    MaskedContent,
    ResizeMode,
    Sampler,
    Scheduler,
    StepRule,
    UniPcSettings,
)
from underpaint.tasks import Task, Underpainting, zone
from underpaint.traits import TRAITS


class AdviceKind(StrEnum):
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """One click: a changed request, or an action of the editor."""

    label: str
    """Such as "Set 0.85"."""
    request: InpaintRequest | None = None
    underpainting: Underpainting | None = None
    action: str | None = None
    """For the editor: start-sketch, grow-mask, shrink-mask, grow-mask-to-sketch, select-subject."""
    amount_px: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    code: str
    kind: AdviceKind
    message: str
    why: str
    """A sentence or two from the guide, for who asks."""
    fix: Fix | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """The newest finished job on this picture, and what was measured on its results."""

    denoising_strength: float
    underpainting: Underpainting
    images: int
    change_delta_e: float | None
    """Mean CIE76 difference to the picture under the mask, over the results."""
    variety_delta_e: float | None
    """Mean CIE76 difference between the results; None below two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rules must know beside the request. `facts_of` measures most of it."""

    task: Task = Task.CUSTOM
    underpainting: Underpainting = Underpainting.ORIGINAL
    picture: Size | None = None
    """None for text-to-image."""
    native_px: int
    working: Size
    frame: Box | None = None
    """What the model sees, in pixels of the picture."""
    runs_steps: int
    is_inpaint_model: bool = False
    has_mask: bool = False
    """A mask was given; nothing need be painted on it."""
    mask_box: Box | None = None
    """Around the soft mask; None where nothing is masked."""
    mask_cover: float = 0.0
    """Share of the picture under the soft mask."""
    mask_cover_of_frame: float = 0.0
    mask_narrow_px: float = 0.0
    """Diameter of the largest circle that fits into the mask as painted and grown, in pixels of the picture."""
    mask_parts: int = 0
    """Separate parts of the mask, specks not counted."""
    has_sketch: bool = False
    sketch_cover_of_mask: float = 0.0
    """Share of the soft mask that is painted on."""
    sketch_outside_mask: float = 0.0
    """Share of the sketch that lies outside the soft mask."""
    last_run: LastRun | None = None
    edits_since_import: int = 0


Rule = Callable[[InpaintRequest, Facts], Advice | None]


def advise(request: InpaintRequest, facts: Facts) -> list[Advice]:
    """What is worth saying before a job with these settings runs, most urgent first."""
    found = [advice for rule in RULES if (advice := rule(request, facts)) is not None]
    return sorted(found, key=lambda advice: advice.kind is not AdviceKind.WARNING)


def _warning(code: str, message: str, why: str, fix: Fix | None = None) -> Advice:
    return Advice(code=code, kind=AdviceKind.WARNING, message=message, why=why, fix=fix)


def _hint(code: str, message: str, why: str, fix: Fix | None = None) -> Advice:
    return Advice(code=code, kind=AdviceKind.HINT, message=message, why=why, fix=fix)


# Fixes


def _with_strength(request: InpaintRequest, strength: float) -> InpaintRequest:
    return replace(request, sampling=replace(request.sampling, denoising_strength=strength))


def _set_strength(request: InpaintRequest, strength: float) -> Fix:
    return Fix(label=f"Set {strength:.2f}", request=_with_strength(request, strength))


def _use(request: InpaintRequest, underpainting: Underpainting, strength: float | None = None) -> Fix:
    """Another underpainting, with a strength from its zone."""
    low, high = zone(underpainting, request.canvas.area)
    now = request.sampling.denoising_strength if strength is None else strength
    changed = replace(request, canvas=replace(request.canvas, content=underpainting.content))
    return Fix(
        label=f"Use {NAMES[underpainting]}",
        request=_with_strength(changed, min(max(now, low), high)),
        underpainting=underpainting,
    )


def _with_area(request: InpaintRequest, area: InpaintArea) -> InpaintRequest:
    return replace(request, canvas=replace(request.canvas, area=area))


def _with_padding(request: InpaintRequest, padding_px: int) -> InpaintRequest:
    return replace(request, canvas=replace(request.canvas, padding_px=padding_px))


def _with_blur(request: InpaintRequest, blur_px: float) -> InpaintRequest:
    return replace(request, mask=replace(request.mask, blur_x_px=blur_px, blur_y_px=blur_px))


NAMES = {
    Underpainting.SKETCH: "sketch",
    Underpainting.ORIGINAL: "Original",
    Underpainting.FILL: "Fill",
    Underpainting.LATENT_NOISE: "Noise",
    Underpainting.LATENT_NOTHING: "Nothing",
}


def _is_masked(facts: Facts) -> bool:
    return facts.mask_box is not None


def _sees_only_masked(request: InpaintRequest, facts: Facts) -> bool:
    return request.canvas.area is InpaintArea.ONLY_MASKED and _is_masked(facts)


# The mask


def nothing_masked(request: InpaintRequest, facts: Facts) -> Advice | None:
    is_asked_for = facts.has_mask or request.canvas.area is InpaintArea.ONLY_MASKED
    if facts.picture is None or _is_masked(facts) or not is_asked_for:
        return None
    return _warning(
        "nothing-masked",
        "Nothing is masked. Brush over the part to change.",
        "Only what is masked is redrawn; the rest stays as it is, to the byte.",
        Fix(label="Select by click", action="select-subject"),
    )


def no_blur(request: InpaintRequest, facts: Facts) -> Advice | None:
    if not _is_masked(facts) or min(request.mask.blur_x_px, request.mask.blur_y_px) > 0:
        return None
    px = min(4.0, _largest_blur(facts))
    return _warning(
        "no-blur",
        "Without blur the edge will be a hard line.",
        "Not applying a blur tends to add a sharp edge, because colours differ; a few pixels are enough.",
        Fix(label=f"Set {px:g} px", request=_with_blur(request, px)),
    )


BLUR_SHARE = 0.25


def _largest_blur(facts: Facts) -> float:
    """The widest blur that leaves most of the mask, in whole pixels where there is room for one."""
    widest = BLUR_SHARE * facts.mask_narrow_px
    return float(floor(widest)) if widest >= 1 else max(floor(widest * 4) / 4, 0.25)


def blur_eats_mask(request: InpaintRequest, facts: Facts) -> Advice | None:
    widest = max(request.mask.blur_x_px, request.mask.blur_y_px)
    px = _largest_blur(facts)
    if not _is_masked(facts) or widest <= BLUR_SHARE * facts.mask_narrow_px or widest <= px:
        return None
    return _hint(
        "blur-eats-mask",
        "The blur eats most of this small mask.",
        "The blur thins the mask from both sides; where little is left, little of the result shows.",
        Fix(label=f"Set {px:g} px", request=_with_blur(request, px)),
    )


def several_changes(request: InpaintRequest, facts: Facts) -> Advice | None:
    if facts.mask_parts < 2 or not re.search(r"\band\b", request.prompt.positive, re.IGNORECASE):
        return None
    return _hint(
        "several-changes",
        "One change at a time works better.",
        "Inpainting is an iterative process: change one thing, keep the best result, go on from there.",
    )


# Strength and underpainting

NOISE_NEEDS, NOTHING_NEEDS, FILL_NEEDS, ORIGINAL_NEEDS = 0.75, 0.80, 0.70, 0.70


def weak_noise(request: InpaintRequest, facts: Facts) -> Advice | None:
    strength = request.sampling.denoising_strength
    if (
        facts.underpainting is not Underpainting.LATENT_NOISE
        or not _is_masked(facts)
        or strength >= NOISE_NEEDS
    ):
        return None
    return _warning(
        "weak-noise",
        f"Noise at {strength:.2f} will stay visible. It needs 0.75 or more.",
        "Latent noise always requires a high denoising strength; below that the noise itself shows.",
        _set_strength(request, 0.85),
    )


def weak_nothing(request: InpaintRequest, facts: Facts) -> Advice | None:
    strength = request.sampling.denoising_strength
    if (
        facts.underpainting is not Underpainting.LATENT_NOTHING
        or not _is_masked(facts)
        or strength >= NOTHING_NEEDS
    ):
        return None
    return _warning(
        "weak-nothing",
        f"The blank start shows through as brown at {strength:.2f}.",
        "Latent zeros look like a shade of brown to people, and so does what is hardly denoised.",
        _set_strength(request, 0.90),
    )


def weak_fill(request: InpaintRequest, facts: Facts) -> Advice | None:
    strength = request.sampling.denoising_strength
    if facts.underpainting is not Underpainting.FILL or not _is_masked(facts) or strength >= FILL_NEEDS:
        return None
    return _warning(
        "weak-fill",
        f"At {strength:.2f} the blurred fill stays visible.",
        "Fill puts a blurred copy of the surroundings under the mask; it must be denoised away.",
        _set_strength(request, 0.80),
    )


def original_keeps(request: InpaintRequest, facts: Facts) -> Advice | None:
    strength = request.sampling.denoising_strength
    is_change = facts.task in (Task.ADD, Task.REPLACE)
    is_whole = request.canvas.area is InpaintArea.WHOLE_PICTURE
    if facts.underpainting is not Underpainting.ORIGINAL or not (is_change and is_whole):
        return None
    if strength >= ORIGINAL_NEEDS or not _is_masked(facts):
        return None
    return _hint(
        "original-keeps",
        "Original keeps what is there below 0.70.",
        "Original tries to preserve colours and shapes: different results usually take 0.7 or more.",
        _set_strength(request, 0.75),
    )


DETAIL_LIMIT = 0.50


def detail_becomes_content(request: InpaintRequest, facts: Facts) -> Advice | None:
    if facts.underpainting is not Underpainting.ORIGINAL or facts.task is not Task.FIX_DETAIL:
        return None
    if not _sees_only_masked(request, facts) or request.sampling.denoising_strength <= DETAIL_LIMIT:
        return None
    return _hint(
        "detail-becomes-content",
        "Above 0.50 details turn into new content.",
        "Only masked with Original works best at 0.5 or lower; higher, the crop becomes a picture of its own.",
        _set_strength(request, 0.40),
    )


def nothing_to_keep(request: InpaintRequest, facts: Facts) -> Advice | None:
    is_original = facts.underpainting is Underpainting.ORIGINAL
    if facts.task is not Task.EXTEND or not is_original or not _is_masked(facts):
        return None
    return _warning(
        "nothing-to-keep",
        "There is no picture in the new area yet; Original keeps its stretched edge.",
        "Original preserves colours and shapes of what lies under the mask; here that is only a repeated edge.",
        _use(request, Underpainting.FILL, 0.85),
    )


CROWDED_STRENGTH, CROWDED_SHARE = 0.60, 0.60
PADDINGS = (96, 128, 192, 256, 384, 512, 768, 1024)


def sees_little_else(request: InpaintRequest, facts: Facts) -> Advice | None:
    if not _sees_only_masked(request, facts) or request.sampling.denoising_strength <= CROWDED_STRENGTH:
        return None
    if facts.mask_cover_of_frame <= CROWDED_SHARE:
        return None
    return _warning(
        "sees-little-else",
        "The model sees little else: the subject may appear twice.",
        "Only masked takes the crop as its only reference; at a high strength another copy of the prompt can appear.",
        _more_context(request, facts),
    )


def _more_context(request: InpaintRequest, facts: Facts) -> Fix:
    """The first padding that makes the mask a smaller part of what is seen, else the whole picture."""
    assert facts.picture is not None
    assert facts.mask_box is not None
    masked_px = facts.mask_cover * facts.picture.area
    for padding_px in PADDINGS:
        seen = facts.mask_box.padded(padding_px, facts.picture)
        if padding_px > request.canvas.padding_px and masked_px <= CROWDED_SHARE * seen.size.area:
            return Fix(label=f"Padding {padding_px}", request=_with_padding(request, padding_px))
    return Fix(label="Whole picture", request=_with_area(request, InpaintArea.WHOLE_PICTURE))


# The sketch

SKETCH_STRAY_SHARE, SKETCH_COVER, SKETCH_KEEPS = 0.01, 0.60, (0.35, 0.45)


def sketch_unused(request: InpaintRequest, facts: Facts) -> Advice | None:
    if not facts.has_sketch or facts.underpainting is Underpainting.SKETCH or not _is_masked(facts):
        return None
    return _hint(
        "sketch-unused",
        f"Your sketch is not used by {NAMES[facts.underpainting]}.",
        "A sketch guides the output in a controllable manner, but only where denoising starts from the picture.",
        _use(request, Underpainting.SKETCH),
    )


def sketch_outside(request: InpaintRequest, facts: Facts) -> Advice | None:
    is_used = facts.has_sketch and facts.underpainting is Underpainting.SKETCH
    if not is_used or not _is_masked(facts) or facts.sketch_outside_mask <= SKETCH_STRAY_SHARE:
        return None
    return _warning(
        "sketch-outside",
        "Part of the sketch lies outside the mask and is not used.",
        "Only what is masked is redrawn; paint beside the mask would stay as it was drawn.",
        Fix(label="Grow mask to sketch", action="grow-mask-to-sketch"),
    )


def sketch_stays(request: InpaintRequest, facts: Facts) -> Advice | None:
    low, high = SKETCH_KEEPS
    is_used = facts.has_sketch and facts.underpainting is Underpainting.SKETCH
    if not is_used or facts.sketch_cover_of_mask <= SKETCH_COVER:
        return None
    if not low <= request.sampling.denoising_strength <= high:
        return None
    return _hint(
        "sketch-stays",
        "Your sketch covers the mask. Its colours and shape stay.",
        "Original has a strong tendency to keep colour and shape, which is what makes a sketch work.",
        _set_strength(request, 0.55),
    )


def sketch_would_help(request: InpaintRequest, facts: Facts) -> Advice | None:
    is_original = facts.underpainting is Underpainting.ORIGINAL
    if facts.task is not Task.ADD or not is_original or facts.has_sketch or not _is_masked(facts):
        return None
    return _hint(
        "sketch-would-help",
        "A rough sketch gives the shape and colour.",
        "At 0.4 a tree painted as a few blobs becomes a tree; without them the result uses the colours below.",
        Fix(label="Start sketch", action="start-sketch", underpainting=Underpainting.SKETCH),
    )


# Size and detail

MOST_PADDING_PX = 128
SHARP_ENOUGH = 0.9
LARGEST_TARGET = 1.5
"""Times the model's native side: beyond, models of that size repeat themselves."""


def _gain(facts: Facts) -> float:
    """How much larger the model sees what it sees; below 1 detail is lost."""
    if facts.frame is None:
        return 1.0
    return (facts.working.area / facts.frame.size.area) ** 0.5


def padding_costs(request: InpaintRequest, facts: Facts) -> Advice | None:
    is_wide = request.canvas.padding_px > MOST_PADDING_PX
    if not _sees_only_masked(request, facts) or not is_wide or _gain(facts) >= 1:
        return None
    if facts.task is Task.EXTEND:
        return None  # the new area lives on what it sees of the picture
    return _hint(
        "padding-costs",
        "So much padding costs sharpness here.",
        "More padding helps where the result does not fit, but lowers the quality; leave it as low as possible.",
        Fix(label="Set 48 px", request=_with_padding(request, 48)),
    )


def frame_too_large(request: InpaintRequest, facts: Facts) -> Advice | None:
    if not _is_masked(facts) or facts.frame is None or _gain(facts) >= SHARP_ENOUGH:
        return None
    fix = _sharper(request, facts)
    if fix is None:  # nothing can be done about it with this model
        return None
    return _hint(
        "frame-too-large",
        f"Large frame: detail drops to {_gain(facts):.2f}×.",
        "What the model sees is scaled to its own size and back; only masked crops first, and keeps the detail.",
        fix,
    )


def _sharper(request: InpaintRequest, facts: Facts) -> Fix | None:
    """Only masked where that suffices, else a larger working size within what the model can do."""
    assert facts.frame is not None
    assert facts.picture is not None
    assert facts.mask_box is not None
    is_whole = request.canvas.area is InpaintArea.WHOLE_PICTURE
    longest = max(facts.mask_box.padded(request.canvas.padding_px, facts.picture).size)
    if is_whole and longest * SHARP_ENOUGH <= min(facts.working):
        return Fix(label="Only masked", request=_with_area(request, InpaintArea.ONLY_MASKED))
    if facts.frame.size.area > (LARGEST_TARGET * facts.native_px) ** 2:
        return None
    width, height = (max(ceil(side / GRID_PX) * GRID_PX, 64) for side in facts.frame.size)
    target = replace(request.canvas, width=width, height=height)
    return Fix(label=f"Target {width}×{height}", request=replace(request, canvas=target))


# Steps

FEWEST_STEPS, MANY_STEPS, ENOUGH_STEPS = 4, 30, 8
FEWEST_LONG_STEPS = 2
"""Of DPM fast, each worth three."""
TINY_STRENGTH = 0.06
"""Below, eight steps would need a schedule of more than 150."""


def too_few_steps(request: InpaintRequest, facts: Facts) -> Advice | None:
    sampler = request.sampling.sampler
    fewest = FEWEST_LONG_STEPS if sampler is Sampler.DPM_FAST else FEWEST_STEPS
    if facts.runs_steps >= fewest or sampler is Sampler.DPM_ADAPTIVE or nothing_masked(request, facts):
        return None
    is_kept = facts.picture is not None and facts.runs_steps == 0
    return _warning(
        "too-few-steps",
        f"At strength {request.sampling.denoising_strength:g} no step runs, and the picture stays as it is."
        if is_kept
        else f"Only {facts.runs_steps} step{'' if facts.runs_steps == 1 else 's'} run. Too few to form a picture.",
        "The number of steps is multiplied by the strength. Ten are often enough, but the noise must be iterated on.",
        _enough_steps(request, is_partial=facts.picture is not None),
    )


def _enough_steps(request: InpaintRequest, *, is_partial: bool) -> Fix:
    """So many steps that eight run; where the strength is too small for that, more strength."""
    sampling, strength = request.sampling, request.sampling.denoising_strength
    if is_partial and strength < TINY_STRENGTH:
        return _with_steps(request, max(sampling.steps, 30), 0.3, "Set 0.30")
    calls = ENOUGH_STEPS + (_steps_left_out(request) if is_partial else 0)
    if not is_partial or request.rules.steps is StepRule.A1111_FIX_STEPS:
        steps = calls
    elif request.rules.steps is StepRule.EXACT:
        steps = round(calls / strength)
    else:  # A1111 runs one more than the share
        steps = ceil((calls - 1) / min(strength, 0.999))
    is_one_each = sampling.sampler is not Sampler.DPM_FAST
    return _with_steps(
        request, steps, strength, f"Run {ENOUGH_STEPS} steps" if is_one_each else f"{steps} steps"
    )


def _with_steps(request: InpaintRequest, steps: int, strength: float, label: str) -> Fix:
    sampling = replace(request.sampling, steps=steps, denoising_strength=strength)
    return Fix(label=label, request=replace(request, sampling=sampling))


def _steps_left_out(request: InpaintRequest) -> int:
    """How many of the steps that the strength leaves A1111's samplers with timesteps of their own do not run."""
    if not _walks_timesteps(request):
        return 0
    return 1 if request.sampling.sampler is Sampler.UNIPC else 2


def _walks_timesteps(request: InpaintRequest) -> bool:
    return TRAITS[request.sampling.sampler].walks_timesteps and request.rules.ddim is DdimRule.A1111


def steps_without_use(request: InpaintRequest, facts: Facts) -> Advice | None:
    sampling = request.sampling
    runs_all = facts.runs_steps >= sampling.steps
    if (
        facts.picture is None
        or sampling.steps <= MANY_STEPS
        or sampling.denoising_strength >= 0.50
        or runs_all
        or sampling.sampler is Sampler.DPM_ADAPTIVE
    ):
        return None
    return _hint(
        "steps-without-use",
        f"At {sampling.denoising_strength:.2f} only {facts.runs_steps} steps run; more barely help.",
        "Steps help the more the picture is to differ at a high strength; at a low one they do little.",
        Fix(label="20 steps", request=replace(request, sampling=replace(sampling, steps=20))),
    )


# Results

LEAST_VARIETY, LEAST_CHANGE = 4.0, 2.0


def _is_as_last(request: InpaintRequest, facts: Facts) -> bool:
    """Whether the settings that decide how much changes are still those of the last run."""
    last = facts.last_run
    return (
        last is not None
        and facts.underpainting is last.underpainting
        and request.sampling.denoising_strength <= last.denoising_strength
    )


def _stronger(request: InpaintRequest, facts: Facts, by: float) -> Fix | None:
    """More strength, and where there is no more, noise to start from."""
    strength = round(min(request.sampling.denoising_strength + by, 1.0), 2)
    if strength - request.sampling.denoising_strength >= 0.05:
        return Fix(label=f"Strength +{by:.2f}", request=_with_strength(request, strength))
    if facts.underpainting is Underpainting.LATENT_NOISE:
        return None
    return _use(request, Underpainting.LATENT_NOISE)


def almost_unchanged(request: InpaintRequest, facts: Facts) -> Advice | None:
    last = facts.last_run
    if last is None or last.change_delta_e is None or last.change_delta_e >= LEAST_CHANGE:
        return None
    if not _is_as_last(request, facts):
        return None
    return _hint(
        "almost-unchanged",
        "Almost nothing changed.",
        f"Under the mask the results differ from the picture by {last.change_delta_e:.1f} ΔE; about 2 can just be "
        "seen. A denoising strength of 0 keeps the picture, 1 alters it completely.",
        _stronger(request, facts, 0.20),
    )


def all_alike(request: InpaintRequest, facts: Facts) -> Advice | None:
    last = facts.last_run
    if last is None or last.variety_delta_e is None or last.variety_delta_e >= LEAST_VARIETY:
        return None
    if not _is_as_last(request, facts):
        return None
    how_many = COUNTS.get(last.images, f"{last.images}")
    return _hint(
        "all-alike",
        f"The {how_many} look alike: too little noise.",
        "Results that look too similar usually lack noise: raise the strength, take latent noise, or sketch.",
        _stronger(request, facts, 0.15),
    )


COUNTS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}


def one_image(request: InpaintRequest, facts: Facts) -> Advice | None:
    if request.batch.total > 1:
        return None
    return _hint(
        "one-image",
        "Four at a time give you a choice.",
        "Produce several images at once and take the best: four give enough variety and are fast enough to go on.",
        Fix(label="Make 4", request=replace(request, batch=BatchSettings(size=1, count=4))),
    )


MANY_EDITS = 5
HARMONISING = 0.25


def soft_after_edits(request: InpaintRequest, facts: Facts) -> Advice | None:
    is_pass = (
        request.canvas.area is InpaintArea.WHOLE_PICTURE
        and facts.underpainting is Underpainting.ORIGINAL
        and request.sampling.denoising_strength <= 0.35
    )
    if facts.edits_since_import < MANY_EDITS or is_pass:
        return None
    whole = _with_area(_with_strength(request, HARMONISING), InpaintArea.WHOLE_PICTURE)
    canvas = replace(whole.canvas, content=MaskedContent.ORIGINAL)
    harmonise = Fix(
        label="Harmonise 0.25",
        request=replace(whole, canvas=canvas),
        underpainting=Underpainting.ORIGINAL,
    )
    return _hint(
        "soft-after-edits",
        f"After {facts.edits_since_import} edits, parts edited again and again get soft.",
        "Blurs add up over edits; one pass over all of the picture, without a mask, at 0.2 to 0.35 evens them out, and "
        "alters it a little.",
        None if _is_masked(facts) else harmonise,
    )


# Model, prompt, and settings that do nothing

MOST_WORDS = 20


def long_prompt(request: InpaintRequest, facts: Facts) -> Advice | None:
    if not facts.is_inpaint_model or len(request.prompt.positive.split()) <= MOST_WORDS:
        return None
    return _hint(
        "long-prompt",
        "This model wants only the change, in few words.",
        "Inpainting models prefer small prompts that only name the desired change.",
    )


MOST_NOISE = 1.05


def extra_noise(request: InpaintRequest, facts: Facts) -> Advice | None:
    if request.noise.multiplier <= MOST_NOISE:
        return None
    return _hint(
        "extra-noise",
        "Extra noise bends proportions.",
        "A noise multiplier changes the image more overall, but noticeably does not respect its proportions.",
        Fix(label="Set 1.00", request=replace(request, noise=replace(request.noise, multiplier=1.0))),
    )


def negative_unused(request: InpaintRequest, facts: Facts) -> Advice | None:
    sampling, prompt = request.sampling, request.prompt
    is_composed = re.search(r"\bAND\b", prompt.positive) or sampling.sampler is Sampler.DDIM_CFGPP
    if not prompt.negative or sampling.cfg_scale != 1 or is_composed:
        return None
    return _hint(
        "negative-unused",
        "At a CFG scale of 1 the negative prompt has no effect.",
        "Guidance is what sets prompt and negative prompt against each other; at 1 only the prompt is followed.",
        Fix(label="Set 4.0", request=replace(request, sampling=replace(sampling, cfg_scale=4.0))),
    )


def without_effect(request: InpaintRequest, facts: Facts) -> Advice | None:
    """Settings that the chosen sampler, area or input does not listen to, all in one line."""
    idle = idle_settings(request, facts)
    if not idle:
        return None
    names = [each.name for each in idle]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    settled = request
    for each in idle:
        settled = each.reset(settled)
    return _hint(
        "without-effect",
        f"Without effect here: {listed}.",
        " ".join(each.why for each in idle),
        Fix(label="Reset", request=settled),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleSetting:
    """A setting that was changed although nothing listens to it."""

    name: str
    why: str
    reset: Callable[[InpaintRequest], InpaintRequest]


def idle_settings(request: InpaintRequest, facts: Facts) -> list[IdleSetting]:
    """Every setting away from its default that does nothing in this request."""
    return [*_idle_of_sampler(request), *_idle_of_canvas(request, facts), *_idle_of_noise(request)]


def _idle_of_sampler(request: InpaintRequest) -> list[IdleSetting]:
    sampling, traits = request.sampling, TRAITS[request.sampling.sampler]
    name = sampling.sampler.value
    found: list[tuple[bool, str, str, dict[str, object]]] = [
        (
            sampling.eta is not None and traits.default_eta is None,
            "eta",
            f"{name} adds no fresh noise that eta could scale.",
            {"eta": None},
        ),
        (
            sampling.churn > 0 and not traits.takes_churn,
            "churn",
            f"{name} does not take churn.",
            {"churn": 0.0},
        ),
        (
            sampling.noise_scale != 1 and not traits.takes_noise_scale,
            "noise scale",
            f"{name} does not take a noise scale.",
            {"noise_scale": 1.0},
        ),
        (
            sampling.unipc != UniPcSettings() and sampling.sampler is not Sampler.UNIPC,
            "the UniPC settings",
            f"{name} is not UniPC.",
            {"unipc": UniPcSettings()},
        ),
        (
            sampling.scheduler is not Scheduler.AUTOMATIC and _walks_timesteps(request),
            "the schedule",
            f"Under A1111's rules {name} walks timesteps of its own.",
            {"scheduler": Scheduler.AUTOMATIC},
        ),
    ]
    return [
        IdleSetting(
            name=what, why=why, reset=lambda r, c=change: replace(r, sampling=replace(r.sampling, **c))
        )
        for is_idle, what, why, change in found
        if is_idle
    ]


def _idle_of_canvas(request: InpaintRequest, facts: Facts) -> list[IdleSetting]:
    found: list[IdleSetting] = []
    if facts.picture and not facts.has_mask and request.canvas.content is not MaskedContent.ORIGINAL:
        found.append(
            IdleSetting(
                name="masked content",
                why="Without a mask the whole picture is redrawn, and starts from itself.",
                reset=lambda r: replace(r, canvas=replace(r.canvas, content=MaskedContent.ORIGINAL)),
            )
        )
    if _sees_only_masked(request, facts) and request.canvas.resize_mode is not ResizeMode.JUST_RESIZE:
        found.append(
            IdleSetting(
                name="the resize mode",
                why="Only masked crops to the shape it needs.",
                reset=lambda r: replace(r, canvas=replace(r.canvas, resize_mode=ResizeMode.JUST_RESIZE)),
            )
        )
    return found


def _idle_of_noise(request: InpaintRequest) -> list[IdleSetting]:
    noise = request.noise
    found: list[IdleSetting] = []
    if noise.subseed and not noise.subseed_strength:
        found.append(
            IdleSetting(
                name="the variation seed",
                why="A variation strength of 0 keeps the seed's own noise.",
                reset=lambda r: replace(r, noise=replace(r.noise, subseed=None)),
            )
        )
    if bool(noise.seed_resize_from_width) != bool(noise.seed_resize_from_height):
        found.append(
            IdleSetting(
                name="seed resize",
                why="Seed resize needs a width and a height.",
                reset=lambda r: replace(
                    r, noise=replace(r.noise, seed_resize_from_width=0, seed_resize_from_height=0)
                ),
            )
        )
    return found


RULES: tuple[Rule, ...] = (
    nothing_masked,
    too_few_steps,
    weak_noise,
    weak_nothing,
    weak_fill,
    nothing_to_keep,
    sees_little_else,
    sketch_outside,
    no_blur,
    sketch_unused,
    almost_unchanged,
    all_alike,
    original_keeps,
    detail_becomes_content,
    sketch_would_help,
    sketch_stays,
    blur_eats_mask,
    several_changes,
    long_prompt,
    extra_noise,
    negative_unused,
    without_effect,
    padding_costs,
    frame_too_large,
    steps_without_use,
    soft_after_edits,
    one_image,
)
"""Most urgent first within warnings and within hints."""
