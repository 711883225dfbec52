"""AUTOMATIC1111's HTTP API: its JSON requests as our `InpaintRequest`.

Defaults are that API's own (they differ from its web page's). What we do not do yet is refused by name; settings that
only concern its page, its folders or its speed are ignored.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from underpaint.errors import InvalidRequest, UnsupportedFeature
from underpaint.request import (
    BatchSettings,
    CanvasSettings,
    EditTimes,
    Emphasis,
    ExtraPictures,
    InpaintArea,
    InpaintRequest,
    LatentMaskRule,
    MaskedContent,
    MaskMode,
    MaskSettings,
    NoiseLevels,
    NoiseSettings,
    Profile,
    PromptPadding,
    PromptSettings,
    ResizeMode,
    RngSource,
    Rules,
    Sampler,
    SamplingSettings,
    Scheduler,
    ScheduleSettings,
    SoftInpaintingSettings,
    StepRule,
    UniPcSettings,
    UniPcSpacing,
    UniPcVariant,
)
from underpaint.styles import Styles, with_styles
from underpaint.traits import TRAITS

Endpoint = Literal["img2img", "txt2img"]
T = TypeVar("T")

MASKED_CONTENTS = (
    MaskedContent.FILL,
    MaskedContent.ORIGINAL,
    MaskedContent.LATENT_NOISE,
    MaskedContent.LATENT_NOTHING,
)
RESIZE_MODES = (
    ResizeMode.JUST_RESIZE,
    ResizeMode.CROP_AND_RESIZE,
    ResizeMode.RESIZE_AND_FILL,
    ResizeMode.LATENT_UPSCALE,
)
MASK_MODES = (MaskMode.MASKED, MaskMode.NOT_MASKED)
EMPHASES = {
    "Original": Emphasis.ORIGINAL,
    "No norm": Emphasis.NO_NORM,
    "Ignore": Emphasis.IGNORE,
    "None": Emphasis.NONE,
}
RNG_SOURCES = {"CPU": RngSource.CPU, "NV": RngSource.NV, "GPU": RngSource.NV}
"""GPU is A1111's default; Philox gives what it draws on NVIDIA cards."""

UNIPC_SPACINGS = {
    "time_uniform": UniPcSpacing.TIME_UNIFORM,
    "time_quadratic": UniPcSpacing.TIME_QUADRATIC,
    "logSNR": UniPcSpacing.LOG_SNR,
}
UNIPC_VARIANTS = {
    "bh1": UniPcVariant.BH1,
    "bh2": UniPcVariant.BH2,
    "vary_coeff": UniPcVariant.VARY_COEFF,
}
NOISE_LEVELS = {"Default": NoiseLevels.TRAINED, "Zero Terminal SNR": NoiseLevels.ZERO_TERMINAL_SNR}
OLD_KARRAS_SIGMAS = (0.1, 10.0)

FALLBACK_SAMPLER = Sampler.DPMPP_2M
"""A1111's answer to a sampler name it does not know."""

SCHEDULER_NAMES = {
    Scheduler.AUTOMATIC: ("automatic",),
    Scheduler.UNIFORM: ("uniform",),
    Scheduler.KARRAS: ("karras",),
    Scheduler.EXPONENTIAL: ("exponential",),
    Scheduler.POLYEXPONENTIAL: ("polyexponential",),
    Scheduler.SGM_UNIFORM: ("sgm_uniform", "SGMUniform"),
    Scheduler.KL_OPTIMAL: ("kl_optimal",),
    Scheduler.ALIGN_YOUR_STEPS: ("align_your_steps",),
    Scheduler.SIMPLE: ("simple",),
    Scheduler.NORMAL: ("normal",),
    Scheduler.DDIM: ("ddim",),
    Scheduler.BETA: ("beta",),
}

SOFT_INPAINTING = "soft inpainting"
SOFT_INPAINTING_ARGUMENTS = (
    "enabled",
    "power",
    "scale",
    "detail_preservation",
    "mask_inf",
    "dif_thresh",
    "dif_contr",
)
"""A1111's script by its title in lower case, and its arguments in their order."""

CHURN_KEYS = {
    "s_churn": ("Sigma churn", 0.0),
    "s_tmin": ("Sigma tmin", 0.0),
    "s_tmax": ("Sigma tmax", 0.0),
    "s_noise": ("Sigma noise", 1.0),
}
"""Fields that are options too: what A1111 calls them in its files, and their defaults."""

