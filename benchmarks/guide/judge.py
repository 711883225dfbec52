"""The judge of the experiments: it says what stands in a place of a picture, and in which colour.

    python -m benchmarks.guide.judge --minutes 10

trains it on drawn scenes alone, never on a generated picture, and writes `judge.safetensors` beside this file. The
judges of `training` always see a subject; this one has also learned what nothing looks like: empty land, rough daubs,
and noise that was not denoised.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from benchmarks.guide.look import cut
from training.data import to_pixels
from training.judge import Judge, Seed, answer, answers_and_truth, train_judge, weathered, with_checkpoint
from training.options import count, duration
from training.runs import Worker, device, launch
from training.scenes import (
    COLOURS,
    KINDS,
    Scene,
    draw,
    kind_of,
    main_colour,
    random_pair,
    random_scene,
    subject_mask,
)
from training.scenes.palette import LEAVES
from underpaint.geometry import Box
from underpaint.image.mask import bounding_box

WEIGHTS = Path(__file__).with_name("judge.safetensors")
CHECKPOINT = "guide-judge"
SIDE_PX, WIDTH = 64, 16
NOTHING = "nothing"
THINGS = (NOTHING, *KINDS)
ANSWERS: tuple[tuple[str, ...], ...] = (THINGS, COLOURS)
IGNORED = -100
"""Torch's mark for an answer that does not count."""

SCENE_PX = (96, 128, 192)
EMPTY_SHARE, DAUBED_SHARE, NOISY_SHARE = 0.16, 0.2, 0.05
BARK = (98, 64, 42)
SEEN_SHARE, LEAD = 0.08, 2.0
"""A place shows the subject that covers at least this share of it, and this many times as much as any other; of places
that show neither one subject nor none, nobody asks."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What the judge sees in a place."""

    thing: str
    """One of `THINGS`."""
    colour: str
    """Of the thing; means nothing where there is none."""


