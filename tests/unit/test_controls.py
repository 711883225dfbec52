"""ControlNets in whole runs, on the tiny model."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests import controlnets
from underpaint.control_units import acts_at, is_idle
from underpaint.errors import InvalidRequest, ModelNotFound, UnsupportedCheckpoint
from underpaint.image.control import control_picture
from underpaint.image.picture import Picture
from underpaint.image.resize import lanczos
from underpaint.job import Job, prepare_job
from underpaint.models.control_files import ControlNetFile
from underpaint.models.controlnet import ControlNet, load_controlnet
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.pipeline import inpaint, run_job
from underpaint.prompt.reading import Reading
from underpaint.request import (
    BatchSettings,
    CanvasSettings,
    ControlPreprocessor,
    ControlUnit,
    InpaintArea,
    InpaintRequest,
    MaskedContent,
    MaskSettings,
    NoiseSettings,
    Profile,
    PromptSettings,
    ResizeMode,
    Sampler,
    SamplingSettings,
    Scheduler,
)
from underpaint.result import ImageDone, NetworkKind, Result

QUICK = InpaintRequest(
    prompt=PromptSettings(positive="a red circle", negative="blue"),
    mask=MaskSettings(blur_x_px=2, blur_y_px=2),
    canvas=CanvasSettings(width=64, height=64),
    sampling=SamplingSettings(steps=4, denoising_strength=1.0, sampler=Sampler.EULER, cfg_scale=3.0),
    noise=NoiseSettings(seed=11, subseed=0),
)


@pytest.fixture(scope="module")
def folder(tiny_model: StableDiffusion, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with two ControlNets for the tiny model."""
    path = tmp_path_factory.mktemp("models")
    for seed, name in enumerate(("one", "two")):
        controlnets.write(path, name, controlnets.of_unet(tiny_model, seed).state_dict())
    return path


def controlled(request: InpaintRequest, *units: ControlUnit) -> InpaintRequest:
    return replace(request, controls=units)


def made(request: InpaintRequest, model: StableDiffusion, folder: Path, **inputs: Any) -> list[Result]:
    events = inpaint(request, model, folders=[folder], **inputs)
    return [event.result for event in events if isinstance(event, ImageDone)]


def shas(results: Sequence[Result]) -> list[str]:
    return [result.picture.sha256 for result in results]


ONE = ControlUnit(model="one")
LINES = ControlUnit(model="one", preprocessor=ControlPreprocessor.LINEART)
GIVEN = ControlUnit(model="one", picture="0" * 64)
HOLE = ControlUnit(model="one", preprocessor=ControlPreprocessor.INPAINT)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of diffusers' scheduler
def test_a_picture_is_that_of_diffusers_pipeline(
    tiny_model: StableDiffusion, folder: Path, picture: Picture
) -> None:
    """Text-to-image by Euler, against diffusers' StableDiffusionControlNetPipeline with its own Euler."""
    from diffusers import EulerDiscreteScheduler, StableDiffusionControlNetPipeline

    unit = ControlUnit(model="one", picture=picture.sha256, weight=0.8, start=0.2, end=0.8)
    request = controlled(QUICK, unit)
    request = replace(
        request, sampling=replace(request.sampling, scheduler=Scheduler.UNIFORM, rounds_timesteps=True)
    )
    (ours,) = made(request, tiny_model, folder, control_pictures=[picture])
    job = prepare_job(request, tiny_model, control_pictures=[picture], folders=[folder])
    seen = torch.from_numpy(job.controls[0].pictures[0]).permute(2, 0, 1)[None]
    pipeline: Any = StableDiffusionControlNetPipeline(
        vae=tiny_model.vae.network,
        text_encoder=None,
        tokenizer=None,
        unet=tiny_model.unet.network,
        controlnet=controlnets.of_unet(tiny_model, 0),
        scheduler=EulerDiscreteScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", timestep_spacing="linspace"
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    theirs = pipeline(
        prompt_embeds=tiny_model.text.encode("a red circle", Reading.of(request)),
        negative_prompt_embeds=tiny_model.text.encode("blue", Reading.of(request)),
        image=seen,
        num_inference_steps=4,
        guidance_scale=3.0,
        latents=torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(11)),
        controlnet_conditioning_scale=0.8,
        control_guidance_start=0.2,
        control_guidance_end=0.8,
        output_type="np",
    ).images[0]
    (without,) = made(controlled(request), tiny_model, folder)
    difference = np.abs(ours.picture.pixels.astype(int) - np.rint(theirs * 255)).max()
    assert np.abs(ours.picture.pixels.astype(int) - without.picture.pixels).max() > 10 * difference
    assert difference <= 1


