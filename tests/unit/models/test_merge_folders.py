"""Merging folders in diffusers' layout. What is computed with each tensor is `merge`'s and tested there."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from underpaint.errors import InvalidRequest, UnsupportedCheckpoint
from underpaint.models.merge import MergeMethod, MergeRecipe
from underpaint.models.merge_folders import is_inpaint_folder, merge_folders
from underpaint.models.parts import SHARES_WITH

WEIGHTS = {
    "unet": "diffusion_pytorch_model.safetensors",
    "vae": "diffusion_pytorch_model.safetensors",
    "text_encoder": "model.safetensors",
}


def model(folder: Path, value: float, *, channels: int = 4) -> Path:
    """A model folder all of whose numbers are `value`."""
    for part, name in WEIGHTS.items():
        (folder / part).mkdir(parents=True)
        tensors = {"x.weight": torch.full((2,), value)}
        if part == "unet":
            tensors["conv_in.weight"] = torch.full((1, channels, 1, 1), value)
        save_file(tensors, folder / part / name)
        (folder / part / "config.json").write_text(json.dumps({"in_channels": channels}))
    for part in ("tokenizer", "scheduler"):
        (folder / part).mkdir()
        (folder / part / "config.json").write_text(json.dumps({"of": folder.name}))
    (folder / "model_index.json").write_text("{}")
    return folder


def weights(folder: Path, part: str) -> dict[str, list[float]]:
    return {name: t.flatten().tolist() for name, t in load_file(folder / part / WEIGHTS[part]).items()}


@pytest.fixture
def recipe(tmp_path: Path) -> MergeRecipe:
    """Inpainting 10 + (custom 3 - base 1); the inpainting model has nothing but a UNet and shares the rest with the base."""
    base, inpainting = model(tmp_path / "base", 1.0), model(tmp_path / "inpainting", 10.0, channels=9)
    for part in ("vae", "text_encoder"):
        (inpainting / part / WEIGHTS[part]).unlink()
        (inpainting / part / "config.json").unlink()
        (inpainting / part).rmdir()
    (inpainting / "model_index.json").write_text(json.dumps({SHARES_WITH: "base"}))
    return MergeRecipe(
        method=MergeMethod.ADD_DIFFERENCE,
        primary=inpainting,
        secondary=model(tmp_path / "custom", 3.0),
        tertiary=base,
    )


def test_every_network_is_merged_and_the_result_stands_alone(recipe: MergeRecipe, tmp_path: Path) -> None:
    out = tmp_path / "out"
    counts = list(merge_folders(recipe, out))
    assert counts[-1] == (4, 4)
    assert weights(out, "unet") == {"x.weight": [12.0] * 2, "conv_in.weight": [12.0] * 4 + [10.0] * 5}
    assert weights(out, "vae") == weights(out, "text_encoder") == {"x.weight": [3.0] * 2}
    assert json.loads((out / "model_index.json").read_text()) == {}
    assert json.loads((out / "tokenizer" / "config.json").read_text()) == {"of": "inpainting"}
    assert is_inpaint_folder(out)
    assert not list(tmp_path.glob(".*"))


def test_an_older_result_is_replaced(recipe: MergeRecipe, tmp_path: Path) -> None:
    out = model(tmp_path / "out", 5.0)
    (out / "notes.txt").write_text("old")
    list(merge_folders(recipe, out))
    assert weights(out, "vae") == {"x.weight": [3.0] * 2}
    assert not (out / "notes.txt").exists()
    assert not list(tmp_path.glob(".*"))


def test_giving_up_leaves_what_was_there(recipe: MergeRecipe, tmp_path: Path) -> None:
    out = model(tmp_path / "out", 5.0)
    run = merge_folders(recipe, out)
    next(run)
    run.close()
    assert weights(out, "vae") == {"x.weight": [5.0] * 2}
    assert not list(tmp_path.glob(".*"))


def test_a_folder_without_a_network_is_refused(recipe: MergeRecipe, tmp_path: Path) -> None:
    (tmp_path / "custom" / "vae" / WEIGHTS["vae"]).unlink()
    with pytest.raises(UnsupportedCheckpoint, match="holds no safetensors weights"):
        list(merge_folders(recipe, tmp_path / "out"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("extra", [{"vae": Path("x.safetensors")}, {"discard": "x"}])
def test_what_needs_single_files_is_refused(
    extra: dict[str, object], recipe: MergeRecipe, tmp_path: Path
) -> None:
    fields = {name: getattr(recipe, name) for name in ("method", "primary", "secondary", "tertiary")}
    with pytest.raises(InvalidRequest, match="single files"):
        list(merge_folders(MergeRecipe(**{**fields, **extra}), tmp_path / "out"))
