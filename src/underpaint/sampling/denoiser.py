"""The two shapes a model takes here, and the bridge between them.

A network predicts noise from a variance-preserving input at a timestep; solvers work on variance-exploding
latents, x = x0 + sigma·noise, and want x0 (Karras et al. 2022).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor


@runtime_checkable
class NoisePredictor(Protocol):
    """Estimates the noise in variance-preserving latents `x` (batch, 4, h, w) at a (fractional) timestep."""

    def __call__(self, x: Tensor, timestep: float) -> Tensor: ...


@runtime_checkable
class Denoiser(Protocol):
    """Estimates the clean latents x0 hidden in `x` = x0 + sigma·noise, shape (batch, 4, h, w)."""

    def __call__(self, x: Tensor, sigma: float) -> Tensor: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a solver: `x` at noise level `sigma`, and the clean estimate `denoised` that led there."""

    index: int
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


def clean_estimates(predict: NoisePredictor, table: SigmaTable) -> Denoiser:
    """The denoiser x0 = x - sigma·noise(x / sqrt(sigma² + 1), t(sigma)) of a noise predictor."""

    def denoise(x: Tensor, sigma: float) -> Tensor:
        return x - sigma * predict(x / math.sqrt(sigma**2 + 1), table.timestep(sigma))

    return denoise