@pytest.mark.parametrize("unit", [ONE, LINES, HOLE], ids=["none", "lineart", "inpaint"])
@pytest.mark.parametrize("area", list(InpaintArea))
@pytest.mark.parametrize("rules", [Profile.studio(), Profile.a1111()], ids=["studio", "a1111"])
def test_controls_change_what_is_masked_and_nothing_else(
    tiny_model: StableDiffusion,
    folder: Path,
    picture: Picture,
    mask: np.ndarray,
    unit: ControlUnit,
    area: InpaintArea,
    rules: Any,
) -> None:
    canvas = replace(QUICK.canvas, area=area, padding_px=4)
    request = replace(QUICK, canvas=replace(canvas, content=MaskedContent.FILL), rules=rules)
    inputs: dict[str, Any] = {"pictures": [picture], "mask": mask}
    (without,) = made(request, tiny_model, folder, **inputs)
    (result,) = made(controlled(request, unit), tiny_model, folder, **inputs)
    assert result.changed_outside_px == without.changed_outside_px
    assert result.changed_outside_px == 0 or rules == Profile.a1111()
    assert result.picture.sha256 != without.picture.sha256


without_effect = pytest.mark.parametrize(
    "unit",
    [
        replace(ONE, weight=0.0),
        replace(ONE, start=0.3, end=0.4),
        replace(ONE, start=1.0),
        replace(ONE, end=0.0),
    ],
    ids=["weight 0", "within a step", "after the end", "before the start"],
)


@without_effect
def test_controls_without_effect_change_no_byte_and_say_so(
    tiny_model: StableDiffusion, folder: Path, picture: Picture, mask: np.ndarray, unit: ControlUnit
) -> None:
    inputs: dict[str, Any] = {"pictures": [picture], "mask": mask}
    request = controlled(QUICK, unit)
    assert shas(made(request, tiny_model, folder, **inputs)) == shas(
        made(QUICK, tiny_model, folder, **inputs)
    )
    job = prepare_job(request, tiny_model, folders=[folder], **inputs)
    assert any("ControlNet one has no effect" in note for note in job.notes)
    assert not prepare_job(controlled(QUICK, ONE), tiny_model, folders=[folder], **inputs).notes


@without_effect
def test_controls_without_effect_are_not_loaded(
    tiny_model: StableDiffusion,
    folder: Path,
    picture: Picture,
    monkeypatch: pytest.MonkeyPatch,
    unit: ControlUnit,
) -> None:
    read: list[str] = []

    def watched(file: ControlNetFile, model: StableDiffusion) -> ControlNet:
        read.append(file.name)
        return load_controlnet(file, model)

    monkeypatch.setattr("underpaint.controls.load_controlnet", watched)
    two = ControlUnit(model="two")
    made(controlled(QUICK, unit, two), tiny_model, folder, pictures=[picture])
    assert read == ["two"]


def test_steps_between_start_and_end() -> None:
    unit = ControlUnit(model="one", start=0.2, end=0.8)
    assert [acts_at(unit, step, 5) for step in range(5)] == [False, True, True, True, False]
    assert [acts_at(unit, step, 4) for step in range(4)] == [False, True, True, False]
    assert is_idle(replace(unit, start=0.3, end=0.45), 5)
    assert not is_idle(replace(unit, start=0.2, end=0.4), 5)


