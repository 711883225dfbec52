import hashlib
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from tests.unit.models.tiny import TINY_SD1
from underpaint.errors import InvalidRequest, UnsupportedCheckpoint
from underpaint.models.merge import MergeMethod, MergeRecipe, is_inpaint_result, merge

FIRST = "model.diffusion_model.input_blocks.0.0.weight"
IDS = "cond_stage_model.transformer.text_model.embeddings.position_ids"

WEBUI_DIGESTS = {
    "weighted-0.3": "146d3583c7ea6ac55299210c4c07c42b6b89b1d237631924b58a1d26ffe770ea",
    "none": "316ca2bf00021b71ed85ba6736fd65fbf67693b29541e7524c44ee8a2cced7d4",
}
"""sha256 over the lines `name sha256(bytes)` of all tensors that the webui's merger wrote."""


def saved(folder: Path, name: str, **tensors: Tensor) -> Path:
    path = folder / f"{name}.safetensors"
    save_file({key.replace("__", "."): tensor.clone() for key, tensor in tensors.items()}, path)
    return path


def run(recipe: MergeRecipe, folder: Path) -> dict[str, Tensor]:
    out = folder / "merged.safetensors"
    counts = list(merge(recipe, out))
    tensors = load_file(out)
    assert counts[-1] == (len(tensors), len(tensors))
    return tensors


@pytest.fixture
def models(tmp_path: Path) -> dict[str, Path]:
    """A is an inpainting model, B and C are ordinary ones; `betas` must come from A."""
    return {
        "a": saved(tmp_path, "a", model__x=torch.arange(9.0).view(1, 9, 1, 1), betas=torch.ones(2)),
        "b": saved(tmp_path, "b", model__x=torch.full((1, 4, 1, 1), 5.0), betas=torch.zeros(2)),
        "c": saved(tmp_path, "c", model__x=torch.full((1, 4, 1, 1), 3.0)),
    }


def test_the_inpainting_recipe_changes_the_first_four_channels(
    models: dict[str, Path], tmp_path: Path
) -> None:
    recipe = MergeRecipe(
        method=MergeMethod.ADD_DIFFERENCE, primary=models["a"], secondary=models["b"], tertiary=models["c"]
    )
    merged = run(recipe, tmp_path)
    assert merged["model.x"].flatten().tolist() == [2, 3, 4, 5, 4, 5, 6, 7, 8]
    assert merged["betas"].tolist() == [1, 1]


def test_weighted_sum(models: dict[str, Path], tmp_path: Path) -> None:
    recipe = MergeRecipe(
        method=MergeMethod.WEIGHTED_SUM, primary=models["b"], secondary=models["c"], multiplier=0.25
    )
    assert run(recipe, tmp_path)["model.x"].flatten().tolist() == [4.5] * 4


def test_a_tensor_missing_in_b_stays_and_one_missing_in_c_adds_nothing(tmp_path: Path) -> None:
    one = torch.ones(1)
    a = saved(tmp_path, "a", model__p=one, model__q=one)
    b = saved(tmp_path, "b", model__q=7 * one)
    c = saved(tmp_path, "c", model__other=one)
    recipe = MergeRecipe(method=MergeMethod.ADD_DIFFERENCE, primary=a, secondary=b, tertiary=c)
    merged = run(recipe, tmp_path)
    assert (merged["model.p"].item(), merged["model.q"].item()) == (1, 1)


def test_half_precision_discarding_and_a_baked_autoencoder(tmp_path: Path) -> None:
    one = torch.ones(1)
    a = saved(tmp_path, "a", first_stage_model__w=one, model__p=one, model_ema__p=one, betas=one)
    b = saved(tmp_path, "b", model__p=3 * one)
    vae = saved(tmp_path, "vae", w=9 * one, loss__w=one)
    recipe = MergeRecipe(
        method=MergeMethod.WEIGHTED_SUM,
        primary=a,
        secondary=b,
        multiplier=0.5,
        is_half=True,
        vae=vae,
        discard=r"^model_ema",
    )
    merged = run(recipe, tmp_path)
    assert merged.keys() == {"first_stage_model.w", "model.p", "betas"}
    assert merged["model.p"].dtype is torch.float16
    assert (merged["model.p"].item(), merged["first_stage_model.w"].item()) == (2, 9)
    assert merged["betas"].dtype is torch.float32


