"""DPM-Solver (Lu et al. 2022): single steps of order one to three in log sigma, of fixed or of adaptive length.

Both run from one level to another above 0. eta > 0 makes every step ancestral, as k-diffusion does.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from underpaint.sampling.counts import fast_orders
from underpaint.sampling.denoiser import Denoiser, Step
from underpaint.sampling.solvers.common import NoiseDraw, ancestral_levels, log_step, slope


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """When DPM adaptive is content with a step, and how it goes on."""

    relative: float = 0.05
    absolute: float = 0.0078
    first_step: float = 0.05
    """In log sigma."""
    least_factor: float = 0.81
    """A step whose successor would be shorter than this share of it is done again."""


def dpm_fast(
    denoise: Denoiser,
    x: Tensor,
    start: float,
    end: float,
    calls: int,
    *,
    noise: NoiseDraw,
    eta: float,
    noise_scale: float,
) -> Iterator[Step]:
    """DPM-Solver-fast (section 4.3): `calls` denoisings, as many of them as possible in steps of third order."""
    orders = fast_orders(calls)
    sigma = start
    for i, order in enumerate(orders):
        sigma_next = start * (end / start) ** ((i + 1) / len(orders))
        sigma_down, sigma_up = _ancestral_within(sigma, sigma_next, end, eta)
        denoised = denoise(x, sigma)
        eps = slope(x, denoised, sigma)
        match order:
            case 1:
                x = x + (sigma_down - sigma) * eps
            case 2:
                x, _ = _second_order(denoise, x, eps, sigma, sigma_down, r=1 / 2)
            case _:
                _, x = _second_and_third_order(denoise, x, eps, sigma, sigma_down)
        if sigma_up > 0:
            x = x + noise(sigma, sigma_next) * noise_scale * sigma_up
        sigma = sigma_next
        yield Step(index=i, sigma=sigma, x=x, denoised=denoised)


def dpm_adaptive(
    denoise: Denoiser,
    x: Tensor,
    start: float,
    end: float,
    *,
    noise: NoiseDraw,
    eta: float,
    tolerance: Tolerance | None = None,
) -> Iterator[Step]:
    """DPM-Solver-23 (appendix C): steps of third order, as long as the embedded second order agrees.

    All of x shares one step length. Answers that are not finite end the run.
    """
    asked = tolerance or Tolerance()
    order = 1.5 if eta else 3  # of the error that noise leaves
    sigma, h, i, x_before = start, asked.first_step, 0, x
    while log_step(sigma, end) > 1e-5:
        sigma_next = max(end, sigma * math.exp(-h))
        sigma_down, sigma_up = _ancestral_within(sigma, sigma_next, end, eta)
        denoised = denoise(x, sigma)
        low, high = _second_and_third_order(denoise, x, slope(x, denoised, sigma), sigma, sigma_down)
        scale = (asked.relative * low.abs().maximum(x_before.abs())).clamp(min=asked.absolute)
        error = ((low - high) / scale).square().mean().sqrt().item()
        if not math.isfinite(error):
            yield Step(index=i, sigma=end, x=high, denoised=denoised)
            return
        factor = 1 + math.atan((error + 1e-8) ** (-1 / order) - 1)
        h *= factor
        if factor < asked.least_factor:
            continue
        x_before, x = low, high
        if sigma_up > 0:
            x = high + noise(sigma, sigma_next) * sigma_up
        sigma = sigma_next
        yield Step(index=i, sigma=sigma, x=x, denoised=denoised)
        i += 1


def _ancestral_within(sigma: float, sigma_next: float, end: float, eta: float) -> tuple[float, float]:
    """Ancestral levels, the lower one not below the end."""
    if eta == 0:
        return sigma_next, 0.0
    sigma_down = max(ancestral_levels(sigma, sigma_next, eta)[0], end)
    return sigma_down, math.sqrt(max(sigma_next**2 - sigma_down**2, 0.0))


def _second_order(
    denoise: Denoiser, x: Tensor, eps: Tensor, sigma: float, sigma_next: float, *, r: float
) -> tuple[Tensor, Tensor]:
    """x at sigma_next (algorithm 4), and the noise at the share r of the way."""
    sigma_r = sigma * (sigma_next / sigma) ** r
    x_r = x + (sigma_r - sigma) * eps
    eps_r = slope(x_r, denoise(x_r, sigma_r), sigma_r)
    return x + (sigma_next - sigma) * (eps + (eps_r - eps) / (2 * r)), eps_r


def _second_and_third_order(
    denoise: Denoiser, x: Tensor, eps: Tensor, sigma: float, sigma_next: float
) -> tuple[Tensor, Tensor]:
    """x at sigma_next twice: second order with r = 1/3, and third order (algorithm 5) with r = 1/3, 2/3."""
    r_1, r_2 = 1 / 3, 2 / 3
    h = log_step(sigma, sigma_next)
    second, eps_1 = _second_order(denoise, x, eps, sigma, sigma_next, r=r_1)
    sigma_2 = sigma * (sigma_next / sigma) ** r_2
    x_2 = x + (sigma_2 - sigma) * eps - sigma_2 * (r_2 / r_1) * _phi(r_2 * h) * (eps_1 - eps)
    eps_2 = slope(x_2, denoise(x_2, sigma_2), sigma_2)
    third = x + (sigma_next - sigma) * eps - (sigma_next / r_2) * _phi(h) * (eps_2 - eps)
    return second, third


def _phi(z: float) -> float:
    return math.expm1(z) / z - 1 if z else 0.0
