"""Noise schedules: falling sigmas for a number of steps, float32, ending in 0 unless said otherwise."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.stats
import torch
from torch import Tensor

from underpaint.request import BetaQuantiles, LastStepRule, OneStepRule, Rules, Scheduler, ScheduleSettings
from underpaint.sampling.denoiser import SigmaTable
from underpaint.traits import OWN_RHO

KARRAS_RHO = OWN_RHO[Scheduler.KARRAS]
POLYEXPONENTIAL_RHO = OWN_RHO[Scheduler.POLYEXPONENTIAL]
# https://research.nvidia.com/labs/toronto-ai/AlignYourSteps: Stable Diffusion 1.5, 10 steps
ALIGN_YOUR_STEPS_SD1 = (14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029)


@dataclass(frozen=True, slots=True)
class Span:
    """A model's levels, and the part of them that a schedule may use."""

    table: SigmaTable
    settings: ScheduleSettings = field(default_factory=ScheduleSettings)
    is_whole: bool = False
    """Strides in timesteps begin and end at whole ones, as latent consistency models and A1111's quantization want."""

    @property
    def timesteps(self) -> tuple[float, float]:
        """The first and the last timestep, those of `high` and `low`."""
        timestep_of = self.table.nearest_timestep if self.is_whole else self.table.timestep
        return timestep_of(self.high), timestep_of(self.low)

    @property
    def low(self) -> float:
        return self.settings.sigma_min or self.table.sigma_min

    @property
    def high(self) -> float:
        return self.settings.sigma_max or self.table.sigma_max


def uniform(steps: int, span: Span) -> Tensor:
    """Equal strides in the model's timesteps, both ends included."""
    return _ending_in_zero(span.table.sigma(torch.linspace(len(span.table.sigmas) - 1, 0, steps)))


def karras(steps: int, span: Span) -> Tensor:
    """Karras et al. (2022), equation 5: equal strides in sigma^(1/rho), rho = 7 by default."""
    return karras_between(span.high, span.low, steps, rho=span.settings.rho or KARRAS_RHO)


def karras_between(high: float, low: float, steps: int, *, rho: float = KARRAS_RHO) -> Tensor:
    """`steps` levels from `high` to `low`, then 0."""
    start, end = high ** (1 / rho), low ** (1 / rho)
    return _ending_in_zero((start + torch.linspace(0, 1, steps) * (end - start)) ** rho)


def exponential(steps: int, span: Span) -> Tensor:
    """Equal strides in log sigma."""
    return _ending_in_zero(torch.linspace(math.log(span.high), math.log(span.low), steps).exp())


def polyexponential(steps: int, span: Span) -> Tensor:
    """Polynomial strides in log sigma; with rho = 1, the default, the exponential schedule."""
    low, high = math.log(span.low), math.log(span.high)
    ramp = torch.linspace(1, 0, steps) ** (span.settings.rho or POLYEXPONENTIAL_RHO)
    return _ending_in_zero((ramp * (high - low) + low).exp())


def sgm_uniform(steps: int, span: Span) -> Tensor:
    """Equal strides in timesteps, the last one before sigma_min (Stability's generative-models)."""
    start, end = span.timesteps
    return _ending_in_zero(span.table.sigma(torch.linspace(start, end, steps + 1)[:-1]))


def kl_optimal(steps: int, span: Span) -> Tensor:
    """Sabour et al. (2024), "Align Your Steps", equal strides in atan sigma. Ends at sigma_min; `rules.last_step`
    clean lets 0 follow."""
    weight = torch.arange(steps + 1) / steps
    return torch.tan(weight * math.atan(span.low) + (1 - weight) * math.atan(span.high))


def align_your_steps(steps: int, span: Span) -> Tensor:
    """Sabour et al. (2024): the published SD 1 table, log-linearly resampled; for one step its highest level, by
    `rules.one_step` the lowest."""
    levels = ALIGN_YOUR_STEPS_SD1[:1] if steps == 1 else _resampled(ALIGN_YOUR_STEPS_SD1, steps)
    return _ending_in_zero(torch.tensor(levels, dtype=torch.float32))


