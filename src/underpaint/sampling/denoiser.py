"""The two shapes a model takes here, and the bridge between them.

A network predicts noise from a variance-preserving input at a timestep; solvers work on variance-exploding
latents, x = x0 + sigma·noise, and want x0 (Karras et al. 2022).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from underpaint.request import NoiseLevels


@runtime_checkable
class NoisePredictor(Protocol):
    """Estimates the noise in variance-preserving latents `x` (batch, 4, h, w) at a (fractional) timestep.

    `level` is what guidance and blending go by: the sigma the solver asks for, which a timestep may only stand for
    roughly; or the timestep itself where timesteps are walked.
    """

    def __call__(self, x: Tensor, timestep: float, level: float) -> Tensor: ...


@runtime_checkable
class Denoiser(Protocol):
    """Estimates the clean latents x0 hidden in `x` = x0 + sigma·noise, shape (batch, 4, h, w)."""

    def __call__(self, x: Tensor, sigma: float) -> Tensor: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a solver: `x` at noise level `sigma`, and the clean estimate `denoised` that led there."""

    index: int
    """From 0. Of DPM adaptive, which chooses its steps, the share of the way done, in planned steps."""
    sigma: float
    x: Tensor
    denoised: Tensor


class SigmaTable:
    """A model's noise levels: sigma(t) = sqrt((1 - alphas_cumprod) / alphas_cumprod) for t = 0 … 999.

    Between timesteps log sigma is linear. Sigmas rise with t.
    """

    def __init__(self, alphas_cumprod: Sequence[float] | Tensor) -> None:
        alphas = torch.as_tensor(alphas_cumprod, dtype=torch.float32)
        self.alphas_cumprod = alphas
        self.sigmas = ((1 - alphas) / alphas) ** 0.5
        self._log_sigmas = self.sigmas.log()
        self._log_sigmas_f64 = self._log_sigmas.double().numpy()

    @property
    def sigma_min(self) -> float:
        return self.sigmas[0].item()

    @property
    def sigma_max(self) -> float:
        return self.sigmas[-1].item()

    def sigma(self, timesteps: Tensor) -> Tensor:
        """Sigmas at fractional timesteps, float32."""
        t = timesteps.float()
        low, high = t.floor().long(), t.ceil().long()
        weight = t.frac()
        return ((1 - weight) * self._log_sigmas[low] + weight * self._log_sigmas[high]).exp()

    def timestep(self, sigma: float) -> float:
        """The fractional timestep of a sigma, clamped to the table."""
        return float(np.interp(math.log(sigma), self._log_sigmas_f64, np.arange(len(self.sigmas))))

    def nearest_timestep(self, sigma: float) -> float:
        """The timestep whose sigma is nearest by ratio. In float32, as k-diffusion finds it: even strides often lead
        just half-way between two timesteps."""
        return float((torch.tensor(sigma, dtype=torch.float32).log() - self._log_sigmas).abs().argmin())


TERMINAL_ALPHA = 4.8973451890853435e-08
"""What is left of the picture at zero terminal SNR, so that sigma stays finite: 4519."""


def adjusted_alphas(alphas_cumprod: Tensor, levels: NoiseLevels, *, rounds: bool) -> Tensor:
    """A model's alphas_cumprod as settings change them, float32: rounded to half precision, then stretched (Lin et al.
    2023, algorithm 1)."""
    alphas = alphas_cumprod.half().float() if rounds else alphas_cumprod.float()
    if levels is NoiseLevels.TRAINED:
        return alphas
    roots = alphas.sqrt()
    stretched = ((roots - roots[-1]) * roots[0] / (roots[0] - roots[-1])) ** 2
    return torch.cat([stretched[:-1], stretched.new_tensor([TERMINAL_ALPHA])])


def clean_estimates(
    predict: NoisePredictor, timestep_of: Callable[[float], float], *, walks_timesteps: bool = False
) -> Denoiser:
    """The denoiser x0 = x - sigma·noise(x / sqrt(sigma² + 1), timestep) of a noise predictor."""

    def denoise(x: Tensor, sigma: float) -> Tensor:
        timestep = timestep_of(sigma)
        level = timestep if walks_timesteps else sigma
        return x - sigma * predict(x / math.sqrt(sigma**2 + 1), timestep, level)

    return denoise


CONSISTENCY_SPREAD = 0.5
"""sigma_data of latent consistency models."""
CONSISTENCY_TIME_SCALE = 10.0
CONSISTENCY_STRIDE = 20
"""Distillation knew every 20th timestep: 19, 39, … 999."""


def consistency_table(table: SigmaTable) -> SigmaTable:
    """The 50 levels that a latent consistency model was distilled for."""
    return SigmaTable(table.alphas_cumprod[CONSISTENCY_STRIDE - 1 :: CONSISTENCY_STRIDE])


def consistency_estimates(predict: NoisePredictor, levels: SigmaTable) -> Denoiser:
    """The consistency function c_skip·x + c_out·x0 (Song et al. 2023; Luo et al. 2023, section 4.1) over `levels`,
    a `consistency_table`, asked at the nearest of them."""

    def denoise(x: Tensor, sigma: float) -> Tensor:
        timestep = levels.nearest_timestep(sigma) * CONSISTENCY_STRIDE + CONSISTENCY_STRIDE - 1
        denoised = x - sigma * predict(x / math.sqrt(sigma**2 + 1), timestep, sigma)
        variance = CONSISTENCY_SPREAD**2 + (timestep * CONSISTENCY_TIME_SCALE) ** 2
        c_skip = CONSISTENCY_SPREAD**2 / variance
        c_out = timestep * CONSISTENCY_TIME_SCALE / math.sqrt(variance)
        return c_skip * x + c_out * denoised

    return denoise
