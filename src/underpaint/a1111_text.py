"""The `parameters` text of A1111's files, of its relatives' (Forge, SD.Next) and of ours, as an `InpaintRequest`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from underpaint.a1111 import (
    NOISE_LEVELS,
    RNG_SOURCES,
    Endpoint,
    knows_sampler,
    knows_scheduler,
    request_from_api,
    sampler_and_scheduler,
)
from underpaint.a1111_paste import old_habits, pasted
from underpaint.codec import validated
from underpaint.errors import InvalidRequest
from underpaint.metadata import A1111_PROFILE, MIN_SETTINGS, PROGRAM, Infotext
from underpaint.request import LONGEST_PROMPT, InpaintRequest, Profile, Scheduler
from underpaint.traits import TRAITS

Convert = Callable[[str], Any]
MASKED_CONTENTS = {"fill": 0, "original": 1, "latent noise": 2, "latent nothing": 3}


def _is_true(text: str) -> bool:
    return text == "True"


BODY: dict[str, tuple[str, Convert]] = {
    "Steps": ("steps", str),
    "Sampler": ("sampler_name", lambda name: SDNEXT_SAMPLERS.get(name, name)),
    "Schedule type": ("scheduler", str),
    "CFG scale": ("cfg_scale", str),
    "Seed": ("seed", str),
    "Denoising strength": ("denoising_strength", str),
    "Variation seed": ("subseed", str),
    "Variation seed strength": ("subseed_strength", str),
    "Variation strength": ("subseed_strength", str),  # SD.Next
    "Tiling": ("tiling", _is_true),
    "Mask blur": ("mask_blur", str),
    "Masked area padding": ("inpaint_full_res_padding", str),
    "Inpaint area": ("inpaint_full_res", lambda text: text == "Only masked"),
    "Masked content": ("inpainting_fill", lambda text: MASKED_CONTENTS.get(text, text)),
    "Mask mode": ("inpainting_mask_invert", lambda text: int(text == "Inpaint not masked")),
    "Sampler sigma": ("scheduler", str),  # SD.Next
}
"""Keys of the text, and the fields of A1111's API that mean the same."""

OPTIONS: dict[str, tuple[str, Convert, Any]] = {
    "Model": ("sd_model_checkpoint", str, None),
    "Conditional mask weight": ("inpainting_mask_weight", float, 1.0),
    "Mask weight": ("inpainting_mask_weight", float, 1.0),  # SD.Next
    "Clip skip": ("CLIP_stop_at_last_layers", int, 1),
    "ENSD": ("eta_noise_seed_delta", int, 0),
    "Sampler eta delta": ("eta_noise_seed_delta", int, 0),  # SD.Next
    "RNG": ("randn_source", str, "GPU"),
    "Emphasis": ("emphasis", str, "Original"),
    "Old prompt editing timelines": ("use_old_scheduling", _is_true, False),
    "Pad conds": ("pad_cond_uncond", _is_true, False),
    "Pad conds v0": ("pad_cond_uncond_v0", _is_true, False),
    "Noise multiplier": ("initial_noise_multiplier", float, 1.0),
    "Sampler eta multiplier": ("initial_noise_multiplier", float, 1.0),  # SD.Next
    "Extra noise": ("img2img_extra_noise", float, 0.0),
    "Eta": ("eta_ancestral", float, 1.0),
    "Eta DDIM": ("eta_ddim", float, 0.0),
    "Sigma churn": ("s_churn", float, 0.0),
    "Sigma tmin": ("s_tmin", float, 0.0),
    "Sigma tmax": ("s_tmax", float, 0.0),
    "Sigma noise": ("s_noise", float, 1.0),
    "NGMS": ("s_min_uncond", float, 0.0),
    "Discard penultimate sigma": ("always_discard_next_to_last_sigma", _is_true, False),
    "Skip Early CFG": ("skip_early_cond", float, 0.0),
    "NGMS all steps": ("s_min_uncond_all", _is_true, False),
    "Schedule min sigma": ("sigma_min", float, 0.0),
    "Schedule max sigma": ("sigma_max", float, 0.0),
    "Schedule rho": ("rho", float, 0.0),
    "Beta schedule alpha": ("beta_dist_alpha", float, 0.6),
    "Beta schedule beta": ("beta_dist_beta", float, 0.6),
    "UniPC variant": ("uni_pc_variant", str, "bh1"),
    "UniPC skip type": ("uni_pc_skip_type", str, "time_uniform"),
    "UniPC order": ("uni_pc_order", int, 3),
    "UniPC lower order final": ("uni_pc_lower_order_final", _is_true, True),
    "SGM noise multiplier": ("sgm_noise_multiplier", _is_true, False),
    "Downcast alphas_cumprod": ("use_downcasted_alpha_bar", _is_true, False),
    "Noise Schedule": ("sd_noise_schedule", str, "Default"),
    "Color correction": ("img2img_color_correction", _is_true, False),  # SD.Next
}
"""Keys of the text, the options of A1111 that mean the same, and their defaults."""