@pytest.mark.parametrize("sampler", [Sampler.HEUN, Sampler.DPM_ADAPTIVE])
def test_the_share_is_of_steps_not_of_calls(
    tiny_model: StableDiffusion,
    folder: Path,
    picture: Picture,
    monkeypatch: pytest.MonkeyPatch,
    sampler: Sampler,
) -> None:
    unit = replace(ONE, picture=picture.sha256, end=0.5)
    sampling = replace(QUICK.sampling, sampler=sampler, scheduler=Scheduler.KARRAS)
    request = replace(controlled(QUICK, unit), sampling=sampling)
    original, controlled_calls = tiny_model.unet.predict_noise, []

    def watched(x: Any, timestep: float, contexts: Any, controls: Any = ()) -> Any:
        controlled_calls.append(bool(controls))
        return original(x, timestep, contexts, controls=controls)

    monkeypatch.setattr(tiny_model.unet, "predict_noise", watched)
    made(request, tiny_model, folder, control_pictures=[picture])
    first = 4 if sampler is Sampler.HEUN else 2
    assert controlled_calls[:first] == [True] * first
    assert not any(controlled_calls[first:])


def test_two_units_are_not_one(tiny_model: StableDiffusion, folder: Path, picture: Picture) -> None:
    request = replace(QUICK, sampling=replace(QUICK.sampling, steps=2))
    two = ControlUnit(model="two", weight=0.5)
    found = [
        shas(made(controlled(request, *units), tiny_model, folder, pictures=[picture]))[0]
        for units in ((ONE,), (two,), (ONE, two), (ONE, ONE))
    ]
    assert len(set(found)) == 4


# what they see


def job_of(request: InpaintRequest, model: StableDiffusion, folder: Path, **inputs: Any) -> Job:
    return prepare_job(request, model, folders=[folder], **inputs)


def seen(request: InpaintRequest, model: StableDiffusion, folder: Path, **inputs: Any) -> list[np.ndarray]:
    (control,) = job_of(request, model, folder, **inputs).controls
    return list(control.pictures)


@pytest.mark.parametrize("area", list(InpaintArea))
@pytest.mark.parametrize("resize_mode", list(ResizeMode))
@pytest.mark.parametrize("rules", [Profile.studio(), Profile.a1111()], ids=["studio", "a1111"])
def test_a_given_picture_is_cut_and_scaled_as_the_input_is(
    tiny_model: StableDiffusion,
    folder: Path,
    mask: np.ndarray,
    area: InpaintArea,
    resize_mode: ResizeMode,
    rules: Any,
) -> None:
    pixels = np.random.default_rng(3).integers(0, 255, (64, 72, 3)).astype(np.uint8)
    picture, mask = Picture(pixels), np.pad(mask, [(0, 8), (0, 0)])
    canvas = CanvasSettings(
        width=96, height=64, area=area, resize_mode=resize_mode, content=MaskedContent.FILL
    )
    request = replace(QUICK, canvas=canvas, rules=rules)
    inputs: dict[str, Any] = {"pictures": [picture], "mask": mask}
    (of_input,) = seen(controlled(request, ONE), tiny_model, folder, **inputs)
    unit = replace(ONE, picture=picture.sha256)
    (given,) = seen(controlled(request, unit), tiny_model, folder, control_pictures=[picture], **inputs)
    assert of_input.shape == (64, 96, 3)
    assert np.abs(given - of_input).max() <= (0.1 if resize_mode is ResizeMode.LATENT_UPSCALE else 0)


def test_a_given_picture_of_another_size_is_scaled_to_the_input(
    tiny_model: StableDiffusion, folder: Path, picture: Picture, mask: np.ndarray
) -> None:
    large = Picture(lanczos(picture.pixels, type(picture.size)(288, 224)))
    unit = replace(ONE, picture=large.sha256)
    request = replace(QUICK, canvas=replace(QUICK.canvas, area=InpaintArea.ONLY_MASKED))
    inputs: dict[str, Any] = {"pictures": [picture], "mask": mask}
    (given,) = seen(controlled(request, unit), tiny_model, folder, control_pictures=[large], **inputs)
    (of_input,) = seen(controlled(request, ONE), tiny_model, folder, **inputs)
    assert np.abs(given - of_input).mean() < 0.03


