"""`python -m training.evaluate`: how good is the model that ships? Prints a table, writes the figures into the
model card, and contact sheets."""

import argparse
import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from training.adopt import released_vae
from training.asks import fixed_errands, fixed_pairs, fixed_prompts
from training.captioner_exam import captioner_figures
from training.captioner_folder import CAPTIONER_FOLDER
from training.card import model_card
from training.census import count_pictures, load_census
from training.classifier import judge_pictures, load_classifier
from training.export import FOLDER
from training.figures import (
    Evaluation,
    errand_sheet,
    judge_figures,
    mean_seam,
    pair_figures,
    prompt_figures,
    repainting_figures,
)
from training.options import count
from training.recipe import SHIPPED, evaluate_variants
from training.runs import RUNS, device
from training.scenes import draw, random_scene
from training.sheets import Picture, interleaved_sheet
from training.shipped import Manner, load_folder, manner_options, paint_all, round_trip_psnr_db
from underpaint.models.captioner import load_captioner
from underpaint.models.parts import INDEX


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much is asked for."""

    prompts: int
    pairs: int
    """Prompts for two subjects."""
    errands: int


FULL = Extent(prompts=500, pairs=120, errands=500)
SHEETS = RUNS.parent / "docs" / "images" / "storybook"
"""The pictures that the card shows."""
QUICK = Extent(prompts=24, pairs=12, errands=12)
QUICK_STEPS = 12


def unseen_scenes(count: int, size_px: int) -> list[Picture]:
    """Scenes whose random stream no training uses."""
    rng = np.random.default_rng(99)
    return [draw(random_scene(rng, easy=0.5), size_px, size_px) for _ in range(count)]


def evaluate(folder: Path, extent: Extent, manner: Manner) -> Evaluation:
    """All figures of the model in a folder, but none of its variants."""
    classifier, census = load_classifier(), load_census()
    prompts, pairs = fixed_prompts(extent.prompts), fixed_pairs(extent.pairs)
    errands = fixed_errands(extent.errands, manner.size_px)
    texts, pair_texts = [p.text for p in prompts], [p.text for p in pairs]
    painted = paint_all([*texts, *pair_texts, *errands], folder, manner)
    pictures, rest = painted[: extent.prompts], painted[extent.prompts :]
    pair_pictures, changed = rest[: extent.pairs], rest[extent.pairs :]
    figures = {
        "prompts": extent.prompts,
        "pairs": extent.pairs,
        "errand_count": extent.errands,
        "size_px": manner.size_px,
        "steps": manner.steps,
        "vae_psnr_db": round_trip_psnr_db(load_folder(folder, device().type), unseen_scenes(64, 256)),
        **judge_figures(classifier, census, released_vae(folder)),
        **prompt_figures(prompts, judge_pictures(classifier, pictures)),
        **pair_figures(pairs, count_pictures(census, pair_pictures)),
        "seam_before": mean_seam(errands, [errand.picture for errand in errands]),
        **repainting_figures(classifier, errands, changed),
        **captioner_figures(load_captioner(CAPTIONER_FOLDER)),
    }
    sheets = {
        "": interleaved_sheet([pictures], [texts]),
        "-pairs": interleaved_sheet([pair_pictures], [pair_texts]),
        "-errands": errand_sheet(errands, changed),
    }
    return Evaluation(figures, sheets)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.evaluate", description=__doc__, parents=[manner_options()]
    )
    parser.add_argument("--prompts", type=count, default=FULL.prompts, help="default: %(default)s")
    parser.add_argument(
        "--pairs", type=count, default=FULL.pairs, help="prompts for two subjects; default: %(default)s"
    )
    parser.add_argument(
        "--errands",
        type=count,
        default=FULL.errands,
        help="inpainting: new objects, colours, backgrounds; default: %(default)s",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help=f"{QUICK.prompts} prompts, {QUICK.pairs} pairs, {QUICK.errands} errands, {QUICK_STEPS} steps",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=FOLDER,
        help="the model; default: the shipped one, which gets a new card if --prompts, --pairs, --errands, --size and --steps "
        "are the defaults",
    )
    options = parser.parse_args()
    if not (options.folder / INDEX).is_file():
        parser.error(f"--folder {options.folder} holds no model: {INDEX} is missing")
    extent = Extent(prompts=options.prompts, pairs=options.pairs, errands=options.errands)
    manner = Manner.of(options)
    if options.quick:
        extent, manner = QUICK, replace(manner, steps=QUICK_STEPS)
    usual = Manner.of(parser.parse_args([]))
    is_full = extent == FULL and replace(manner, workers=usual.workers) == usual
    is_shipped = options.folder.resolve() == FOLDER
    result = evaluate(options.folder, extent, manner)
    if is_shipped and SHIPPED.inpainting.is_dir():
        result |= evaluate_variants(SHIPPED, fixed_errands(extent.errands, manner.size_px), manner)
    name = "evaluation" if is_shipped else f"evaluation-{options.folder.name}"
    ending = "" if is_full else "-quick" if options.quick else "-part"
    result.report(RUNS, f"{name}{ending}")
    if is_shipped and is_full:
        (FOLDER / "MODEL_CARD.md").write_text(model_card(result.figures))
        result.show(SHEETS)


if __name__ == "__main__":
    main()
