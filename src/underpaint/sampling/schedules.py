"""Noise schedules: falling sigmas for a number of steps, float32, ending in 0 unless said otherwise."""

import math
from collections.abc import Callable

import numpy as np
import scipy.stats
import torch
from torch import Tensor

from underpaint.request import BETA_PARAMETERS, Scheduler
from underpaint.sampling.denoiser import SigmaTable

KARRAS_RHO = 7.0
# https://research.nvidia.com/labs/toronto-ai/AlignYourSteps: Stable Diffusion 1.5, 10 steps
ALIGN_YOUR_STEPS_SD1 = (14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029)


def uniform(steps: int, table: SigmaTable) -> Tensor:
    """Equal strides in the model's timesteps, both ends included."""
    return _ending_in_zero(table.sigma(torch.linspace(len(table.sigmas) - 1, 0, steps)))


def karras(steps: int, table: SigmaTable) -> Tensor:
    """Karras et al. (2022), equation 5, rho = 7."""
    low, high = table.sigma_min ** (1 / KARRAS_RHO), table.sigma_max ** (1 / KARRAS_RHO)
    return _ending_in_zero((high + torch.linspace(0, 1, steps) * (low - high)) ** KARRAS_RHO)


def exponential(steps: int, table: SigmaTable) -> Tensor:
    """Equal strides in log sigma."""
    return _ending_in_zero(torch.linspace(math.log(table.sigma_max), math.log(table.sigma_min), steps).exp())


def polyexponential(steps: int, table: SigmaTable) -> Tensor:
    """Polynomial strides in log sigma; with rho = 1, as A1111 has it, the exponential schedule."""
    low, high = math.log(table.sigma_min), math.log(table.sigma_max)
    return _ending_in_zero((torch.linspace(1, 0, steps) * (high - low) + low).exp())


def sgm_uniform(steps: int, table: SigmaTable) -> Tensor:
    """Equal strides in timesteps, the last one before sigma_min (Stability's generative-models)."""
    start, end = table.timestep(table.sigma_max), table.timestep(table.sigma_min)
    return _ending_in_zero(table.sigma(torch.linspace(start, end, steps + 1)[:-1]))


def kl_optimal(steps: int, table: SigmaTable) -> Tensor:
    """Sabour et al. (2024), "Align Your Steps", equal strides in atan sigma. Ends at sigma_min, not at 0."""
    weight = torch.arange(steps + 1) / steps
    return torch.tan(weight * math.atan(table.sigma_min) + (1 - weight) * math.atan(table.sigma_max))


def align_your_steps(steps: int, table: SigmaTable) -> Tensor:
    """Sabour et al. (2024): the published SD 1 table, log-linearly resampled."""
    levels = np.array(ALIGN_YOUR_STEPS_SD1)
    if steps != len(levels):
        positions = np.linspace(0, 1, steps)
        levels = np.exp(np.interp(positions, np.linspace(0, 1, len(levels)), np.log(levels)))
    return _ending_in_zero(torch.tensor(levels, dtype=torch.float32))


def simple(steps: int, table: SigmaTable) -> Tensor:
    """Every (1000 / steps)-th entry of the table, from the top."""
    stride = len(table.sigmas) / steps
    return _ending_in_zero(torch.stack([table.sigmas[-(1 + int(i * stride))] for i in range(steps)]))


def normal(steps: int, table: SigmaTable) -> Tensor:
    """Equal strides in timesteps between sigma_max and sigma_min."""
    start, end = table.timestep(table.sigma_max), table.timestep(table.sigma_min)
    return _ending_in_zero(table.sigma(torch.linspace(start, end, steps)))


def ddim(steps: int, table: SigmaTable) -> Tensor:
    """Entries 1, 1 + stride, … of the table, falling. May hold more than `steps` levels."""
    stride = max(len(table.sigmas) // steps, 1)
    return _ending_in_zero(table.sigmas[1::stride].flip(0))


def beta(steps: int, table: SigmaTable) -> Tensor:
    """Quantiles of Beta(0.6, 0.6), linear in sigma (Lee et al. 2024, arXiv 2407.12173)."""
    quantiles = scipy.stats.beta.ppf(1 - np.linspace(0, 1, steps), *BETA_PARAMETERS)
    levels = table.sigma_min + quantiles * (table.sigma_max - table.sigma_min)
    return _ending_in_zero(torch.tensor(levels, dtype=torch.float32))


def _ending_in_zero(sigmas: Tensor) -> Tensor:
    return torch.cat([sigmas, sigmas.new_zeros(1)])


SCHEDULES: dict[Scheduler, Callable[[int, SigmaTable], Tensor]] = {
    Scheduler.UNIFORM: uniform,
    Scheduler.KARRAS: karras,
    Scheduler.EXPONENTIAL: exponential,
    Scheduler.POLYEXPONENTIAL: polyexponential,
    Scheduler.SGM_UNIFORM: sgm_uniform,
    Scheduler.KL_OPTIMAL: kl_optimal,
    Scheduler.ALIGN_YOUR_STEPS: align_your_steps,
    Scheduler.SIMPLE: simple,
    Scheduler.NORMAL: normal,
    Scheduler.DDIM: ddim,
    Scheduler.BETA: beta,
}


def sigmas_for(scheduler: Scheduler, steps: int, table: SigmaTable, *, discard_penultimate: bool) -> Tensor:
    """The sigmas of a schedule. Discarding makes one step more and leaves out the last before 0."""
    if not discard_penultimate:
        return SCHEDULES[scheduler](steps, table)
    sigmas = SCHEDULES[scheduler](steps + 1, table)
    return torch.cat([sigmas[:-2], sigmas[-1:]])


def timesteps_for(steps: int, *, discard_penultimate: bool) -> list[int]:
    """DDIM's rising timesteps 1, 1 + stride, … as A1111 takes them. May hold more than `steps` entries."""
    stride = 1000 // (steps + 1 if discard_penultimate else steps)
    return [min(t + 1, 999) for t in range(0, 1000, stride)]