def test_a_given_picture_of_another_shape_is_told(
    tiny_model: StableDiffusion, folder: Path, picture: Picture
) -> None:
    tall = Picture(lanczos(picture.pixels, type(picture.size)(72, 112)))
    request = controlled(QUICK, replace(ONE, picture=tall.sha256))
    (note,) = job_of(request, tiny_model, folder, pictures=[picture], control_pictures=[tall]).notes
    assert "control picture (72x112)" in note
    assert f"the picture ({picture.size}); it is stretched" in note
    (note,) = job_of(request, tiny_model, folder, control_pictures=[tall]).notes
    assert "the picture (64x64); it is stretched" in note
    cut = replace(request, canvas=replace(request.canvas, resize_mode=ResizeMode.CROP_AND_RESIZE))
    assert job_of(cut, tiny_model, folder, control_pictures=[tall]).notes == []


def test_each_input_picture_has_its_own(
    tiny_model: StableDiffusion, folder: Path, picture: Picture, mask: np.ndarray
) -> None:
    other = Picture(255 - picture.pixels)
    request = replace(controlled(QUICK, HOLE), batch=BatchSettings(size=2))
    inputs: dict[str, Any] = {"pictures": [picture, other], "mask": mask}
    first, second = seen(request, tiny_model, folder, **inputs)
    visible = (first >= 0) & (second >= 0)
    assert np.abs(first + second - 1)[visible].max() < 0.05  # of Lanczos' overshoot
    together = shas(made(request, tiny_model, folder, **inputs))
    (alone,) = shas(made(controlled(QUICK, HOLE), tiny_model, folder, pictures=[picture], mask=mask))
    assert together[0] == alone
    assert together[1] != together[0]


def test_inpaint_shows_the_picture_without_what_is_repainted(
    tiny_model: StableDiffusion, folder: Path, picture: Picture, mask: np.ndarray
) -> None:
    request = replace(controlled(QUICK, HOLE), canvas=replace(QUICK.canvas, content=MaskedContent.FILL))
    job = job_of(request, tiny_model, folder, pictures=[picture], mask=mask)
    (seen,) = job.controls[0].pictures
    canvas = job.canvases[0]
    assert canvas.mask is not None
    hidden = seen[..., 0] == -1
    assert hidden[canvas.mask > 127].all()
    cells = canvas.mask.reshape(8, 8, 8, 8).max(axis=(1, 3)) > 0
    assert np.array_equal(hidden[::8, ::8], cells)
    assert np.array_equal(seen[~hidden], control_picture(canvas.seen, ControlPreprocessor.NONE)[~hidden])


def test_under_a1111s_rule_a_blank_mask_hides_nothing(
    tiny_model: StableDiffusion, folder: Path, picture: Picture
) -> None:
    canvas = replace(QUICK.canvas, area=InpaintArea.ONLY_MASKED)
    request = replace(controlled(QUICK, HOLE), canvas=canvas, rules=Profile.a1111())
    blank = np.zeros((56, 72), np.uint8)
    (found,) = seen(request, tiny_model, folder, pictures=[picture], mask=blank)
    assert found.min() >= 0


def test_lines_are_of_the_picture_with_the_sketch(
    tiny_model: StableDiffusion, folder: Path, mask: np.ndarray
) -> None:
    flat = Picture(np.full((56, 72, 3), 128, np.uint8))
    sketch = np.zeros((56, 72, 4), np.uint8)
    sketch[24:36, 30:44] = (255, 0, 0, 255)
    inputs: dict[str, Any] = {"pictures": [flat], "mask": mask}
    assert not seen(controlled(QUICK, LINES), tiny_model, folder, **inputs)[0].any()
    assert seen(controlled(QUICK, LINES), tiny_model, folder, sketch=sketch, **inputs)[0].max() == 1


def test_transparent_control_pictures_lie_on_the_background(
    tiny_model: StableDiffusion, folder: Path
) -> None:
    clear = Picture(np.zeros((64, 64, 4), np.uint8))
    unit = replace(ONE, picture=clear.sha256)
    request = controlled(replace(QUICK, canvas=replace(QUICK.canvas, background="#ff0000")), unit)
    (found,) = seen(request, tiny_model, folder, control_pictures=[clear])
    assert (found == (1, 0, 0)).all()