UNSUPPORTED_FIELDS: Mapping[str, tuple[Any, ...]] = {
    "restore_faces": (False,),
    "refiner_checkpoint": ("", "None"),
    "firstpass_image": (),
    "latent_mask": (),
    "script_name": ("",),
    "infotext": ("",),
    "enable_hr": (False,),
}
"""Request fields we do not act on, with the values that ask for nothing; null always does."""

UNSUPPORTED_OPTIONS: Mapping[str, tuple[Any, ...]] = {
    "face_restoration": (False,),
    "upscaler_for_img2img": ("", "None"),
    "sd_vae": ("Automatic", "None"),
    "sd_hypernetwork": ("", "None"),
    "sd_lora": ("", "None"),
    "fp8_storage": ("Disable",),
    "sd_vae_encode_method": ("Full",),
    "sd_vae_decode_method": ("Full",),
    "no_dpmpp_sde_batch_determinism": (False,),
    "token_merging_ratio": (0,),
    "token_merging_ratio_img2img": (0,),
    "use_old_emphasis_implementation": (False,),
}
"""Options (saved or overridden) that would change the picture and that we do not act on, with neutral values."""


def request_from_api(
    body: Mapping[str, Any], options: Mapping[str, Any], *, endpoint: Endpoint, styles: Styles | None = None
) -> InpaintRequest:
    """The request that makes the picture A1111 makes of this JSON body under these saved options.

    `body` names pictures in any way; only their number counts here. `styles`: those that its field `styles` may name;
    others are ignored, as there. The field `infotext` must be filled in before (`a1111_text.filled_in`). Limits are
    checked where requests always are.
    """
    fields = _Values(body)
    effective = _Values({**options, **fields.mapping("override_settings")})
    _refuse_unsupported(body, effective.values)
    pictures = fields.sequence("init_images")
    if endpoint == "img2img" and not pictures:
        raise InvalidRequest("Init image not found")  # A1111's words; programs look for them
    sampler, scheduler = sampler_and_scheduler(
        fields.text("sampler_name", "") or fields.text("sampler_index", "Euler"), fields.text("scheduler", "")
    )
    request = InpaintRequest(
        prompt=_styled(_prompt(fields, effective), fields, styles or {}),
        sampling=_sampling(fields, effective, sampler, scheduler),
        noise=_noise(fields, effective),
        batch=_batch(fields, pictures),
        canvas=CanvasSettings(width=fields.whole("width", 512), height=fields.whole("height", 512)),
        rules=_rules(effective),
        unwritten_keys=_unwritten_keys(fields, effective),
    )
    if model := effective.text("sd_model_checkpoint", ""):
        request = replace(request, model=model_name(model))
    return request if endpoint == "txt2img" else _with_picture(request, fields, effective, options)


def sampler_and_scheduler(sampler_name: str, scheduler_name: str) -> tuple[Sampler, Scheduler]:
    """A1111's reading of the two names: "DPM++ 2M Karras" carries its schedule, an explicit one goes first, unknown
    names mean DPM++ 2M and Automatic."""
    name, suffix = _split_suffix(sampler_name)
    sampler = Sampler(name) if name in list(Sampler) else FALLBACK_SAMPLER
    return sampler, _scheduler(scheduler_name) if scheduler_name else suffix


def knows_sampler(name: str) -> bool:
    """Whether the name, with or without a schedule's at its end, is a sampler's."""
    return _split_suffix(name)[0] in list(Sampler)


def knows_scheduler(name: str) -> bool:
    """Whether the name, or a label, is a schedule's."""
    return any(name in (known.value, *names) for known, names in SCHEDULER_NAMES.items())


def model_name(title: str) -> str:
    """The checkpoint's name from a title like "name.safetensors [0123456789]"."""
    return re.sub(r"(\.safetensors|\.ckpt)?( \[[0-9a-f]+\])?$", "", title)


def _split_suffix(sampler_name: str) -> tuple[str, Scheduler]:
    """Goes through the table once, as A1111: "Euler SGM Uniform" ends with Uniform, and "Euler SGM" is no sampler."""
    found = Scheduler.AUTOMATIC
    for scheduler, names in SCHEDULER_NAMES.items():
        ending = next((n for n in (scheduler.value, *names) if sampler_name.endswith(" " + n)), None)
        if ending is not None:
            sampler_name, found = sampler_name.removesuffix(" " + ending), scheduler
    return sampler_name, found


