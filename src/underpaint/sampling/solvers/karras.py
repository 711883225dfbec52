"""Euler, Heun and DPM2 after Karras et al. (2022), algorithm 2: single steps, each after an optional churn of noise."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor

from underpaint.sampling.denoiser import Denoiser, Step
from underpaint.sampling.solvers.common import NoiseDraw, slope


@dataclass(frozen=True, slots=True, kw_only=True)
class Churn:
    """How much noise is added before a step, and where."""

    amount: float = 0.0
    sigma_min: float = 0.0
    sigma_max: float = math.inf
    noise_scale: float = 1.0

    def gamma(self, sigma: float, steps: int) -> float:
        inside = self.sigma_min <= sigma <= self.sigma_max
        return min(self.amount / steps, math.sqrt(2) - 1) if inside else 0.0


def euler(
    denoise: Denoiser, x: Tensor, sigmas: Sequence[float], *, noise: NoiseDraw, churn: Churn
) -> Iterator[Step]:
    """First order."""
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        x, sigma_hat = _churned(x, sigma, sigma_next, len(sigmas) - 1, noise, churn)
        denoised = denoise(x, sigma_hat)
        x = x + (sigma_next - sigma_hat) * slope(x, denoised, sigma_hat)
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)


def heun(
    denoise: Denoiser, x: Tensor, sigmas: Sequence[float], *, noise: NoiseDraw, churn: Churn
) -> Iterator[Step]:
    """Second order by the trapezoid rule; Euler down to 0."""
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        x, sigma_hat = _churned(x, sigma, sigma_next, len(sigmas) - 1, noise, churn)
        x, denoised = heun_step(denoise, x, sigma_hat, sigma_next)
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)


def heun_step(denoise: Denoiser, x: Tensor, sigma: float, sigma_next: float) -> tuple[Tensor, Tensor]:
    """x at sigma_next, and the clean estimate at sigma. Euler down to 0."""
    denoised = denoise(x, sigma)
    d = slope(x, denoised, sigma)
    euler_x = x + (sigma_next - sigma) * d
    if sigma_next == 0:
        return euler_x, denoised
    d_next = slope(euler_x, denoise(euler_x, sigma_next), sigma_next)
    return x + (sigma_next - sigma) * (d + d_next) / 2, denoised


def dpm_2(
    denoise: Denoiser, x: Tensor, sigmas: Sequence[float], *, noise: NoiseDraw, churn: Churn
) -> Iterator[Step]:
    """DPM-Solver-2 (Lu et al. 2022, algorithm 4): second order by the midpoint in log sigma; Euler down to 0."""
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        x, sigma_hat = _churned(x, sigma, sigma_next, len(sigmas) - 1, noise, churn)
        x, denoised = midpoint_step(denoise, x, sigma_hat, sigma_next)
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)


def midpoint_step(denoise: Denoiser, x: Tensor, sigma: float, sigma_next: float) -> tuple[Tensor, Tensor]:
    """x at sigma_next, and the clean estimate at sigma. Euler down to 0."""
    denoised = denoise(x, sigma)
    d = slope(x, denoised, sigma)
    if sigma_next == 0:
        return x - sigma * d, denoised
    sigma_mid = math.sqrt(sigma * sigma_next)
    x_mid = x + (sigma_mid - sigma) * d
    d_mid = slope(x_mid, denoise(x_mid, sigma_mid), sigma_mid)
    return x + (sigma_next - sigma) * d_mid, denoised


def _churned(
    x: Tensor, sigma: float, sigma_next: float, steps: int, noise: NoiseDraw, churn: Churn
) -> tuple[Tensor, float]:
    """x with noise added, and its new level."""
    if not churn.amount:
        return x, sigma
    # drawn even where gamma is 0: what a seed means in A1111 depends on the number of draws
    added = noise(sigma, sigma_next) * churn.noise_scale
    sigma_hat = sigma * (churn.gamma(sigma, steps) + 1)
    return x + added * math.sqrt(sigma_hat**2 - sigma**2), sigma_hat
