"""What solvers of several families share."""

import math
from collections.abc import Callable

from torch import Tensor

NoiseDraw = Callable[[float, float], Tensor]


def slope(x: Tensor, denoised: Tensor, sigma: float) -> Tensor:
    """dx/dsigma of the probability-flow ODE, which is also the estimate of the noise."""
    return (x - denoised) / sigma


def log_step(sigma: float, sigma_next: float) -> float:
    """h, the step in lambda; infinite down to 0."""
    return math.log(sigma / sigma_next) if sigma_next > 0 else math.inf


def toward(x: Tensor, denoised: Tensor, sigma: float, sigma_next: float) -> Tensor:
    """Along the straight line to `denoised`: an Euler step in sigma, which is the first-order DPM-Solver++ too."""
    return denoised + (sigma_next / sigma) * (x - denoised)


def ancestral_levels(sigma: float, sigma_next: float, eta: float) -> tuple[float, float]:
    """(sigma_down, sigma_up) with sigma_down² + sigma_up² = sigma_next²."""
    sigma_up = min(sigma_next, eta * math.sqrt(sigma_next**2 * (sigma**2 - sigma_next**2) / sigma**2))
    return math.sqrt(sigma_next**2 - sigma_up**2), sigma_up
