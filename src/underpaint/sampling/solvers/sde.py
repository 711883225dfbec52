"""SDE-DPM-Solver++ (Lu et al. 2022b, section 5 and appendix): exponential integrators of the diffusion SDE.

eta = 1 is the SDE, eta = 0 the ODE. Down to 0 they go straight to the clean estimate.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import torch
from torch import Tensor

from underpaint.request import ThirdOrderRule
from underpaint.sampling.denoiser import Denoiser, Step
from underpaint.sampling.solvers.common import NoiseDraw, ancestral_levels, log_step, toward


def dpmpp_sde(
    denoise: Denoiser, x: Tensor, sigmas: Sequence[float], *, noise: NoiseDraw, eta: float, noise_scale: float
) -> Iterator[Step]:
    """Single steps of second order with the midpoint in log sigma, both parts ancestral."""
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            start, middle, end = _rounded_levels(sigma, sigma_next)
            x_mid = _ancestral_toward(x, denoised, start, middle, noise, eta, noise_scale)
            x = _ancestral_toward(x, denoise(x_mid, middle), start, end, noise, eta, noise_scale)
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)


def _rounded_levels(sigma: float, sigma_next: float) -> tuple[float, float, float]:
    """Both levels and their geometric mean with the rounding of k-diffusion, which takes them to float32 logarithms and
    back: a Brownian path is so rough that a millionth of sigma moves it by a thousandth."""
    start, end = -torch.tensor([sigma, sigma_next], dtype=torch.float32).log()
    levels = (-torch.stack([start, start + (end - start) * 0.5, end])).exp()
    return levels[0].item(), levels[1].item(), levels[2].item()


def _ancestral_toward(
    x: Tensor,
    denoised: Tensor,
    sigma: float,
    sigma_next: float,
    noise: NoiseDraw,
    eta: float,
    noise_scale: float,
) -> Tensor:
    sigma_down, sigma_up = ancestral_levels(sigma, sigma_next, eta)
    moved = toward(x, denoised, sigma, sigma_down)
    return moved + noise(sigma, sigma_next) * noise_scale * sigma_up if sigma_up > 0 else moved


def dpmpp_2m_sde(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Sequence[float],
    *,
    noise: NoiseDraw,
    eta: float,
    noise_scale: float,
    is_heun: bool = False,
) -> Iterator[Step]:
    """Multistep, second order: with the midpoint's weight for the difference of two estimates, or with Heun's."""
    previous: Tensor | None = None
    h_last = 0.0
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            h = log_step(sigma, sigma_next)
            x = _first_order(x, denoised, sigma, sigma_next, eta)
            if previous is not None:
                z = (1 + eta) * h
                weight = _phi_2(z) if is_heun else -0.5 * math.expm1(-z)
                x = x + weight * (h / h_last) * (denoised - previous)
            x = _renoised(x, sigma, sigma_next, noise, eta, noise_scale)
            h_last = h
        previous = denoised
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)


def dpmpp_3m_sde(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Sequence[float],
    *,
    noise: NoiseDraw,
    eta: float,
    noise_scale: float,
    rule: ThirdOrderRule,
) -> Iterator[Step]:
    """Multistep, third order: the estimates' first and second differences in lambda; lower order at the start."""
    earlier: list[tuple[Tensor, float]] = []  # estimates, newest first, each with the step taken from it
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            h = log_step(sigma, sigma_next)
            x = _first_order(x, denoised, sigma, sigma_next, eta)
            x = x + _higher_orders(denoised, earlier, h, (1 + eta) * h, rule)
            x = _renoised(x, sigma, sigma_next, noise, eta, noise_scale)
            earlier = [(denoised, h), *earlier][:2]
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)


def _higher_orders(
    denoised: Tensor, earlier: Sequence[tuple[Tensor, float]], h: float, z: float, rule: ThirdOrderRule
) -> Tensor | float:
    """The terms of the estimate's derivatives, by divided differences in units of h."""
    if not earlier:
        return 0.0
    one, h_1 = earlier[0]
    slope = (denoised - one) * (h / h_1)
    if len(earlier) == 1:
        return _phi_2(z) * slope
    two, h_2 = earlier[1]
    difference = (slope - (one - two) * (h / h_2)) * h / (h_1 + h_2)
    # the difference is half the second derivative
    curvature = difference if rule is ThirdOrderRule.A1111 else 2 * difference
    phi_3 = _phi_2(z) / z - 0.5
    return _phi_2(z) * (slope + h_1 / h * difference) - phi_3 * curvature


def _phi_2(z: float) -> float:
    return math.expm1(-z) / z + 1


def _first_order(x: Tensor, denoised: Tensor, sigma: float, sigma_next: float, eta: float) -> Tensor:
    h = log_step(sigma, sigma_next)
    return (sigma_next / sigma) * math.exp(-eta * h) * x - math.expm1(-(1 + eta) * h) * denoised


def _renoised(
    x: Tensor, sigma: float, sigma_next: float, noise: NoiseDraw, eta: float, noise_scale: float
) -> Tensor:
    if eta == 0:
        return x
    spread = math.sqrt(-math.expm1(-2 * eta * log_step(sigma, sigma_next)))
    return x + noise(sigma, sigma_next) * (sigma_next * spread * noise_scale)
