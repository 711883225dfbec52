"""The `parameters` text of A1111's files as a request."""

from dataclasses import replace

import pytest

from underpaint.a1111_text import filled_in, request_from_text
from underpaint.errors import InvalidRequest
from underpaint.metadata import infotext, parse_infotext
from underpaint.request import (
    CanvasSettings,
    EditTimes,
    Emphasis,
    InpaintArea,
    InpaintRequest,
    MaskedContent,
    MaskMode,
    MaskSettings,
    NoiseSettings,
    Profile,
    PromptPadding,
    PromptSettings,
    RngSource,
    Rules,
    Sampler,
    SamplingSettings,
    Scheduler,
    SoftInpaintingSettings,
)
from underpaint.result import Recipe


def recipe(request: InpaintRequest) -> Recipe:
    return Recipe(
        request=request,
        image_index=0,
        seed=request.noise.seed or 0,
        subseed=request.noise.subseed or 0,
        model_name=request.model,
        model_sha256="0" * 64,
        device="cpu",
        picture_sha256=("1" * 64,),
        mask_sha256="2" * 64,
    )


EVERYTHING = InpaintRequest(
    model="dream",
    prompt=PromptSettings(
        positive="a (cat:1.3), sea", negative="dog\nfog", clip_skip=2, emphasis=Emphasis.NO_NORM
    ),
    mask=MaskSettings(mode=MaskMode.NOT_MASKED, grow_px=5, blur_x_px=6, blur_y_px=6),
    canvas=CanvasSettings(
        width=256,
        height=320,
        area=InpaintArea.ONLY_MASKED,
        padding_px=40,
        content=MaskedContent.LATENT_NOTHING,
    ),
    sampling=SamplingSettings(
        denoising_strength=0.65,
        steps=17,
        sampler=Sampler.EULER_A,
        scheduler=Scheduler.KARRAS,
        cfg_scale=4.5,
        eta=0.5,
        resampling=2,
    ),
    noise=NoiseSettings(
        seed=3,
        subseed=4,
        subseed_strength=0.25,
        seed_resize_from_width=128,
        seed_resize_from_height=64,
        source=RngSource.CPU,
        multiplier=1.1,
        extra=0.2,
        eta_seed_delta=31337,
    ),
)


@pytest.mark.parametrize(
    "request_",
    [
        EVERYTHING,
        replace(
            EVERYTHING,
            sampling=SamplingSettings(sampler=Sampler.DDIM, eta=0.5, scheduler=Scheduler.UNIFORM),
            noise=NoiseSettings(seed=9, subseed=0),  # A1111 names ENSD only for ancestral samplers
        ),
        replace(
            EVERYTHING,
            sampling=SamplingSettings(
                sampler=Sampler.EULER, scheduler=Scheduler.BETA, churn=2.0, noise_scale=1.1
            ),
            noise=NoiseSettings(seed=9, subseed=0, source=RngSource.NV),
        ),
    ],
    ids=["everything", "DDIM", "Euler"],
)
def test_what_we_write_is_what_we_read(request_: InpaintRequest):
    found, notes = request_from_text(parse_infotext(infotext(recipe(request_))))
    if request_.noise.subseed_strength == 0:
        found = replace(found, noise=replace(found.noise, subseed=request_.noise.subseed))
    assert found == request_
    assert notes == []


GPU_NOTE = "The text names no source of noise, which means A1111's default"


def read(text: str) -> tuple[InpaintRequest, list[str]]:
    return request_from_text(parse_infotext(text))


