"""A result's recipe as PNG text, and back.

Two text chunks: `parameters`, as A1111 writes it, so that every existing viewer shows it; and `underpaint`, the
whole recipe as JSON, from which the same bytes can be made again.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import underpaint
from underpaint.codec import from_json, to_json
from underpaint.errors import InvalidRequest, UnreadableImage
from underpaint.prompt.composition import split_composition
from underpaint.prompt.extra_networks import without_tags
from underpaint.prompt.schedule import schedule
from underpaint.request import (
    ControlPreprocessor,
    EditTimes,
    Emphasis,
    InpaintArea,
    InpaintRequest,
    MaskedContent,
    MaskMode,
    NoiseLevels,
    Profile,
    PromptPadding,
    PromptWeightRule,
    ResizeMode,
    Rules,
    SamplingSettings,
    Scheduler,
    SoftInpaintingSettings,
)
from underpaint.result import NetworkKind, Recipe, UsedNetwork
from underpaint.traits import OWN_RHO, TRAITS, resamples

PARAMETERS_KEY = "parameters"
RECIPE_KEY = "underpaint"
RECIPE_FORMAT = 1
PROGRAM = "Underpaint"
A1111_PROFILE = "a1111"
RULES_NAMED_LATER = ("subseed_blend", "guidance_start", "colour_correction", "beta_quantiles", "text_lengths")
"""Recipes of format 1 from before these rules are without them."""
CONTROL_MODULES = {
    ControlPreprocessor.NONE: "none",
    ControlPreprocessor.LINEART: "lineart_standard (from white bg & black line)",
    ControlPreprocessor.CANNY: "canny",
    ControlPreprocessor.INPAINT: "inpaint_only",
}
"""What A1111's ControlNet extension calls these, or what of it comes closest: its line art has another formula."""
CONTROL_RESIZE_MODES = {
    ResizeMode.JUST_RESIZE: "Just Resize",
    ResizeMode.CROP_AND_RESIZE: "Crop and Resize",
    ResizeMode.RESIZE_AND_FILL: "Resize and Fill",
    ResizeMode.LATENT_UPSCALE: "Just Resize",
}
CANNY_THRESHOLDS = {"Threshold A": 100.0, "Threshold B": 200.0}
PADDING_KEYS = {PromptPadding.EMPTY: "Pad conds", PromptPadding.REPEAT: "Pad conds v0"}
MODELS_OWN_SCHEDULES = (None, Scheduler.AUTOMATIC, Scheduler.UNIFORM)
"""A1111 makes these without the settings of a schedule's shape."""


def png_text(recipe: Recipe) -> dict[str, str]:
    """The text chunks of a result's PNG."""
    record = {"format": RECIPE_FORMAT, **to_json(recipe)}
    return {
        PARAMETERS_KEY: infotext(recipe),
        RECIPE_KEY: json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    }


def recipe_from_png_text(text: Mapping[str, str]) -> Recipe | None:
    """The recipe of one of our own files; None for a file of another program."""
    if RECIPE_KEY not in text:
        return None
    try:
        record = json.loads(text[RECIPE_KEY])
    except (ValueError, RecursionError) as error:
        raise UnreadableImage(f"The recipe in the file is damaged: {error}.") from error
    if not isinstance(record, dict):
        raise UnreadableImage("The recipe in the file is damaged: it is not an object.")
    fields: dict[str, Any] = cast("dict[str, Any]", record)
    if (written := fields.pop("format", None)) != RECIPE_FORMAT:
        raise UnreadableImage(
            f"The recipe has format {written}; this version reads {RECIPE_FORMAT}. Update Underpaint."
        )
    try:
        recipe = recipe_from_json(fields)
        _check_consistency(recipe)
        return recipe
    except InvalidRequest as error:
        raise UnreadableImage(f"The recipe in the file is damaged: {error}") from error


def recipe_from_json(record: Mapping[str, Any]) -> Recipe:
    """The recipe in JSON, all limits checked. Written before some rules had a name, it gets what held then: A1111's, in
    both profiles. A recipe of A1111's profile stays one."""
    rules = _inner(_inner(record, "request"), "rules")
    if rules is None or rules.keys() >= set(RULES_NAMED_LATER):
        return from_json(Recipe, dict(record))
    a1111 = to_json(Profile.a1111())
    is_a1111 = rules.items() <= a1111.items()
    unnamed = a1111 if is_a1111 else {name: a1111[name] for name in RULES_NAMED_LATER}
    recipe = from_json(Recipe, {**record, "request": {**record["request"], "rules": {**unnamed, **rules}}})
    sampling = recipe.request.sampling
    return replace(
        recipe,
        guides_late=sampling.negative_from > 0,
        guides_less_at_end=sampling.negative_min_sigma > 0,
    )