SOFT_INPAINTING: dict[str, Convert] = {
    "Soft inpainting enabled": _is_true,
    "Soft inpainting schedule bias": float,
    "Soft inpainting preservation strength": float,
    "Soft inpainting transition contrast boost": float,
    "Soft inpainting mask influence": float,
    "Soft inpainting difference threshold": float,
    "Soft inpainting difference contrast": float,
}
"""Keys of the text, in the order of the script's arguments."""

OWN: dict[str, Callable[[InpaintRequest, int], InpaintRequest]] = {
    "Mask grow": lambda request, px: replace(request, mask=replace(request.mask, grow_px=px)),
    "Resampling": lambda request, times: replace(
        request, sampling=replace(request.sampling, resampling=times)
    ),
}
"""Keys that A1111 does not write, and what becomes of a request."""

SIZES = {
    "Size": ("width", "height"),
    "Seed resize from": ("seed_resize_from_w", "seed_resize_from_h"),
}

MEANT_FOR_PEOPLE = {
    *(
        "Model hash",
        "Version",
        "App",
        "Batch size",
        "Batch pos",
        "Batch",
        "Index",
        "Lora hashes",
        "TI hashes",
    ),
    *("Hashes", "VAE hash", "Init image hash", "Init image size", "Backend", "Operations", "Styles", "User"),
    *("Pipeline", "LoRA networks", "Embeddings", "Scheduler", "Civitai resources", "Civitai metadata"),
}
"""Keys that decide nothing, or only say what others or the prompt already say."""

NEUTRAL = {
    "FP8 weight": ("Disable",),
    "VAE": ("None", "Automatic"),
    "VAE Encoder": ("Full",),
    "VAE Decoder": ("Full",),
    "Face restoration": ("None",),
    "Token merging ratio": ("0", "0.0"),
    "Parser": ("a1111",),
}
"""Keys of what we do not do, with values that ask for nothing."""

NAMES: dict[str, Callable[[str], bool]] = {
    "Sampler": lambda name: knows_sampler(SDNEXT_SAMPLERS.get(name, name)),
    "Schedule type": knows_scheduler,
    "Sampler sigma": knows_scheduler,
    "RNG": RNG_SOURCES.__contains__,
    "Noise Schedule": NOISE_LEVELS.__contains__,
}
"""Keys whose values are names, and whether we know one; A1111's API would take something else in silence."""

SDNEXT = "SD.Next"
SDNEXT_SAMPLERS = {
    "DPM SDE": "DPM++ SDE",
    "DPM2++ 2M": "DPM++ 2M",
    "DPM2++ 2M SDE": "DPM++ 2M SDE",
    "DPM2++ 3M SDE": "DPM++ 3M SDE",
    "KDPM2": "DPM2",
    "KDPM2 a": "DPM2 a",
    "LMSD": "LMS",
}
MASK_KEYS = {"Mask mode", "Inpaint area", "Masked content", "Masked area padding", "Mask grow", "Resampling"}
HIRES = "Hires "
HIRES_MARKS = {"Hires upscale", "Hires resize", "Hires upscaler"}


