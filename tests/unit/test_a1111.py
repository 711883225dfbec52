import json
from typing import Any

import pytest

from underpaint.a1111 import model_name, request_from_api, sampler_and_scheduler
from underpaint.codec import validated
from underpaint.errors import InvalidRequest, UnsupportedFeature
from underpaint.request import (
    EditTimes,
    Emphasis,
    ExtraPictures,
    InpaintArea,
    InpaintRequest,
    LatentMaskRule,
    MaskedContent,
    MaskMode,
    NoiseLevels,
    Profile,
    PromptPadding,
    ResizeMode,
    RngSource,
    Sampler,
    Scheduler,
    SoftInpaintingSettings,
    StepRule,
    UniPcSpacing,
    UniPcVariant,
)
from underpaint.styles import Style


def img2img(options: dict[str, Any] | None = None, **body: Any) -> InpaintRequest:
    return request_from_api({"init_images": ["x"], **body}, options or {}, endpoint="img2img")


def test_defaults_are_those_of_the_api_not_of_the_page():
    ours = validated(img2img())
    assert ours.rules == Profile.a1111()
    assert (ours.sampling.sampler, ours.sampling.steps, ours.sampling.cfg_scale) == (Sampler.EULER, 50, 7.0)
    assert ours.sampling.denoising_strength == 0.75
    assert (ours.canvas.width, ours.canvas.height) == (512, 512)
    assert ours.canvas.content is MaskedContent.FILL
    assert ours.canvas.area is InpaintArea.ONLY_MASKED
    assert ours.canvas.padding_px == 0
    assert (ours.mask.blur_x_px, ours.mask.blur_y_px) == (4, 4)
    assert (ours.noise.seed, ours.noise.subseed, ours.batch.total) == (None, None, 1)
    assert ours.noise.source is RngSource.NV
    assert ours.model == "storybook"


def test_every_setting_arrives():
    ours = img2img(
        {
            "randn_source": "CPU",
            "sd_model_checkpoint": "a.safetensors [0123456789]",
            "initial_noise_multiplier": 0.9,
        },
        prompt="cat",
        negative_prompt="dog",
        seed=5,
        subseed=6,
        subseed_strength=0.25,
        seed_resize_from_w=64,
        seed_resize_from_h=-1,
        steps=20,
        cfg_scale=5,
        sampler_name="Euler",
        scheduler="karras",
        width=640,
        height=384,
        denoising_strength=0.6,
        batch_size=2,
        n_iter=3,
        mask_blur=None,
        mask_blur_x=1,
        mask_blur_y=2,
        inpainting_fill=3,
        inpaint_full_res=False,
        inpaint_full_res_padding=16,
        inpainting_mask_invert=1,
        resize_mode=2,
        s_churn=3.0,
        override_settings={
            "CLIP_stop_at_last_layers": 2.0,
            "emphasis": "No norm",
            "always_discard_next_to_last_sigma": True,
            "img2img_extra_noise": 0.1,
            "eta_noise_seed_delta": 31337,
            "img2img_fix_steps": True,
            "img2img_background_color": "#000000",
            "s_noise": 1.5,
            "randn_source": "NV",
        },
    )
    assert validated(ours) == ours
    assert (ours.prompt.positive, ours.prompt.negative) == ("cat", "dog")
    assert (ours.prompt.clip_skip, ours.prompt.emphasis) == (2, Emphasis.NO_NORM)
    assert (ours.noise.seed, ours.noise.subseed, ours.noise.subseed_strength) == (5, 6, 0.25)
    assert (ours.noise.seed_resize_from_width, ours.noise.seed_resize_from_height) == (64, 0)
    assert (ours.noise.multiplier, ours.noise.extra, ours.noise.eta_seed_delta) == (0.9, 0.1, 31337)
    assert ours.noise.source is RngSource.NV
    assert (ours.sampling.scheduler, ours.sampling.steps, ours.sampling.cfg_scale) == (
        Scheduler.KARRAS,
        20,
        5,
    )
    assert (ours.sampling.churn, ours.sampling.noise_scale) == (3.0, 1.5)
    assert ours.sampling.discards_penultimate_sigma
    assert (ours.mask.mode, ours.mask.blur_x_px, ours.mask.blur_y_px) == (MaskMode.NOT_MASKED, 1, 2)
    assert (ours.canvas.content, ours.canvas.area) == (
        MaskedContent.LATENT_NOTHING,
        InpaintArea.WHOLE_PICTURE,
    )
    assert (ours.canvas.resize_mode, ours.canvas.padding_px) == (ResizeMode.RESIZE_AND_FILL, 16)
    assert ours.canvas.background == "#000000"
    assert (ours.batch.size, ours.batch.count) == (2, 3)
    assert ours.rules.steps is StepRule.A1111_FIX_STEPS
    assert ours.model == "a"


