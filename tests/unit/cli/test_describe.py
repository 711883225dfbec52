"""`underpaint describe`, with a captioner of random weights."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.unit.models.tiny_blip import write_blip
from underpaint.cli import main
from underpaint.describing import describe
from underpaint.image.io import load_picture
from underpaint.image.picture import Picture
from underpaint.image.png import encode_png
from underpaint.models.captioner import Captioner, load_captioner

Run = Callable[..., int]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_blip(tmp_path_factory.mktemp("models") / "captioner" / "tiny")


@pytest.fixture(scope="module")
def captioner(folder: Path) -> Captioner:
    return load_captioner(folder)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Run:
    monkeypatch.setenv("UNDERPAINT_MODELS", str(folder.parents[1]))

    def run_command(*arguments: str | Path) -> int:
        monkeypatch.setattr(sys, "argv", ["underpaint", "describe", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        return int(stopped.value.code or 0)

    return run_command


@pytest.fixture
def files(tmp_path: Path, picture: Picture) -> list[Path]:
    """Pictures of many kinds."""
    rgb = Image.fromarray(picture.pixels)
    rgb.convert("CMYK").save(tmp_path / "cmyk.jpg")
    rgb.convert("LA").save(tmp_path / "grey-alpha.png")
    rgb.resize((1, 1)).save(tmp_path / "dot.png")
    rgb.resize((300, 2)).save(tmp_path / "strip.webp", lossless=True)
    deep = np.dstack([picture.pixels.astype(np.uint16) * 257, np.full((56, 72), 40000, np.uint16)])
    (tmp_path / "deep.png").write_bytes(encode_png(deep))
    return sorted(tmp_path.glob("*.*"))


def test_a_prompt_for_each_picture(
    run: Run, files: list[Path], captioner: Captioner, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(files) == 5
    assert run(*files) == 0
    prompts = [describe(load_picture(file), captioner) for file in files]
    assert capsys.readouterr().out == "".join(f"{prompt}\n" for prompt in prompts)


def test_for_machines(run: Run, files: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*files[:2], "--json", "--captioner", "tiny") == 0
    record = json.loads(capsys.readouterr().out)
    assert record["captioner"] == "tiny"
    assert [each["file"] for each in record["pictures"]] == [str(file) for file in files[:2]]
    assert all(each["prompt"] for each in record["pictures"])


def test_a_broken_picture_does_not_take_back_what_was_said_of_others(
    run: Run, files: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    half = tmp_path / "half.png"
    half.write_bytes(files[1].read_bytes()[:60])
    assert run(files[0], half, files[1], "--json") == 2
    record = json.loads(capsys.readouterr().out)
    assert record["error"]["code"] == "unreadable-image"
    assert "half.png" in record["error"]["message"]
    assert [each["file"] for each in record["pictures"]] == [str(files[0])]
    assert run(files[0], half) == 2
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == 1
    assert "half.png" in shown.err.replace("\n", "")


def test_an_unknown_captioner_is_told(
    run: Run, files: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(files[0], "--captioner", "nobody", "--json") == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "model-not-found"


def test_transparent_pixels_count_as_white(captioner: Captioner, picture: Picture) -> None:
    hidden = np.dstack([picture.pixels, np.zeros((56, 72), np.uint8)])
    white = np.full_like(picture.pixels, 255)
    assert describe(Picture(hidden), captioner) == describe(Picture(white), captioner)


def test_of_large_pictures_only_some_pixels_are_read(captioner: Captioner) -> None:
    quarter = np.random.default_rng(2).integers(0, 256, (512, 1024, 3), dtype=np.uint8)
    large = np.zeros((8192, 8192, 3), np.uint8)
    large[::16, ::8] = quarter
    assert describe(Picture(large), captioner) == describe(Picture(quarter), captioner)
