"""The `parameters` text of A1111's files, and of ours, as an `InpaintRequest`."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from underpaint.a1111 import request_from_api
from underpaint.codec import validated
from underpaint.metadata import Infotext
from underpaint.request import InpaintRequest, Profile

Convert = Callable[[str], Any]
MASKED_CONTENTS = {"fill": 0, "original": 1, "latent noise": 2, "latent nothing": 3}


def _is_true(text: str) -> bool:
    return text == "True"


BODY: dict[str, tuple[str, Convert]] = {
    "Steps": ("steps", str),
    "Sampler": ("sampler_name", str),
    "Schedule type": ("scheduler", str),
    "CFG scale": ("cfg_scale", str),
    "Seed": ("seed", str),
    "Denoising strength": ("denoising_strength", str),
    "Variation seed": ("subseed", str),
    "Variation seed strength": ("subseed_strength", str),
    "Mask blur": ("mask_blur", str),
    "Masked area padding": ("inpaint_full_res_padding", str),
    "Inpaint area": ("inpaint_full_res", lambda text: text == "Only masked"),
    "Masked content": ("inpainting_fill", lambda text: MASKED_CONTENTS.get(text, text)),
    "Mask mode": ("inpainting_mask_invert", lambda text: int(text == "Inpaint not masked")),
    "Noise multiplier": ("initial_noise_multiplier", str),
    "Eta": ("eta", str),
    "Eta DDIM": ("eta", str),
    "NGMS": ("s_min_uncond", str),
    "Sigma churn": ("s_churn", str),
    "Sigma tmin": ("s_tmin", str),
    "Sigma tmax": ("s_tmax", str),
    "Sigma noise": ("s_noise", str),
}
"""Keys of the text, and the fields of A1111's API that mean the same."""

OPTIONS: dict[str, tuple[str, Convert]] = {
    "Model": ("sd_model_checkpoint", str),
    "Clip skip": ("CLIP_stop_at_last_layers", str),
    "ENSD": ("eta_noise_seed_delta", str),
    "RNG": ("randn_source", str),
    "Emphasis": ("emphasis", str),
    "Extra noise": ("img2img_extra_noise", str),
    "Discard penultimate sigma": ("always_discard_next_to_last_sigma", _is_true),
    "Skip Early CFG": ("skip_early_cond", str),
    "NGMS all steps": ("s_min_uncond_all", _is_true),
    "Schedule min sigma": ("sigma_min", str),
    "Schedule max sigma": ("sigma_max", str),
    "Schedule rho": ("rho", str),
    "Beta schedule alpha": ("beta_dist_alpha", str),
    "Beta schedule beta": ("beta_dist_beta", str),
    "UniPC variant": ("uni_pc_variant", str),
    "UniPC skip type": ("uni_pc_skip_type", str),
    "UniPC order": ("uni_pc_order", str),
    "UniPC lower order final": ("uni_pc_lower_order_final", _is_true),
    "SGM noise multiplier": ("sgm_noise_multiplier", _is_true),
}
"""Keys of the text, and the options of A1111 that mean the same."""

SIZES = {
    "Size": ("width", "height"),
    "Seed resize from": ("seed_resize_from_w", "seed_resize_from_h"),
}
MEANT_FOR_PEOPLE = {"Model hash", "Version", "Batch size", "Batch pos", "Lora hashes", "TI hashes", "Hashes"}
"""Keys that decide nothing, or only say what a name already says."""


def request_from_text(text: Infotext) -> tuple[InpaintRequest, list[str]]:
    """The request that a `parameters` text describes, and notes on what of it could not be taken over."""
    body: dict[str, Any] = {"prompt": text.prompt, "negative_prompt": text.negative_prompt}
    options: dict[str, Any] = {}
    notes: list[str] = []
    for key, value in text.settings.items():
        if key in BODY:
            name, convert = BODY[key]
            body[name] = convert(value)
        elif key in OPTIONS:
            name, convert = OPTIONS[key]
            options[name] = convert(value)
        elif key in SIZES and (size := re.fullmatch(r"(\d+)x(\d+)", value)):
            body.update(zip(SIZES[key], size.groups(), strict=True))
        elif key not in MEANT_FOR_PEOPLE:
            notes.append(f"{key}: {value} is not taken over.")
    request = _request(body, options)
    if text.settings.get("Version", "").startswith("Underpaint"):
        request = replace(request, rules=Profile.studio())
    return validated(request), notes


def _request(body: dict[str, Any], options: dict[str, Any]) -> InpaintRequest:
    if "denoising_strength" not in body:
        return request_from_api(body, options, endpoint="txt2img")
    of_picture = {"inpainting_fill": 1, "inpaint_full_res": False, "init_images": ["the picture"]}
    return request_from_api({**of_picture, **body}, options, endpoint="img2img")
