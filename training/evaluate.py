"""`python -m training.evaluate`: how good is the model that ships? Prints a table, writes the figures into the
model card, and a contact sheet."""

import argparse
import json
import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
import torch

from training.card import model_card
from training.classifier import Exam, Judge, Verdict, judge_pictures, load_judge
from training.export import FOLDER
from training.runs import RUNS, device, worker_count
from training.scenes import GROUNDS, KINDS, PART_COLOURS, SKIES, draw, random_scene
from training.sheets import Picture, contact_sheet, save_picture
from training.shipped import load_shipped, paint, round_trip_psnr_db

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


def fixed_prompts(count: int) -> list[Prompt]:
    """The same prompts every time; any first part of the list is balanced over kinds."""
    rng = np.random.default_rng(20)
    return [_prompt(KINDS[i % len(KINDS)], rng) for i in range(count)]


def _prompt(kind: str, rng: np.random.Generator) -> Prompt:
    wording, part = WORDING[kind]
    colour = str(rng.choice(PART_COLOURS[part]))
    sky, ground = str(rng.choice(SKIES)), str(rng.choice(GROUNDS))
    subject = wording.format(colour).replace("a orange", "an orange")
    return Prompt(f"{subject} {GROUND_WORDS[ground]}, {SKY_WORDS[sky]}", Verdict(kind, colour, sky, ground))


def unseen_scenes(count: int, size_px: int) -> list[Picture]:
    """Scenes whose random stream no training uses."""
    rng = np.random.default_rng(99)
    return [draw(random_scene(rng, easy=0.5), size_px, size_px) for _ in range(count)]


@torch.no_grad()
def judge_figures(judge: Judge, batches: int = 16) -> dict[str, float]:
    """The judge's own accuracy on unseen close scenes."""
    exam = Exam(seed=4242, easy=1.0)
    hits = []
    for _ in range(batches):
        pixels, truth = exam.batch(32)
        answers = torch.stack([a.argmax(1) for a in judge(pixels)], dim=1)
        hits.append((answers == truth).float())
    share = torch.cat(hits).mean(0).tolist()
    return dict(zip(("judge_kind", "judge_colour", "judge_sky", "judge_ground"), share, strict=True))


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


def paint_all(texts: list[str], size_px: int, steps: int) -> list[Picture]:
    """A picture per prompt, seeded by its place in the list; every core paints a share of them."""
    workers = worker_count()
    numbered = list(enumerate(texts))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as executor:
        jobs = [executor.submit(_paint_share, numbered[i::workers], size_px, steps) for i in range(workers)]
        painted = {seed: picture for job in jobs for seed, picture in job.result()}
    return [painted[seed] for seed, _ in numbered]


def _paint_share(numbered: list[tuple[int, str]], size_px: int, steps: int) -> list[tuple[int, Picture]]:
    torch.set_num_threads(1)
    model = load_shipped(device().type)
    return [(seed, paint(model, text, seed, size_px=size_px, steps=steps)) for seed, text in numbered]


def evaluate(count: int, size_px: int, steps: int) -> tuple[dict[str, float], list[Prompt], list[Picture]]:
    """All figures, with the prompts and pictures behind them."""
    model, judge = load_shipped(device().type), load_judge()
    prompts = fixed_prompts(count)
    pictures = paint_all([p.text for p in prompts], size_px, steps)
    figures = {
        "prompts": count,
        "size_px": size_px,
        "steps": steps,
        "vae_psnr_db": round_trip_psnr_db(model, unseen_scenes(64, 256)),
        **judge_figures(judge),
        **prompt_figures(prompts, judge_pictures(judge, pictures)),
    }
    return figures, prompts, pictures


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("--prompts", type=int, default=200)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--quick", action="store_true", help="24 prompts, 12 steps")
    options = parser.parse_args()
    count, steps = (24, 12) if options.quick else (options.prompts, options.steps)
    figures, prompts, pictures = evaluate(count, options.size, steps)
    for name, value in figures.items():
        print(f"{name:16} {value:8.3f}")
    name = "evaluation-quick" if options.quick else "evaluation"
    if not options.quick:
        (FOLDER / "MODEL_CARD.md").write_text(model_card(figures))
    (RUNS / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n")
    shown = min(48, count)
    sheet = contact_sheet(pictures[:shown], 8, [p.text for p in prompts[:shown]])
    save_picture(sheet, RUNS / f"{name}.png")


if __name__ == "__main__":
    main()
