"""Experiments with an inpainting model, ControlNets and LoRAs: what they need, and shots with tiny ones."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from benchmarks.guide import __main__ as program
from benchmarks.guide.asking import NOISE, ask
from benchmarks.guide.claims import EXPERIMENTS
from benchmarks.guide.experiment import Arm
from benchmarks.guide.making import Maker
from benchmarks.guide.markdown import markdown
from benchmarks.guide.networks import missing
from benchmarks.guide.page import waiting
from benchmarks.guide.stage import Stage
from tests import controlnets
from underpaint.image.io import read_png_text
from underpaint.metadata import recipe_from_png_text
from underpaint.models import catalog, control_files, network_files, networks
from underpaint.models.denoiser import Unet
from underpaint.models.noise_schedule import NoiseSchedule, Prediction
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.request import ControlPreprocessor, ControlUnit
from underpaint.result import NetworkKind

TINY_LORA = Path(__file__).parents[2] / "reference" / "a1111" / "lora" / "tinylora.safetensors"
INPAINTING, CONTROLNET, LORA = "storybook-inpainting", "storybook-union", "minty"
NEEDS = {
    "inpainting-model": [INPAINTING],
    "inpainting-prompt": [INPAINTING],
    "conditioning-strength": [INPAINTING],
    "controlnet": [CONTROLNET],
    "controlnet-lines": [CONTROLNET],
    "lora-left-out": [LORA],
}
"""What experiments need beside the base model, which the others make do with."""
SIDE = 64


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this installation has its models: the base, as far as a catalog looks."""
    folder = tmp_path / "package"
    for module in (catalog, control_files, network_files):
        monkeypatch.setattr(module, "builtin_folder", lambda: folder)
    add(folder / "storybook" / "model_index.json")
    return folder


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where shots are kept."""
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder


def add(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text("{}")


def add_variants(folder: Path) -> None:
    """Those that the experiments ask for."""
    add(folder / INPAINTING / "model_index.json")
    add(folder / "controlnet" / CONTROLNET / "config.json")
    add(folder / "Lora" / f"{LORA}.safetensors")


def test_experiments_tell_what_is_not_installed(package: Path) -> None:
    lacking = {name: [network.name for network in missing(each)] for name, each in EXPERIMENTS.items()}
    assert {name: names for name, names in lacking.items() if names} == NEEDS


def test_nothing_is_missing_once_the_variants_are_there(package: Path) -> None:
    add_variants(package)
    assert not any(missing(experiment) for experiment in EXPERIMENTS.values())


def test_pages_say_why_there_are_no_figures(package: Path) -> None:
    claim = EXPERIMENTS["lora-left-out"].claim
    lacks = "Needs the LoRA `minty`, which is not part of this installation."
    assert {each.claim: each.reason for each in waiting({})}[claim] == lacks
    assert f"- “{claim}”: {lacks}" in markdown({}, ".")
    add_variants(package)
    waits = "Waits for its run: `make guide ONLY=lora-left-out`."
    assert {each.claim: each.reason for each in waiting({})}[claim] == waits


def test_what_cannot_run_is_left_out(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["guide", "--only", *NEEDS])
    with pytest.raises(SystemExit, match="Nothing is left"):
        program.main()
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in told] == list(NEEDS)
    assert all("left out. Needs the " in line for line in told)


def square(seed: int) -> Stage:
    """Noise with a square to repaint."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[16:48, 16:48] = 255
    picture = np.random.default_rng(seed).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    return Stage(picture=picture, prompts={"full": "a cat"}, regions={"mask": mask})


def small(**settings: object) -> Arm:
    request = ask(NOISE, 1.0, steps=2)
    canvas = replace(request.canvas, width=SIDE, height=SIDE)
    return Arm(label="small", request=replace(request, canvas=canvas, **settings))


PLAIN = small()


def test_a_lora_is_part_of_what_decides_a_shot(
    tiny_model: StableDiffusion, package: Path, kept: Path
) -> None:
    file = package / "Lora" / f"{LORA}.safetensors"
    file.parent.mkdir()
    shutil.copy(TINY_LORA, file)
    maker, arm = Maker(lambda name: tiny_model, kept), replace(PLAIN, lora=LORA)
    plain, first = (maker.shot(each, square(1), 1).pixels for each in (PLAIN, arm))
    save_file({name: 4 * tensor for name, tensor in load_file(TINY_LORA).items()}, file)
    trained_on = maker.shot(arm, square(1), 1).pixels
    assert len({pixels.tobytes() for pixels in (plain, first, trained_on)}) == 3
    assert len(list(kept.glob("*.png"))) == 3


def test_only_loras_that_ship_are_used(
    tiny_model: StableDiffusion, package: Path, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = tmp_path / "models"
    monkeypatch.setenv("UNDERPAINT_MODELS", str(models))
    for folder in (package, models):
        (folder / "Lora").mkdir(parents=True)
    shutil.copy(TINY_LORA, package / "Lora" / f"{LORA}.safetensors")
    (models / "Lora" / f"{LORA}.safetensors").write_bytes(b"the user's")
    Maker(lambda name: tiny_model, kept).shot(replace(PLAIN, lora=LORA), square(1), 1)
    (file,) = kept.glob("*.png")
    recipe = recipe_from_png_text(read_png_text(file))
    assert recipe is not None
    assert [(used.kind, used.name) for used in recipe.networks] == [(NetworkKind.LORA, LORA)]


@pytest.mark.parametrize("preprocessor", [ControlPreprocessor.INPAINT, ControlPreprocessor.LINEART])
def test_a_controlnet_sees_the_picture_that_is_edited(
    tiny_model: StableDiffusion, package: Path, kept: Path, preprocessor: ControlPreprocessor
) -> None:
    controlnets.of_unet(tiny_model).save_pretrained(package / "controlnet" / CONTROLNET)
    unit = ControlUnit(model=CONTROLNET, preprocessor=preprocessor)
    maker = Maker(lambda name: tiny_model, kept)
    plain, steered = (maker.shot(arm, square(1), 1).pixels for arm in (PLAIN, small(controls=(unit,))))
    assert not np.array_equal(plain, steered)


def test_an_arm_has_the_model_it_names(tiny_model: StableDiffusion, package: Path, kept: Path) -> None:
    models = {"storybook": tiny_model, INPAINTING: widened(tiny_model)}
    maker = Maker(models.__getitem__, kept)
    hidden, seen = (replace(PLAIN, request=ask_inpainting(conditioning)) for conditioning in (1.0, 0.0))
    pictures = {maker.shot(arm, square(1), 1).pixels.tobytes() for arm in (PLAIN, hidden, seen)}
    assert len(pictures) == 3


def ask_inpainting(conditioning: float):
    request = ask(NOISE, 1.0, steps=2, model=INPAINTING, conditioning=conditioning)
    return replace(request, canvas=replace(request.canvas, width=SIDE, height=SIDE))


def widened(model: StableDiffusion) -> StableDiffusion:
    """A model with five random channels more, as inpainting checkpoints have them."""
    config, weights = dict(model.unet.network.config), dict(model.unet.network.state_dict())
    narrow = weights["conv_in.weight"]
    more = torch.randn(len(narrow), 5, 3, 3, generator=torch.Generator().manual_seed(0)) / 10
    weights["conv_in.weight"] = torch.cat([narrow, more], 1)
    network = networks.build_unet({**config, "in_channels": 9}, weights)
    unet = Unet(network, NoiseSchedule().alphas_cumprod(), Prediction.EPSILON)
    return replace(model, unet=unet, is_inpaint_model=True, sha256="0" * 64)