def _inner(record: Mapping[str, Any] | None, name: str) -> Mapping[str, Any] | None:
    found = None if record is None else record.get(name)
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else None


def _check_consistency(recipe: Recipe) -> None:
    if recipe.image_index >= recipe.request.batch.total:
        raise InvalidRequest(f"it has no image {recipe.image_index + 1}.")
    if recipe.mask_sha256 and not recipe.picture_sha256:
        raise InvalidRequest("it names a mask without a picture.")
    if recipe.sketch_sha256 and not (recipe.mask_sha256 and len(recipe.picture_sha256) == 1):
        raise InvalidRequest("it names a sketch, which needs a mask and one picture.")


def infotext(recipe: Recipe) -> str:
    """A1111's three-part text: prompt, negative prompt, one line of settings (key order of version 1.10.1)."""
    request = recipe.request
    prompt = request.prompt
    lines = [prompt.positive]
    if prompt.negative:
        lines.append(f"Negative prompt: {prompt.negative}")
    pairs = [
        *_fixed_pairs(recipe),
        *_extra_pairs(recipe),
        ("Version", version_text(request.rules)),
    ]
    written = [(key, str(value)) for key, value in pairs if key not in request.unwritten_keys]
    lines.append(", ".join(_setting(key, value) for key, value in written))
    return "\n".join(lines).strip()


def version_text(rules: Rules) -> str:
    """Who made a file, and under which profile."""
    profile = f" {A1111_PROFILE}" if rules == Profile.a1111() else ""
    return f"{PROGRAM} {underpaint.__version__}{profile}"


def _fixed_pairs(recipe: Recipe) -> Iterator[tuple[str, object]]:
    request = recipe.request
    sampling, noise, canvas = request.sampling, request.noise, request.canvas
    yield "Steps", sampling.steps
    yield "Sampler", sampling.sampler.value
    yield "Schedule type", schedule_label(sampling).value
    yield "CFG scale", float(sampling.cfg_scale)
    yield "Seed", recipe.seed
    yield "Size", f"{canvas.width}x{canvas.height}"
    yield "Model hash", recipe.model_sha256[:10]
    yield "Model", recipe.model_name
    if noise.subseed_strength:
        yield "Variation seed", recipe.subseed
        yield "Variation seed strength", float(noise.subseed_strength)
    if noise.seed_resize_from_width and noise.seed_resize_from_height:
        yield "Seed resize from", f"{noise.seed_resize_from_width}x{noise.seed_resize_from_height}"
    if recipe.picture_sha256:
        yield "Denoising strength", float(sampling.denoising_strength)
    if recipe.is_inpaint_model:
        yield "Conditional mask weight", float(request.mask.conditioning_strength)
    if request.prompt.clip_skip > 1:
        yield "Clip skip", request.prompt.clip_skip
    if noise.eta_seed_delta and TRAITS[sampling.sampler].names_seed_delta and sampling.eta != 0:
        yield "ENSD", noise.eta_seed_delta
    yield "RNG", noise.source.value.upper()
    if sampling.tiles:
        yield "Tiling", True


def _extra_pairs(recipe: Recipe) -> Iterator[tuple[str, object]]:
    request = recipe.request
    sampling, noise = request.sampling, request.noise
    if recipe.mask_sha256:
        yield from _soft_inpainting_pairs(request.soft_inpainting)
    yield from _control_pairs(recipe)
    if recipe.mask_sha256:
        yield from _mask_pairs(request, is_mask_empty=recipe.is_mask_empty)
        if resamples(sampling, request.rules, has_mask=True, is_inpaint_model=recipe.is_inpaint_model):
            yield "Resampling", sampling.resampling
    yield from _hashes("Lora hashes", NetworkKind.LORA, recipe.networks)
    if request.prompt.edit_times is EditTimes.BELOW_ONE and _edit_times_matter(request):
        yield "Old prompt editing timelines", True
    yield from _hashes("TI hashes", NetworkKind.EMBEDDING, recipe.networks)
    if request.prompt.emphasis is not Emphasis.ORIGINAL and _has_brackets(request):
        yield "Emphasis", request.prompt.emphasis.value.replace("-", " ").capitalize()
    if sampling.rounds_alphas:
        yield "Downcast alphas_cumprod", True
    if sampling.noise_levels is NoiseLevels.ZERO_TERMINAL_SNR:
        yield "Noise Schedule", "Zero Terminal SNR"
    if noise.multiplier != 1:
        yield "Noise multiplier", noise.multiplier
    yield from _schedule_pairs(sampling)
    if noise.is_sgm_scaled and not (recipe.picture_sha256 or TRAITS[sampling.sampler].walks_timesteps):
        yield "SGM noise multiplier", True
    if noise.extra:
        yield "Extra noise", noise.extra
    yield from _stochastic_pairs(sampling)
    yield from _guidance_pairs(recipe)
    if recipe.is_padded:
        yield PADDING_KEYS[request.prompt.padding], True