def _scheduler(name: str) -> Scheduler:
    """By name or label; the names after the first are aliases, which count at a sampler's end only."""
    matches = (known for known, names in SCHEDULER_NAMES.items() if name in (known.value, names[0]))
    return next(matches, Scheduler.AUTOMATIC)


def _with_picture(
    request: InpaintRequest, fields: "_Values", effective: "_Values", options: Mapping[str, Any]
) -> InpaintRequest:
    """The settings that text-to-image does not have."""
    # A1111 reads this option before it applies override_settings: only the saved one counts.
    saved_multiplier = _Values(options).number("initial_noise_multiplier", 1.0)
    blur_px = fields.values.get("mask_blur")
    only_masked = fields.flag("inpaint_full_res", default=True)
    return replace(
        request,
        mask=MaskSettings(
            mode=MASK_MODES[fields.flag("inpainting_mask_invert", default=False)],
            blur_x_px=fields.number("mask_blur_x" if blur_px is None else "mask_blur", 4),
            blur_y_px=fields.number("mask_blur_y" if blur_px is None else "mask_blur", 4),
            conditioning_strength=effective.number("inpainting_mask_weight", 1.0),
        ),
        soft_inpainting=_soft_inpainting(fields),
        extras=ExtraPictures(
            mask=effective.flag("return_mask", default=False),
            cut_out=effective.flag("return_mask_composite", default=False),
        ),
        rules=_rules_with_picture(request.rules, fields),
        canvas=replace(
            request.canvas,
            content=fields.choice("inpainting_fill", MASKED_CONTENTS, 0),
            area=InpaintArea.ONLY_MASKED if only_masked else InpaintArea.WHOLE_PICTURE,
            padding_px=fields.whole("inpaint_full_res_padding", 0),
            resize_mode=fields.choice("resize_mode", RESIZE_MODES, 0),
            background=effective.text("img2img_background_color", "#ffffff"),
            corrects_colours=effective.flag("img2img_color_correction", default=False),
            keeps_original=effective.flag("overlay_inpaint", default=True),
        ),
        sampling=replace(request.sampling, denoising_strength=fields.number("denoising_strength", 0.75)),
        noise=replace(
            request.noise,
            multiplier=fields.number("initial_noise_multiplier", saved_multiplier),
            extra=effective.number("img2img_extra_noise", 0.0),
        ),
    )


def _prompt(fields: "_Values", effective: "_Values") -> PromptSettings:
    positive, negative = fields.text("prompt", ""), fields.text("negative_prompt", "")
    emphasis = effective.text("emphasis", "Original")
    if emphasis not in EMPHASES:
        raise UnsupportedFeature(
            f"The emphasis {emphasis!r} is not known; choose one of: {', '.join(EMPHASES)}."
        )
    return PromptSettings(
        positive=positive,
        negative=negative,
        clip_skip=effective.whole("CLIP_stop_at_last_layers", 1),
        emphasis=EMPHASES[emphasis],
        edit_times=EditTimes.BELOW_ONE
        if effective.flag("use_old_scheduling", default=False)
        else EditTimes.POINTED,
        comma_backtrack=effective.whole("comma_padding_backtrack", 20),
        padding=_padding(effective),
        uses_networks=not fields.flag("disable_extra_networks", default=False),
    )


def _padding(effective: "_Values") -> PromptPadding:
    """With both options set, the older one goes first."""
    if effective.flag("pad_cond_uncond_v0", default=False):
        return PromptPadding.REPEAT
    if effective.flag("pad_cond_uncond", default=False):
        return PromptPadding.EMPTY
    return PromptPadding.NONE


def _styled(prompt: PromptSettings, fields: "_Values", styles: Styles) -> PromptSettings:
    return with_styles(prompt, [name for name in fields.names("styles") if name in styles], styles)


def _unwritten_keys(fields: "_Values", effective: "_Values") -> tuple[str, ...]:
    """A1111 does not name its default noise source, nor what comes from a field of the request instead of an option."""
    source = ("RNG",) if effective.text("randn_source", "GPU") == "GPU" else ()
    churn = (key for name, (key, default) in CHURN_KEYS.items() if effective.number(name, default) == default)
    return *source, *(churn if any(fields.values.get(name) is not None for name in CHURN_KEYS) else ())


