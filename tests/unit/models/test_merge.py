import hashlib
import subprocess
import sys
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


def test_an_editing_models_further_channels_stay_too(tmp_path: Path) -> None:
    a = saved(tmp_path, "a", model__x=torch.arange(8.0).view(1, 8, 1, 1))
    b = saved(tmp_path, "b", model__x=torch.full((1, 4, 1, 1), 5.0))
    recipe = MergeRecipe(method=MergeMethod.WEIGHTED_SUM, primary=a, secondary=b, multiplier=1.0)
    assert run(recipe, tmp_path)["model.x"].flatten().tolist() == [5, 5, 5, 5, 4, 5, 6, 7]


@pytest.mark.parametrize("is_half", [True, False])
def test_mixed_precision_is_computed_in_the_higher(tmp_path: Path, is_half: bool) -> None:
    """But the first convolution of an inpainting model keeps its own: A1111 writes into its channels."""
    small = torch.tensor([1.0001])
    a = saved(tmp_path, "a", model__p=small.half(), model__x=torch.ones(1, 9, 1, 1).half())
    b = saved(tmp_path, "b", model__p=small, model__x=torch.full((1, 4, 1, 1), 1.0001))
    recipe = MergeRecipe(
        method=MergeMethod.WEIGHTED_SUM, primary=a, secondary=b, multiplier=0.5, is_half=is_half
    )
    merged = run(recipe, tmp_path)
    assert merged["model.p"].dtype is (torch.float16 if is_half else torch.float32)
    assert merged["model.p"].item() == (0.5 * small.half() + 0.5 * small).to(merged["model.p"].dtype).item()
    assert merged["model.x"].dtype is torch.float16


def test_a_difference_of_halves_is_rounded_before_it_is_added(tmp_path: Path) -> None:
    a, b, c = (torch.tensor([value]).half() for value in (2048.0, 1.0, 0.0004))
    files = [saved(tmp_path, name, model__p=value) for name, value in (("a", a), ("b", b), ("c", c))]
    recipe = MergeRecipe(
        method=MergeMethod.ADD_DIFFERENCE, primary=files[0], secondary=files[1], tertiary=files[2]
    )
    assert run(recipe, tmp_path)["model.p"].item() == (a + (b - c)).item()


@pytest.mark.parametrize(
    ("baked", "says"),
    [
        ({"other": torch.ones(1)}, "lacks the tensor w"),
        ({"w": torch.ones(2)}, "has another shape for the tensor w"),
        ({"encoder.down_blocks.0.x": torch.ones(1)}, "diffusers' layout"),
    ],
)
def test_what_is_no_autoencoder_of_the_model_is_not_baked_in(
    baked: dict[str, Tensor], says: str, tmp_path: Path
) -> None:
    a = saved(tmp_path, "a", first_stage_model__w=torch.ones(1))
    save_file(baked, tmp_path / "vae.safetensors")
    recipe = MergeRecipe(method=MergeMethod.NONE, primary=a, vae=tmp_path / "vae.safetensors")
    with pytest.raises(UnsupportedCheckpoint, match=says):
        list(merge(recipe, tmp_path / "merged.safetensors"))


def test_a_checkpoint_may_lend_its_autoencoder(tmp_path: Path) -> None:
    a = saved(tmp_path, "a", first_stage_model__w=torch.ones(1), model__p=torch.ones(1))
    other = saved(tmp_path, "b", first_stage_model__w=torch.full((1,), 9.0), model__p=torch.zeros(1))
    merged = run(MergeRecipe(method=MergeMethod.NONE, primary=a, vae=other), tmp_path)
    assert (merged["first_stage_model.w"].item(), merged["model.p"].item()) == (9, 1)