def test_text_to_image_cuts_the_control_picture_as_it_would_an_input(
    tiny_model: StableDiffusion, folder: Path, picture: Picture
) -> None:
    for resize_mode in (ResizeMode.JUST_RESIZE, ResizeMode.CROP_AND_RESIZE, ResizeMode.RESIZE_AND_FILL):
        request = replace(QUICK, canvas=replace(QUICK.canvas, resize_mode=resize_mode))
        unit = replace(ONE, picture=picture.sha256)
        (given,) = seen(controlled(request, unit), tiny_model, folder, control_pictures=[picture])
        (of_input,) = seen(controlled(request, ONE), tiny_model, folder, pictures=[picture])
        assert np.array_equal(given, of_input)


# what is refused, and what is recorded


@pytest.mark.parametrize(
    ("unit", "error", "says"),
    [
        pytest.param(ONE, InvalidRequest, r"controls\[0\]\.picture is missing", id="no picture"),
        pytest.param(GIVEN, InvalidRequest, "not among the pictures", id="not given"),
        pytest.param(
            replace(ONE, start=0.6, end=0.4), InvalidRequest, "start must not lie behind", id="range"
        ),
        pytest.param(
            replace(ONE, weight=2.5), InvalidRequest, r"controls\[0\]\.weight must lie", id="weight"
        ),
        pytest.param(
            replace(GIVEN, model="three"), ModelNotFound, "No ControlNet is called 'three'", id="name"
        ),
        pytest.param(
            replace(HOLE, picture="0" * 64), InvalidRequest, "must be left out", id="hole in another"
        ),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_runs(
    tiny_model: StableDiffusion, folder: Path, unit: ControlUnit, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        job_of(controlled(QUICK, unit), tiny_model, folder)


def test_inpaint_needs_a_mask(tiny_model: StableDiffusion, folder: Path, picture: Picture) -> None:
    with pytest.raises(InvalidRequest, match="needs a mask"):
        job_of(controlled(QUICK, HOLE), tiny_model, folder, pictures=[picture])


def test_more_units_than_can_be_are_refused(tiny_model: StableDiffusion, folder: Path) -> None:
    with pytest.raises(InvalidRequest, match="controls may have 8 entries; this one has 9"):
        job_of(controlled(QUICK, *[ONE] * 9), tiny_model, folder)


def test_another_family_is_refused_before_anything_runs(
    tiny_model: StableDiffusion, tmp_path: Path, picture: Picture
) -> None:
    weights = dict(controlnets.of_unet(tiny_model).state_dict())
    for name in list(weights):
        if name.endswith(("attn2.to_k.weight", "attn2.to_v.weight")):
            weights[name] = torch.zeros(len(weights[name]), 768)
    controlnets.write(tmp_path, "sd1", weights)
    unit = ControlUnit(model="sd1")
    with pytest.raises(UnsupportedCheckpoint, match="sd1 was made for Stable Diffusion 1, but tiny-sd1 is"):
        job_of(controlled(QUICK, unit), tiny_model, tmp_path, pictures=[picture])


def test_the_recipe_names_them(tiny_model: StableDiffusion, folder: Path, picture: Picture) -> None:
    units = (ONE, replace(LINES, model="two", weight=0.5), ONE)
    recipe = job_of(controlled(QUICK, *units), tiny_model, folder, pictures=[picture]).recipe
    assert recipe.request.controls == units
    assert [(used.kind, used.name) for used in recipe.networks] == [
        (NetworkKind.CONTROLNET, name) for name in ("one", "two", "one")
    ]


def test_with_tiles_they_tile_too(tiny_model: StableDiffusion, folder: Path, picture: Picture) -> None:
    request = controlled(replace(QUICK, sampling=replace(QUICK.sampling, tiles=True)), ONE)
    job = job_of(request, tiny_model, folder, pictures=[picture])
    paddings: set[str] = set()

    def spy(module: Any, _inputs: Any) -> None:
        paddings.add(module.padding_mode)

    original = torch.nn.Conv2d.forward

    def watched(self: Any, *inputs: Any) -> Any:
        if self.kernel_size != (1, 1):
            spy(self, inputs)
        return original(self, *inputs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.nn.Conv2d, "forward", watched)
        list(run_job(job))
    assert paddings == {"circular"}