@pytest.mark.parametrize(
    ("value", "mode"), [(0, MaskMode.MASKED), (1, MaskMode.NOT_MASKED), (2, MaskMode.NOT_MASKED)]
)
def test_any_number_but_zero_inverts_the_mask(value: int, mode: MaskMode):
    assert img2img(inpainting_mask_invert=value).mask.mode is mode


def test_text_to_image_has_no_picture_settings():
    ours = request_from_api({"denoising_strength": 0.2, "mask_blur": 9}, {}, endpoint="txt2img")
    assert ours.sampling.denoising_strength == 1
    assert ours.mask.blur_x_px == 4


@pytest.mark.parametrize(
    ("sampler", "scheduler", "expected"),
    [
        ("DPM++ 2M", "", (Sampler.DPMPP_2M, Scheduler.AUTOMATIC)),
        ("DPM++ 2M Karras", "", (Sampler.DPMPP_2M, Scheduler.KARRAS)),
        ("DPM++ 2M SDE Exponential", "", (Sampler.DPMPP_2M_SDE, Scheduler.EXPONENTIAL)),
        ("DPM++ 2M Karras", "Exponential", (Sampler.DPMPP_2M, Scheduler.EXPONENTIAL)),
        ("DPM++ 2M Karras", "nonsense", (Sampler.DPMPP_2M, Scheduler.AUTOMATIC)),
        ("Euler a", "sgm_uniform", (Sampler.EULER_A, Scheduler.SGM_UNIFORM)),
        ("Euler SGMUniform", "", (Sampler.EULER, Scheduler.SGM_UNIFORM)),
        ("Euler", "SGMUniform", (Sampler.EULER, Scheduler.AUTOMATIC)),
        ("Euler SGM Uniform", "", (Sampler.DPMPP_2M, Scheduler.UNIFORM)),
        ("Euler Karras Uniform", "", (Sampler.EULER, Scheduler.KARRAS)),
        ("Euler DDIM", "", (Sampler.EULER, Scheduler.DDIM)),
        ("DDIM", "", (Sampler.DDIM, Scheduler.AUTOMATIC)),
        ("DPM++ 2M SDE Heun Exponential", "", (Sampler.DPMPP_2M_SDE_HEUN, Scheduler.EXPONENTIAL)),
        ("DDIM CFG++", "", (Sampler.DDIM_CFGPP, Scheduler.AUTOMATIC)),
        ("DPM adaptive", "", (Sampler.DPM_ADAPTIVE, Scheduler.AUTOMATIC)),
        ("no such sampler", "KL Optimal", (Sampler.DPMPP_2M, Scheduler.KL_OPTIMAL)),
    ],
)
def test_sampler_names(sampler: str, scheduler: str, expected: tuple[Sampler, Scheduler]):
    assert sampler_and_scheduler(sampler, scheduler) == expected


def test_sampler_index_is_the_fallback():
    assert img2img(sampler_index="DDIM").sampling.sampler is Sampler.DDIM
    assert img2img(sampler_index="DDIM", sampler_name="Euler a").sampling.sampler is Sampler.EULER_A


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("v1-5.safetensors [6ce0161689]", "v1-5"),
        ("v1-5.safetensors", "v1-5"),
        ("v1-5", "v1-5"),
        ("sub/v1.5-pruned.ckpt [0123456789]", "sub/v1.5-pruned"),
        ("name [draft]", "name [draft]"),
    ],
)
def test_model_names(title: str, name: str):
    assert model_name(title) == name


def test_eta_belongs_to_its_samplers():
    options = {"eta_ddim": 0.6, "eta_ancestral": 0.8}
    assert img2img(options, sampler_name="DDIM").sampling.eta == 0.6
    assert img2img(options, sampler_name="Euler a").sampling.eta == 0.8
    assert img2img(options, sampler_name="Euler a", eta=0.5).sampling.eta == 0.5
    assert img2img(options, sampler_name="Euler", eta=0.5).sampling.eta is None