def test_the_file_keeps_metadata_and_says_how_it_was_made(models: dict[str, Path], tmp_path: Path) -> None:
    source = tmp_path / "named.safetensors"
    save_file({"model.x": torch.ones(1, 4, 1, 1)}, source, metadata={"title": "mine"})
    run(MergeRecipe(method=MergeMethod.NONE, primary=source), tmp_path)
    with safe_open(tmp_path / "merged.safetensors", framework="pt") as file:
        metadata = file.metadata()
    assert metadata["title"] == "mine"
    assert "named.safetensors" in metadata["sd_merge_recipe"]


@pytest.mark.parametrize(
    ("first", "second", "third", "error", "words"),
    [
        ("b", "a", None, InvalidRequest, "must be model A"),
        ("a", "b", "a", UnsupportedCheckpoint, "cannot be merged"),
        ("a", None, None, InvalidRequest, "needs a model B"),
    ],
)
def test_what_cannot_be_merged_writes_nothing(
    models: dict[str, Path],
    tmp_path: Path,
    first: str,
    second: str | None,
    third: str | None,
    error: type[Exception],
    words: str,
) -> None:
    recipe = MergeRecipe(
        method=MergeMethod.ADD_DIFFERENCE if third else MergeMethod.WEIGHTED_SUM,
        primary=models[first],
        secondary=models[second] if second else None,
        tertiary=models[third] if third else None,
    )
    with pytest.raises(error, match=words):
        list(merge(recipe, tmp_path / "merged.safetensors"))
    assert not list(tmp_path.glob("*merged*"))


def test_giving_up_leaves_nothing(models: dict[str, Path], tmp_path: Path) -> None:
    run = merge(MergeRecipe(method=MergeMethod.NONE, primary=models["a"]), tmp_path / "merged.safetensors")
    next(run)
    run.close()
    assert not list(tmp_path.glob("*merged*"))


def test_a_result_is_an_inpainting_model_when_a_is(tmp_path: Path) -> None:
    inpaint = tmp_path / "inpaint.safetensors"
    save_file({FIRST: torch.zeros(4, 9, 3, 3)}, inpaint)
    assert is_inpaint_result(MergeRecipe(method=MergeMethod.NONE, primary=inpaint))
    assert not is_inpaint_result(MergeRecipe(method=MergeMethod.NONE, primary=TINY_SD1))


@pytest.fixture
def tiny_custom(tmp_path: Path) -> Path:
    """The second model of the webui's runs: every half-precision tensor of the first plus noise."""
    generator = torch.Generator().manual_seed(77)
    tensors = {
        name: (tensor.float() + 0.02 * torch.randn(tensor.shape, generator=generator)).half()
        if tensor.dtype is torch.float16
        else tensor
        for name, tensor in sorted(load_file(TINY_SD1).items())
    }
    save_file(tensors, tmp_path / "custom.safetensors")
    return tmp_path / "custom.safetensors"


@pytest.mark.parametrize("case", WEBUI_DIGESTS)
def test_merges_equal_the_webuis_to_the_last_bit(case: str, tiny_custom: Path, tmp_path: Path) -> None:
    recipes = {
        "weighted-0.3": MergeRecipe(
            method=MergeMethod.WEIGHTED_SUM, primary=TINY_SD1, secondary=tiny_custom, multiplier=0.3
        ),
        "none": MergeRecipe(method=MergeMethod.NONE, primary=TINY_SD1, is_half=True),
    }
    lines = [
        f"{name} {hashlib.sha256(tensor.flatten().view(torch.uint8).numpy().tobytes()).hexdigest()}\n"
        for name, tensor in sorted(run(recipes[case], tmp_path).items())
    ]
    assert hashlib.sha256("".join(lines).encode()).hexdigest() == WEBUI_DIGESTS[case]