def _resampled(levels: Sequence[float], steps: int) -> Sequence[float]:
    """Log-linearly, from the lowest level upwards as its authors do: of one step the lowest level is left."""
    if steps == len(levels):
        return levels
    rising = np.log(levels[::-1])
    return np.exp(np.interp(np.linspace(0, 1, steps), np.linspace(0, 1, len(levels)), rising))[::-1].tolist()


def simple(steps: int, span: Span) -> Tensor:
    """Every (1000 / steps)-th entry of the table, from the top."""
    sigmas = span.table.sigmas
    stride = len(sigmas) / steps
    return _ending_in_zero(torch.stack([sigmas[-(1 + int(i * stride))] for i in range(steps)]))


def normal(steps: int, span: Span) -> Tensor:
    """Equal strides in timesteps between sigma_max and sigma_min."""
    start, end = span.timesteps
    return _ending_in_zero(span.table.sigma(torch.linspace(start, end, steps)))


def ddim(steps: int, span: Span) -> Tensor:
    """Entries 1, 1 + stride, … of the table, falling. May hold more than `steps` levels."""
    stride = max(len(span.table.sigmas) // steps, 1)
    return _ending_in_zero(span.table.sigmas[1::stride].flip(0))


def beta(steps: int, span: Span) -> Tensor:
    """Timesteps by the quantiles of a beta distribution (Lee et al. 2024, arXiv 2407.12173); by `rules.beta_quantiles`
    sigmas instead."""
    start, end = span.timesteps
    return _ending_in_zero(span.table.sigma(torch.from_numpy(end + _quantiles(steps, span) * (start - end))))


def _quantiles(steps: int, span: Span) -> np.ndarray:
    """Falling from 1 to 0."""
    return scipy.stats.beta.ppf(
        1 - np.linspace(0, 1, steps), span.settings.beta_alpha, span.settings.beta_beta
    )


def _ending_in_zero(sigmas: Tensor) -> Tensor:
    return torch.cat([sigmas, sigmas.new_zeros(1)])


SCHEDULES: dict[Scheduler, Callable[[int, Span], Tensor]] = {
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


def sigmas_for(
    scheduler: Scheduler,
    steps: int,
    span: Span,
    *,
    discard_penultimate: bool = False,
    rules: Rules,
) -> Tensor:
    """The sigmas of a schedule. Discarding makes one step more and leaves out the last before 0."""
    make = _maker(scheduler, rules)
    if not discard_penultimate:
        return make(steps, span)
    sigmas = make(steps + 1, span)
    return torch.cat([sigmas[:-2], sigmas[-1:]])


def _maker(scheduler: Scheduler, rules: Rules) -> Callable[[int, Span], Tensor]:
    match scheduler:
        case Scheduler.KL_OPTIMAL if rules.last_step is LastStepRule.CLEAN:
            return _kl_optimal_to_zero
        case Scheduler.ALIGN_YOUR_STEPS if rules.one_step is OneStepRule.LOWEST:
            return _align_your_steps_from_below
        case Scheduler.BETA if rules.beta_quantiles is BetaQuantiles.SIGMA:
            return _beta_in_sigma
        case _:
            return SCHEDULES[scheduler]


def _kl_optimal_to_zero(steps: int, span: Span) -> Tensor:
    levels = torch.tensor([span.high]) if steps == 1 else kl_optimal(steps - 1, span)
    return _ending_in_zero(levels)


def _align_your_steps_from_below(steps: int, span: Span) -> Tensor:
    return _ending_in_zero(torch.tensor(_resampled(ALIGN_YOUR_STEPS_SD1, steps), dtype=torch.float32))


def _beta_in_sigma(steps: int, span: Span) -> Tensor:
    levels = span.low + _quantiles(steps, span) * (span.high - span.low)
    return _ending_in_zero(torch.tensor(levels, dtype=torch.float32))


def timesteps_for(steps: int, *, discard_penultimate: bool) -> list[int]:
    """DDIM's rising timesteps 1, 1 + stride, … as A1111 takes them. May hold more than `steps` entries."""
    stride = max(1000 // (steps + 1 if discard_penultimate else steps), 1)
    return [min(t + 1, 999) for t in range(0, 1000, stride)]
