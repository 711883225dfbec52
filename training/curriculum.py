"""What the denoiser is served, stage by stage: small latents and close-ups first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from training.courses import Course
from training.pool import Shape

Courses = dict[Course, float]


@dataclass(frozen=True, slots=True)
class Diet:
    """One latent size: its share of the steps, batch per worker, scenes per course in its pool, new scenes per step."""

    shape: Shape
    share: float
    batch: int
    capacity: int
    fresh: int

    def times(self, factor: int) -> "Diet":
        """With so many times larger batches, of which half as much is new: else a graphics card waits for drawings."""
        if factor == 1:
            return self
        batch = self.batch * factor
        return replace(
            self, batch=batch, capacity=max(self.capacity, 2 * batch), fresh=self.fresh * factor // 2
        )


def pick_diet(diets: Sequence[Diet], rng: np.random.Generator) -> int:
    """The index of the next step's diet."""
    shares = np.array([diet.share for diet in diets])
    return int(rng.choice(len(shares), p=shares / shares.sum()))


@dataclass(frozen=True, slots=True)
class Stage:
    """Part of the denoiser's schooling."""

    student: str
    """Who learns, by the name in `students`."""
    native_px: int
    diets: tuple[Diet, ...]
    courses: tuple[Courses, Courses]
    """The shares of the kinds of scenes, at the start and at the end."""
    rate: float
    trains_text: bool = False
    anneals: bool = False

    def course_shares(self, progress: float) -> NDArray[np.float64]:
        """The part of the scenes that each kind makes up."""
        start, end = (np.array([shares.get(course, 0.0) for course in Course]) for shares in self.courses)
        return start + progress * (end - start)


def _small(share: float) -> Diet:
    return Diet(Shape(8, 8), share, batch=64, capacity=60_000, fresh=8)


def _medium(share: float, capacity: int = 20_000) -> Diet:
    return Diet(Shape(16, 16), share, batch=24, capacity=capacity, fresh=4)


def _large(width: int, height: int, share: float, capacity: int) -> Diet:
    """As many latent pixels per batch as 8 squares of 32 have, or nearly so."""
    batch = max(2, round(8 * 32 * 32 / (width * height)))
    return Diet(Shape(width, height), share, batch, capacity, fresh=max(1, batch // 4))


def _easy(share: float) -> Courses:
    return {Course.CLOSE: share, Course.MIXED: 1 - share}


PAIR_COURSES: Courses = {Course.CLOSE: 0.15, Course.MIXED: 0.35, Course.PAIR: 0.35, Course.DETAIL: 0.15}
"""Two subjects in two colours, and faces from near, are what takes longest."""
LATER_COURSES: Courses = {Course.CLOSE: 0.2, Course.MIXED: 0.2, Course.PAIR: 0.35, Course.DETAIL: 0.25}

SCENES: Courses = {Course.CLOSE: 0.35, Course.MIXED: 0.35, Course.PAIR: 0.3}


def _native(capacity: int, rest: float = 0.0) -> tuple[Diet, ...]:
    """The native square, and shapes beside it; `rest` of the steps is left for others."""
    beside = ((40, 24), (24, 40), (32, 24), (24, 32))
    return (
        _large(32, 32, 0.76 - rest, capacity),
        *(_large(width, height, 0.06, capacity // 4) for width, height in beside),
    )


def _lora(name: str) -> Stage:
    """A LoRA sees few pictures, again and again; it has few weights, and takes larger steps than a UNet."""
    return Stage(name, 256, _native(capacity=800), (SCENES, SCENES), rate=2e-3, anneals=True)


STAGES = {
    "unet8": Stage("unet", 64, (_small(1.0),), (_easy(0.75), _easy(0.6)), rate=1.5e-3, trains_text=True),
    "unet16": Stage("unet", 128, (_medium(0.85), _small(0.15)), (_easy(0.65), _easy(0.5)), rate=1.2e-3),
    "unet32": Stage(
        "unet",
        256,
        (
            _large(32, 32, 0.68, capacity=6000),
            _large(40, 24, 0.05, capacity=1000),
            _large(24, 40, 0.05, capacity=1000),
            _large(32, 24, 0.05, capacity=1000),
            _medium(0.12),
            _small(0.05),
        ),
        (_easy(0.65), _easy(0.4)),
        rate=1e-3,
        anneals=True,
    ),
    "unet64": Stage(
        "unet",
        256,
        (
            _large(32, 32, 0.36, capacity=4000),
            _large(40, 24, 0.04, capacity=500),
            _large(24, 40, 0.04, capacity=500),
            _large(32, 24, 0.03, capacity=500),
            _large(24, 32, 0.03, capacity=500),
            _large(24, 24, 0.05, capacity=500),
            _large(40, 40, 0.06, capacity=700),
            _large(48, 32, 0.05, capacity=700),
            _large(32, 48, 0.05, capacity=700),
            _large(48, 48, 0.09, capacity=900),
            _large(64, 64, 0.08, capacity=700),
            _medium(0.12),
        ),
        (PAIR_COURSES, PAIR_COURSES),
        rate=1e-3,
        trains_text=True,
        anneals=True,
    ),
    "inpaint16": Stage(
        "inpaint", 128, (_medium(0.85), _small(0.15)), (LATER_COURSES, LATER_COURSES), rate=8e-4
    ),
    "inpaint32": Stage(
        "inpaint",
        256,
        (
            _large(32, 32, 0.7, capacity=3000),
            _large(40, 24, 0.05, capacity=500),
            _large(24, 40, 0.08, capacity=700),
            _large(32, 24, 0.05, capacity=500),
            _large(24, 32, 0.06, capacity=500),
            _medium(0.06),
        ),
        (LATER_COURSES, LATER_COURSES),
        rate=6e-4,
        anneals=True,
    ),
    "control": Stage(
        "control",
        256,
        (*_native(capacity=300, rest=0.06), _medium(0.06, capacity=300)),
        (LATER_COURSES, LATER_COURSES),
        rate=8e-4,
        anneals=True,
    ),
    "comic-ink": _lora("comic-ink"),
    "minty": _lora("minty"),
}