class PlaceExam:
    """Places of drawn pictures with what stands there."""

    def __init__(self, seed: Seed) -> None:
        self.rng = np.random.default_rng(seed)

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        """Places of 64 px in [-1, 1], and for each the index of the thing and of its colour."""
        questions = [self.question() for _ in range(size)]
        pixels = to_pixels([seen for seen, _ in questions]).to(device())
        return weathered(pixels, self.rng), torch.tensor([list(answer) for _, answer in questions])

    def question(self) -> tuple[np.ndarray, tuple[int, int]]:
        """One place and its answers."""
        roll = self.rng.random()
        if roll < EMPTY_SHARE:
            return self._land(), (0, IGNORED)
        if roll < EMPTY_SHARE + DAUBED_SHARE:
            return self._daubed(self._land()), (0, IGNORED)
        if roll < EMPTY_SHARE + DAUBED_SHARE + NOISY_SHARE:
            return self._noisy(self._land()), (0, IGNORED)
        return self._subject()

    def _land(self) -> np.ndarray:
        scene = replace(random_scene(self.rng, easy=0.0), view="scene", subjects=())
        side = self._side()
        return cut(draw(scene, side, side), self._box(side), 0.0, SIDE_PX)

    def _side(self) -> int:
        return int(self.rng.choice(SCENE_PX))

    def _box(self, side: int) -> Box:
        width = int(side * self.rng.uniform(0.3, 0.95))
        x, y = (int(self.rng.integers(0, side - width + 1)) for _ in range(2))
        return Box(x, y, width, width)

    def _daubed(self, seen: np.ndarray) -> np.ndarray:
        """A few blobs of colour, hard or blurred, as a sketch or an unfinished picture has them."""
        daubs = seen.copy()
        if self.rng.random() < 0.7:
            self._daub_tree(daubs)
        else:
            for _ in range(int(self.rng.integers(1, 8))):
                self._daub(daubs, (10, SIDE_PX - 10), (3, 22), self._colour())
        blur = float(self.rng.choice((0.0, 0.0, 1.0, 3.0)))
        return cv2.GaussianBlur(daubs, (0, 0), blur) if blur else daubs

    def _daub_tree(self, daubs: np.ndarray) -> None:
        """A flat crown of a few tones on a stick, as one sketches a tree."""
        middle, top = (int(v) for v in self.rng.integers((27, 28), (37, 38)))
        above, below = (int(v) for v in self.rng.integers((2, 2), (5, 7)))
        bottom = int(self.rng.integers(48, 62))
        stick = [
            (middle - above, top),
            (middle + above, top),
            (middle + below, bottom),
            (middle - below, bottom),
        ]
        bark = tuple(int(v) for v in np.array(BARK) * self.rng.uniform(0.7, 1.4))
        wood = bark if self.rng.random() < 0.6 else self._colour(20, 130)
        cv2.fillPoly(daubs, [np.array(stick, np.int32)], wood, cv2.LINE_AA)
        tones = self._leaf_tones() if self.rng.random() < 0.6 else [self._colour()]
        spread = int(self.rng.integers(2, 14))
        for _ in range(int(self.rng.integers(1, 9))):
            tone = tones[int(self.rng.integers(len(tones)))]
            self._daub(daubs, (SIDE_PX // 2 - 4 - spread, SIDE_PX // 2 + spread), (5, 19), tone)

    def _leaf_tones(self) -> list[tuple[int, ...]]:
        """The colours that drawn leaves have, so that colour alone makes no tree."""
        tones = tuple(LEAVES.values())[int(self.rng.integers(len(LEAVES)))]
        return [(tone >> 16, tone >> 8 & 255, tone & 255) for tone in tones]

    def _daub(
        self, daubs: np.ndarray, at: tuple[int, int], axes: tuple[int, int], colour: tuple[int, ...]
    ) -> None:
        middle, radii = (tuple(int(v) for v in self.rng.integers(*limits, 2)) for limits in (at, axes))
        turn = float(self.rng.uniform(0, 180))
        cv2.ellipse(daubs, middle, radii, turn, 0, 360, colour, -1, cv2.LINE_AA)

    def _colour(self, low: int = 20, high: int = 250) -> tuple[int, ...]:
        return tuple(int(v) for v in self.rng.integers(low, high, 3))

    def _noisy(self, seen: np.ndarray) -> np.ndarray:
        grain = self.rng.normal(0, self.rng.uniform(20, 90), (*[SIDE_PX // 2] * 2, 3)).astype(np.float32)
        noise = cv2.resize(grain, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_LINEAR)
        return np.clip(seen + noise, 0, 255).astype(np.uint8)

    def _subject(self) -> tuple[np.ndarray, tuple[int, int]]:
        scene, side = self._scene(), self._side()
        masks = [subject_mask(scene, i, side, side) for i in range(len(scene.subjects))]
        box = bounding_box(masks[int(self.rng.integers(len(masks)))])
        if box is None:
            return self.question()
        look, margin = self._shifted(box), float(self.rng.uniform(-0.08, 0.55))
        shares = [float(cut(mask, look, margin, SIDE_PX).mean()) / 255 for mask in masks]
        return cut(draw(scene, side, side), look, margin, SIDE_PX), _answers(scene, shares)

    def _scene(self) -> Scene:
        if self.rng.random() < 0.25:
            return random_pair(self.rng)
        return random_scene(self.rng, easy=0.6)

    def _shifted(self, box: Box) -> Box:
        reach = 0.16 * max(box.size)
        dx, dy = (round(v) for v in self.rng.uniform(-reach, reach, 2))
        return Box(box.x + dx, box.y + dy, *box.size)


def _answers(scene: Scene, shares: Sequence[float]) -> tuple[int, int]:
    """Which thing a place shows, given the share of it that each subject covers."""
    most, *others = sorted(range(len(shares)), key=lambda i: -shares[i])
    if shares[most] < SEEN_SHARE or any(shares[most] < LEAD * shares[i] for i in others):
        return IGNORED, IGNORED
    subject = scene.subjects[most]
    colour = IGNORED if scene.view == "face" else COLOURS.index(main_colour(subject))
    return THINGS.index(kind_of(subject)), colour


def new_judge() -> Judge:
    """An untrained judge."""
    return Judge(ANSWERS, SIDE_PX, WIDTH)


def train(worker: Worker, minutes: float) -> None:
    """Trains the judge, from its last checkpoint if there is one."""
    train_judge(worker, minutes, CHECKPOINT, new_judge(), PlaceExam)


def accuracy(judge: Judge, seed: int = 7777, batches: int = 32) -> dict[str, float]:
    """Shares of right answers about places of unseen scenes; and how often nothing is taken for something."""
    told, truth = answers_and_truth(judge, PlaceExam(seed), batches)
    asked = truth != IGNORED
    right = told == truth
    shares = {name: float(right[asked[:, i], i].float().mean()) for i, name in enumerate(("thing", "colour"))}
    empty = truth[:, 0] == 0
    return {**shares, "nothing": float(right[empty, 0].float().mean())}


def save(judge: Judge, figures: dict[str, float]) -> None:
    """Writes the weights in half precision, with the judge's own accuracy."""
    weights = {name: value.half().contiguous() for name, value in judge.state_dict().items()}
    save_file(weights, WEIGHTS, metadata={name: f"{value:.4f}" for name, value in figures.items()})


def load_judge() -> Judge:
    """The judge that lies beside this file."""
    judge = new_judge()
    judge.load_state_dict({name: value.float() for name, value in load_file(WEIGHTS).items()})
    return judge.eval().requires_grad_(False)


def own_accuracy() -> dict[str, float]:
    """What was measured of the judge when it was trained."""
    with safe_open(WEIGHTS, framework="pt") as file:
        return {name: float(value) for name, value in file.metadata().items()}


def sights(judge: Judge, places: Sequence[np.ndarray]) -> list[Sight]:
    """What stands in each place (RGB squares)."""
    return [Sight(THINGS[thing], COLOURS[colour]) for thing, colour in answer(judge, list(places))]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.guide.judge", description=__doc__)
    parser.add_argument("--minutes", type=duration, default=10, help="default: %(default)s")
    parser.add_argument("--workers", type=count, help="processes; one per core by default")
    options = parser.parse_args()
    launch(train, options.minutes, workers=options.workers)
    judge = with_checkpoint(new_judge(), CHECKPOINT)
    figures = accuracy(judge)
    save(judge, figures)
    print(" ".join(f"{name}={value:.3f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
