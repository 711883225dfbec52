"""`python -m training.evaluate`: how good is the model that ships? Prints a table, writes the figures into the
model card, and a contact sheet."""

import argparse
import json
import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import permutations
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from training.card import model_card
from training.census import Count, PairExam, count_pictures, load_census
from training.classifier import QUESTIONS, SceneExam, Verdict, judge_pictures, load_classifier
from training.courses import is_held_out_pair
from training.export import FOLDER
from training.judge import Judge, hits
from training.runs import RUNS, device, worker_count
from training.scenes import GROUNDS, KINDS, PART_COLOURS, SKIES, draw, random_scene
from training.sheets import Picture, contact_sheet, save_picture
from training.shipped import load_folder, paint, round_trip_psnr_db

WORDING = {
    "girl": ("a girl with a {} dress", "dress"),
    "cat": ("a {} cat", "fur"),
    "tree": ("a tree with {} leaves", "leaves"),
    "bush": ("a bush with {} leaves", "leaves"),
    "house": ("a house with a {} roof", "roof"),
    "flower": ("a {} flower", "petals"),
}
GROUND_WORDS = {
    "grass": "on the grass",
    "sand": "on the sand",
    "snow": "in the snow",
    "sea": "by the sea",
    "field": "in a field",
}
SKY_WORDS = {"day": "day", "sunset": "sunset", "night": "night"}


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt and what a picture of it must show."""

    text: str
    truth: Verdict


@dataclass(frozen=True, slots=True)
class PairPrompt:
    """A prompt for two subjects, and the colours they must have."""

    text: str
    truth: Count


def fixed_prompts(count: int) -> list[Prompt]:
    """The same prompts every time; any first part of the list is balanced over kinds."""
    rng = np.random.default_rng(20)
    return [_prompt(KINDS[i % len(KINDS)], rng) for i in range(count)]


def _prompt(kind: str, rng: np.random.Generator) -> Prompt:
    colour = _colour(kind, rng)
    sky, ground = str(rng.choice(SKIES)), str(rng.choice(GROUNDS))
    text = f"{_worded(kind, colour)} {GROUND_WORDS[ground]}, {SKY_WORDS[sky]}"
    return Prompt(text, Verdict(kind, colour, sky, ground))


def fixed_pairs(count: int) -> list[PairPrompt]:
    """The same prompts for two subjects every time; all kinds meet, in colours that training never combined."""
    rng = np.random.default_rng(21)
    meetings = list(permutations(KINDS, 2))
    order = [meetings[i] for i in rng.permutation(len(meetings))]
    return [_pair(*order[i % len(order)], rng) for i in range(count)]


def _pair(first: str, second: str, rng: np.random.Generator) -> PairPrompt:
    colours = _colour(first, rng), _colour(second, rng)
    while not is_held_out_pair((first, colours[0]), (second, colours[1])):
        colours = _colour(first, rng), _colour(second, rng)
    sky, ground = str(rng.choice(SKIES)), str(rng.choice(GROUNDS))
    subjects = f"{_worded(first, colours[0])} and {_worded(second, colours[1])}"
    text = f"{subjects} {GROUND_WORDS[ground]}, {SKY_WORDS[sky]}"
    return PairPrompt(text, dict(zip((first, second), colours, strict=True)))


def _colour(kind: str, rng: np.random.Generator) -> str:
    return str(rng.choice(PART_COLOURS[WORDING[kind][1]]))


def _worded(kind: str, colour: str) -> str:
    return WORDING[kind][0].format(colour).replace("a orange", "an orange")


def unseen_scenes(count: int, size_px: int) -> list[Picture]:
    """Scenes whose random stream no training uses."""
    rng = np.random.default_rng(99)
    return [draw(random_scene(rng, easy=0.5), size_px, size_px) for _ in range(count)]


def judge_figures(classifier: Judge, census: Judge, batches: int = 16) -> dict[str, float]:
    """The judges' own accuracy on unseen drawn scenes: close ones, and pairs with every answer right."""
    shares = hits(classifier, SceneExam(seed=4242, easy=1.0), batches).float().mean(0).tolist()
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


def paint_all(texts: list[str], folder: Path, size_px: int, steps: int, workers: int) -> list[Picture]:
    """A picture per prompt, seeded by its place in the list; every worker paints a share of them."""
    numbered = list(enumerate(texts))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as executor:
        jobs = [
            executor.submit(_paint_share, numbered[i::workers], folder, size_px, steps)
            for i in range(workers)
        ]
        painted = {seed: picture for job in jobs for seed, picture in job.result()}
    return [painted[seed] for seed, _ in numbered]


def _paint_share(
    numbered: list[tuple[int, str]], folder: Path, size_px: int, steps: int
) -> list[tuple[int, Picture]]:
    torch.set_num_threads(1)
    model = load_folder(folder, device().type)
    return [(seed, paint(model, text, seed, size_px=size_px, steps=steps)) for seed, text in numbered]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures, and the pictures behind them."""

    figures: dict[str, float]
    texts: list[str]
    pictures: list[Picture]
    pair_texts: list[str]
    pair_pictures: list[Picture]


def evaluate(folder: Path, count: int, pairs: int, size_px: int, steps: int, workers: int) -> Evaluation:
    """All figures of the model in a folder."""
    model = load_folder(folder, device().type)
    classifier, census = load_classifier(), load_census()
    prompts, doubles = fixed_prompts(count), fixed_pairs(pairs)
    texts, pair_texts = [p.text for p in prompts], [p.text for p in doubles]
    painted = paint_all([*texts, *pair_texts], folder, size_px, steps, workers)
    pictures, pair_pictures = painted[:count], painted[count:]
    figures = {
        "prompts": count,
        "pairs": pairs,
        "size_px": size_px,
        "steps": steps,
        "vae_psnr_db": round_trip_psnr_db(model, unseen_scenes(64, 256)),
        **judge_figures(classifier, census),
        **prompt_figures(prompts, judge_pictures(classifier, pictures)),
        **pair_figures(doubles, count_pictures(census, pair_pictures)),
    }
    return Evaluation(figures, texts, pictures, pair_texts, pair_pictures)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("--prompts", type=int, default=200)
    parser.add_argument("--pairs", type=int, default=120, help="prompts for two subjects")
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--quick", action="store_true", help="24 prompts, 12 pairs, 12 steps")
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="the model; only the shipped one gets a card"
    )
    parser.add_argument(
        "--workers", type=int, default=worker_count(), help="processes; one per core by default"
    )
    options = parser.parse_args()
    count, pairs, steps = (24, 12, 12) if options.quick else (options.prompts, options.pairs, options.steps)
    result = evaluate(options.folder, count, pairs, options.size, steps, options.workers)
    for name, value in result.figures.items():
        print(f"{name:22} {value:8.3f}")
    is_shipped = options.folder.resolve() == FOLDER
    name = "evaluation" if is_shipped else f"evaluation-{options.folder.name}"
    if options.quick:
        name += "-quick"
    elif is_shipped:
        (FOLDER / "MODEL_CARD.md").write_text(model_card(result.figures))
    (RUNS / f"{name}.json").write_text(json.dumps(result.figures, indent=2) + "\n")
    save_picture(_sheet(result.pictures, result.texts), RUNS / f"{name}.png")
    save_picture(_sheet(result.pair_pictures, result.pair_texts), RUNS / f"{name}-pairs.png")


def _sheet(pictures: list[Picture], texts: list[str]) -> Picture:
    return contact_sheet(pictures[:48], 8, texts[:48])


if __name__ == "__main__":
    main()
