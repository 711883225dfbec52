"""Solvers: plain functions over a denoiser that yield every step they take.

`sigmas` are falling floats, usually ending in 0. Stochastic solvers take `noise(sigma, sigma_next)`, unit normal,
of x's shape. Maths keeps the papers' letters.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor

from underpaint.sampling.denoiser import Denoiser, NoisePredictor, Step

NoiseDraw = Callable[[float, float], Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Churn:
    """Karras et al. (2022), algorithm 2: how much noise Euler adds before a step, and where."""

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
    """Karras et al. (2022), algorithm 2, first order."""
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        sigma_hat = sigma
        if churn.amount:
            # drawn even where gamma is 0: what a seed means in A1111 depends on the number of draws
            added = noise(sigma, sigma_next) * churn.noise_scale
            sigma_hat = sigma * (churn.gamma(sigma, len(sigmas) - 1) + 1)
            x = x + added * math.sqrt(sigma_hat**2 - sigma**2)
        denoised = denoise(x, sigma_hat)
        x = x + (sigma_next - sigma_hat) * (x - denoised) / sigma_hat
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)


def euler_ancestral(
    denoise: Denoiser, x: Tensor, sigmas: Sequence[float], *, noise: NoiseDraw, eta: float, noise_scale: float
) -> Iterator[Step]:
    """Euler to a lower level, then fresh noise back up to sigma_next. In these variables it is also DDIM with eta
    (Song et al. 2021, equation 12)."""
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        sigma_down, sigma_up = ancestral_levels(sigma, sigma_next, eta)
        x = x + (sigma_down - sigma) * (x - denoised) / sigma
        if sigma_next > 0 and eta > 0:
            x = x + noise(sigma, sigma_next) * noise_scale * sigma_up
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)


def ancestral_levels(sigma: float, sigma_next: float, eta: float) -> tuple[float, float]:
    """(sigma_down, sigma_up) with sigma_down² + sigma_up² = sigma_next²."""
    sigma_up = min(sigma_next, eta * math.sqrt(sigma_next**2 * (sigma**2 - sigma_next**2) / sigma**2))
    return math.sqrt(sigma_next**2 - sigma_up**2), sigma_up


def dpmpp_2m(denoise: Denoiser, x: Tensor, sigmas: Sequence[float]) -> Iterator[Step]:
    """DPM-Solver++(2M), Lu et al. (2022b), algorithm 2: multistep, second order, first order at both ends."""
    previous: Tensor | None = None
    h_last = 0.0
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        h = _log_step(sigma, sigma_next)
        d = denoised
        if previous is not None and sigma_next > 0:
            r = h_last / h
            d = (1 + 1 / (2 * r)) * denoised - 1 / (2 * r) * previous
        x = (sigma_next / sigma) * x - math.expm1(-h) * d
        previous, h_last = denoised, h
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)


def dpmpp_2m_sde(
    denoise: Denoiser, x: Tensor, sigmas: Sequence[float], *, noise: NoiseDraw, eta: float, noise_scale: float
) -> Iterator[Step]:
    """SDE-DPM-Solver++(2M), Lu et al. (2022b), midpoint form."""
    previous: Tensor | None = None
    h_last = 0.0
    for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
        denoised = denoise(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            h = _log_step(sigma, sigma_next)
            decay = -math.expm1(-h - eta * h)
            x = (sigma_next / sigma) * math.exp(-eta * h) * x + decay * denoised
            if previous is not None:
                x = x + 0.5 * decay * (h / h_last) * (denoised - previous)
            if eta > 0:
                scale = sigma_next * math.sqrt(-math.expm1(-2 * eta * h)) * noise_scale
                x = x + noise(sigma, sigma_next) * scale
            h_last = h
        previous = denoised
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)


def _log_step(sigma: float, sigma_next: float) -> float:
    """Step in lambda = -log sigma."""
    return math.log(sigma / sigma_next) if sigma_next > 0 else math.inf


def ddim_a1111(
    predict: NoisePredictor,
    x: Tensor,
    timesteps: Sequence[int],
    alphas_cumprod: Tensor,
    *,
    noise: NoiseDraw,
    eta: float,
) -> Iterator[Step]:
    """DDIM (Song et al. 2021) over rising `timesteps`, on variance-preserving latents, as A1111 runs it: the last
    update ends at the first timestep, not at a clean picture. Noise is drawn every step, used or not."""
    alphas = [alphas_cumprod[t].double().item() for t in timesteps]
    falling = list(zip(reversed(timesteps), pairwise(reversed(alphas)), strict=False))
    for i, (timestep, (alpha, alpha_next)) in enumerate(falling):
        eps = predict(x, float(timestep))
        denoised = (x - math.sqrt(1 - alpha) * eps) / math.sqrt(alpha)
        spread = eta * math.sqrt((1 - alpha_next) / (1 - alpha) * (1 - alpha / alpha_next))
        direction = math.sqrt(1 - alpha_next - spread**2) * eps
        sigma_next = math.sqrt((1 - alpha_next) / alpha_next)
        fresh = noise(math.sqrt((1 - alpha) / alpha), sigma_next)
        x = math.sqrt(alpha_next) * denoised + direction + spread * fresh
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)
