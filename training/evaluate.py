"""`python -m training.evaluate`: how good is the model that ships? Prints a table, writes the figures into the
model card, and a contact sheet."""

import argparse
import json
import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL

from training.adopt import released_vae
from training.asks import Aim, Errand, PairPrompt, Prompt, fixed_errands, fixed_pairs, fixed_prompts
from training.captioner_exam import captioner_figures
from training.captioner_folder import CAPTIONER_FOLDER
from training.card import model_card
from training.census import Count, PairExam, count_pictures, load_census
from training.classifier import QUESTIONS, SceneExam, Verdict, judge_pictures, load_classifier
from training.export import FOLDER, INPAINTING
from training.judge import Judge, hits
from training.runs import RUNS, device, worker_count
from training.scenes import KINDS, draw, random_scene
from training.seam import seam_score
from training.sheets import Picture, contact_sheet, marked, save_picture
from training.shipped import load_folder, paint, repaint, round_trip_psnr_db
from underpaint.models.captioner import load_captioner


def unseen_scenes(count: int, size_px: int) -> list[Picture]:
    """Scenes whose random stream no training uses."""
    rng = np.random.default_rng(99)
    return [draw(random_scene(rng, easy=0.5), size_px, size_px) for _ in range(count)]


def judge_figures(
    classifier: Judge, census: Judge, vae: AutoencoderKL, batches: int = 16
) -> dict[str, float]:
    """The judges' own accuracy on unseen drawn scenes: close ones, some of them through the autoencoder, and pairs with
    every answer right."""
    shares = hits(classifier, SceneExam(4242, vae, easy=1.0), batches).float().mean(0).tolist()
    pairs = hits(census, PairExam(seed=4343, pair_share=1.0), batches).all(1).float().mean()
    names = [f"judge_{question}" for question in QUESTIONS]
    return {**dict(zip(names, shares, strict=True)), "judge_pair": float(pairs)}


def prompt_figures(prompts: list[Prompt], verdicts: list[Verdict]) -> dict[str, float]:
    """Shares of prompts whose pictures show what was asked for."""
    pairs = [(p.truth, v) for p, v in zip(prompts, verdicts, strict=True)]
    figures = {
        question: float(np.mean([getattr(t, question) == getattr(v, question) for t, v in pairs]))
        for question in ("kind", "colour", "sky", "ground")
    }
    both = float(np.mean([t.kind == v.kind and t.colour == v.colour for t, v in pairs]))
    by_kind = {
        f"kind_{kind}": float(np.mean([t.kind == v.kind for t, v in pairs if t.kind == kind]))
        for kind in KINDS
    }
    return {**figures, "kind_and_colour": both, **by_kind}


def pair_figures(prompts: list[PairPrompt], counts: list[Count]) -> dict[str, float]:
    """Shares of prompts whose pictures show both subjects, show them in their colours, and show nothing else."""
    pairs = [(p.truth, c) for p, c in zip(prompts, counts, strict=True)]
    return {
        "pair_kinds": float(np.mean([truth.keys() <= seen.keys() for truth, seen in pairs])),
        "pair_kinds_and_colours": float(np.mean([truth.items() <= seen.items() for truth, seen in pairs])),
        "pair_and_nothing_else": float(np.mean([truth == seen for truth, seen in pairs])),
    }


def errand_figures(errands: list[Errand], verdicts: list[Verdict]) -> dict[str, float]:
    """Shares of errands done, for each aim and in all."""
    done = [(errand.aim, errand.is_done(seen)) for errand, seen in zip(errands, verdicts, strict=True)]
    by_aim = {f"errand_{aim}": float(np.mean([ok for its, ok in done if its is aim])) for aim in Aim}
    return {**by_aim, "errands": float(np.mean([ok for _, ok in done]))}


def mean_seam(errands: list[Errand], pictures: list[Picture]) -> float:
    """The mean seam score where an object was painted in another's place: there the mask's edge lies in the open."""
    return float(
        np.mean(
            [
                seam_score(picture, errand.mask)
                for errand, picture in zip(errands, pictures, strict=True)
                if errand.aim is Aim.OBJECT
            ]
        )
    )


def paint_all(
    asked: Sequence[str | Errand], folder: Path, size_px: int, steps: int, workers: int
) -> list[Picture]:
    """A picture per prompt or errand, seeded by its place in the list; every worker paints a share of them."""
    numbered = list(enumerate(asked))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as executor:
        jobs = [
            executor.submit(_paint_share, numbered[i::workers], folder, size_px, steps)
            for i in range(workers)
        ]
        painted = {seed: picture for job in jobs for seed, picture in job.result()}
    return [painted[seed] for seed, _ in numbered]