def test_text_to_image_of_a1111():
    text = "sea\nSteps: 9, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x512, Face restoration: GFPGAN, Version: v1.9"
    found, notes = read(text)
    assert found.sampling.denoising_strength == 1.0
    assert found.rules == Profile.a1111()
    assert found.noise.source is RngSource.NV
    assert notes[0] == "Face restoration: GFPGAN is not taken over."
    assert notes[1].startswith(GPU_NOTE)
    assert len(notes) == 2


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ("Steps: 1000, Sampler: Euler, Seed: 1", "must lie between 1 and 150"),
        ("Steps: 5, Sampler: Euler, Seed: x", "Seed: x is not taken over: seed must be a number"),
        ("Steps: 5, Seed: 1, Size: 70x70", "multiple of 8"),
        ("Steps: 5, Seed: 1, Sampler: DPM++ 4M", "Sampler: DPM++ 4M is not taken over."),
        ("Steps: 5, Seed: 1, Schedule type: Turbo", "Schedule type: Turbo is not taken over."),
        ("Steps: 5, Seed: 1, RNG: QUANTUM", "RNG: QUANTUM is not taken over."),
        ("Steps: 5, Seed: 1, ENSD: many", "ENSD must be a number"),
        ("Steps: 5, Seed: 1, Hires upscale: 2", "Hires upscale: 2 is not taken over."),
        ("Steps: 5, Seed: 1, Whatever: 3", "Whatever: 3 is not taken over."),
        ("Steps: 5, Seed: 1, CFG scale: nan", "CFG scale: nan is not taken over"),
    ],
)
def test_what_we_cannot_use_is_named_and_the_rest_is_used(settings: str, reason: str):
    found, notes = read(f"sea\n{settings}")
    assert found.prompt.positive == "sea"
    assert (found.sampling.steps, found.noise.seed) != (50, None)
    assert any(reason in note for note in notes)


def test_hires_fix_is_text_to_image():
    found, notes = read("sea\nSteps: 9, Seed: 5, Denoising strength: 0.4, Hires upscale: 2, RNG: CPU")
    assert found.sampling.denoising_strength == 1.0
    assert [note.split(":")[0] for note in notes] == ["Denoising strength", "Hires upscale"]


def test_a_mask_without_blur():
    found, notes = read(
        "sea\nSteps: 9, Seed: 5, Denoising strength: 0.4, Inpaint area: Only masked, RNG: CPU"
    )
    assert (found.mask.blur_x_px, found.mask.blur_y_px) == (0, 0)
    assert notes == ["The text names a mask but no mask blur, which means 0."]


def test_soft_inpainting_comes_back():
    soft = SoftInpaintingSettings(enabled=True, schedule_bias=1.5, mask_influence=0.25, difference_contrast=3)
    request = replace(EVERYTHING, soft_inpainting=soft)
    found, notes = request_from_text(parse_infotext(infotext(recipe(request))))
    assert (found.soft_inpainting, notes) == (soft, [])


@pytest.mark.parametrize("rules", [Profile.a1111(), Profile.studio()], ids=["a1111", "studio"])
def test_our_profile_comes_back(rules: Rules):
    request = replace(EVERYTHING, rules=rules)
    found, _ = request_from_text(parse_infotext(infotext(recipe(request))))
    assert found.rules == rules


def test_a_mask_that_only_grows_has_no_blur():
    request = InpaintRequest(mask=MaskSettings(grow_px=5, blur_x_px=0, blur_y_px=0))
    found, _ = request_from_text(parse_infotext(infotext(recipe(request))))
    assert found.mask == request.mask


def test_forge():
    text = (
        "a house\nNegative prompt: fog\n"
        "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Distilled CFG Scale: 3.5, Seed: 456, "
        "Size: 640x512, Model hash: 06f96f89f6, Model: dream, Denoising strength: 0.6, Mask blur: 8, Clip skip: 2, "
        'Lora hashes: "fine: 5d8cf3724039", Version: f2.0.1v1.10.1-previous-669-gdfdcbab6, Module 1: ae'
    )
    found, notes = read(text)
    assert (found.model, found.prompt.clip_skip, found.mask.blur_x_px) == ("dream", 2, 8)
    assert (found.canvas.width, found.canvas.height, found.noise.source) == (640, 512, RngSource.NV)
    assert found.rules == Profile.a1111()
    assert notes[:2] == [
        "Distilled CFG Scale: 3.5 is not taken over.",
        "Module 1: ae is not taken over.",
    ]
    assert notes[2].startswith(GPU_NOTE)