def _mask_pairs(request: InpaintRequest, *, is_mask_empty: bool) -> Iterator[tuple[str, object]]:
    mask, canvas = request.mask, request.canvas
    if mask.mode is MaskMode.NOT_MASKED:
        yield "Mask mode", "Inpaint not masked"
    if mask.grow_px > 0:
        yield "Mask grow", mask.grow_px
    if mask.blur_x_px == mask.blur_y_px and mask.blur_x_px > 0:
        yield "Mask blur", _shortest(mask.blur_x_px)
    if canvas.area is InpaintArea.ONLY_MASKED and not is_mask_empty:
        yield "Inpaint area", "Only masked"
        yield "Masked area padding", canvas.padding_px
    if canvas.content is not MaskedContent.ORIGINAL:
        yield "Masked content", canvas.content.value.replace("-", " ")


def _soft_inpainting_pairs(soft: SoftInpaintingSettings) -> Iterator[tuple[str, object]]:
    if not soft.enabled:
        return
    yield "Soft inpainting enabled", True
    yield "Soft inpainting schedule bias", _shortest(soft.schedule_bias)
    yield "Soft inpainting preservation strength", _shortest(soft.preservation_strength)
    yield "Soft inpainting transition contrast boost", _shortest(soft.transition_contrast)
    yield "Soft inpainting mask influence", _shortest(soft.mask_influence)
    yield "Soft inpainting difference threshold", _shortest(soft.difference_threshold)
    yield "Soft inpainting difference contrast", _shortest(soft.difference_contrast)


def _control_pairs(recipe: Recipe) -> Iterator[tuple[str, object]]:
    """As A1111's extension writes them, without its settings that we have not."""
    used = [network for network in recipe.networks if network.kind is NetworkKind.CONTROLNET]
    resize_mode = CONTROL_RESIZE_MODES[recipe.request.canvas.resize_mode]
    for i, (unit, network) in enumerate(zip(recipe.request.controls, used, strict=False)):
        name = re.sub("[:,]", "", network.name)
        thresholds = CANNY_THRESHOLDS if unit.preprocessor is ControlPreprocessor.CANNY else {}
        values = {
            "Module": CONTROL_MODULES[unit.preprocessor],
            "Model": f"{name} [{network.a1111_hash}]",
            "Weight": float(unit.weight),
            "Resize Mode": resize_mode,
            **thresholds,
            "Guidance Start": float(unit.start),
            "Guidance End": float(unit.end),
            "Pixel Perfect": True,
            "Control Mode": "Balanced",
        }
        yield f"ControlNet {i}", ", ".join(f"{key}: {value}" for key, value in values.items())


def _hashes(key: str, kind: NetworkKind, networks: Sequence[UsedNetwork]) -> Iterator[tuple[str, object]]:
    hashes = [(re.sub("[:,]", "", used.name), used.a1111_hash) for used in networks if used.kind is kind]
    if kind is NetworkKind.LORA:  # named once, whatever its mentions
        hashes = list(dict(hashes).items())
    if hashes:
        yield key, ", ".join(f"{name}: {short}" for name, short in hashes)


def _edit_times_matter(request: InpaintRequest) -> bool:
    """Whether any text of the prompts would change at another step if times were read the newer way."""
    prompts = without_tags(request.prompt.positive), request.prompt.negative
    return any(
        schedule(text, _entries(request), EditTimes.BELOW_ONE)
        != schedule(text, _entries(request), EditTimes.POINTED)
        for text in prompts
    )


def _has_brackets(request: InpaintRequest) -> bool:
    """Whether any text that the prompts become opens a bracket."""
    prompt, entries = request.prompt, _entries(request)
    lone_weight = request.rules.prompt_weight is PromptWeightRule.A1111
    parts = split_composition(without_tags(prompt.positive), lone_weight=lone_weight)
    return any(
        re.search(r"[(\[]", stretch.text)
        for text in (*(part.text for part in parts), prompt.negative)
        for stretch in schedule(text, entries, prompt.edit_times)
    )


def _entries(request: InpaintRequest) -> int:
    """The steps that A1111 counts on for the edits of prompts."""
    return request.sampling.steps * TRAITS[request.sampling.sampler].calls_per_step


def _shortest(number: float) -> float:
    """A whole number without its point."""
    return int(number) if number == int(number) else number


