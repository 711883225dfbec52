"""Brownian noise for SDE solvers: the same seed walks the same path, however the interval is cut into steps."""

import math
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import SupportsInt

import torch
import torchsde
from torch import Tensor
from torchsde._brownian import brownian_interval

from underpaint.request import RngSource
from underpaint.sampling.noise import Shape, noise_stream

DRAW = "_randn"
"""Name of the module-level function with which torchsde draws."""


class BrownianNoise:
    """Unit normal increments of one Brownian path per image over [sigma_min, sigma_max].

    The paths are torchsde's virtual Brownian trees (Li et al. 2020), seeded with the images' seeds, as
    k-diffusion uses them.
    """

    def __init__(
        self, source: RngSource, seeds: Sequence[int], latents: Shape, sigma_min: float, sigma_max: float
    ) -> None:
        self._source = source
        # torchsde rounds the ends of a tree to its tolerance; queries must not reach beyond
        self._limits = round(sigma_min, 6), round(sigma_max, 6)
        with _drawing_from(source):
            self._trees = [
                torchsde.BrownianTree(
                    t0=sigma_min,
                    w0=torch.zeros(latents),
                    t1=sigma_max,
                    entropy=seed,
                )
                for seed in seeds
            ]

    def __call__(self, sigma: float, sigma_next: float) -> Tensor:
        """(W(sigma_next) - W(sigma)) / sqrt|sigma_next - sigma|, shape (images, *latents)."""
        low, high = sorted((sigma, sigma_next))
        sign = 1.0 if sigma < sigma_next else -1.0
        with _drawing_from(self._source):
            increments: list[Tensor] = [tree(*self._within(low, high)) for tree in self._trees]  # pyright: ignore[reportAssignmentType] # the wider types are for area approximations
        return sign * torch.stack(increments) / math.sqrt(high - low)

    def _within(self, low: float, high: float) -> tuple[float, float]:
        return max(low, self._limits[0]), min(high, self._limits[1])


@contextmanager
def _drawing_from(source: RngSource) -> Generator[None]:
    """Lets the trees draw from our `nv` streams; with `cpu` torchsde's own draw is already the same.

    torchsde has no hook for this, so its module-level draw is replaced for the moment of a query.
    """
    if source is RngSource.CPU:
        yield
        return

    def randn(size: Shape, dtype: torch.dtype, device: torch.device, seed: SupportsInt) -> Tensor:
        return noise_stream(source, int(seed)).randn(tuple(size)).to(device, dtype)

    original = getattr(brownian_interval, DRAW)
    setattr(brownian_interval, DRAW, randn)
    try:
        yield
    finally:
        setattr(brownian_interval, DRAW, original)
