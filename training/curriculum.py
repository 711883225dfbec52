"""What the denoiser is served, stage by stage: small latents and close-ups first."""

from dataclasses import dataclass

import numpy as np

from training.pool import Shape


@dataclass(frozen=True, slots=True)
class Diet:
    """One latent size: its share of the steps, batch per worker, pool, and new scenes per step and difficulty."""

    shape: Shape
    share: float
    batch: int
    capacity: int
    fresh: int


@dataclass(frozen=True, slots=True)
class Stage:
    """Part of the denoiser's schooling."""

    native_px: int
    diets: tuple[Diet, ...]
    easy: tuple[float, float]
    """The share of scenes with one large subject, at the start and at the end."""
    rate: float
    trains_text: bool = False
    anneals: bool = False

    def easy_share(self, progress: float) -> float:
        start, end = self.easy
        return start + progress * (end - start)

    def pick_diet(self, rng: np.random.Generator) -> int:
        """The index of the next step's diet; all workers agree when their generators do."""
        shares = np.array([diet.share for diet in self.diets])
        return int(rng.choice(len(shares), p=shares / shares.sum()))


def _small(share: float) -> Diet:
    return Diet(Shape(8, 8), share, batch=64, capacity=60_000, fresh=4)


def _medium(share: float) -> Diet:
    return Diet(Shape(16, 16), share, batch=24, capacity=20_000, fresh=2)


def _large(width: int, height: int, share: float, capacity: int) -> Diet:
    return Diet(Shape(width, height), share, batch=8, capacity=capacity, fresh=1)


STAGES = {
    "unet8": Stage(64, (_small(1.0),), easy=(0.75, 0.6), rate=1.5e-3, trains_text=True),
    "unet16": Stage(128, (_medium(0.85), _small(0.15)), easy=(0.65, 0.5), rate=1.2e-3),
    "unet32": Stage(
        256,
        (
            _large(32, 32, 0.68, capacity=6000),
            _large(40, 24, 0.05, capacity=1000),
            _large(24, 40, 0.05, capacity=1000),
            _large(32, 24, 0.05, capacity=1000),
            _medium(0.12),
            _small(0.05),
        ),
        easy=(0.65, 0.4),
        rate=1e-3,
        anneals=True,
    ),
}
