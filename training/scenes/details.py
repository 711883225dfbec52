"""Close looks at one part of a scene, as someone has them who repaints only that part."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .compose import Image, Window, draw, part_mask
from .model import Scene, Subject, kind_of
from .sampling import random_pair, random_scene

PARTS = {
    "girl": ("dress", "dress", "hair", "face"),
    "cat": ("fur",),
    "tree": ("leaves",),
    "bush": ("leaves",),
    "house": ("roof",),
    "flower": ("petals",),
}
ASPECTS = (2 / 3, 1.0, 1.0, 4 / 3, 3 / 2)
SKETCH_PX = 160
"""Height of the picture in which a part is looked for."""
SMALLEST_SHARE = 0.2
"""Of the picture's height: a narrower look would show nothing but brush strokes."""


class Detail(NamedTuple):
    """A window of a picture of the scene, and what it looks at."""

    scene: Scene
    subject: Subject
    part: str
    width: int
    height: int
    window: Window

    def draw(self) -> Image:
        """What the window shows."""
        return draw(self.scene, self.width, self.height, self.window)

    def mask(self) -> Image:
        """255 where the window shows the part."""
        index = self.scene.subjects.index(self.subject)
        return part_mask(self.scene, index, self.part, self.width, self.height, self.window)


def random_detail(rng: np.random.Generator, width: int, height: int) -> Detail:
    """A look of that many pixels at a part of a subject, with some of its surroundings."""
    while True:
        scene = random_pair(rng) if rng.random() < 0.25 else random_scene(rng, easy=0.5)
        index = int(rng.integers(len(scene.subjects)))
        parts = PARTS[kind_of(scene.subjects[index])]
        part = parts[int(rng.integers(len(parts)))]
        aspect = ASPECTS[int(rng.integers(len(ASPECTS)))]
        mask = part_mask(scene, index, part, round(aspect * SKETCH_PX), SKETCH_PX)
        if (mask > 0).sum() > 0.005 * SKETCH_PX**2:
            break
    full_width, full_height, window = _look(rng, mask, width, height)
    return Detail(scene, scene.subjects[index], part, full_width, full_height, window)


def _look(rng: np.random.Generator, mask: Image, width: int, height: int) -> tuple[int, int, Window]:
    """The size of the whole picture, and the window on what is marked in a sketch of it."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    top, left = int(rows[0]), int(columns[0])
    tall, wide = int(rows[-1]) + 1 - top, int(columns[-1]) + 1 - left
    wanted = max(tall, wide * height / width) * rng.uniform(1.1, 2.0)
    widest = min(mask.shape[0], mask.shape[1] * height / width)
    seen = min(max(wanted, SMALLEST_SHARE * SKETCH_PX), widest)
    scale = height / seen
    full_width, full_height = round(mask.shape[1] * scale), round(mask.shape[0] * scale)
    x = _beginning(rng, left * scale, wide * scale, width, full_width)
    y = _beginning(rng, top * scale, tall * scale, height, full_height)
    return full_width, full_height, Window(x, y, width, height)


def _beginning(rng: np.random.Generator, first: float, length: float, shown: int, full: int) -> int:
    """Where a window begins that covers what is marked, or its middle where it is too long, inside the picture."""
    spare = shown - length
    before = spare * rng.uniform(0.15, 0.85) if spare > 0 else spare / 2
    return round(min(max(first - before, 0), full - shown))