def test_an_option_that_differs_from_its_default_goes_before_the_request():
    assert img2img({"s_churn": 8.0}, s_churn=1.0).sampling.churn == 8
    assert img2img({"s_churn": 0.0}, s_churn=1.0).sampling.churn == 1
    assert img2img({"s_churn": 8.0}, sampler_name="Euler a").sampling.churn == 0


def test_the_shape_of_the_schedule():
    options = {"sigma_min": 0.05, "rho": 5.0, "beta_dist_alpha": 0.7, "use_old_karras_scheduler_sigmas": True}
    schedule = img2img(options).sampling.schedule
    assert (schedule.sigma_min, schedule.sigma_max, schedule.rho) == (0.05, 10.0, 5.0)
    assert (schedule.beta_alpha, schedule.beta_beta) == (0.7, 0.6)


def test_when_the_negative_prompt_is_left_out():
    options = {"s_min_uncond": 2.0, "s_min_uncond_all": True, "skip_early_cond": 0.4}
    sampling = img2img(options).sampling
    assert (sampling.negative_min_sigma, sampling.negative_from) == (2.0, 0.4)
    assert sampling.negative_min_sigma_every_call
    assert img2img(options, s_min_uncond=1.0).sampling.negative_min_sigma == 1


def test_noise_levels():
    sampling = img2img({"sd_noise_schedule": "Zero Terminal SNR", "use_downcasted_alpha_bar": True}).sampling
    assert (sampling.noise_levels, sampling.rounds_alphas) == (NoiseLevels.ZERO_TERMINAL_SNR, True)


def test_unipc_has_settings_of_its_own():
    options = {"uni_pc_variant": "bh2", "uni_pc_skip_type": "logSNR", "uni_pc_order": 2}
    unipc = img2img(options, sampler_name="UniPC").sampling.unipc
    assert (unipc.variant, unipc.spacing, unipc.order) == (UniPcVariant.BH2, UniPcSpacing.LOG_SNR, 2)
    assert img2img({"uni_pc_variant": "vary_coeff"}).sampling.unipc.variant is UniPcVariant.VARY_COEFF
    assert not img2img({"uni_pc_lower_order_final": False}).sampling.unipc.lowers_final_order


def test_an_overridden_noise_multiplier_has_no_effect():
    overridden = {"initial_noise_multiplier": 0.5}
    assert img2img(override_settings=overridden).noise.multiplier == 1
    assert img2img(overridden).noise.multiplier == 0.5
    assert img2img(overridden, initial_noise_multiplier=0.7).noise.multiplier == 0.7


def test_several_pictures_are_the_batch():
    assert img2img(init_images=["a", "b"], batch_size=4).batch.size == 2
    assert img2img(init_images=["a"], batch_size=4).batch.size == 4
    with pytest.raises(InvalidRequest, match="bad number of images passed: 2; expecting 1 or less"):
        img2img(init_images=["a", "b"])


@pytest.mark.parametrize("seed", [-1, None, ""])
def test_open_seeds(seed: Any):
    assert img2img(seed=seed).noise.seed is None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"infotext": "a cat"}, id="infotext"),
        pytest.param({"restore_faces": True}, id="faces"),
        pytest.param({"latent_mask": "x"}, id="latent mask"),
        pytest.param({"script_name": "x/y/z plot"}, id="script"),
        pytest.param({"refiner_checkpoint": "other"}, id="refiner"),
        pytest.param({"alwayson_scripts": {"ControlNet": {"args": [{"module": "canny"}]}}}, id="ControlNet"),
        pytest.param({"override_settings": {"uni_pc_variant": "bh3"}}, id="UniPC variant"),
        pytest.param({"override_settings": {"uni_pc_skip_type": "random"}}, id="UniPC spacing"),
        pytest.param({"override_settings": {"emphasis": "Loud"}}, id="emphasis"),
        pytest.param({"override_settings": {"randn_source": "Dice"}}, id="noise source"),
    ],
)
def test_what_we_do_not_do_is_refused_by_name(body: dict[str, Any]):
    with pytest.raises(UnsupportedFeature):
        img2img(**body)


