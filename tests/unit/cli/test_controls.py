"""ControlNets on the command line."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from tests import controlnets
from tests.unit.cli.conftest import QUICK, Run
from underpaint.cli.controls import with_controls
from underpaint.errors import InvalidRequest
from underpaint.image.io import load_picture, read_png_text
from underpaint.image.picture import Picture
from underpaint.image.png import encode_png
from underpaint.metadata import parse_infotext, recipe_from_png_text
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.request import ControlPreprocessor, ControlUnit, InpaintRequest


@pytest.fixture(scope="module")
def folder(tiny_model: StableDiffusion, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models")
    controlnets.write(path, "tiny", controlnets.of_unet(tiny_model).state_dict())
    return path


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("UNDERPAINT_MODELS", str(folder))


def units(*texts: str, preprocessors: tuple[str, ...] = ()) -> tuple[ControlUnit, ...]:
    options = {
        "control": list(texts),
        "control_preprocessor": [ControlPreprocessor(name) for name in preprocessors],
        "control_image": None,
    }
    return with_controls(InpaintRequest(), options)[0].controls


def test_a_unit_is_written_in_one_word() -> None:
    assert units("canny", "canny:0.5", "C:\\x.safetensors:2:0.25:0.75", "a:b") == (
        ControlUnit(model="canny"),
        ControlUnit(model="canny", weight=0.5),
        ControlUnit(model="C:\\x.safetensors", weight=2.0, start=0.25, end=0.75),
        ControlUnit(model="a:b"),
    )
    (first, second) = units("a", "b", preprocessors=("lineart",))
    assert first.preprocessor is ControlPreprocessor.LINEART
    assert second.preprocessor is ControlPreprocessor.NONE


def test_a_path_may_end_like_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "net:1").mkdir()
    monkeypatch.chdir(tmp_path)
    assert units("./net:1:0.5", "./net:1") == (
        ControlUnit(model="./net:1", weight=0.5),
        ControlUnit(model="./net", weight=1.0),
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("canny:3", "--control 'canny:3': weight must lie between 0 and 2"),
        ("canny:-1", "weight must lie between"),
        ("canny:1.2.3", "numbers cannot be read"),
        ("canny:1:0:2", "end must lie between 0 and 1"),
        ("canny:1:0.5", "--control 'canny:1:0.5': its numbers cannot be read; give MODEL"),
        ("canny:nan", "numbers cannot be read"),
        ("canny:inf", "numbers cannot be read"),
        ("canny:", "numbers cannot be read"),
        ("canny:1:", "numbers cannot be read"),
        ("canny:1e3", "numbers cannot be read"),
        ("canny:1:0:1:0", "numbers cannot be read"),
        ("", "names no ControlNet"),
    ],
)
def test_units_that_cannot_be_are_refused(text: str, says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        units(text)


def test_a_preprocessor_needs_its_control() -> None:
    with pytest.raises(InvalidRequest, match="--control-preprocessor goes with a --control"):
        units(preprocessors=("lineart",))


def made(path: Path) -> tuple[Picture, dict[str, str]]:
    return load_picture(path), read_png_text(path)


def test_inpaint_with_lines_of_the_picture_and_redo(
    run: Run, files: tuple[Path, Path], tmp_path: Path
) -> None:
    image, mask = files
    command = ("inpaint", image, "--mask", mask, *QUICK)
    assert run(*command, "-o", tmp_path / "without.png") == 0
    control = ("--control", "tiny:0.8:0:1", "--control-preprocessor", "lineart")
    assert run(*command, *control, "-o", tmp_path / "with.png") == 0
    (without, _), (with_lines, text) = made(tmp_path / "without.png"), made(tmp_path / "with.png")
    assert with_lines.sha256 != without.sha256
    recipe = recipe_from_png_text(text)
    assert recipe is not None
    (unit,) = recipe.request.controls
    assert (unit.model, unit.weight, unit.preprocessor) == ("tiny", 0.8, ControlPreprocessor.LINEART)
    written = parse_infotext(text["parameters"]).settings["ControlNet 0"]
    short = recipe.networks[0].a1111_hash
    assert written == (
        f"Module: lineart_standard (from white bg & black line), Model: tiny [{short}], Weight: 0.8, "
        "Resize Mode: Just Resize, Guidance Start: 0.0, Guidance End: 1.0, Pixel Perfect: True, Control Mode: Balanced"
    )
    assert run("redo", tmp_path / "with.png", "-o", tmp_path / "again.png") == 0
    assert (tmp_path / "again.png").read_bytes() == (tmp_path / "with.png").read_bytes()


def test_generate_from_a_control_picture_redo_and_take_over(
    run: Run, files: tuple[Path, Path], tmp_path: Path
) -> None:
    image, _ = files
    first = tmp_path / "first.png"
    control = ("--control", "tiny", "--control-preprocessor", "canny", "--control-image", image)
    assert run("generate", *QUICK, *control, "-o", first) == 0
    assert "Threshold A: 100.0, Threshold B: 200.0" in made(first)[1]["parameters"]
    assert run("redo", first, "-o", tmp_path / "again.png") == 0  # the picture comes from the store
    assert run("generate", "--from", first, "--model", QUICK[1], "-o", tmp_path / "taken.png") == 0
    assert made(tmp_path / "taken.png")[0].sha256 == made(first)[0].sha256


def test_a_lost_control_picture_is_asked_for(
    run: Run,
    files: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    image, _ = files
    first = tmp_path / "first.png"
    assert run("generate", *QUICK, "--control", "tiny", "--control-image", image, "-o", first) == 0
    monkeypatch.setenv("UNDERPAINT_DATA", str(tmp_path / "elsewhere"))
    assert run("redo", first, "-o", tmp_path / "again.png") == 2
    assert "--control-image" in capsys.readouterr().err
    assert run("redo", first, "--control-image", image, "-o", tmp_path / "again.png") == 0
    assert (tmp_path / "again.png").read_bytes() == first.read_bytes()


def test_the_first_of_two_sees_the_input(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    image, mask = files
    other = tmp_path / "other.png"
    other.write_bytes(encode_png(np.zeros((56, 72, 3), np.uint8)))
    both = (
        "--control",
        "tiny:0.5",
        "--control",
        "tiny:0.7",
        "--control-image",
        "-",
        "--control-image",
        other,
    )
    assert run("inpaint", image, "--mask", mask, *QUICK, *both, "-o", tmp_path / "a.png") == 0
    recipe = recipe_from_png_text(made(tmp_path / "a.png")[1])
    assert recipe is not None
    first, second = recipe.request.controls
    assert first.picture is None
    assert second.picture == load_picture(other).sha256


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--control", "tiny"), "--control-image is missing"),
        (("--control", "tiny:1:0.8:0.2", "--control-image"), "--control must not lie behind the end: 0.8"),
        (
            ("--control", "tiny", "--control-preprocessor", "inpaint", "--control-image"),
            "--control-image must be left out",
        ),
    ],
    ids=["no picture", "range", "picture of a hole"],
)
def test_errors_name_the_options(
    run: Run,
    files: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    says: str,
) -> None:
    image, _ = files
    needed = (image,) if options[-1] == "--control-image" else ()
    assert run("generate", *QUICK, *options, *needed, "-o", tmp_path / "never.png") == 2
    assert says in capsys.readouterr().err


def test_an_unknown_controlnet_is_an_error_in_a_sentence(
    run: Run, files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image, mask = files
    command = ("inpaint", image, "--mask", mask, *QUICK, "--control", "tine", "-o", tmp_path, "--json")
    assert run(*command) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "model-not-found"
    assert "Did you mean 'tiny'" in error["message"]


def test_models_lists_controlnets(run: Run, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("models", "list") == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert ["tiny", str((folder / "controlnet" / "tiny.safetensors").resolve()), "ControlNet"] in lines


def test_redo_refuses_another_controlnet_of_the_same_name(
    run: Run,
    files: tuple[Path, Path],
    tmp_path: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = tmp_path / "first.png"
    assert run("generate", *QUICK, "--control", "tiny", "--control-image", files[0], "-o", first) == 0
    changed = shutil.copytree(folder, tmp_path / "changed")
    (network,) = changed.rglob("*.safetensors")
    save_file({name: 2 * tensor for name, tensor in load_file(network).items()}, network)
    monkeypatch.setenv("UNDERPAINT_MODELS", str(changed))
    capsys.readouterr()
    assert run("redo", first, "-o", tmp_path / "again.png") == 2
    assert "made with another ControlNet 'tiny'" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "again.png").exists()
