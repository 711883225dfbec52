"""Restart sampling (Xu et al. 2023): Heun, which near the end adds noise and goes part of the way again."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from underpaint.sampling.counts import restart_shares
from underpaint.sampling.denoiser import Denoiser, Step
from underpaint.sampling.schedules import karras_between
from underpaint.sampling.solvers.common import NoiseDraw
from underpaint.sampling.solvers.karras import heun_step

RESTART_FROM, RESTART_TO = 0.1, 2.0

Leg = tuple[float, float]


def restart_legs(sigmas: Sequence[float]) -> list[Leg]:
    """The (sigma, sigma_next) of every step, as many as `sigmas` has, of which only the ends and the number count once
    there is a restart. A leg that begins above the last one's end is where noise is added."""
    steps = len(sigmas) - 1
    times, steps_of_one = restart_shares(steps)
    if not times:
        return list(pairwise(sigmas))
    levels = karras_between(sigmas[0], sigmas[-2], steps - steps_of_one * times).tolist()
    low, high = _nearest(levels, RESTART_FROM), _nearest(levels, RESTART_TO)
    legs = list(pairwise(levels))
    if high >= low:
        return legs
    again = karras_between(levels[high], levels[low], steps_of_one + 1).tolist()[:-1]
    return [*legs[:low], *(list(pairwise(again)) * times), *legs[low:]]


def _nearest(levels: Sequence[float], sigma: float) -> int:
    return min(range(len(levels)), key=lambda i: abs(levels[i] - sigma))


def restart(denoise: Denoiser, x: Tensor, legs: Sequence[Leg], *, noise: NoiseDraw) -> Iterator[Step]:
    """Heun over the legs (second order on each), with fresh noise in between where they go up."""
    last = math.inf
    for i, (sigma, sigma_next) in enumerate(legs):
        if sigma > last:
            x = x + noise(last, sigma) * math.sqrt(sigma**2 - last**2)
        x, denoised = heun_step(denoise, x, sigma, sigma_next)
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)
        last = sigma_next
