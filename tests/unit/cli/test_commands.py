"""The command line as a user meets it, run in this process with the tiny model."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from safetensors.torch import load_file, save_file

from tests.conftest import TINY_MODEL
from tests.unit.cli.conftest import QUICK, Run
from underpaint import pipeline
from underpaint.cli import running
from underpaint.image.header import exif_with_comment
from underpaint.image.io import load_picture, read_png_text
from underpaint.image.png import encode_png
from underpaint.job import Job
from underpaint.metadata import recipe_from_png_text
from underpaint.request import MaskedContent, Profile, RngSource
from underpaint.result import Event, ImageDone


def test_inpaint_writes_one_file_per_image(
    run: Run, files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image, mask = files
    out = tmp_path / "out"
    assert run("inpaint", image, "--mask", mask, *QUICK, "--batch-count", "2", "-o", out, "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert [Path(entry["file"]).name for entry in record["images"]] == ["girl-3.png", "girl-4.png"]
    assert [entry["changed_outside_px"] for entry in record["images"]] == [0, 0]
    assert all(load_picture(Path(entry["file"])).size == (72, 56) for entry in record["images"])


def test_existing_files_in_a_folder_are_never_replaced(
    run: Run, files: tuple[Path, Path], tmp_path: Path
) -> None:
    image, mask = files
    for _ in range(2):
        assert run("inpaint", image, "--mask", mask, *QUICK, "-o", tmp_path / "out") == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["girl-3-2.png", "girl-3.png"]


def test_what_lies_under_the_mask_can_be_saved(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    image, mask = files
    assert run("inpaint", image, "--mask", mask, *QUICK, "-o", tmp_path / "a.png", "--save-under") == 0
    assert (tmp_path / "a.png").exists()
    assert load_picture(tmp_path / "a-under.png").size == (72, 56)


def test_underpaintings_in_a_folder_replace_nothing(
    run: Run, files: tuple[Path, Path], tmp_path: Path
) -> None:
    image, mask = files
    for _ in range(2):
        assert run("inpaint", image, "--mask", mask, *QUICK, "-o", tmp_path / "out", "--save-under") == 0
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["girl-3-2.png", "girl-3.png", "girl-under-1-2.png", "girl-under-1.png"]


def test_an_edited_result_is_not_called_identical(
    run: Run, files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image, mask = files
    result = tmp_path / "a.png"
    run("inpaint", image, "--mask", mask, *QUICK, "-o", result)
    edited = load_picture(result).pixels.copy()
    edited[0, 0] += 1
    result.write_bytes(encode_png(edited, text=read_png_text(result)))
    capsys.readouterr()
    assert run("redo", result, "--json", "-o", result) == 1
    assert json.loads(capsys.readouterr().out)["identical"] is False


def test_a_damaged_store_heals(
    run: Run, files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image, mask = files
    arguments = ["inpaint", image, "--mask", mask, *QUICK, "-o", tmp_path / "a.png"]
    run(*arguments)
    kept = sorted((tmp_path / "data").rglob("*.png"))
    kept[0].write_bytes(kept[0].read_bytes()[:50])
    kept[1].write_bytes(kept[1].read_bytes()[:50])
    assert run("redo", tmp_path / "a.png") == 2
    assert "not in the store" in capsys.readouterr().err
    run(*arguments)
    assert run("redo", tmp_path / "a.png") == 2, "the mask was found damaged only now"
    run(*arguments)
    assert run("redo", tmp_path / "a.png") == 0


@pytest.mark.parametrize("replaced", ["girl.png", "mask.png", "sketch.png", "girl-1.png", "from.png"])
def test_an_input_is_not_replaced(
    replaced: str,
    run: Run,
    files: tuple[Path, Path],
    tmp_path: Path,
    sketch: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    image, mask = files
    made = tmp_path / "from.png"
    assert run("generate", *QUICK, "-o", made) == 0
    out = tmp_path / replaced
    more = ["--batch-count", "2"] if replaced == "girl-1.png" else []
    if more:
        image = image.rename(out)
        out = tmp_path / "girl.png"
    before = (tmp_path / replaced).read_bytes()
    command = ["inpaint", image, "--mask", mask, "--sketch", sketch, *QUICK, "--from", made, "-o", out, *more]
    assert run(*command) == 2
    assert "is an input" in capsys.readouterr().err
    assert (tmp_path / replaced).read_bytes() == before
    assert run(*command, "--force") == 0
    assert (tmp_path / replaced).read_bytes() != before


def test_a_link_to_an_input_counts_as_the_input(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    link = tmp_path / "link.png"
    link.symlink_to(files[0])
    assert run("generate", "--image", link, *QUICK, "-o", files[0]) == 2
    assert run("generate", "--image", files[0], *QUICK, "-o", tmp_path / "other.png") == 0
    assert run("generate", "--image", files[0], *QUICK, "-o", tmp_path / "other.png") == 0, "no input"


def test_redo_does_not_replace_what_it_is_given(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    image, mask = files
    run("inpaint", image, "--mask", mask, *QUICK, "-o", tmp_path / "a.png")
    command = ["redo", tmp_path / "a.png", "--image", image, "-o", image]
    assert run(*command) == 2
    assert run(*command, "--force") == 0


@pytest.mark.skipif(
    not Path("/proc/self").exists(), reason="needs a folder that takes no files: Linux's /proc"
)
@pytest.mark.parametrize("out", ["/proc/x.png", "/proc/no/such/folder", "/proc/self"])
def test_where_nothing_can_be_written_is_said_before_the_model_is_loaded(
    out: str, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(running, "load_model", None)
    assert run("generate", *QUICK, "-o", out, "--json") == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "output-error"


def test_the_same_command_gives_the_same_file(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    image, mask = files
    for name in ("a.png", "b.png"):
        run("inpaint", image, "--mask", mask, *QUICK, "-o", tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_what_will_not_work_as_meant_is_said(
    run: Run, files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image, _ = files
    empty = tmp_path / "empty.png"
    empty.write_bytes(encode_png(np.zeros((90, 20), np.uint8)))
    assert run("inpaint", image, "--mask", empty, *QUICK, "-o", tmp_path / "a.png", "--json") == 0
    captured = capsys.readouterr()
    assert len(json.loads(captured.out)["notes"]) == 2
    assert "Nothing is masked" in captured.err
    assert "another shape" in captured.err


def test_a_mask_of_another_size_is_told(
    run: Run, files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image, _ = files
    large = tmp_path / "large.png"
    large.write_bytes(encode_png(np.full((112, 144), 255, np.uint8)))
    assert run("inpaint", image, "--mask", large, *QUICK, "-o", tmp_path / "a.png", "--json") == 0
    captured = capsys.readouterr()
    (note,) = json.loads(captured.out)["notes"]
    assert note == "The mask (144x112) has another size than the picture (72x56); it is scaled."
    assert "it is scaled" in captured.err


@pytest.fixture
def sketch(tmp_path: Path) -> Path:
    """Paint over the middle of the picture, as a file."""
    painted = np.zeros((56, 72, 4), np.uint8)
    painted[24:36, 28:46] = (255, 0, 255, 255)
    path = tmp_path / "sketch.png"
    path.write_bytes(encode_png(painted))
    return path


def test_a_sketch_changes_the_picture_and_is_found_again(
    run: Run, files: tuple[Path, Path], sketch: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image, mask = files
    base = ["inpaint", image, "--mask", mask, *QUICK, "-d", "0.5"]
    assert run(*base, "-o", tmp_path / "plain.png") == 0
    assert run(*base, "--sketch", sketch, "-o", tmp_path / "sketched.png") == 0
    assert load_picture(tmp_path / "plain.png").sha256 != load_picture(tmp_path / "sketched.png").sha256
    capsys.readouterr()
    assert run("redo", tmp_path / "sketched.png", "--json") == 0
    assert json.loads(capsys.readouterr().out)["identical"] is True


def test_redo_asks_for_a_sketch_the_store_has_lost(
    run: Run,
    files: tuple[Path, Path],
    sketch: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    image, mask = files
    run("inpaint", image, "--mask", mask, "--sketch", sketch, *QUICK, "-o", tmp_path / "a.png")
    monkeypatch.setenv("UNDERPAINT_DATA", str(tmp_path / "elsewhere"))
    given = ["--image", image, "--mask", mask]
    assert run("redo", tmp_path / "a.png", *given) == 2
    assert "--sketch" in capsys.readouterr().err
    assert run("redo", tmp_path / "a.png", *given, "--sketch", image) == 2
    assert "another sketch" in capsys.readouterr().err
    assert run("redo", tmp_path / "a.png", *given, "--sketch", sketch) == 0


def test_an_opaque_picture_as_sketch_is_paint_all_over(
    run: Run, files: tuple[Path, Path], tmp_path: Path
) -> None:
    image, mask = files
    paint = np.full((56, 72, 3), (255, 0, 255), np.uint8)
    (tmp_path / "rgb.png").write_bytes(encode_png(paint))
    (tmp_path / "deep.png").write_bytes(encode_png(paint.astype(np.uint16) * 257))
    for name in ("rgb", "deep"):
        out = tmp_path / f"{name}-result.png"
        assert (
            run("inpaint", image, "--mask", mask, "--sketch", tmp_path / f"{name}.png", *QUICK, "-o", out)
            == 0
        )
    assert (tmp_path / "rgb-result.png").read_bytes() == (tmp_path / "deep-result.png").read_bytes()


def test_advice_comes_before_the_picture(
    run: Run, files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image, mask = files
    weak = ["inpaint", image, "--mask", mask, *QUICK, "--content", "latent-noise", "-d", "0.6"]
    assert run(*weak, "--steps", "10", "-o", tmp_path / "a.png", "--json") == 0
    captured = capsys.readouterr()
    first, *_ = json.loads(captured.out)["advice"]
    assert (first["code"], first["kind"], first["fix"]) == ("weak-noise", "warning", "Set 0.85")
    assert "Noise at 0.60 will stay visible" in captured.err
    assert run(*weak, "-d", "0.8", "--steps", "10", "-o", tmp_path / "b.png", "--json") == 0
    codes = [advice["code"] for advice in json.loads(capsys.readouterr().out)["advice"]]
    assert "weak-noise" not in codes
    assert "one-image" not in codes


def test_the_version_is_told(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out.startswith("underpaint ")


def test_redo_makes_the_same_bytes(
    run: Run, files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image, mask = files
    out = tmp_path / "out"
    run("inpaint", image, "--mask", mask, *QUICK, "--batch-size", "2", "-o", out, "--content", "latent-noise")
    capsys.readouterr()
    assert run("redo", out / "girl-4.png", "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert record["identical"] is True
    assert Path(record["file"]).read_bytes() == (out / "girl-4.png").read_bytes()


def test_redo_asks_for_inputs_the_store_has_lost(
    run: Run,
    files: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    image, mask = files
    result = tmp_path / "a.png"
    run("inpaint", image, "--mask", mask, *QUICK, "-o", result)
    monkeypatch.setenv("UNDERPAINT_DATA", str(tmp_path / "elsewhere"))
    assert run("redo", result) == 2
    assert "--image" in capsys.readouterr().err
    assert run("redo", result, "--image", mask, "--mask", mask) == 2
    assert "another picture" in capsys.readouterr().err
    for copy in ("a-redo.png", "a-redo-2.png"):
        assert run("redo", result, "--image", image, "--mask", mask) == 0
        assert (tmp_path / copy).read_bytes() == result.read_bytes()


@pytest.fixture
def networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A LoRA and an embedding in the models folder."""
    models = tmp_path / "models"
    monkeypatch.setenv("UNDERPAINT_MODELS", str(models))
    lora, embedding = (
        models / "Lora" / "tinylora.safetensors",
        models / "embeddings" / "tinyembed.safetensors",
    )
    for path, goldens in ((lora, "lora"), (embedding, "embeddings")):
        path.parent.mkdir(parents=True)
        shutil.copy(TINY_MODEL.parents[1] / goldens / path.name, path)
    return lora, embedding