def _schedule_pairs(sampling: SamplingSettings) -> Iterator[tuple[str, object]]:
    traits, schedule = TRAITS[sampling.sampler], sampling.schedule
    if sampling.discards_penultimate_sigma and not traits.discards_penultimate_sigma:
        yield "Discard penultimate sigma", True
    scheduler = None if traits.walks_timesteps else schedule_label(sampling)
    if scheduler not in MODELS_OWN_SCHEDULES:
        yield from _unless(0, "Schedule min sigma", schedule.sigma_min)
        yield from _unless(0, "Schedule max sigma", schedule.sigma_max)
    own_rho = None if scheduler is None else OWN_RHO.get(scheduler)
    if own_rho is not None and schedule.rho:
        yield from _unless(own_rho, "Schedule rho", schedule.rho)
    if sampling.scheduler is Scheduler.BETA:
        yield "Beta schedule alpha", schedule.beta_alpha
        yield "Beta schedule beta", schedule.beta_beta


def _guidance_pairs(recipe: Recipe) -> Iterator[tuple[str, object]]:
    """Only what had an effect, and in the order in which A1111 meets it."""
    sampling = recipe.request.sampling
    if recipe.guides_late:
        yield "Skip Early CFG", sampling.negative_from
    if recipe.guides_less_at_end:
        yield "NGMS", sampling.negative_min_sigma
        if sampling.negative_min_sigma_every_call:
            yield "NGMS all steps", True


def _stochastic_pairs(sampling: SamplingSettings) -> Iterator[tuple[str, object]]:
    traits = TRAITS[sampling.sampler]
    if traits.default_eta is not None and sampling.eta is not None:
        key = "Eta DDIM" if traits.walks_timesteps else "Eta"
        yield from _unless(traits.default_eta, key, sampling.eta)
    if traits.takes_churn:
        yield from _unless(0, "Sigma churn", sampling.churn)
        yield from _unless(0, "Sigma tmin", sampling.churn_sigma_min)
        yield from _unless(0, "Sigma tmax", sampling.churn_sigma_max)
    if traits.takes_noise_scale:
        yield from _unless(1, "Sigma noise", sampling.noise_scale)


def _unless(neutral: float, key: str, value: float) -> Iterator[tuple[str, object]]:
    if value != neutral:
        yield key, value


def schedule_label(sampling: SamplingSettings) -> Scheduler:
    """The schedule as A1111 writes it: a sampler's own by name, the model's discrete one as Automatic."""
    if sampling.scheduler is not Scheduler.AUTOMATIC:
        return sampling.scheduler
    return TRAITS[sampling.sampler].own_scheduler or Scheduler.AUTOMATIC


def _setting(key: str, value: str) -> str:
    if key == value:
        return key
    is_plain = re.search(r"[,\n:]", value) is None
    return f"{key}: {value if is_plain else json.dumps(value, ensure_ascii=False)}"


@dataclass(frozen=True, slots=True)
class Infotext:
    """A `parameters` text taken apart. Values are strings, as written."""

    prompt: str
    negative_prompt: str
    settings: dict[str, str]


SETTING = re.compile(
    r"""
    [^\S\n]*
    (?P<key> \w [\w /-]+ ) :          # at least two characters
    [^\S\n]*
    (?P<value>
        " (?: [^"\\] | \\. )+ "        # quoted; a backslash escapes the next character
      | [^,\n]*                        # or anything without a comma
    )
    (?: , | \Z )
    """,
    re.VERBOSE,
)
NEGATIVE_PREFIX = "Negative prompt:"
MIN_SETTINGS = 3


def parse_infotext(text: str) -> Infotext:
    """Reads what A1111 and its relatives write. The last line holds settings if it has at least three of them."""
    *lines, last = text.strip().split("\n")
    if len(_pairs(last)) < MIN_SETTINGS:
        lines.append(last)
        last = ""
    parts = {False: "", True: ""}
    is_negative = False
    for line in (raw.strip() for raw in lines):
        is_negative = is_negative or line.startswith(NEGATIVE_PREFIX)
        before = parts[is_negative]
        own = line.removeprefix(NEGATIVE_PREFIX).strip() if is_negative else line
        parts[is_negative] = f"{before}\n{own}" if before else own
    return Infotext(parts[False], parts[True], dict(_pairs(last)))


def _pairs(line: str) -> list[tuple[str, str]]:
    return [(found["key"], _unquoted(found["value"])) for found in SETTING.finditer(line)]


def _unquoted(value: str) -> str:
    if not (len(value) > 1 and value[0] == value[-1] == '"'):
        return value
    try:
        unquoted: Any = json.loads(value)
    except json.JSONDecodeError:
        return value
    return str(unquoted)
