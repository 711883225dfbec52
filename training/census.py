"""The judge of several subjects: which kinds are in a picture, and in which colour each of them is."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from training.data import to_pixels
from training.judge import Judge, Seed, answer, shrink, train_judge, weathered, with_checkpoint
from training.runs import Worker, device
from training.scenes import COLOURS, KINDS, Scene, draw, kind_of, main_colour, random_pair, random_scene
from training.sheets import Picture

SIDE_PX = 96
ABSENT = "absent"
ANSWERS: tuple[tuple[str, ...], ...] = ((ABSENT, *COLOURS),) * len(KINDS)
"""For each kind in turn: not there, or its colour."""
SCENE_PX = (96, 128, 192)
PAIR_SHARE = 0.6

Count = Mapping[str, str]
"""The colour of each kind that is there."""


class PairExam:
    """Drawn pictures, most of them of two subjects; the rest shows judges that there may be one or three."""

    def __init__(self, seed: Seed, pair_share: float = PAIR_SHARE) -> None:
        self.rng = np.random.default_rng(seed)
        self.pair_share = pair_share

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        """Pictures of 96 px in [-1, 1] and the index of each kind's colour."""
        scene_px = int(self.rng.choice(SCENE_PX))
        scenes = [self._scene() for _ in range(size)]
        pixels = to_pixels([draw(scene, scene_px, scene_px) for scene in scenes]).to(device())
        truth = torch.tensor([indices(count_of(scene)) for scene in scenes])
        return weathered(shrink(pixels, SIDE_PX), self.rng), truth

    def _scene(self) -> Scene:
        if self.rng.random() < self.pair_share:
            return random_pair(self.rng)
        scene = random_scene(self.rng, easy=0.5)
        return scene if scene.view != "face" else self._scene()


def count_of(scene: Scene) -> Count:
    """The kinds in a scene with the colours they are asked for by."""
    return {kind_of(subject): main_colour(subject) for subject in scene.subjects}


def indices(count: Count) -> list[int]:
    """The number of the right answer for each kind."""
    return [names.index(count.get(kind, ABSENT)) for kind, names in zip(KINDS, ANSWERS, strict=True)]


def new_census() -> Judge:
    """An untrained judge of several subjects."""
    return Judge(ANSWERS, SIDE_PX)


def train_census(worker: Worker, minutes: float) -> None:
    """Trains the judge of several subjects."""
    train_judge(worker, minutes, "census", new_census(), PairExam)


def load_census() -> Judge:
    """The trained judge of several subjects."""
    return with_checkpoint(new_census(), "census")


def count_pictures(judge: Judge, pictures: list[Picture]) -> list[Count]:
    """What is in each picture, of any sizes."""
    return [_named(row) for row in answer(judge, pictures)]


def _named(row: list[int]) -> Count:
    told = {kind: names[i] for kind, names, i in zip(KINDS, ANSWERS, row, strict=True)}
    return {kind: colour for kind, colour in told.items() if colour != ABSENT}