def test_redo_refuses_networks_other_than_those_of_the_result(
    run: Run, tmp_path: Path, networks: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    lora, embedding = networks
    result = tmp_path / "a.png"
    command = ("generate", "-p", "tinyembed <lora:tinylora:0.5>", "--profile", "a1111", *QUICK)
    assert run(*command, "-o", result) == 0
    assert run("redo", result, "-o", tmp_path / "again.png") == 0
    assert (tmp_path / "again.png").read_bytes() == result.read_bytes()
    whole = lora.read_bytes()
    save_file({name: 2 * tensor for name, tensor in load_file(lora).items()}, lora)
    assert run("redo", result, "-o", tmp_path / "other.png") == 2
    assert "made with another LoRA 'tinylora': its sha256 is" in told(capsys)
    lora.unlink()
    assert run("redo", result, "-o", tmp_path / "other.png") == 2
    assert "made with the LoRA 'tinylora'" in told(capsys)
    lora.write_bytes(whole)
    kept = embedding.read_bytes()
    embedding.unlink()
    assert run("redo", result, "-o", tmp_path / "other.png") == 2
    assert "made with the embedding 'tinyembed'" in told(capsys)
    assert not (tmp_path / "other.png").exists()
    assert run(*command, "-o", tmp_path / "without.png") == 0
    embedding.write_bytes(kept)
    capsys.readouterr()
    assert run("redo", tmp_path / "without.png", "-o", tmp_path / "other.png") == 2
    assert "made without the embedding 'tinyembed'" in told(capsys)


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """What standard error says, without line breaks."""
    return " ".join(capsys.readouterr().err.split())


def test_generate_makes_a_picture_from_words_and_from_a_picture(
    run: Run, files: tuple[Path, Path], tmp_path: Path
) -> None:
    assert run("generate", "-p", "a cat", *QUICK, "-o", tmp_path / "words.png") == 0
    assert run("generate", "-p", "a cat", "--image", files[0], *QUICK, "-o", tmp_path / "both.png") == 0
    assert load_picture(tmp_path / "words.png").size == load_picture(tmp_path / "both.png").size == (64, 64)


def test_what_a_model_recommends_goes_before_defaults_and_behind_options(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("UNDERPAINT_MODELS", str(tmp_path))
    shutil.copy(TINY_MODEL, tmp_path / "dusk.safetensors")
    (tmp_path / "dusk.recommended.toml").write_text('steps = 3\nsampler = "Euler a"\ncfg_scale = 4')
    command = ("generate", "-m", "dusk", "--width", "64", "--height", "64", "-o")

    def made(name: str, *more: str) -> str:
        assert run(*command, tmp_path / f"{name}.png", *more) == 0
        return read_png_text(tmp_path / f"{name}.png")["parameters"]

    assert "Steps: 3, Sampler: Euler a, " in (plain := made("plain"))
    assert "CFG scale: 4.0" in plain
    assert "Steps: 2, Sampler: Euler a, Schedule type: Automatic, CFG scale: 6.0" in made(
        "chosen", "--steps", "2", "--cfg", "6"
    )
    assert "Steps: 1, Sampler: Euler a, Schedule type: Automatic, CFG scale: 4.0" in made(
        "set", "--set", "sampling.steps=1"
    )
    webui = made("webui", "--profile", "a1111", "--steps", "2")
    assert "Steps: 2, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.0" in webui
    assert "CFG scale: 7.0" in made("from", "--from", str(tmp_path / "webui.png"), "--profile", "studio")
    (tmp_path / "dusk.recommended.toml").write_text("steps = 0")
    capsys.readouterr()
    assert run(*command, tmp_path / "no.png") == 2
    assert "dusk.recommended.toml does not hold recommended settings: steps must" in told(capsys)


def test_info_shows_the_settings(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("generate", "-p", "a cat", *QUICK, "-o", tmp_path / "a.png")
    capsys.readouterr()
    assert run("info", tmp_path / "a.png") == 0
    assert "Steps: 2, Sampler: DPM++ 2M" in capsys.readouterr().out
    assert run("info", tmp_path / "a.png", "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert record["recipe"]["request"]["sampling"]["steps"] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["generate", "--denoise", "1.5"], "error: --denoise must lie between 0 and 1"),
        (["generate", "--width", "100"], "error: --width must be a multiple of 8"),
        (["generate", "--subseed-strength", "2"], "error: --subseed-strength must lie"),
        (["demo", "--steps", "0"], "error: --steps must lie"),
        (["demo", "--seed", "-1"], "error: --seed must lie"),
        (["generate", "--set", "noise.seed=-1"], "error: noise.seed must lie"),
        (["generate", "--seed", "1", "--set", "noise.seed=-1"], "error: noise.seed must lie"),
        (["generate", "--model", "no-such-model"], "no-such-model"),
        (["generate", "--set", "noise.nonsense=1"], "noise.nonsense"),
        (["generate", "--set", "noise"], "group.name=value"),
        (["generate", "--image", "missing.png"], "missing.png"),
        (["generate", "-o", "picture.gif", *QUICK], "does not end in .png"),
        (["info", "missing.png"], "missing.png"),
        (["generate", "--sampler", "Eula"], "Eula"),
        (["generate", "--device", "cuda"], "no graphics card"),
        (["generate", "-p", "caf\udce9"], "not valid Unicode"),
        (["generate", "--set", f"noise.seed={'9' * 5000}"], "noise.seed"),
        (["generate", "--set", f"noise.extra={'[' * 100_000}"], "noise.extra"),
        (["generate", "-o", f"{'x' * 300}.png"], "File name too long"),
    ],
)
def test_mistakes_end_in_one_sentence_and_code_2(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == 2
    error = " ".join(capsys.readouterr().err.split())
    assert message in error
    assert "Traceback" not in error
    assert list(tmp_path.glob("*.*")) == []


@pytest.mark.parametrize("mistake", [["--denoise", "2"], ["--steps", "many"], ["--no-such-option"]])
def test_json_errors_are_objects(run: Run, capsys: pytest.CaptureFixture[str], mistake: list[str]) -> None:
    assert run("generate", *mistake, "--json") == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "invalid-request"


def test_a_choice_that_is_none_is_told_plainly(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("generate", "--control", "x", "--control-preprocessor", "wrong") == 2
    assert "Invalid value for '--control-preprocessor': 'wrong' is not one of 'none'" in told(capsys)


def test_ctrl_c_keeps_finished_images(
    run: Run,
    files: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    original = pipeline.run_job

    def interrupted(job: Job) -> Iterator[Event]:
        for event in original(job):
            yield event
            if isinstance(event, ImageDone):
                raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "run_job", interrupted)
    image, mask = files
    assert run("inpaint", image, "--mask", mask, *QUICK, "--batch-count", "3", "-o", tmp_path / "out") == 130
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["girl-3.png"]
    assert "images that were finished have been kept" in told(capsys)


def test_ctrl_c_with_nothing_finished_says_no_more(
    run: Run,
    files: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted(job: Job) -> Iterator[Event]:
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(pipeline, "run_job", interrupted)
    image, mask = files
    assert run("inpaint", image, "--mask", mask, *QUICK, "-o", tmp_path / "out") == 130
    assert told(capsys).endswith("error: Stopped.")


# Settings from a file

FOREIGN = (
    "a red circle\nNegative prompt: dog\n"
    "Steps: 3, Sampler: Euler, CFG scale: 5, Seed: 77, Size: 64x64, Model hash: 0000000000, Model: {model}, "
    "Denoising strength: 0.5, Mask blur: 2, Masked content: fill, Surprise: 1, Version: v1.10.1"
)


@pytest.fixture
def models_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the tiny model known by its name, as A1111's files name it."""
    monkeypatch.setenv("UNDERPAINT_MODELS", str(TINY_MODEL.parent))


def made_by_a1111(folder: Path, kind: str, model: str = "tiny-sd1") -> Path:
    """A picture of A1111: text in a PNG, or an EXIF comment."""
    path = folder / f"foreign.{kind}"
    text = FOREIGN.format(model=model)
    image = Image.new("RGB", (64, 64))
    if kind == "png":
        info = PngInfo()
        info.add_text("parameters", text)
        image.save(path, pnginfo=info)
    else:
        image.save(path, exif=exif_with_comment(text))
    return path


@pytest.mark.usefixtures("models_folder")
@pytest.mark.parametrize("kind", ["png", "jpg", "webp"])
def test_settings_come_from_a_file_of_a1111(
    kind: str, run: Run, files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image, mask = files
    source, out = made_by_a1111(tmp_path, kind), tmp_path / "out.png"
    arguments = ("inpaint", image, "--mask", mask, "--from", source, "--steps", "2", "-o", out, "--json")
    assert run(*arguments) == 0
    notes = json.loads(capsys.readouterr().out)["notes"]
    assert any("Surprise: 1 is not taken over" in note for note in notes)
    assert any("noise as an NVIDIA card draws it" in note for note in notes)
    assert any("made with another tiny-sd1" in note for note in notes)
    request = recipe_from_png_text(read_png_text(out)).request
    assert (request.prompt.positive, request.prompt.negative) == ("a red circle", "dog")
    assert (request.sampling.steps, request.sampling.cfg_scale, request.noise.seed) == (2, 5, 77)
    assert (request.sampling.denoising_strength, request.mask.blur_x_px) == (0.5, 2)
    assert request.canvas.content is MaskedContent.FILL
    assert request.noise.source is RngSource.NV
    assert request.rules == Profile.a1111()


def test_settings_come_from_our_own_file(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    image, mask = files
    made, again = tmp_path / "made", tmp_path / "again.png"
    arguments = ("inpaint", image, "--mask", mask, *QUICK, "--batch-count", "2", "-p", "a cat", "-o", made)
    assert run(*arguments) == 0
    second = made / "girl-4.png"
    assert run("inpaint", image, "--mask", mask, "--from", second, "-o", again) == 0
    assert load_picture(again).sha256 == load_picture(second).sha256


def test_text_to_image_brings_no_strength(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    image, mask = files
    made, out = tmp_path / "made.png", tmp_path / "out.png"
    assert run("generate", *QUICK, "-p", "a cat", "-o", made) == 0
    assert run("inpaint", image, "--mask", mask, "--from", made, "-o", out) == 0
    request = recipe_from_png_text(read_png_text(out)).request
    assert (request.sampling.denoising_strength, request.prompt.positive) == (0.75, "a cat")


def test_a_model_nobody_has_is_named(
    run: Run, files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image, mask = files
    source = made_by_a1111(tmp_path, "png", "dreamlike")
    assert run("inpaint", image, "--mask", mask, "--from", source) == 2
    assert "name another one with --model" in capsys.readouterr().err
    out = tmp_path / "out.png"
    assert run("inpaint", image, "--mask", mask, "--from", source, "-m", TINY_MODEL, "-o", out) == 0


def test_a_file_without_settings_is_refused(
    run: Run, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    image, mask = files
    assert run("inpaint", image, "--mask", mask, "--from", image) == 2
    assert "holds no settings" in capsys.readouterr().err


def test_info_tells_what_of_a_foreign_file_is_not_taken_over(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = made_by_a1111(tmp_path, "webp")
    assert run("info", source) == 0
    assert "- Surprise: 1 is not taken over." in capsys.readouterr().out
    assert run("info", source, "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["recipe"], record["parameters"]["settings"]["Surprise"]) == (None, "1")
    assert record["request"]["noise"]["source"] == "nv"


def test_no_styles_says_where_they_would_lie(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("styles") == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert str(tmp_path / "data" / "styles.csv") in captured.err.replace("\n", "")


def test_styles_are_laid_on_prompts(
    run: Run, files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image, mask = files
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "styles.csv").write_text(
        "name,prompt,negative_prompt\nink,{prompt} in ink,photo\nsea,sea,\n"
    )
    out = tmp_path / "out.png"
    styled = ("--style", "ink", "--style", "sea", "-p", "a cat")
    assert run("inpaint", image, "--mask", mask, *QUICK, *styled, "-o", out) == 0
    recipe = recipe_from_png_text(read_png_text(out))
    assert recipe is not None
    assert (recipe.request.prompt.positive, recipe.request.prompt.negative) == ("a cat in ink, sea", "photo")
    capsys.readouterr()
    assert run("styles") == 0
    assert capsys.readouterr().out == "ink\t{prompt} in ink\tphoto\nsea\tsea\t\n"
    assert run("inpaint", image, "--mask", mask, "--style", "ing") == 2
    assert "Did you mean 'ink'" in capsys.readouterr().err


def test_a_pickle_is_opened_only_where_it_is_allowed(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old.ckpt"
    torch.save(load_file(TINY_MODEL), old)
    arguments = ("generate", *QUICK, "-m", old, "-o", tmp_path / "out.png")
    assert run(*arguments) == 2
    assert "--allow-pickle" in capsys.readouterr().err
    assert run(*arguments, "--allow-pickle") == 0
    assert run("redo", tmp_path / "out.png") == 2
    assert run("redo", tmp_path / "out.png", "--allow-pickle") == 0