def test_sd_next():
    text = (
        "dark knight\nNegative prompt: \n"
        "Steps: 40, Size: 512x256, Sampler: DPM SDE, Scheduler: DPMSolverSDEScheduler, Seed: 666, CFG scale: 8.0, "
        "CFG rescale: 0.8, Clip skip: 2, App: SD.Next, Version: 0eb4a98, Parser: native, "
        "Pipeline: StableDiffusionInpaintPipeline, Operations: inpaint, Model: base, Model hash: e6bb9ea85b, "
        "Variation seed: 999, Variation strength: 0.3, Init image size: 512x256, Mask weight: 0.5, "
        "Denoising strength: 0.7, Sampler sigma: karras, Sampler eta delta: 31337, Sampler eta multiplier: 0.9"
    )
    found, notes = read(text)
    assert (found.prompt.positive, found.prompt.negative) == ("dark knight", "")
    assert (found.sampling.sampler, found.sampling.scheduler) == (Sampler.DPMPP_SDE, Scheduler.KARRAS)
    assert (found.noise.subseed, found.noise.subseed_strength) == (999, 0.3)
    assert (found.noise.eta_seed_delta, found.noise.multiplier) == (31337, 0.9)
    assert found.mask.conditioning_strength == 0.5
    assert notes[:2] == ["CFG rescale: 0.8 is not taken over.", "Parser: native is not taken over."]
    assert notes[2].startswith(GPU_NOTE)
    assert notes[3].startswith("Made by SD.Next")


@pytest.mark.parametrize(
    ("version", "times", "padding", "rounds_alphas"),
    [
        ("1.5.2", EditTimes.BELOW_ONE, PromptPadding.REPEAT, True),
        ("v1.6.0-RC", EditTimes.BELOW_ONE, PromptPadding.REPEAT, True),
        ("v1.6.0", EditTimes.POINTED, PromptPadding.NONE, True),
        ("v1.7.0-224-gc9a0d4e8", EditTimes.POINTED, PromptPadding.NONE, True),
        ("v1.7.0-225-gc9a0d4e8", EditTimes.POINTED, PromptPadding.NONE, False),
        ("v1.10.1", EditTimes.POINTED, PromptPadding.NONE, False),
        ("f2.0.1v1.10.1-previous-634-g37301b22", EditTimes.POINTED, PromptPadding.NONE, False),
    ],
)
def test_old_versions_habits(version: str, times: EditTimes, padding: PromptPadding, rounds_alphas: bool):
    found, _ = read(f"a [b:c:0.5]\nSteps: 9, Sampler: DDIM, Seed: 5, Version: {version}")
    assert (found.prompt.edit_times, found.prompt.padding) == (times, padding)
    assert found.sampling.rounds_alphas is rounds_alphas


def test_too_long_a_prompt_is_cut():
    found, notes = read("x" * 10_001 + "\nSteps: 9, Seed: 5, RNG: CPU")
    assert len(found.prompt.positive) == 10_000
    assert notes == ["Of the 10001 characters of the prompt the first 10000 are taken over."]


# The API's field `infotext`


def test_a_text_in_a_request_fills_what_the_request_leaves_open():
    """As A1111 answered: of image-to-image its field of settings changes the sampler's and the seed's only."""
    text = (
        "a red circle\nSteps: 12, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 3.0, Seed: 1234, "
        "Size: 128x128, Seed resize from: 64x32, Clip skip: 2, RNG: CPU, Model: other, Version: v1.10.1"
    )
    body = {
        "init_images": ["x"],
        "steps": 7,
        "override_settings": {"eta_noise_seed_delta": 1},
        "infotext": text,
    }
    assert filled_in(body, {"randn_source": "CPU"}, endpoint="img2img") == {
        "init_images": ["x"],
        "steps": 7,
        "seed": 1234,
        "sampler_name": "DPM++ 2M",
        "scheduler": "Automatic",
        "seed_resize_from_h": 64,
        "seed_resize_from_w": 32,
        "override_settings": {"CLIP_stop_at_last_layers": 2, "eta_noise_seed_delta": 1},
    }
    page = filled_in({"infotext": text}, {}, endpoint="txt2img")
    assert (page["prompt"], page["cfg_scale"], page["width"]) == ("a red circle", 3.0, 128)
    assert page["override_settings"] == {"CLIP_stop_at_last_layers": 2, "randn_source": "CPU"}


def test_a_request_without_a_text_stays_as_it_is():
    assert filled_in({"steps": 3, "infotext": ""}, {}, endpoint="img2img") == {"steps": 3}


def test_a_broken_number_in_a_requests_text_is_refused():
    with pytest.raises(InvalidRequest, match="Steps must be a number"):
        filled_in({"infotext": "a\nSteps: x, Seed: 1, Sampler: Euler"}, {}, endpoint="img2img")
