"""`python -m training.recipe`: does inpainting + (fine-tune - base) give an inpainting model of the fine-tune?

The fine-tune is the builtin model with the LoRA comic-ink put into its weights. `underpaint models make-inpaint` makes the
inpainting model of it. What that paints into holes is measured beside what the builtin inpainting variant, which it should equal in
doing what it is told, and the fine-tune itself, which it should equal in style, paint into the same.
"""

import argparse
import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.torch import load_file, save_file
from torch import nn

from training.asks import Aim, Errand, fixed_errands
from training.classifier import judge_pictures, load_classifier
from training.export import FOLDER, INPAINTING, LORA_FOLDER, replaced
from training.figures import Evaluation, errand_sheet, prefixed, repainting_figures
from training.inking import ink_share, is_inked
from training.judge import Judge
from training.options import count
from training.repainting import loosened
from training.runs import RUNS, device
from training.scenes import InkPen, Look, draw, labels, random_scene, subject_mask
from training.sheets import Picture
from training.shipped import Manner, load_folder, manner_options, paint_all, round_trip
from underpaint.models.folder import weight_file
from underpaint.models.lora import Applied, applied, read_lora
from underpaint.models.merge import inpainting_recipe
from underpaint.models.merge_folders import merge_folders
from underpaint.models.stable_diffusion import StableDiffusion

KITCHEN = RUNS / "recipe"
PROOF = 150
"""So many errands, a third of them objects, tell apart what the recipe is about; the models themselves get more."""
DRAWN = 48
"""Scenes drawn in either look, to see what the measure of ink says of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredients:
    """Model folders, and the file of a LoRA for the base."""

    base: Path
    inpainting: Path
    lora: Path

    @property
    def missing(self) -> list[Path]:
        """Those that were not trained yet."""
        return [path for path in (self.base, self.inpainting, self.lora) if not path.exists()]


SHIPPED = Ingredients(base=FOLDER, inpainting=INPAINTING, lora=LORA_FOLDER / "comic-ink.safetensors")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dish:
    """Model folders that were made."""

    tuned: Path
    """The fine-tune."""
    inpainting: Path
    """The inpainting model of it."""


def make(ingredients: Ingredients, folder: Path) -> Dish:
    """Makes both models in a folder, where they take the place of older ones."""
    name = f"{ingredients.base.name}-{ingredients.lora.stem}"
    dish = Dish(tuned=folder / name, inpainting=folder / f"{name}.inpainting")
    bake(ingredients.base, ingredients.lora, dish.tuned)
    recipe = inpainting_recipe(dish.tuned, base=ingredients.base, inpaint=ingredients.inpainting)
    for _ in merge_folders(recipe, dish.inpainting):
        pass
    return dish


def bake(base: Path, lora: Path, out: Path) -> None:
    """Writes a copy of a model folder with a LoRA, at strength 1, in its weights."""
    model = load_folder(base, "cpu")
    unet, text_model = model.unet.network, model.text.network
    added = Applied(lora=read_lora(lora), text_strength=1.0, unet_strength=1.0)
    with replaced(out) as folder, applied(unet, text_model, [added]):
        shutil.copytree(base, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.md"))
        _overwrite(weight_file(folder / "unet"), unet)
        _overwrite(weight_file(folder / "text_encoder"), text_model)


def _overwrite(file: Path, network: nn.Module) -> None:
    """Puts a network's weights in the place of those in a file, in their precision."""
    values = network.state_dict()
    weights = {
        name: values[name.removeprefix("text_model.")].to(old.dtype).contiguous()
        for name, old in load_file(file).items()
    }
    save_file(weights, file, metadata={"format": "pt"})


def evaluate_variants(ingredients: Ingredients, errands: list[Errand], manner: Manner) -> Evaluation:
    """The figures of the inpainting variant, and where there is a LoRA, of the inpainting model that is made of both, which
    does the first of the errands."""
    changed = paint_all(errands, ingredients.inpainting, manner)
    figures = prefixed("inpaint_", repainting_figures(load_classifier(), errands, changed))
    result = Evaluation(figures, {"-variant": errand_sheet(errands, changed)})
    if ingredients.missing:
        return result
    return result | prove(ingredients, errands[:PROOF], changed[:PROOF], manner)