def test_the_configuration_beside_a_model_comes_along(models: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("b")
    (tmp_path / "c.yaml").write_text("c")
    recipe = MergeRecipe(
        method=MergeMethod.ADD_DIFFERENCE, primary=models["a"], secondary=models["b"], tertiary=models["c"]
    )
    run(recipe, tmp_path)
    assert (tmp_path / "merged.yaml").read_text() == "b"


@pytest.mark.parametrize("multiplier", [-2.1, 2.1, float("nan")])
def test_a_multiplier_out_of_range_is_refused(
    multiplier: float, models: dict[str, Path], tmp_path: Path
) -> None:
    recipe = MergeRecipe(
        method=MergeMethod.WEIGHTED_SUM, primary=models["b"], secondary=models["c"], multiplier=multiplier
    )
    with pytest.raises(InvalidRequest, match=r"between -2\.0 and 2\.0"):
        list(merge(recipe, tmp_path / "merged.safetensors"))


MEASURE = """
import resource, sys
from pathlib import Path
from underpaint.models.merge import MergeMethod, MergeRecipe, merge
paths = [Path(name) for name in sys.argv[1:]]
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
def run(a, b, c, out):
    list(merge(MergeRecipe(method=MergeMethod.ADD_DIFFERENCE, primary=a, secondary=b, tertiary=c, is_half=True), out))
run(*[paths[0]] * 3, paths[-1])  # a small one first: libraries, buffers
before = peak()
run(*paths[1:])
print((peak() - before) * (1 if sys.platform == "darwin" else 1024))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows counts no peak of a process like this")
def test_memory_holds_a_few_tensors_and_never_a_model(tmp_path: Path) -> None:
    """Three models of 64 tensors of 1 MiB each; mapped files would count with all three."""
    tensor = torch.ones(512, 1024, dtype=torch.float16)
    paths = [saved(tmp_path, "small", model__x=tensor)]
    for name in "abc":
        paths.append(tmp_path / f"{name}.safetensors")
        save_file({f"model.x{i}": tensor.clone() for i in range(64)}, paths[-1])
    size = paths[1].stat().st_size
    arguments = [sys.executable, "-c", MEASURE, *map(str, paths), str(tmp_path / "out.safetensors")]
    grown = int(subprocess.run(arguments, capture_output=True, text=True, check=True).stdout)
    assert grown < 0.25 * size


@pytest.mark.parametrize(
    ("first", "second", "third", "error", "words"),
    [
        ("b", "a", None, InvalidRequest, "must be model A"),
        ("a", "b", "a", UnsupportedCheckpoint, "cannot be merged"),
        ("a", "a", "b", InvalidRequest, "an inpainting model already"),
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


@pytest.fixture
def tiny_inpainting(tmp_path: Path) -> Path:
    """The first model with the first convolution of A1111's runs on an inpainting model; the rest of that model is not
    needed to tell the rule."""
    tensors = load_file(TINY_SD1)
    generator = torch.Generator().manual_seed(5)
    tensors[FIRST] = torch.randn(32, 9, 3, 3, generator=generator).half()
    save_file(tensors, tmp_path / "inpainting.safetensors")
    return tmp_path / "inpainting.safetensors"


@pytest.mark.parametrize("multiplier", [1.0, 0.5])
def test_the_inpainting_recipe_to_the_last_bit(
    multiplier: float, tiny_inpainting: Path, tiny_custom: Path, tmp_path: Path
) -> None:
    """Every tensor against the formula of the webui's merger in half precision."""
    recipe = MergeRecipe(
        method=MergeMethod.ADD_DIFFERENCE,
        primary=tiny_inpainting,
        secondary=tiny_custom,
        tertiary=TINY_SD1,
        multiplier=multiplier,
        is_half=True,
    )
    a, b, c = (load_file(path) for path in (tiny_inpainting, tiny_custom, TINY_SD1))
    for name, tensor in run(recipe, tmp_path).items():
        expected = a[name].clone()
        if "model" in name and name != IDS:
            channels = slice(0, b[name].shape[1]) if name == FIRST else slice(None)
            target = expected[:, channels] if name == FIRST else expected
            target.copy_(target + (b[name] - c[name]) * multiplier)
        assert torch.equal(tensor, expected), name


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