def _sampling(
    fields: "_Values", effective: "_Values", sampler: Sampler, scheduler: Scheduler
) -> SamplingSettings:
    churns, scales = TRAITS[sampler].takes_churn, TRAITS[sampler].takes_noise_scale
    return SamplingSettings(
        denoising_strength=1.0,
        steps=fields.whole("steps", 50),
        sampler=sampler,
        scheduler=scheduler,
        schedule=_schedule(effective),
        cfg_scale=fields.number("cfg_scale", 7.0),
        negative_min_sigma=fields.number("s_min_uncond", effective.number("s_min_uncond", 0.0)),
        negative_min_sigma_every_call=effective.flag("s_min_uncond_all", default=False),
        negative_from=effective.number("skip_early_cond", 0.0),
        eta=_eta(fields, effective, sampler),
        churn=_sigma_setting("s_churn", 0.0, fields, effective) if churns else 0.0,
        churn_sigma_min=_sigma_setting("s_tmin", 0.0, fields, effective) if churns else 0.0,
        churn_sigma_max=_sigma_setting("s_tmax", 0.0, fields, effective) if churns else 0.0,
        noise_scale=_sigma_setting("s_noise", 1.0, fields, effective) if scales else 1.0,
        discards_penultimate_sigma=effective.flag("always_discard_next_to_last_sigma", default=False),
        noise_levels=effective.named("sd_noise_schedule", NOISE_LEVELS, "Default"),
        rounds_alphas=effective.flag("use_downcasted_alpha_bar", default=False),
        rounds_timesteps=effective.flag("enable_quantization", default=False),
        unipc=_unipc(effective),
        tiles=fields.flag("tiling", default=effective.flag("tiling", default=False)),
    )


def _schedule(effective: "_Values") -> ScheduleSettings:
    is_old = effective.flag("use_old_karras_scheduler_sigmas", default=False)
    low, high = OLD_KARRAS_SIGMAS if is_old else (0.0, 0.0)
    return ScheduleSettings(
        sigma_min=effective.number("sigma_min", 0.0) or low,
        sigma_max=effective.number("sigma_max", 0.0) or high,
        rho=effective.number("rho", 0.0),
        beta_alpha=effective.number("beta_dist_alpha", 0.6),
        beta_beta=effective.number("beta_dist_beta", 0.6),
    )


def _unipc(effective: "_Values") -> UniPcSettings:
    return UniPcSettings(
        variant=effective.named("uni_pc_variant", UNIPC_VARIANTS, "bh1"),
        order=effective.whole("uni_pc_order", 3),
        lowers_final_order=effective.flag("uni_pc_lower_order_final", default=True),
        spacing=effective.named("uni_pc_skip_type", UNIPC_SPACINGS, "time_uniform"),
    )


def _eta(fields: "_Values", effective: "_Values", sampler: Sampler) -> float | None:
    default = TRAITS[sampler].default_eta
    if default is None:
        return None
    option = "eta_ddim" if TRAITS[sampler].walks_timesteps else "eta_ancestral"
    return fields.number("eta", effective.number(option, default))


def _sigma_setting(name: str, default: float, fields: "_Values", effective: "_Values") -> float:
    """The request's value, unless the option differs from its default: then that goes first."""
    option = effective.number(name, default)
    return option if option != default else fields.number(name, default)


def _noise(fields: "_Values", effective: "_Values") -> NoiseSettings:
    source = effective.text("randn_source", "GPU")
    if source not in RNG_SOURCES:
        raise UnsupportedFeature(
            f"The noise source {source!r} is not known; choose one of: {', '.join(RNG_SOURCES)}."
        )
    return NoiseSettings(
        seed=fields.seed("seed"),
        subseed=fields.seed("subseed"),
        subseed_strength=fields.number("subseed_strength", 0.0),
        seed_resize_from_width=max(fields.whole("seed_resize_from_w", 0), 0),
        seed_resize_from_height=max(fields.whole("seed_resize_from_h", 0), 0),
        source=RNG_SOURCES[source],
        is_sgm_scaled=effective.flag("sgm_noise_multiplier", default=False),
        eta_seed_delta=effective.whole("eta_noise_seed_delta", 0),
    )


def _batch(fields: "_Values", pictures: Sequence[Any]) -> BatchSettings:
    size = fields.whole("batch_size", 1)
    if len(pictures) > size:
        raise InvalidRequest(f"bad number of images passed: {len(pictures)}; expecting {size} or less")
    return BatchSettings(size=len(pictures) if len(pictures) > 1 else size, count=fields.whole("n_iter", 1))


def _rules(effective: "_Values") -> Rules:
    rules = Profile.a1111()
    if effective.flag("img2img_fix_steps", default=False):
        return replace(rules, steps=StepRule.A1111_FIX_STEPS)
    return rules


