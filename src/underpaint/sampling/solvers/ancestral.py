"""Ancestral solvers: a step to a lower level than asked for, then fresh noise back up."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from underpaint.sampling.denoiser import Denoiser, Step
from underpaint.sampling.solvers.common import NoiseDraw, ancestral_levels, log_step, slope, toward
from underpaint.sampling.solvers.karras import midpoint_step


def euler_ancestral(
    denoise: Denoiser, x: Tensor, sigmas: Sequence[float], *, noise: NoiseDraw, eta: float, noise_scale: float
) -> Iterator[Step]:
    """First order. In these variables it is also DDIM with eta (Song et al. 2021, equation 12)."""
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        sigma_down, sigma_up = ancestral_levels(sigma, sigma_next, eta)
        x = x + (sigma_down - sigma) * slope(x, denoised, sigma)
        if sigma_up > 0:
            x = x + noise(sigma, sigma_next) * noise_scale * sigma_up
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)


def ddim_cfgpp(
    denoise_both: Denoiser, x: Tensor, sigmas: Sequence[float], *, noise: NoiseDraw, eta: float
) -> Iterator[Step]:
    """DDIM with CFG++ (Chung et al. 2024, algorithm 2): toward the guided estimate, along the unguided noise.

    `denoise_both` answers with a stack of two: the guided and the unguided estimate.
    """
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        guided, unguided = denoise_both(x, sigma)
        sigma_down, sigma_up = ancestral_levels(sigma, sigma_next, eta)
        x = guided + sigma_down * slope(x, unguided, sigma)
        if sigma_up > 0:
            x = x + noise(sigma, sigma_next) * sigma_up
        yield Step(index=i, sigma=sigma_next, x=x, denoised=guided)


def dpm_2_ancestral(
    denoise: Denoiser, x: Tensor, sigmas: Sequence[float], *, noise: NoiseDraw, eta: float, noise_scale: float
) -> Iterator[Step]:
    """DPM-Solver-2 (Lu et al. 2022, algorithm 4) to the lower level; Euler down to 0."""
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        sigma_down, sigma_up = ancestral_levels(sigma, sigma_next, eta)
        x, denoised = midpoint_step(denoise, x, sigma, sigma_down)
        if sigma_up > 0:
            x = x + noise(sigma, sigma_next) * noise_scale * sigma_up
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)


def dpmpp_2s_ancestral(
    denoise: Denoiser, x: Tensor, sigmas: Sequence[float], *, noise: NoiseDraw, eta: float, noise_scale: float
) -> Iterator[Step]:
    """DPM-Solver++(2S) (Lu et al. 2022b, algorithm 1), r = 1/2, to the lower level; Euler down to 0."""
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        sigma_down, sigma_up = ancestral_levels(sigma, sigma_next, eta)
        if sigma_down == 0:
            x = denoised
        else:
            sigma_mid = sigma * math.exp(-log_step(sigma, sigma_down) / 2)
            x_mid = toward(x, denoised, sigma, sigma_mid)
            x = toward(x, denoise(x_mid, sigma_mid), sigma, sigma_down)
        if sigma_up > 0:
            x = x + noise(sigma, sigma_next) * noise_scale * sigma_up
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)


def lcm(denoise: Denoiser, x: Tensor, sigmas: Sequence[float], *, noise: NoiseDraw) -> Iterator[Step]:
    """Multistep consistency sampling (Song et al. 2023, algorithm 1): to the clean estimate, then all noise anew."""
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        x = denoised = denoise(x, sigma)
        if sigma_next > 0:
            x = denoised + sigma_next * noise(sigma, sigma_next)
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)