def request_from_text(text: Infotext) -> tuple[InpaintRequest, list[str]]:
    """The request that a `parameters` text describes, and notes on what of it could not be taken over. Takes any text.

    What the text does not name has the value that its program would assume.
    """
    settings = {**text.settings, **dict.fromkeys(old_habits(text), "True")}
    taken: dict[str, str] = {}
    text, notes = _with_usable_prompts(text)
    for key, value in settings.items():
        if key in MEANT_FOR_PEOPLE or value in NEUTRAL.get(key, ()):
            continue
        if not _is_known(key, value, settings):
            notes.append(f"{key}: {value} is not taken over.")
            continue
        try:
            _request(text, {**taken, key: value})
        except InvalidRequest as error:
            notes.append(f"{key}: {value} is not taken over: {error}")
        else:
            taken[key] = value
    return _request(text, taken), [*notes, *_warnings(settings, taken)]


def _with_usable_prompts(text: Infotext) -> tuple[Infotext, list[str]]:
    """The text with prompts that a request can hold."""
    prompts: list[str] = []
    notes: list[str] = []
    for name, prompt in (("prompt", text.prompt), ("negative prompt", text.negative_prompt)):
        prompts.append(prompt[:LONGEST_PROMPT].encode(errors="replace").decode())
        if len(prompt) > LONGEST_PROMPT:
            notes.append(
                f"Of the {len(prompt)} characters of the {name} the first {LONGEST_PROMPT} are taken over."
            )
    return replace(text, prompt=prompts[0], negative_prompt=prompts[1]), notes


def _is_known(key: str, value: str, settings: Mapping[str, str]) -> bool:
    """Whether there is a setting for it, and the value, if it is a name, means something to us."""
    if key == "Denoising strength":
        return not _has_second_pass(settings)
    if key in SIZES:
        return re.fullmatch(r"\d+x\d+", value) is not None
    is_setting = any(key in keys for keys in (BODY, OPTIONS, SOFT_INPAINTING, OWN))
    return is_setting and NAMES.get(key, lambda _: True)(value)


def _has_second_pass(settings: Mapping[str, str]) -> bool:
    """Whether text-to-image was followed by hires fix, which the denoising strength then belongs to."""
    return not HIRES_MARKS.isdisjoint(settings) and "Init image size" not in settings


def _request(text: Infotext, settings: Mapping[str, str]) -> InpaintRequest:
    body: dict[str, Any] = {"prompt": text.prompt, "negative_prompt": text.negative_prompt}
    options: dict[str, Any] = {}
    for key, value in settings.items():
        if key in BODY:
            name, convert = BODY[key]
            body[name] = convert(value)
        elif key in OPTIONS:
            name, convert, _ = OPTIONS[key]
            options[name] = _converted(key, value, convert)
        elif key in SIZES:
            body.update(zip(SIZES[key], value.split("x"), strict=True))
    if script := _soft_inpainting(settings):
        body["alwayson_scripts"] = {"Soft Inpainting": {"args": script}}
    request = _request_of_body(body, options, settings)
    for key in settings.keys() & OWN.keys():
        request = OWN[key](request, _converted(key, settings[key], int))
    maker = text.settings.get("Version", "").split()
    if maker[:1] == [PROGRAM] and maker[-1] != A1111_PROFILE:
        request = replace(request, rules=Profile.studio())
    return validated(request)


