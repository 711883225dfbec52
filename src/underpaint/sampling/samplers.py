"""From a start to a clean picture: chooses schedule, start and solver for a request's sampling settings."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor

from underpaint.request import DdimRule, NoiseSettings, Rules, Sampler, SamplingSettings, StepRule
from underpaint.sampling.brownian import BrownianNoise
from underpaint.sampling.denoiser import NoisePredictor, SigmaTable, Step, clean_estimates
from underpaint.sampling.masking import keep_unmasked, show_unmasked
from underpaint.sampling.noise import BatchNoise
from underpaint.sampling.schedules import sigmas_for, timesteps_for
from underpaint.sampling.solvers import (
    Churn,
    NoiseDraw,
    ddim_a1111,
    dpmpp_2m,
    dpmpp_2m_sde,
    euler,
    euler_ancestral,
)
from underpaint.sampling.steps import step_range
from underpaint.traits import TRAITS, effective_scheduler


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where the sampling of one batch starts. Tensors (images, 4, h, w) but for the mask."""

    noise: Tensor
    """Starting noise, already multiplied."""
    init: Tensor | None
    """The clean underpainting; None for text-to-image."""
    mask: Tensor | None
    """(images, 1, h, w), 1 = repaint; None repaints everything."""
    seeds: Sequence[int]
    stream: BatchNoise
    """Where stochastic samplers draw their further noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """A sampler ready to run on any start."""

    settings: SamplingSettings
    noise: NoiseSettings
    rules: Rules
    table: SigmaTable

    def planned_steps(self, *, from_picture: bool) -> int:
        """How many steps `run` will yield."""
        levels = (
            self._timesteps(from_picture) if self._walks_timesteps else self.sigmas(from_picture=from_picture)
        )
        return max(len(levels) - 1, 0)

    def initial(self, start: Start) -> Tensor:
        """The noisy latents that `run` begins with."""
        if self._walks_timesteps:
            return start.noise if start.init is None else self._noised(start.init, start.noise)
        sigma, *lower = self.sigmas(from_picture=start.init is not None)
        if start.init is None:
            return start.noise * sigma
        if not lower:  # no step will be done
            return start.init
        return start.init + start.noise * (sigma + self.noise.extra)

    def run(self, predict: NoisePredictor, start: Start) -> Iterator[Step]:
        """Yields every step. Nothing is yielded when the strength leaves no step to do."""
        if self._walks_timesteps:
            return self._run_timesteps(predict, start)
        return self._run_sigmas(predict, start)

    def sigmas(self, *, from_picture: bool) -> list[float]:
        """The sigmas that are walked: for image-to-image the part that the denoising strength leaves."""
        if not from_picture:
            return self._schedule(self.settings.steps)
        steps = step_range(self.settings, self.rules.steps)
        schedule = self._schedule(steps.schedule_steps)
        if (
            self.rules.steps is StepRule.EXACT
        ):  # counted from the end: a schedule may hold more levels than steps
            return schedule[len(schedule) - 1 - steps.calls :]
        return schedule[steps.first :]

    @property
    def _eta(self) -> float:
        """As asked for, or the sampler's default."""
        if self.settings.eta is not None:
            return self.settings.eta
        return TRAITS[self.settings.sampler].default_eta or 0.0

    @property
    def _walks_timesteps(self) -> bool:
        return self.settings.sampler is Sampler.DDIM and self.rules.ddim is DdimRule.A1111

    def _schedule(self, steps: int) -> list[float]:
        scheduler = effective_scheduler(self.settings.sampler, self.settings.scheduler)
        discard = self.settings.discards_penultimate_sigma
        return sigmas_for(scheduler, steps, self.table, discard_penultimate=discard).tolist()

    def _run_sigmas(self, predict: NoisePredictor, start: Start) -> Iterator[Step]:
        sigmas = self.sigmas(from_picture=start.init is not None)
        x = self.initial(start)
        denoise = clean_estimates(predict, self.table)
        if start.init is not None and start.mask is not None:
            denoise = keep_unmasked(denoise, start.init, start.mask)

        def following(sigma: float, sigma_next: float) -> Tensor:
            return start.stream.following().to(x)

        settings = self.settings
        match settings.sampler:
            case Sampler.EULER:
                return euler(denoise, x, sigmas, noise=following, churn=self._churn())
            case Sampler.EULER_A | Sampler.DDIM:
                return euler_ancestral(denoise, x, sigmas, noise=following, eta=self._eta, noise_scale=1.0)
            case Sampler.DPMPP_2M:
                return dpmpp_2m(denoise, x, sigmas)
            case Sampler.DPMPP_2M_SDE:
                return dpmpp_2m_sde(
                    denoise,
                    x,
                    sigmas,
                    noise=self._brownian(start),
                    eta=self._eta,
                    noise_scale=settings.noise_scale,
                )

    def _churn(self) -> Churn:
        settings = self.settings
        return Churn(
            amount=settings.churn,
            sigma_min=settings.churn_sigma_min,
            sigma_max=settings.churn_sigma_max or math.inf,
            noise_scale=settings.noise_scale,
        )

    def _brownian(self, start: Start) -> NoiseDraw:
        steps = self.settings.steps
        if start.init is not None:
            steps = step_range(self.settings, self.rules.steps).schedule_steps
        # the whole schedule, not the part that is walked: a seed's path must not depend on the strength
        levels = [sigma for sigma in self._schedule(steps) if sigma > 0]
        shape = tuple(start.noise.shape[1:])
        path = BrownianNoise(self.noise.source, start.seeds, shape, min(levels), max(levels))
        return lambda sigma, sigma_next: path(sigma, sigma_next).to(start.noise)

    def _timesteps(self, from_picture: bool) -> list[int]:
        discard = self.settings.discards_penultimate_sigma
        if not from_picture:
            return timesteps_for(self.settings.steps, discard_penultimate=discard)
        steps = step_range(self.settings, self.rules.steps)
        timesteps = timesteps_for(steps.schedule_steps, discard_penultimate=discard)
        return timesteps[: max(steps.calls - 1, 0)]

    def _run_timesteps(self, predict: NoisePredictor, start: Start) -> Iterator[Step]:
        x = self.initial(start)
        if start.init is not None and start.mask is not None:
            predict = show_unmasked(predict, start.init, start.mask)
        return ddim_a1111(
            predict,
            x,
            self._timesteps(start.init is not None),
            self.table.alphas_cumprod,
            noise=lambda _sigma, _next: start.stream.following().to(x),
            eta=self._eta,
        )

    def _noised(self, init: Tensor, noise: Tensor) -> Tensor:
        """`init` at the noise of the timestep above those walked: one stride more than the first call expects."""
        every = timesteps_for(
            step_range(self.settings, self.rules.steps).schedule_steps,
            discard_penultimate=self.settings.discards_penultimate_sigma,
        )
        alpha = self.table.alphas_cumprod[every[len(self._timesteps(from_picture=True))]].item()
        return math.sqrt(alpha) * (init + self.noise.extra * noise) + math.sqrt(1 - alpha) * noise
