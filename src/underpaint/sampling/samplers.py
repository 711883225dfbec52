"""From a start to a clean picture: chooses schedule, start and solver for a request's sampling settings."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from underpaint.errors import InvalidRequest
from underpaint.request import (
    DdimRule,
    GuidanceStart,
    LastStepRule,
    NoiseSettings,
    Rules,
    Sampler,
    SamplingSettings,
    SoftInpaintingSettings,
    StepControl,
    StepRule,
)
from underpaint.sampling.brownian import BrownianNoise
from underpaint.sampling.counts import resampled_steps
from underpaint.sampling.denoiser import (
    Denoiser,
    NoisePredictor,
    SigmaTable,
    Step,
    clean_estimates,
    consistency_estimates,
    consistency_table,
)
from underpaint.sampling.guidance import Guidance, GuidedPredictor, Omission, counting_calls
from underpaint.sampling.masking import Blend, keep_unmasked, plain_blend, show_unmasked, soft_blend
from underpaint.sampling.noise import BatchNoise
from underpaint.sampling.schedules import Span, sigmas_for
from underpaint.sampling.solvers.common import NoiseDraw
from underpaint.sampling.solvers.karras import Churn
from underpaint.sampling.steps import step_range, steps_to_run
from underpaint.sampling.timesteps import TimestepWalk, timestep_walk
from underpaint.sampling.walk import Walk, number_of_steps, walked
from underpaint.traits import TRAITS, Traits, effective_scheduler

CFGPP_SCALE = 12.5
"""The CFG scale that means CFG++'s lambda = 1, as A1111 has it."""


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
    soft: SoftInpaintingSettings | None = None
    """How partly masked latents are blended; None: always by their mask."""

    def planned_steps(self, *, from_picture: bool) -> int:
        """How many steps `run` will yield; DPM adaptive, which cannot know, yields steps numbered up to this."""
        sigmas = self.sigmas(from_picture=from_picture)
        fast_calls = self._fast_calls(sigmas, from_picture=from_picture)
        steps = number_of_steps(self.settings.sampler, sigmas, fast_calls, self.rules.last_step)
        return steps + self.settings.resampling * self._resampled(sigmas)

    def guidance(self, *, from_picture: bool) -> Guidance:
        """How the sampler wants the prompts put together."""
        settings = self.settings
        is_cfgpp = settings.sampler is Sampler.DDIM_CFGPP
        steps = steps_to_run(settings, self.rules, from_picture=from_picture)
        calls = steps * self._traits.calls_per_step
        lowest = torch.tensor(settings.negative_min_sigma, dtype=torch.float32).item()  # as levels are

        def omission(call: int, level: float) -> Omission | None:
            if self._is_early(call, calls):
                return Omission.EARLY
            is_asked = call % 2 or settings.negative_min_sigma_every_call
            return Omission.LOW if is_asked and level < lowest else None

        return Guidance(
            scale=settings.cfg_scale / CFGPP_SCALE if is_cfgpp else settings.cfg_scale,
            omission=omission,
            shows_unguided=is_cfgpp,
        )

    def _is_early(self, call: int, calls: int) -> bool:
        share = self.settings.negative_from
        match self.rules.guidance_start:
            case GuidanceStart.A1111:
                return 0 < share >= call / calls
            case GuidanceStart.EXACT:
                return call < round(share * calls)

    def initial(self, start: Start) -> Tensor:
        """The noisy latents that `run` begins with."""
        if self._walks_timesteps:
            return start.noise if start.init is None else self._noised(start.init, start.noise)
        sigma, *lower = self.sigmas(from_picture=start.init is not None)
        if start.init is None:
            return start.noise * (math.hypot(1, sigma) if self.noise.is_sgm_scaled else sigma)
        if not lower:  # no step will be done
            return start.init
        return start.init + start.noise * (sigma + self.noise.extra)

    def first_input(self, start: Start) -> Tensor:
        """What the model sees at its first call, (images, 4, h, w): the start and its noise, scaled to the variance
        of clean latents. Without a step to do: the start."""
        x = self.initial(start)
        if not self._walks_timesteps:
            return x / math.hypot(1, self.sigmas(from_picture=start.init is not None)[0])
        if start.init is None or start.mask is None:
            return x
        asked_at = self._timesteps(from_picture=True).timesteps
        return self._blend(x, start.init, start.mask, asked_at[0]) if len(asked_at) > 1 else start.init

    def run(self, predict: GuidedPredictor, start: Start) -> Iterator[Step]:
        """Yields every step. Nothing is yielded when the strength leaves no step to do."""
        sigmas = self.sigmas(from_picture=start.init is not None)
        if len(sigmas) < 2:
            return iter(())
        if self._walks_timesteps:
            return self._run_timesteps(predict, start, sigmas)
        if self._resampled(sigmas):
            return self._run_resampled(predict, start, sigmas)
        walk = self._walk(predict, start, self.initial(start), sigmas)
        if self.settings.sampler is Sampler.DPM_ADAPTIVE and self.rules.step_control is StepControl.IMAGE:
            return self._run_one_by_one(predict, start, walk)
        return walked(self.settings.sampler, walk)

    def sigmas(self, *, from_picture: bool) -> Sequence[float]:
        """The sigmas that are walked: for image-to-image the part that the denoising strength leaves."""
        if self._walks_timesteps:
            return self._timesteps(from_picture).sigmas
        if not from_picture:
            return self._schedule(self.settings.steps)
        steps = step_range(self.settings, self.rules.steps)
        schedule = self._schedule(steps.schedule_steps)
        if self.rules.steps is StepRule.EXACT:
            # counted from the end: a schedule may hold more levels than steps, or fewer
            return schedule[max(len(schedule) - 1 - steps.calls, 0) :]
        if steps.first >= len(schedule):
            raise InvalidRequest(
                f"{self.settings.sampler} knows {len(schedule) - 1} noise levels, and with these settings of "
                "sampling.steps and sampling.denoising_strength none of them is left; take fewer steps."
            )
        return schedule[steps.first :]

    @property
    def _traits(self) -> Traits:
        return TRAITS[self.settings.sampler]

    @property
    def _walks_timesteps(self) -> bool:
        return self._traits.walks_timesteps and self.rules.ddim is DdimRule.A1111

    @property
    def _blend(self) -> Blend:
        return plain_blend if self.soft is None else soft_blend(self.soft)

    @property
    def _levels(self) -> SigmaTable:
        """The model's levels, as far as the sampler can use them."""
        return consistency_table(self.table) if self.settings.sampler is Sampler.LCM else self.table

    def _schedule(self, steps: int) -> list[float]:
        settings, traits = self.settings, self._traits
        scheduler = effective_scheduler(settings.sampler, settings.scheduler)
        sigmas = sigmas_for(
            scheduler,
            steps,
            Span(
                self._levels,
                settings.schedule,
                is_whole=settings.rounds_timesteps or settings.sampler is Sampler.LCM,
            ),
            discard_penultimate=settings.discards_penultimate_sigma or traits.discards_penultimate_sigma,
            rules=self.rules,
        )
        strides = sigmas.diff()
        # consistency models have 50 levels, of which more steps repeat some
        if not ((strides < 0) | ((strides == 0) & (settings.sampler is Sampler.LCM))).all():
            raise InvalidRequest(
                f"With these settings of sampling.schedule the {steps} levels of {scheduler} do not fall; move "
                "sigma_min and sigma_max apart, or set them, rho and the beta parameters back to their defaults."
            )
        return sigmas.tolist()

    def _walk(self, predict: GuidedPredictor, start: Start, x: Tensor, sigmas: Sequence[float]) -> Walk:
        settings, traits = self.settings, self._traits
        return Walk(
            denoise=self._denoiser(counting_calls(predict), start),
            x=x,
            sigmas=sigmas,
            ends=self._ends(start, sigmas),
            fast_calls=self._fast_calls(sigmas, from_picture=start.init is not None),
            noise=self._brownian(start) if traits.is_brownian else _noise_of(start),
            eta=(traits.default_eta or 0.0) if settings.eta is None else settings.eta,
            noise_scale=settings.noise_scale if traits.takes_noise_scale else 1.0,
            churn=Churn(
                amount=settings.churn,
                sigma_min=settings.churn_sigma_min,
                sigma_max=settings.churn_sigma_max or math.inf,
                noise_scale=settings.noise_scale,
            ),
            rules=self.rules,
            unipc=settings.unipc,
        )

    def _ends(self, start: Start, sigmas: Sequence[float]) -> tuple[float, float]:
        if start.init is None and self.rules.last_step is LastStepRule.A1111:
            return self.table.sigma_max, self.table.sigma_min  # whatever the schedule
        return sigmas[0], sigmas[-2]

    def _fast_calls(self, sigmas: Sequence[float], *, from_picture: bool) -> int:
        """The calls of DPM fast. One is kept for the step to 0, where there is one."""
        if self.rules.last_step is LastStepRule.CLEAN:
            return len(sigmas) - 2
        return len(sigmas) - 1 if from_picture else self.settings.steps

    def _denoiser(self, predict: NoisePredictor, start: Start) -> Denoiser:
        if self._walks_timesteps:
            if start.init is not None and start.mask is not None:
                predict = show_unmasked(predict, start.init, start.mask, self._blend)
            walk = self._timesteps(start.init is not None)
            return clean_estimates(predict, walk.timestep, walks_timesteps=True)
        if self.settings.sampler is Sampler.LCM:
            denoise = consistency_estimates(predict, self._levels)
        else:
            is_whole = self.settings.rounds_timesteps
            denoise = clean_estimates(
                predict, self.table.nearest_timestep if is_whole else self.table.timestep
            )
        if start.init is None or start.mask is None:
            return denoise
        return keep_unmasked(denoise, start.init, start.mask, self._blend)

    def _brownian(self, start: Start) -> NoiseDraw:
        steps = self.settings.steps
        if start.init is not None:
            steps = step_range(self.settings, self.rules.steps).schedule_steps
        # the whole schedule, not the part that is walked: a seed's path must not depend on the strength
        levels = [sigma for sigma in self._schedule(steps) if sigma > 0]
        shape = tuple(start.noise.shape[1:])
        path = BrownianNoise(self.noise.source, start.seeds, shape, min(levels), max(levels))
        return lambda sigma, sigma_next: path(sigma, sigma_next).to(start.noise)

    def _resampled(self, sigmas: Sequence[float]) -> int:
        return resampled_steps(self.settings, self.rules, len(sigmas) - 1)

    def _run_resampled(
        self, predict: GuidedPredictor, start: Start, sigmas: Sequence[float]
    ) -> Iterator[Step]:
        """The first steps, and back up with fresh noise, as often as asked; then all steps (RePaint, Lugmayr et al. 2022,
        section 4.2, with one long jump). Every walk counts its calls anew, so that what changes on the way changes at
        the same levels. The Brownian path belongs to the last walk: noise that is in x already must not come again."""
        x, sampler, first = self.initial(start), self.settings.sampler, self._resampled(sigmas)
        fresh = _noise_of(start)
        starting_level = self.noise.multiplier * (sigmas[0] + self.noise.extra)
        back_up = starting_level * math.sqrt(1 - (sigmas[first] / sigmas[0]) ** 2)
        for time in range(self.settings.resampling):
            walk = replace(self._walk(predict, start, x, sigmas[: first + 1]), noise=fresh)
            for step in walked(sampler, walk):
                x = step.x
                yield replace(step, index=time * first + step.index)
            x = x + fresh(sigmas[first], sigmas[0]) * back_up
        for step in walked(sampler, self._walk(predict, start, x, sigmas)):
            yield replace(step, index=self.settings.resampling * first + step.index)

    def _run_one_by_one(self, predict: GuidedPredictor, start: Start, walk: Walk) -> Iterator[Step]:
        """One image after the other, so that each has steps of its own. The model still sees the whole batch, of which
        only the image's row counts: what it is given beside the latents may differ from image to image."""
        x, denoised = walk.x, walk.x
        for image in range(len(walk.x)):
            row = slice(image, image + 1)
            whole = self._denoiser(counting_calls(predict), start)

            def denoise(x_row: Tensor, sigma: float, row: slice = row, whole: Denoiser = whole) -> Tensor:
                return whole(_with_row(walk.x, row, x_row), sigma)[row]

            own = replace(walk, denoise=denoise, x=walk.x[row], noise=_noise_of_image(start, image))
            planned = len(walk.sigmas) - 1
            for step in walked(self.settings.sampler, own):
                x, denoised = _with_row(x, row, step.x), _with_row(denoised, row, step.denoised)
                done = math.ceil((image * planned + step.index + 1) / len(walk.x))
                yield replace(step, index=done - 1, x=x, denoised=denoised)

    def _timesteps(self, from_picture: bool) -> TimestepWalk:
        return timestep_walk(self.settings, self.rules, self.table, from_picture=from_picture)

    def _run_timesteps(
        self, predict: GuidedPredictor, start: Start, sigmas: Sequence[float]
    ) -> Iterator[Step]:
        """The solvers' latents are variance-exploding, A1111's here are not: scaled before and after."""
        x = self.initial(start) * math.hypot(1, sigmas[0])
        for step in walked(self.settings.sampler, self._walk(predict, start, x, sigmas)):
            yield replace(step, x=step.x / math.hypot(1, step.sigma))

    def _noised(self, init: Tensor, noise: Tensor) -> Tensor:
        alpha = self._timesteps(from_picture=True).added_alpha
        return math.sqrt(alpha) * (init + self.noise.extra * noise) + math.sqrt(1 - alpha) * noise


def _with_row(x: Tensor, row: slice, value: Tensor) -> Tensor:
    return torch.cat([x[: row.start], value, x[row.stop :]])


def _noise_of(start: Start) -> NoiseDraw:
    return lambda *_: start.stream.following().to(start.noise)


def _noise_of_image(start: Start, image: int) -> NoiseDraw:
    return lambda *_: start.stream.following_of(image).to(start.noise)
