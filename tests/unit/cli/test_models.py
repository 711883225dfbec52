"""`underpaint models` as a shell sees it."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from underpaint.cli import main

FIRST = "model.diffusion_model.input_blocks.0.0.weight"


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["underpaint", "models", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An ordinary base, a custom model made from it, and the base's inpainting model, by name in a models folder."""
    monkeypatch.setenv("UNDERPAINT_MODELS", str(tmp_path))
    save_file({FIRST: torch.full((1, 4, 1, 1), 1.0)}, tmp_path / "base.safetensors")
    save_file({FIRST: torch.full((1, 4, 1, 1), 3.0)}, tmp_path / "custom.safetensors")
    save_file({FIRST: torch.full((1, 9, 1, 1), 10.0)}, tmp_path / "base-inpaint.safetensors")
    return tmp_path


def test_list_names_loras_and_embeddings_by_what_a_prompt_calls_them(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lora, embedding = files / "Lora" / "deep" / "ink.safetensors", files / "embeddings" / "mood.pt"
    for path in (lora, embedding):
        path.parent.mkdir(parents=True)
        path.touch()
    code, out, _ = run(capsys, monkeypatch, "list")
    lines = [line.split("\t") for line in out.splitlines()]
    assert code == 0
    assert [["ink", str(lora), "LoRA"], ["mood", str(embedding), "embedding"]] == lines[-2:]


def test_make_inpaint(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("make-inpaint", "custom", "--base", "base", "--inpaint", "base-inpaint")
    code, out, _ = run(capsys, monkeypatch, *arguments)
    made = files / "custom.inpainting.safetensors"
    assert (code, out.strip()) == (0, str(made))
    assert load_file(made)[FIRST].flatten().tolist() == [12.0] * 4 + [10.0] * 5
    code, _, err = run(capsys, monkeypatch, *arguments)
    assert code == 2
    assert "exists" in err


def test_merge_in_half_precision(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = files / "half.safetensors"
    code, _, _ = run(capsys, monkeypatch, "merge", "base", "custom", "-m", "0.5", "--half", "--out", str(out))
    assert code == 0
    merged = load_file(out)[FIRST]
    assert (merged.dtype, merged.flatten().tolist()) == (torch.float16, [2.0] * 4)


def test_one_model_alone_only_changes_in_form(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = files / "half.safetensors"
    code, _, _ = run(capsys, monkeypatch, "merge", "custom", "--half", "--out", str(out))
    assert (code, load_file(out)[FIRST].dtype) == (0, torch.float16)
    code, _, err = run(capsys, monkeypatch, "merge", "custom", "--half")
    assert (code, "exists" in err) == (2, True)


def test_an_inpainting_model_is_not_made_of_one(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("make-inpaint", "base-inpaint", "--base", "base", "--inpaint", "base-inpaint")
    code, _, err = run(capsys, monkeypatch, *arguments, "--out", str(files / "x.safetensors"))
    assert (code, "an inpainting model already" in err) == (2, True)


def test_the_inpainting_model_must_come_first(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = run(capsys, monkeypatch, "merge", "base", "base-inpaint")
    assert code == 2
    assert "must be model A" in err


def test_list_names_the_builtin_model(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = run(capsys, monkeypatch, "list")
    assert code == 0
    assert "UNDERPAINT_MODELS names further folders" in err
    assert {line.split("\t")[0] for line in out.splitlines()} >= {"storybook", "base", "custom"}


def test_the_builtin_model_is_merged_into_the_models_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And never into the package; the folder need not exist."""
    monkeypatch.setenv("UNDERPAINT_MODELS", str(tmp_path / "new"))
    code, out, _ = run(capsys, monkeypatch, "merge", "storybook", "storybook", "-m", "0.5")
    made = tmp_path / "new" / "storybook-storybook"
    assert (code, out.strip()) == (0, str(made))
    assert (made / "unet" / "diffusion_pytorch_model.safetensors").is_file()


def test_what_is_made_of_the_builtin_model_lies_where_models_are_looked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where that is a folder inside A1111's tree."""
    monkeypatch.setenv("UNDERPAINT_MODELS", str(tmp_path))
    searched = tmp_path / "models" / "Stable-diffusion"
    searched.mkdir(parents=True)
    code, out, _ = run(capsys, monkeypatch, "merge", "storybook", "storybook")
    assert (code, out.strip()) == (0, str(searched / "storybook-storybook"))
    _, listed, _ = run(capsys, monkeypatch, "list")
    assert "storybook-storybook" in {line.split("\t")[0] for line in listed.splitlines()}


def test_files_and_folders_are_not_mixed(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = run(capsys, monkeypatch, "merge", "base", "storybook")
    assert code == 2
    assert "A file and a folder cannot be merged" in err