def _request_of_body(
    body: dict[str, Any], options: dict[str, Any], settings: Mapping[str, str]
) -> InpaintRequest:
    if "denoising_strength" not in body:
        return request_from_api(body, options, endpoint="txt2img")
    of_picture = {"inpainting_fill": 1, "inpaint_full_res": False, "init_images": ["the picture"]}
    if not MASK_KEYS.isdisjoint(settings):
        of_picture["mask_blur"] = 0  # A1111 names no blur where there is none
    return request_from_api({**of_picture, **body}, options, endpoint="img2img")


def _soft_inpainting(settings: Mapping[str, str]) -> list[Any]:
    """The arguments of A1111's script, or nothing."""
    if not _is_true(settings.get("Soft inpainting enabled", "")):
        return []
    return [_converted(key, settings.get(key), convert) for key, convert in SOFT_INPAINTING.items()]


def _converted(key: str, value: str | None, convert: Convert) -> Any:
    try:
        return None if value is None else convert(value)
    except ValueError:
        raise InvalidRequest(f"{key} must be a number, not {value!r}.") from None


def _warnings(settings: Mapping[str, str], taken: Mapping[str, str]) -> list[str]:
    """What to know about a picture made from this text."""
    found: list[str] = []
    is_ours = settings.get("Version", "").startswith(PROGRAM)
    if len(settings) >= MIN_SETTINGS and "RNG" not in settings and not is_ours:
        found.append(
            "The text names no source of noise, which means A1111's default: noise as an NVIDIA card draws it (nv)."
        )
    if settings.get("App") == SDNEXT:
        found.append(
            "Made by SD.Next, which has samplers of its own: expect a similar picture, not the same."
        )
    if not MASK_KEYS.isdisjoint(taken) and "Mask blur" not in settings:
        found.append("The text names a mask but no mask blur, which means 0.")
    return found


# The API's field `infotext`

SAMPLER_PANEL: dict[str, tuple[str, Convert]] = {
    "steps": ("Steps", int),
    "seed": ("Seed", int),
    "subseed": ("Variation seed", int),
    "subseed_strength": ("Variation seed strength", float),
    "seed_resize_from_h": ("Seed resize from-1", int),
    "seed_resize_from_w": ("Seed resize from-2", int),
}
"""Fields of a request that a text fills in, and the text's keys. Width and height are swapped here, as in A1111."""

PAGE: dict[str, tuple[str, Convert]] = {
    "prompt": ("Prompt", str),
    "negative_prompt": ("Negative prompt", str),
    "cfg_scale": ("CFG scale", float),
    "width": ("Size-1", int),
    "height": ("Size-2", int),
}
"""These only for text-to-image: A1111's other page leaves them as they are."""


def filled_in(body: Mapping[str, Any], options: Mapping[str, Any], *, endpoint: Endpoint) -> dict[str, Any]:
    """A1111's JSON body with what its field `infotext` says: fields it does not set itself, and as `override_settings`
    what differs from the saved options. The checkpoint a text names is not changed to, as by default there."""
    text = body.get("infotext")
    given = {name: value for name, value in body.items() if name != "infotext"}
    if not isinstance(text, str) or not text:
        return given
    found = pasted(text)
    panel = SAMPLER_PANEL if endpoint == "img2img" else {**SAMPLER_PANEL, **PAGE}
    fields = {
        name: _converted(key, found[key], convert) for name, (key, convert) in panel.items() if key in found
    }
    if "Sampler" in found:
        sampler, scheduler = sampler_and_scheduler(found["Sampler"], found["Schedule type"])
        is_own = scheduler is TRAITS[sampler].own_scheduler
        fields["sampler_name"] = sampler.value
        fields["scheduler"] = (Scheduler.AUTOMATIC if is_own else scheduler).value
    overrides = {
        name: value
        for key, (name, convert, default) in OPTIONS.items()
        if key in found and key != "Model"
        for value in [_converted(key, str(found[key]), convert)]
        if value != options.get(name, default)
    }
    given_overrides = given.get("override_settings") or {}
    return {**fields, **given, "override_settings": {**overrides, **given_overrides}}