def _rules_with_picture(rules: Rules, fields: "_Values") -> Rules:
    if fields.flag("mask_round", default=True):
        return rules
    return replace(rules, latent_mask=LatentMaskRule.SOFT)


def _soft_inpainting(fields: "_Values") -> SoftInpaintingSettings:
    """From the script's list of arguments; those that are missing keep their defaults."""
    scripts = fields.mapping("alwayson_scripts")
    script = next((scripts[title] for title in scripts if title.lower() == SOFT_INPAINTING), {})
    arguments = script.get("args") if isinstance(script, Mapping) else script
    values = _Values(dict(zip(SOFT_INPAINTING_ARGUMENTS, arguments or (), strict=False)))
    default = SoftInpaintingSettings()
    return SoftInpaintingSettings(
        enabled=values.flag("enabled", default=default.enabled),
        schedule_bias=values.number("power", default.schedule_bias),
        preservation_strength=values.number("scale", default.preservation_strength),
        transition_contrast=values.number("detail_preservation", default.transition_contrast),
        mask_influence=values.number("mask_inf", default.mask_influence),
        difference_threshold=values.number("dif_thresh", default.difference_threshold),
        difference_contrast=values.number("dif_contr", default.difference_contrast),
    )


def _refuse_unsupported(body: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    for known, given in ((UNSUPPORTED_FIELDS, body), (UNSUPPORTED_OPTIONS, options)):
        for name, neutral in known.items():
            value = given.get(name)
            if value is not None and value not in neutral:
                raise UnsupportedFeature(f"{name} = {value!r} is not supported yet; leave it out.")
    scripts = _Values(body).mapping("alwayson_scripts")
    for title, script in scripts.items():
        if title.lower() != SOFT_INPAINTING and _is_active(script):
            raise UnsupportedFeature(f"The script {title!r} is not supported yet; leave it out.")


def _is_active(script: Any) -> bool:
    """False without arguments, and for units (as ControlNet's) that are all off."""
    args = script.get("args") if isinstance(script, Mapping) else script
    if not args:
        return False
    units = [arg for arg in args if isinstance(arg, Mapping)]
    return len(units) < len(args) or any(unit.get("enabled", True) for unit in units)


@dataclass(frozen=True, slots=True)
class _Values:
    """JSON values with the types A1111 expects. Null means the default; digits in a string are a number, as there."""

    values: Mapping[str, Any]

    def number(self, name: str, default: float) -> float:
        value = self.values.get(name)
        if value is None:
            return default
        try:
            return float(value)
        except (TypeError, ValueError):
            raise self._wrong(name, "a number") from None

    def whole(self, name: str, default: int) -> int:
        value = self.number(name, default)
        if value % 1:
            raise self._wrong(name, "a whole number")
        return int(value)

    def flag(self, name: str, *, default: bool) -> bool:
        return self.whole(name, default) != 0

    def choice(self, name: str, choices: Sequence[T], default: int) -> T:
        index = self.whole(name, default)
        if not 0 <= index < len(choices):
            raise self._wrong(name, f"a number from 0 to {len(choices) - 1}")
        return choices[index]

    def named(self, name: str, choices: Mapping[str, T], default: str) -> T:
        """Raises `UnsupportedFeature` for a name that only A1111 may know."""
        value = self.text(name, default)
        if value not in choices:
            raise UnsupportedFeature(
                f"{name} = {value!r} is not supported; choose one of: {', '.join(choices)}."
            )
        return choices[value]

    def seed(self, name: str) -> int | None:
        """None for -1, null and the empty string: one will be drawn."""
        if self.values.get(name) == "":
            return None
        seed = self.whole(name, -1)
        return None if seed == -1 else seed

    def text(self, name: str, default: str) -> str:
        return self._of_type(name, str, "a string", default)

    def mapping(self, name: str) -> Mapping[str, Any]:
        return self._of_type(name, Mapping, "an object", {})

    def sequence(self, name: str) -> Sequence[Any]:
        return self._of_type(name, list, "a list", [])

    def names(self, name: str) -> Sequence[str]:
        found = self.sequence(name)
        if not all(isinstance(each, str) for each in found):
            raise self._wrong(name, "a list of strings")
        return found

    def _of_type(self, name: str, kind: Any, wording: str, default: Any) -> Any:
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, kind):
            raise self._wrong(name, wording)
        return value

    def _wrong(self, name: str, wanted: str) -> InvalidRequest:
        return InvalidRequest(f"{name} must be {wanted}, not {self.values.get(name)!r}.")
