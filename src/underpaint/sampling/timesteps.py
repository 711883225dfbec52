"""The timesteps that A1111's DDIM, DDIM CFG++, PLMS and UniPC walk, whatever the schedule.

Latents are variance-preserving there, x = sqrt(alpha)·x0 + sqrt(1 - alpha)·noise; divided by sqrt(alpha) they are the
solvers' x0 + sigma·noise.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from underpaint.errors import InvalidRequest
from underpaint.request import Rules, Sampler, SamplingSettings, UniPcSpacing
from underpaint.sampling.counts import TIMESTEPS
from underpaint.sampling.denoiser import SigmaTable
from underpaint.sampling.schedules import timesteps_for
from underpaint.sampling.steps import step_range


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestepWalk:
    """Falling timesteps, the last of which the model is not asked at, and their sigmas."""

    timesteps: Sequence[float]
    sigmas: Sequence[float]
    added_alpha: float
    """alphas_cumprod of the noise that is added to a picture: one stride above the first call."""

    def timestep(self, sigma: float) -> float:
        return self.timesteps[self.sigmas.index(sigma)]


def timestep_walk(
    settings: SamplingSettings, rules: Rules, table: SigmaTable, *, from_picture: bool
) -> TimestepWalk:
    """The walk of these settings; for image-to-image the part that the denoising strength leaves."""
    discard = settings.discards_penultimate_sigma
    if from_picture:
        steps = step_range(settings, rules.steps)
        every = timesteps_for(steps.schedule_steps, discard_penultimate=discard)
        rising = every[: max(steps.calls - 1, 0)]
        added = every[len(rising)]
    else:
        rising = timesteps_for(settings.steps, discard_penultimate=discard)
        added = rising[-1]
    alphas = table.alphas_cumprod.double().tolist()
    if settings.sampler is Sampler.UNIPC:
        top = (rising[-1] + 1) / TIMESTEPS if from_picture and rising else 1.0
        timesteps, sigmas = _unipc_levels(settings, np.array(alphas), top, len(rising))
    else:
        timesteps = [float(t) for t in reversed(rising)]
        sigmas = [math.sqrt((1 - alphas[t]) / alphas[t]) for t in reversed(rising)]
    return TimestepWalk(timesteps=timesteps, sigmas=sigmas, added_alpha=alphas[added])


def _unipc_levels(
    settings: SamplingSettings, alphas: np.ndarray, top: float, steps: int
) -> tuple[list[float], list[float]]:
    """UniPC's timesteps and sigmas: points of continuous time, 1/1000 … 1, where log alpha is linear in between."""
    order = settings.unipc.order
    if steps < order:
        raise InvalidRequest(
            f"UniPC of order {order} needs {order} steps; these settings leave {steps}. Take more steps, raise the "
            "denoising strength, or lower sampling.unipc.order."
        )
    grid = np.arange(1, TIMESTEPS + 1) / TIMESTEPS
    log_alphas = np.log(alphas) / 2

    def log_sigmas(times: np.ndarray) -> np.ndarray:
        at = np.interp(times, grid, log_alphas)
        return np.log(-np.expm1(2 * at)) / 2 - at

    bottom = 1 / TIMESTEPS
    match settings.unipc.spacing:
        case UniPcSpacing.TIME_UNIFORM:
            times = np.linspace(top, bottom, steps + 1)
        case UniPcSpacing.TIME_QUADRATIC:
            times = np.linspace(math.sqrt(top), math.sqrt(bottom), steps + 1) ** 2
        case UniPcSpacing.LOG_SNR:
            first, last = log_sigmas(np.array([top, bottom]))
            wanted = -np.logaddexp(0, 2 * np.linspace(first, last, steps + 1)) / 2
            times = np.interp(wanted, log_alphas[::-1], grid[::-1])
    timesteps = np.clip((times - bottom) * TIMESTEPS, 0, None)
    return timesteps.tolist(), np.exp(log_sigmas(times)).tolist()
