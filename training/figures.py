"""What is measured of pictures that were asked for: shares of them in which the judges see it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.asks import Aim, Errand, PairPrompt, Prompt
from training.census import Count, PairExam
from training.classifier import QUESTIONS, SceneExam, Seen, judge_pictures
from training.judge import Judge, hits
from training.scenes import KINDS
from training.seam import seam_score
from training.sheets import Picture, interleaved_sheet, marked, save_picture
from training.vae import Autoencoder


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures by name, and sheets of the pictures behind them by the ending of their file's name."""

    figures: dict[str, float]
    sheets: dict[str, Picture]

    def __or__(self, other: "Evaluation") -> "Evaluation":
        return Evaluation(self.figures | other.figures, self.sheets | other.sheets)

    def report(self, folder: Path, name: str) -> None:
        """Prints the figures and writes all into a folder: `<name>.json` and `<name><ending>.png`."""
        for figure, value in self.figures.items():
            print(f"{figure:26} {value:8.3f}")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.json").write_text(json.dumps(self.figures, indent=2) + "\n")
        for ending, sheet in self.sheets.items():
            save_picture(sheet, folder / f"{name}{ending}.png")

    def show(self, folder: Path) -> None:
        """Writes the sheets small enough to be kept beside the card: `prompts.webp` and one for each ending."""
        for ending, sheet in self.sheets.items():
            save_picture(sheet, folder / f"{ending.removeprefix('-') or 'prompts'}.webp")


def prefixed(prefix: str, figures: Mapping[str, float]) -> dict[str, float]:
    """The figures under longer names."""
    return {f"{prefix}{name}": value for name, value in figures.items()}


def judge_figures(classifier: Judge, census: Judge, vae: Autoencoder, batches: int = 16) -> dict[str, float]:
    """The judges' own accuracy on unseen drawn scenes: close ones, some of them through the autoencoder, and pairs with
    every answer right."""
    shares = hits(classifier, SceneExam(4242, vae, easy=1.0), batches).float().mean(0).tolist()
    pairs = hits(census, PairExam(seed=4343, pair_share=1.0), batches).all(1).float().mean()
    names = [f"judge_{question}" for question in QUESTIONS]
    return {**dict(zip(names, shares, strict=True)), "judge_pair": float(pairs)}


def prompt_figures(prompts: list[Prompt], found: list[Seen]) -> dict[str, float]:
    """Shares of prompts whose pictures show what was asked for."""
    pairs = [(p.truth, s) for p, s in zip(prompts, found, strict=True)]
    figures = {
        question: float(np.mean([getattr(t, question) == getattr(s, question) for t, s in pairs]))
        for question in QUESTIONS
    }
    both = float(np.mean([t.kind == s.kind and t.colour == s.colour for t, s in pairs]))
    by_kind = {
        f"kind_{kind}": float(np.mean([t.kind == s.kind for t, s in pairs if t.kind == kind]))
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


def repainting_figures(classifier: Judge, errands: list[Errand], pictures: list[Picture]) -> dict[str, float]:
    """Shares of errands done, and how visible the seams are."""
    found = judge_pictures(classifier, pictures)
    return {**errand_figures(errands, found), "seam": mean_seam(errands, pictures)}


def errand_figures(errands: list[Errand], found: list[Seen]) -> dict[str, float]:
    """Shares of errands done, for each aim and in all."""
    done = [(errand.aim, errand.is_done(seen)) for errand, seen in zip(errands, found, strict=True)]
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


def errand_sheet(errands: list[Errand], *painted: list[Picture]) -> Picture:
    """What was to be changed, and what several painters made of it, errand by errand."""
    before = [marked(errand.picture, errand.mask) for errand in errands]
    captions = [[errand.aim for errand in errands], *([errand.text for errand in errands] for _ in painted)]
    return interleaved_sheet([before, *painted], captions)
