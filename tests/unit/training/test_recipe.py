"""The recipe for inpainting models, with networks of the right kinds and next to no width."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from training import denoiser, recipe, shipped, vae
from training.asks import Errand, fixed_errands
from training.card import model_card
from training.classifier import new_classifier
from training.denoiser import Denoiser
from training.export import FOLDER, INPAINTING, write_inpainting, write_storybook
from training.figures import prefixed, repainting_figures
from training.generate import Storybook
from training.lessons import RepaintingLesson
from training.lora import LowRank, add_low_rank, write_lora
from training.recipe import Dish, Ingredients, bake, make, prove
from training.scenes import InkPen, Look, draw, random_scene
from training.sheets import Picture
from training.shipped import Manner, load_folder
from training.text import new_text_encoder, new_tokenizer
from underpaint.models.lora import Applied, applied, read_lora
from underpaint.models.recommended import IN_FOLDER

FINE_TUNE_TITLE = "## Inpainting with a fine-tune"
UNET = Path("unet") / "diffusion_pytorch_model.safetensors"
MANNER = Manner(size_px=64, steps=1, workers=1)


@pytest.fixture(scope="module")
def ingredients(tmp_path_factory: pytest.TempPathFactory) -> Ingredients:
    """Random weights, but for those that the inpainting variant shares with its base."""
    folder = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(denoiser.CONFIG, "block_out_channels", (32, 32, 32))
        patch.setitem(vae.CONFIG, "block_out_channels", (8, 8, 8, 8))
        torch.manual_seed(0)
        tokenizer = new_tokenizer()
        painter, repainter = (
            Storybook(tokenizer, Denoiser(new_text_encoder(tokenizer), channels), vae.new_vae())
            for channels in (4, RepaintingLesson.channels)
        )
    # Untrained, the means of its answers are 0, and bringing them back after emphasis is 0 / 0.
    nn.init.ones_(painter.denoiser.text_encoder.get_parameter("final_layer_norm.bias"))
    write_storybook(painter, folder / "storybook")
    write_inpainting(repainter, folder / "storybook-inpainting")
    unet = painter.denoiser.unet
    add_low_rank(unet, rank=2)
    for module in unet.modules():
        if isinstance(module, LowRank):
            nn.init.normal_(module.up, std=0.3)
    lora = folder / "Lora" / "comic-ink.safetensors"
    write_lora(unet, lora, "comic-ink")
    return Ingredients(base=folder / "storybook", inpainting=folder / "storybook-inpainting", lora=lora)


@pytest.fixture(scope="module")
def dish(ingredients: Ingredients, tmp_path_factory: pytest.TempPathFactory) -> Dish:
    return make(ingredients, tmp_path_factory.mktemp("kitchen"))


def answer(unet: nn.Module) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    x, states = torch.randn(1, 4, 8, 8, generator=generator), torch.randn(1, 77, 128, generator=generator)
    return unet(x, torch.tensor([500]), states).sample


def test_both_models_recommend_what_the_shipped_ones_do(ingredients: Ingredients) -> None:
    written = {(folder / IN_FOLDER).read_text() for folder in (ingredients.base, ingredients.inpainting)}
    assert written == {(folder / IN_FOLDER).read_text() for folder in (FOLDER, INPAINTING)}


def test_a_baked_lora_paints_like_one_that_is_laid_on(ingredients: Ingredients, dish: Dish) -> None:
    """But for the half precision of the weights."""
    base, tuned = (load_folder(folder, "cpu") for folder in (ingredients.base, dish.tuned))
    plain, baked = answer(base.unet.network), answer(tuned.unet.network)
    added = Applied(lora=read_lora(ingredients.lora), text_strength=1.0, unet_strength=1.0)
    with applied(base.unet.network, base.text.network, [added]):
        laid_on = answer(base.unet.network)
    assert (baked - laid_on).abs().max() < 0.02 * (laid_on - plain).abs().max()


def test_baking_leaves_everything_else_as_it_was(ingredients: Ingredients, dish: Dish) -> None:
    files = sorted(
        path.relative_to(ingredients.base) for path in ingredients.base.rglob("*") if path.is_file()
    )
    assert files == sorted(path.relative_to(dish.tuned) for path in dish.tuned.rglob("*") if path.is_file())
    changed = [
        name for name in files if (ingredients.base / name).read_bytes() != (dish.tuned / name).read_bytes()
    ]
    assert changed == [UNET]


def test_the_made_model_is_the_inpainting_variant_and_what_the_fine_tune_learned(
    ingredients: Ingredients, dish: Dish
) -> None:
    base, tuned, inpainting, made = (
        load_file(folder / UNET)
        for folder in (ingredients.base, dish.tuned, ingredients.inpainting, dish.inpainting)
    )
    learned = {name for name in base if not torch.equal(base[name], tuned[name])}
    assert learned
    assert all("transformer_blocks" in name or "resnets" in name for name in learned)
    for name, weight in made.items():
        if name in learned:
            expected = inpainting[name].float() + (tuned[name].float() - base[name].float())
            assert torch.allclose(weight.float(), expected, atol=2e-3)
        else:
            assert torch.equal(weight, inpainting[name])


def test_the_made_model_stands_alone_and_repaints(
    ingredients: Ingredients, dish: Dish, tmp_path: Path
) -> None:
    alone = dish.inpainting.rename(tmp_path / "alone")
    model = load_folder(alone, "cpu")
    alone.rename(dish.inpainting)
    assert model.is_inpaint_model
    (errand,) = fixed_errands(1, 64)
    repainted = shipped.repaint(model, errand, seed=0, steps=1)
    assert repainted.shape == errand.picture.shape
    assert (repainted != errand.picture).any(2)[errand.mask > 0].mean() > 0.5


def test_an_older_dish_gives_way(ingredients: Ingredients, tmp_path: Path) -> None:
    out = tmp_path / "tuned"
    out.mkdir()
    (out / "old.txt").write_text("old")
    bake(ingredients.base, ingredients.lora, out)
    assert not (out / "old.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["tuned"]


def test_what_was_not_trained_is_named(ingredients: Ingredients, tmp_path: Path) -> None:
    assert ingredients.missing == []
    gone = tmp_path / "gone.safetensors"
    assert Ingredients(base=ingredients.base, inpainting=ingredients.inpainting, lora=gone).missing == [gone]


def test_ink_is_seen_where_an_object_was_painted_in_ink() -> None:
    """Other scenes stand for what is painted: their subjects lie in the holes as well."""
    errands = fixed_errands(12, 256)
    scenes = [random_scene(np.random.default_rng(seed), easy=1.0) for seed in range(12)]
    plain, inked = (
        recipe.ink_figures(errands, [draw(scene, 256, 256, look=look) for scene in scenes])
        for look in (Look(), Look(pen=InkPen))
    )
    assert inked["inked"] == 1
    assert plain["inked"] <= 0.25
    assert inked["ink_share"] > 5 * plain["ink_share"]


def test_the_proof_has_a_figure_for_every_painter_and_the_card_tells_them(
    ingredients: Ingredients, dish: Dish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    errands = fixed_errands(6, 64)
    asked: list[Path] = []

    def painted(asked_for: list[Errand], folder: Path, manner: Manner) -> list[Picture]:
        asked.append(folder)
        return [np.zeros_like(errand.picture) for errand in asked_for]

    monkeypatch.setattr(recipe, "KITCHEN", tmp_path)
    monkeypatch.setattr(recipe, "paint_all", painted)
    monkeypatch.setattr(recipe, "load_classifier", lambda: new_classifier().eval())
    monkeypatch.setattr(recipe, "DRAWN", 2)
    untouched = [errand.picture for errand in errands]
    proof = prove(ingredients, errands, untouched, MANNER)
    assert [folder.name for folder in asked] == ["storybook-comic-ink", "storybook-comic-ink.inpainting"]
    assert all(folder.parent == tmp_path for folder in asked)
    assert list(proof.sheets) == ["-recipe"]
    variant = prefixed("inpaint_", repainting_figures(new_classifier().eval(), errands, untouched))
    counts = {"prompts": 1, "pairs": 1, "errand_count": 6, "size_px": 64, "steps": 1}
    figures = {**counts, **variant, **proof.figures, "made_errands": 0.875, "tuned_inked": 0.75}
    card = model_card(figures)
    assert "87.5%" in card
    assert "75.0%" in card
    assert FINE_TUNE_TITLE in card
    assert FINE_TUNE_TITLE not in model_card({**counts, **variant})
