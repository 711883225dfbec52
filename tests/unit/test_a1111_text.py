"""The `parameters` text of A1111's files as a request."""

from dataclasses import replace

import pytest

from underpaint.a1111_text import request_from_text
from underpaint.errors import InvalidRequest
from underpaint.metadata import infotext, parse_infotext
from underpaint.request import (
    CanvasSettings,
    Emphasis,
    InpaintArea,
    InpaintRequest,
    MaskedContent,
    MaskMode,
    MaskSettings,
    NoiseSettings,
    Profile,
    PromptSettings,
    RngSource,
    Sampler,
    SamplingSettings,
    Scheduler,
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
    mask=MaskSettings(mode=MaskMode.NOT_MASKED, blur_x_px=6, blur_y_px=6),
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


def test_text_to_image_of_a1111():
    text = "sea\nSteps: 9, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x512, Face restoration: GFPGAN, Version: v1.9"
    found, notes = request_from_text(parse_infotext(text))
    assert found.sampling.denoising_strength == 1.0
    assert found.rules == Profile.a1111()
    assert notes == ["Face restoration: GFPGAN is not taken over."]


@pytest.mark.parametrize(
    "settings",
    [
        "Steps: 1000, Sampler: Euler, Seed: 1",
        "Steps: 5, Sampler: Euler, Seed: x",
        "Steps: 5, Seed: 1, Size: 70x70",
    ],
)
def test_values_outside_our_limits_are_refused(settings: str):
    with pytest.raises(InvalidRequest):
        request_from_text(parse_infotext(f"sea\n{settings}"))