def _paint_share(
    numbered: list[tuple[int, str | Errand]], folder: Path, size_px: int, steps: int
) -> list[tuple[int, Picture]]:
    torch.set_num_threads(1)
    model = load_folder(folder, device().type)
    return [
        (
            seed,
            paint(model, asked, seed, size_px=size_px, steps=steps)
            if isinstance(asked, str)
            else repaint(model, asked, seed, steps=steps),
        )
        for seed, asked in numbered
    ]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures, and the pictures behind them."""

    figures: dict[str, float]
    texts: list[str]
    pictures: list[Picture]
    pair_texts: list[str]
    pair_pictures: list[Picture]
    errands: list[Errand]
    errand_pictures: list[Picture]
    variant_pictures: list[Picture]
    """The errands done by the inpainting variant."""


def evaluate(
    folder: Path,
    variant: Path | None,
    count: int,
    pairs: int,
    errands: int,
    size_px: int,
    steps: int,
    workers: int,
) -> Evaluation:
    """All figures of the model in a folder, and of its inpainting variant."""
    model = load_folder(folder, device().type)
    classifier, census = load_classifier(), load_census()
    prompts, doubles = fixed_prompts(count), fixed_pairs(pairs)
    texts, pair_texts = [p.text for p in prompts], [p.text for p in doubles]
    changes = fixed_errands(errands, size_px)
    painted = paint_all([*texts, *pair_texts, *changes], folder, size_px, steps, workers)
    pictures, pair_pictures = painted[:count], painted[count : count + pairs]
    changed = painted[count + pairs :]
    varied = paint_all(changes, variant, size_px, steps, workers) if variant else []
    figures = {
        "prompts": count,
        "pairs": pairs,
        "errand_count": errands,
        "size_px": size_px,
        "steps": steps,
        "vae_psnr_db": round_trip_psnr_db(model, unseen_scenes(64, 256)),
        **judge_figures(classifier, census, released_vae(folder)),
        **prompt_figures(prompts, judge_pictures(classifier, pictures)),
        **pair_figures(doubles, count_pictures(census, pair_pictures)),
        **errand_figures(changes, judge_pictures(classifier, changed)),
        "seam_before": mean_seam(changes, [errand.picture for errand in changes]),
        "seam": mean_seam(changes, changed),
        **captioner_figures(load_captioner(CAPTIONER_FOLDER)),
    }
    if variant:
        done = {
            **errand_figures(changes, judge_pictures(classifier, varied)),
            "seam": mean_seam(changes, varied),
        }
        figures |= {f"inpaint_{name}": value for name, value in done.items()}
    return Evaluation(figures, texts, pictures, pair_texts, pair_pictures, changes, changed, varied)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("--prompts", type=int, default=500)
    parser.add_argument("--pairs", type=int, default=120, help="prompts for two subjects")
    parser.add_argument(
        "--errands", type=int, default=500, help="inpainting: new objects, colours, backgrounds"
    )
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--quick", action="store_true", help="24 prompts, 12 pairs, 12 errands, 12 steps")
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="the model; only the shipped one gets a card"
    )
    parser.add_argument(
        "--workers", type=int, default=worker_count(), help="processes; one per core by default"
    )
    options = parser.parse_args()
    counts = (24, 12, 12) if options.quick else (options.prompts, options.pairs, options.errands)
    steps = 12 if options.quick else options.steps
    is_shipped = options.folder.resolve() == FOLDER
    variant = INPAINTING if is_shipped and INPAINTING.is_dir() else None
    result = evaluate(options.folder, variant, *counts, options.size, steps, options.workers)
    for name, value in result.figures.items():
        print(f"{name:22} {value:8.3f}")
    name = "evaluation" if is_shipped else f"evaluation-{options.folder.name}"
    if options.quick:
        name += "-quick"
    elif is_shipped:
        (FOLDER / "MODEL_CARD.md").write_text(model_card(result.figures))
    RUNS.mkdir(exist_ok=True)
    (RUNS / f"{name}.json").write_text(json.dumps(result.figures, indent=2) + "\n")
    save_picture(_sheet(result.pictures, result.texts), RUNS / f"{name}.png")
    save_picture(_sheet(result.pair_pictures, result.pair_texts), RUNS / f"{name}-pairs.png")
    save_picture(_errand_sheet(result.errands, result.errand_pictures), RUNS / f"{name}-errands.png")
    if result.variant_pictures:
        save_picture(_errand_sheet(result.errands, result.variant_pictures), RUNS / f"{name}-variant.png")


def _errand_sheet(errands: list[Errand], pictures: list[Picture]) -> Picture:
    before_and_after = [
        picture
        for errand, after in zip(errands, pictures, strict=True)
        for picture in (marked(errand.picture, errand.mask), after)
    ]
    return _sheet(before_and_after, [text for errand in errands for text in (errand.aim, errand.text)])


def _sheet(pictures: list[Picture], texts: list[str]) -> Picture:
    return contact_sheet(pictures[:48], 8, texts[:48])


if __name__ == "__main__":
    main()