def prove(
    ingredients: Ingredients, errands: list[Errand], by_variant: list[Picture], manner: Manner
) -> Evaluation:
    """Makes both models and measures how they do the errands beside the inpainting variant, whose pictures are given."""
    dish = make(ingredients, KITCHEN)
    by_tuned = paint_all(errands, dish.tuned, manner)
    by_made = paint_all(errands, dish.inpainting, manner)
    classifier = load_classifier()
    figures = {
        "proof_count": len(errands),
        **prefixed("beside_", repainting_figures(classifier, errands, by_variant)),
        **prefixed("tuned_", repainting_figures(classifier, errands, by_tuned)),
        **prefixed("made_", repainting_figures(classifier, errands, by_made)),
        **prefixed("beside_", ink_figures(errands, by_variant)),
        **prefixed("tuned_", ink_figures(errands, by_tuned)),
        **prefixed("made_", ink_figures(errands, by_made)),
        **drawn_figures(load_folder(ingredients.base, device().type), classifier, manner.size_px),
    }
    objects = [i for i, errand in enumerate(errands) if errand.aim is Aim.OBJECT]
    painted = [[pictures[i] for i in objects] for pictures in (by_variant, by_tuned, by_made)]
    return Evaluation(figures, {"-recipe": errand_sheet([errands[i] for i in objects], *painted)})


def ink_figures(errands: list[Errand], pictures: list[Picture]) -> dict[str, float]:
    """How many of the objects painted in another's place are drawn in ink, and how much of the holes is. Other errands ask
    for too little or for scenery, which has few outlines."""
    objects = [
        (picture, errand.mask)
        for errand, picture in zip(errands, pictures, strict=True)
        if errand.aim is Aim.OBJECT
    ]
    return _ink_figures(objects)


def _ink_figures(holes: list[tuple[Picture, Picture]]) -> dict[str, float]:
    """Of pictures with their masks."""
    return {
        "inked": float(np.mean([is_inked(picture, mask) for picture, mask in holes])),
        "ink_share": float(np.mean([ink_share(picture, mask) for picture, mask in holes])),
    }


def drawn_figures(model: StableDiffusion, classifier: Judge, size_px: int) -> dict[str, float]:
    """What measure and judge say of scenes that are drawn plainly and in ink, seen through the model's autoencoder."""
    rng = np.random.default_rng(23)
    scenes = [random_scene(rng, easy=1.0) for _ in range(DRAWN)]
    masks = [loosened(subject_mask(scene, 0, size_px, size_px), rng) for scene in scenes]

    def seen(look: Look) -> list[Picture]:
        drawn = (draw(scene, size_px, size_px, look=look) for scene in scenes)
        return [(255 * round_trip(model, picture)).round().astype(np.uint8) for picture in drawn]

    plain, inked = seen(Look()), seen(Look(pen=InkPen))
    truths = [(told.kind, told.colour) for told in map(labels, scenes)]
    found = judge_pictures(classifier, inked)
    right = [(s.kind, s.colour) == truth for s, truth in zip(found, truths, strict=True)]
    return {
        **prefixed("drawn_plain_", _ink_figures(list(zip(plain, masks, strict=True)))),
        **prefixed("drawn_ink_", _ink_figures(list(zip(inked, masks, strict=True)))),
        "judge_ink": float(np.mean(right)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.recipe", description=__doc__, parents=[manner_options()]
    )
    parser.add_argument(
        "--errands", type=count, default=PROOF, help="new objects, colours, backgrounds; default: %(default)s"
    )
    parser.add_argument(
        "--base", type=Path, default=SHIPPED.base, help="a model folder; default: the builtin model"
    )
    parser.add_argument(
        "--inpainting",
        type=Path,
        default=SHIPPED.inpainting,
        help="the inpainting model of it; default: the builtin one",
    )
    parser.add_argument(
        "--lora",
        type=Path,
        default=SHIPPED.lora,
        help=f"what the fine-tune has learned; default: the builtin {SHIPPED.lora.stem}",
    )
    options = parser.parse_args()
    ingredients = Ingredients(base=options.base, inpainting=options.inpainting, lora=options.lora)
    if ingredients.missing:
        parser.error(f"not trained yet: {', '.join(map(str, ingredients.missing))}")
    manner = Manner.of(options)
    errands = fixed_errands(options.errands, manner.size_px)
    evaluate_variants(ingredients, errands, manner).report(KITCHEN, "evaluation")


if __name__ == "__main__":
    main()
