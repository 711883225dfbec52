"""Deterministic multistep solvers: LMS, PLMS and DPM++ 2M."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from torch import Tensor

from underpaint.sampling.denoiser import Denoiser, Step
from underpaint.sampling.solvers.common import log_step, slope

LMS_ORDER = 4


def lms(denoise: Denoiser, x: Tensor, sigmas: Sequence[float]) -> Iterator[Step]:
    """Linear multistep (Adams-Bashforth on the given sigmas), order four once there are four slopes."""
    slopes: list[Tensor] = []  # newest first
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        slopes = [slope(x, denoised, sigma), *slopes][:LMS_ORDER]
        nodes = [sigmas[i - k] for k in range(len(slopes))]
        for weight, d in zip(_adams_weights(nodes, sigma, sigma_next), slopes, strict=True):
            x = x + weight * d
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)


def _adams_weights(nodes: Sequence[float], start: float, end: float) -> list[float]:
    """Integrals over [start, end] of the Lagrange polynomials through `nodes`, at most four."""
    # two Gauss points integrate cubics exactly
    centre, half = (start + end) / 2, (end - start) / 2
    points = (centre - half / math.sqrt(3), centre + half / math.sqrt(3))
    return [
        half * sum(float(np.prod([(t - b) / (a - b) for b in nodes if b != a])) for t in points)
        for a in nodes
    ]


ADAMS_BASHFORTH = (
    (1.0,),
    (3 / 2, -1 / 2),
    (23 / 12, -16 / 12, 5 / 12),
    (55 / 24, -59 / 24, 37 / 24, -9 / 24),
)


def plms(denoise: Denoiser, x: Tensor, sigmas: Sequence[float]) -> Iterator[Step]:
    """Pseudo linear multistep (Liu et al. 2022, section 3.3, with the start of Rombach et al. 2022): the noise of
    four steps, weighted as if they were equal. The first step asks twice."""
    noises: list[Tensor] = []  # newest first
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        eps = slope(x, denoised, sigma)
        noises = [eps, *noises][: len(ADAMS_BASHFORTH)]
        if i == 0 and sigma_next > 0:
            guess = x + (sigma_next - sigma) * eps
            blend = (eps + slope(guess, denoise(guess, sigma_next), sigma_next)) / 2
        else:
            weights = ADAMS_BASHFORTH[len(noises) - 1]
            blend = sum((w * e for w, e in zip(weights[1:], noises[1:], strict=True)), weights[0] * eps)
        x = x + (sigma_next - sigma) * blend
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)


def dpmpp_2m(denoise: Denoiser, x: Tensor, sigmas: Sequence[float]) -> Iterator[Step]:
    """DPM-Solver++(2M), Lu et al. (2022b), algorithm 2: multistep, second order, first order at both ends."""
    previous: Tensor | None = None
    h_last = 0.0
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        h = log_step(sigma, sigma_next)
        d = denoised
        if previous is not None and sigma_next > 0:
            r = h_last / h
            d = (1 + 1 / (2 * r)) * denoised - 1 / (2 * r) * previous
        x = (sigma_next / sigma) * x - math.expm1(-h) * d
        previous, h_last = denoised, h
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)
