"""What the captioner learns from: drawn pictures with their descriptions, and what is where in them."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.asks import WORDING
from training.data import to_pixels
from training.describing import Shares, covered, described, new_tokenizer, tokenize, visible
from training.judge import shrink, weathered
from training.scenes import (
    GROUNDS,
    PART_COLOURS,
    SKIES,
    Scene,
    draw,
    kind_of,
    main_colour,
    random_pair,
    random_scene,
)

SIDE_PX = 128
REMEMBERED = 400
SHAPES = ((64, 64), (96, 96), (128, 128), (160, 160), (128, 192), (192, 128), (96, 128), (128, 96))
"""Width and height of drawn pictures: BLIP sees every picture as a square, so it must know stretched ones."""
PAIR_SHARE, SCENERY_SHARE, EASY_SHARE = 0.4, 0.03, 0.4
LOOKS = ("", *(f"{colour} {kind}" for kind, (_, part) in WORDING.items() for colour in PART_COLOURS[part]))
"""What a cell may show: scenery, or a subject in its main colour."""
PLACES = tuple((sky, ground) for sky in SKIES for ground in GROUNDS)


@dataclass(frozen=True, slots=True)
class Batch:
    """Pictures in [-1, 1] of `SIDE_PX`, the ids of their descriptions, each cell's look, and each picture's place."""

    pixels: Tensor
    ids: Tensor
    looks: Tensor
    places: Tensor


@dataclass(frozen=True, slots=True)
class Example:
    """One picture of a batch, (3, `SIDE_PX`, `SIDE_PX`), and what is said of it."""

    pixels: Tensor
    text: str
    looks: NDArray[np.int64]
    place: int


class CaptionLesson:
    """Drawn scenes with their descriptions, endlessly. Drawing takes as long as learning, so half of each batch was seen
    before, in other weather."""

    def __init__(self, seed: Sequence[int] | int) -> None:
        self.rng = np.random.default_rng(seed)
        self.tokenizer = new_tokenizer()
        self.seen: deque[Example] = deque(maxlen=REMEMBERED)

    def batch(self, size: int) -> Batch:
        """So many pictures, old and new."""
        old = [self.seen[i] for i in self.rng.integers(len(self.seen), size=size // 2)] if self.seen else []
        new = self._drawn(size - len(old))
        self.seen.extend(new)
        examples = [*new, *old]
        return Batch(
            weathered(torch.stack([example.pixels for example in examples]), self.rng),
            tokenize(self.tokenizer, [example.text for example in examples]),
            torch.from_numpy(np.stack([example.looks for example in examples])),
            torch.tensor([example.place for example in examples]),
        )

    def _drawn(self, count: int) -> list[Example]:
        """New pictures, all drawn in one random shape."""
        width, height = SHAPES[self.rng.integers(len(SHAPES))]
        scenes = [random_view(self.rng) for _ in range(count)]
        shares = [covered(scene, width, height) for scene in scenes]
        pixels = shrink(to_pixels([draw(scene, width, height) for scene in scenes]), SIDE_PX)
        return [
            Example(
                picture, described(s, visible(s, share)), looks_of(s, share), PLACES.index((s.sky, s.ground))
            )
            for picture, s, share in zip(pixels, scenes, shares, strict=True)
        ]


def random_view(rng: np.random.Generator) -> Scene:
    """A random scene: pairs, single subjects, crowds, and some scenery without any."""
    roll = rng.random()
    if roll < PAIR_SHARE:
        return random_pair(rng)
    scene = random_scene(rng, easy=EASY_SHARE)
    return replace(scene, subjects=()) if roll > 1 - SCENERY_SHARE else scene


def looks_of(scene: Scene, shares: Shares) -> NDArray[np.int64]:
    """What covers most of each cell, as a number of `LOOKS`, row by row."""
    scenery = 1 - shares.sum(0, keepdims=True)
    names = ["", *(f"{main_colour(subject)} {kind_of(subject)}" for subject in scene.subjects)]
    numbers = np.array([LOOKS.index(name) for name in names])
    return numbers[np.concatenate([scenery, shares]).argmax(0)].ravel()