def test_neutral_values_of_what_we_do_not_do_are_fine():
    neutral = {
        "styles": [],
        "restore_faces": False,
        "tiling": False,
        "script_name": None,
        "refiner_checkpoint": "",
        "s_min_uncond": 0,
        "alwayson_scripts": {
            "Soft Inpainting": {"args": [False, 1, 0.5]},
            "ControlNet": {"args": [{"enabled": False}]},
            "Empty": {"args": []},
        },
        "override_settings": {"samples_save": False, "no such option": 1, "sd_vae": "Automatic"},
    }
    assert img2img(**neutral) == img2img()


@pytest.mark.parametrize(
    "body",
    [
        {"steps": "many"},
        {"steps": 2.5},
        {"steps": float("nan")},
        {"seed": [1]},
        {"prompt": 7},
        {"init_images": "x"},
        {"override_settings": []},
        {"alwayson_scripts": 3},
        {"inpainting_fill": 4},
        {"inpainting_fill": -1},
        {"resize_mode": 9},
        {"init_images": []},
    ],
    ids=json.dumps,
)
def test_wrong_types_name_the_field(body: dict[str, Any]):
    with pytest.raises(
        InvalidRequest, match=next(iter(body)) if body != {"init_images": []} else "not found"
    ):
        img2img(**body)


def test_inpainting_options_become_settings():
    options = {
        "inpainting_mask_weight": 0.5,
        "img2img_color_correction": True,
        "overlay_inpaint": False,
        "return_mask": True,
        "return_mask_composite": True,
    }
    request = img2img(override_settings=options, tiling=True, mask_round=False, disable_extra_networks=True)
    assert request.mask.conditioning_strength == 0.5
    assert request.canvas.corrects_colours
    assert not request.canvas.keeps_original
    assert request.extras == ExtraPictures(mask=True, cut_out=True)
    assert request.sampling.tiles
    assert request.latent_mask_rule is LatentMaskRule.SOFT
    assert not request.prompt.uses_networks


def test_soft_inpainting_is_read_from_its_scripts_arguments():
    request = img2img(alwayson_scripts={"soft inpainting": {"args": [True, 2, 0.25]}})
    assert request.soft_inpainting == SoftInpaintingSettings(
        enabled=True, schedule_bias=2, preservation_strength=0.25
    )


def test_styles_are_laid_on_and_unknown_ones_ignored():
    styles = {"ink": Style(name="ink", prompt="{prompt}, ink", negative="colour")}
    ours = request_from_api(
        {"prompt": "cat", "negative_prompt": "dog", "styles": ["ink", "missing"]},
        {},
        endpoint="txt2img",
        styles=styles,
    )
    assert (ours.prompt.positive, ours.prompt.negative) == ("cat, ink", "dog, colour")
    with pytest.raises(InvalidRequest, match="styles must be a list of strings"):
        img2img(styles=[{"name": "ink"}])


@pytest.mark.parametrize(
    ("options", "padding"),
    [
        ({}, PromptPadding.NONE),
        ({"pad_cond_uncond": True}, PromptPadding.EMPTY),
        ({"pad_cond_uncond_v0": True}, PromptPadding.REPEAT),
        ({"pad_cond_uncond": True, "pad_cond_uncond_v0": True}, PromptPadding.REPEAT),
    ],
)
def test_options_of_prompts(options: dict[str, Any], padding: PromptPadding):
    ours = img2img({"comma_padding_backtrack": 0, "use_old_scheduling": True, **options}).prompt
    assert (ours.padding, ours.comma_backtrack, ours.edit_times) == (padding, 0, EditTimes.BELOW_ONE)


@pytest.mark.parametrize(
    ("options", "body", "unwritten"),
    [
        ({}, {}, ("RNG",)),
        ({"randn_source": "GPU"}, {}, ("RNG",)),
        ({"randn_source": "NV"}, {}, ()),
        (
            {"randn_source": "CPU"},
            {"s_churn": 8.0},
            ("Sigma churn", "Sigma tmin", "Sigma tmax", "Sigma noise"),
        ),
        (
            {"randn_source": "CPU", "s_churn": 8.0},
            {"s_noise": 1.1},
            ("Sigma tmin", "Sigma tmax", "Sigma noise"),
        ),
        ({"randn_source": "CPU", "s_churn": 8.0}, {}, ()),
    ],
)
def test_what_a1111_leaves_out_of_its_files(
    options: dict[str, Any], body: dict[str, Any], unwritten: tuple[str, ...]
):
    assert img2img(options, **body).unwritten_keys == unwritten
