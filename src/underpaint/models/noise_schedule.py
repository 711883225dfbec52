"""What a network was trained to predict, and at which noise levels."""

import math
from dataclasses import dataclass
from enum import StrEnum

import torch
from jaxtyping import Float
from torch import Tensor

TRAIN_TIMESTEPS = 1000


class Prediction(StrEnum):
    """What the network's output means (Salimans & Ho 2022, appendix D)."""

    EPSILON = "epsilon"
    """The noise."""
    V = "v_prediction"
    """sqrt(alphas_cumprod)·noise - sqrt(1 - alphas_cumprod)·x0."""


class BetaSchedule(StrEnum):
    """How the variance added per training step grows."""

    LINEAR = "linear"
    SCALED_LINEAR = "scaled_linear"
    """Linear in the square root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseSchedule:
    """Stable Diffusion 1's, unless told otherwise."""

    beta_start: float = 0.00085
    beta_end: float = 0.012
    betas: BetaSchedule = BetaSchedule.SCALED_LINEAR
    prediction: Prediction = Prediction.EPSILON

    def alphas_cumprod(self) -> Float[Tensor, "1000"]:
        """The share of signal variance left at every training timestep.

        Computed in float64, as the buffers in Stable Diffusion's checkpoints were: float32 differs by 5e-7.
        """
        power = 2 if self.betas is BetaSchedule.SCALED_LINEAR else 1
        start, end = (math.pow(beta, 1 / power) for beta in (self.beta_start, self.beta_end))
        betas = torch.linspace(start, end, TRAIN_TIMESTEPS, dtype=torch.float64) ** power
        return torch.cumprod(1 - betas, dim=0).float()
