from dataclasses import replace

import numpy as np
import pytest

from underpaint.errors import InvalidRequest
from underpaint.image.blend import decoded_bytes
from underpaint.image.picture import Picture
from underpaint.job import Job, prepare_job
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.models.vae import Vae
from underpaint.pipeline import encode, run_job, start_of_batch
from underpaint.request import (
    CanvasSettings,
    InpaintArea,
    InpaintRequest,
    MaskSettings,
    NoiseSettings,
    Profile,
    Rules,
    Sampler,
    SamplingSettings,
)
from underpaint.result import Underpainted
from underpaint.tasks import Underpainting
from underpaint.underpaintings import Stage, prepared_views

REQUEST = InpaintRequest(
    mask=MaskSettings(blur_x_px=2, blur_y_px=2),
    canvas=CanvasSettings(width=64, height=72, padding_px=4, area=InpaintArea.ONLY_MASKED),
    sampling=SamplingSettings(steps=4, denoising_strength=0.5),
    noise=NoiseSettings(seed=3, subseed=0),
)
PIXEL_CONTENTS = (Underpainting.SKETCH, Underpainting.ORIGINAL, Underpainting.FILL)
PROFILES = pytest.mark.parametrize("rules", [Profile.studio(), Profile.a1111()], ids=["studio", "a1111"])


@pytest.fixture
def sketch() -> np.ndarray:
    painted = np.zeros((56, 72, 4), np.uint8)
    painted[24:34, 28:44] = (255, 0, 255, 255)
    return painted


def job_of(
    request: InpaintRequest,
    underpainting: Underpainting,
    model: StableDiffusion,
    picture: Picture,
    mask: np.ndarray | None,
    sketch: np.ndarray,
) -> Job:
    request = replace(request, canvas=replace(request.canvas, content=underpainting.content))
    used = sketch if underpainting is Underpainting.SKETCH else None
    return prepare_job(request, model, pictures=[picture], mask=mask, sketch=used)


@PROFILES
@pytest.mark.parametrize("area", list(InpaintArea))
def test_prepared_is_what_the_pipeline_uses(
    tiny_model: StableDiffusion,
    picture: Picture,
    mask: np.ndarray,
    sketch: np.ndarray,
    rules: Rules,
    area: InpaintArea,
) -> None:
    request = replace(REQUEST, rules=rules, canvas=replace(REQUEST.canvas, area=area))
    found = prepared_views(request, tiny_model, picture=picture, mask=mask, sketch=sketch)
    assert [view.underpainting for view in found.views] == list(Underpainting)
    for view in found.views:
        job = job_of(request, view.underpainting, tiny_model, picture, mask, sketch)
        assert (found.frame, found.working) == (job.plan.crop, job.plan.working)
        wanted = job.canvases[0].image
        if view.underpainting not in PIXEL_CONTENTS:
            start = next(event for event in run_job(job) if isinstance(event, Underpainted))
            wanted = decoded_bytes(tiny_model.vae.decode(start.latents), rules.pixel_rounding)
        np.testing.assert_array_equal(view.image, wanted)
        assert view.image.shape == (72, 64, 3)


@PROFILES
@pytest.mark.parametrize("sampler", [Sampler.DPMPP_2M, Sampler.DDIM])
def test_first_step_is_what_the_model_sees_first(
    tiny_model: StableDiffusion,
    picture: Picture,
    mask: np.ndarray,
    sketch: np.ndarray,
    rules: Rules,
    sampler: Sampler,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    request = replace(REQUEST, rules=rules, sampling=replace(REQUEST.sampling, sampler=sampler))
    found = prepared_views(
        request, tiny_model, picture=picture, mask=mask, sketch=sketch, stage=Stage.FIRST_STEP
    )
    inputs = []
    original = tiny_model.unet.predict_noise

    def watched(x, timestep, contexts):
        inputs.append(x)
        return original(x, timestep, contexts)

    monkeypatch.setattr(tiny_model.unet, "predict_noise", watched)
    for view in found.views:
        inputs.clear()
        list(run_job(job_of(request, view.underpainting, tiny_model, picture, mask, sketch)))
        wanted = decoded_bytes(tiny_model.vae.decode(inputs[0]), rules.pixel_rounding)
        assert np.abs(view.image.astype(int) - wanted).max() <= 1


def test_first_step_without_a_step_is_the_start(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray
) -> None:
    request = replace(REQUEST, sampling=replace(REQUEST.sampling, denoising_strength=0.0))
    job = prepare_job(request, tiny_model, pictures=[picture], mask=mask)
    start = start_of_batch(job, encode(job).canvases, batch=0)
    (view,) = prepared_views(
        request,
        tiny_model,
        picture=picture,
        mask=mask,
        underpaintings=[Underpainting.ORIGINAL],
        stage=Stage.FIRST_STEP,
    ).views
    assert start.init is not None
    np.testing.assert_array_equal(
        view.image, decoded_bytes(tiny_model.vae.decode(start.init), request.rules.pixel_rounding)
    )


def test_pixels_need_no_network_and_each_canvas_is_encoded_once(
    tiny_model: StableDiffusion,
    picture: Picture,
    mask: np.ndarray,
    sketch: np.ndarray,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    encoded = []
    original = Vae.encode

    def counted(self: Vae, pixels: np.ndarray):
        encoded.append(pixels)
        return original(self, pixels)

    monkeypatch.setattr(Vae, "encode", counted)
    given = {"picture": picture, "mask": mask, "sketch": sketch}
    prepared_views(REQUEST, tiny_model, **given, underpaintings=PIXEL_CONTENTS)
    assert len(encoded) == 0
    prepared_views(REQUEST, tiny_model, **given)
    assert len(encoded) == 1, "noise and nothing both start from fill"
    encoded.clear()
    prepared_views(REQUEST, tiny_model, **given, stage=Stage.FIRST_STEP)
    assert len(encoded) == 3


def test_open_seeds_stand_still(tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray) -> None:
    request = replace(REQUEST, noise=NoiseSettings())
    images = [
        prepared_views(
            request, tiny_model, picture=picture, mask=mask, underpaintings=[Underpainting.LATENT_NOISE]
        )
        .views[0]
        .image
        for _ in range(2)
    ]
    np.testing.assert_array_equal(*images)


def test_without_a_mask_all_start_from_the_picture(tiny_model: StableDiffusion, picture: Picture) -> None:
    first, *others = prepared_views(REQUEST, tiny_model, picture=picture).views
    for other in others:
        np.testing.assert_array_equal(first.image, other.image)


def test_a_sketch_is_checked_whatever_the_content(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray
) -> None:
    with pytest.raises(InvalidRequest, match="size"):
        prepared_views(REQUEST, tiny_model, picture=picture, mask=mask, sketch=np.zeros((1, 1, 4), np.uint8))
