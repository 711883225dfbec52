"""The number of steps as it is told before a job, against the steps that run."""

import math
from dataclasses import replace
from itertools import product

import pytest
import torch
from torch import Tensor

from underpaint.errors import InvalidRequest
from underpaint.models.noise_schedule import NoiseSchedule
from underpaint.request import (
    NoiseLevels,
    NoiseSettings,
    Profile,
    Rules,
    Sampler,
    SamplingSettings,
    Scheduler,
    ScheduleSettings,
    StepRule,
    SubseedBlend,
)
from underpaint.sampling.counts import StepsKnown, count_steps
from underpaint.sampling.denoiser import SigmaTable, adjusted_alphas
from underpaint.sampling.guidance import GuidedPredictor
from underpaint.sampling.noise import BatchNoise
from underpaint.sampling.samplers import Sampling, Start

SHAPE = (4, 2, 2)
NOISE = NoiseSettings(seed=0, subseed=0)
ALPHAS = NoiseSchedule().alphas_cumprod()
PROFILES = {"studio": Profile.studio(), "a1111": Profile.a1111()}


def sampling_of(settings: SamplingSettings, rules: Rules) -> Sampling:
    alphas = adjusted_alphas(ALPHAS, settings.noise_levels, rounds=settings.rounds_alphas)
    return Sampling(settings=settings, noise=NOISE, rules=rules, table=SigmaTable(alphas))


def executed(settings: SamplingSettings, rules: Rules, *, from_picture: bool) -> list[int]:
    """The numbers of the steps that run, with a denoiser that costs nothing."""
    stream = BatchNoise(NOISE, [1], [0], SHAPE, SubseedBlend.IMAGE)
    init = torch.zeros(1, *SHAPE) if from_picture else None
    start = Start(noise=stream.first(), init=init, mask=None, seeds=[1], stream=stream)
    sampling = sampling_of(settings, rules)
    return [step.index for step in sampling.run(cheap(sampling), start)]


def cheap(sampling: Sampling) -> GuidedPredictor:
    """Answers with the noise of a standard Gaussian."""

    def predict(x: Tensor, timestep: float, level: float, call: int) -> Tensor:
        noise = x * math.sqrt(1 - sampling.table.alphas_cumprod[round(timestep)].item())
        return torch.stack([noise, noise]) if sampling.guidance(from_picture=True).shows_unguided else noise

    return predict


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("step_rule", [*StepRule, None], ids=[*StepRule, "text"])
@pytest.mark.parametrize("sampler", Sampler)
def test_so_many_steps_run_as_were_told(sampler: Sampler, step_rule: StepRule | None, profile: str):
    from_picture = step_rule is not None
    rules = replace(PROFILES[profile], steps=step_rule or StepRule.EXACT)
    for steps, strength in ((20, 0.4), (24, 0.9)):
        settings = SamplingSettings(sampler=sampler, steps=steps, denoising_strength=strength)
        told = count_steps(settings, rules, from_picture=from_picture)
        taken = executed(settings, rules, from_picture=from_picture)
        if sampler is Sampler.DPM_ADAPTIVE:
            assert told.known is StepsKnown.ADAPTIVE
            assert (taken == sorted(taken), taken[-1] + 1) == (True, told.steps), "progress reaches its end"
        else:
            assert (told.known, told.steps) == (StepsKnown.EXACT, len(taken))
            assert taken == list(range(len(taken)))


COUNTED_APART = (
    Sampler.EULER,
    Sampler.DPM2,
    Sampler.DPM_FAST,
    Sampler.RESTART,
    Sampler.LCM,
    Sampler.DDIM,
    Sampler.UNIPC,
)
"""One of every kind."""


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("scheduler", Scheduler)
@pytest.mark.parametrize("sampler", COUNTED_APART)
def test_every_schedule_is_counted_as_the_sampler_plans_it(
    sampler: Sampler, scheduler: Scheduler, profile: str
):
    for step_rule, steps, strength in product(StepRule, (1, 23, 36, 150), (0.03, 0.35, 1.0)):
        settings = SamplingSettings(
            sampler=sampler,
            scheduler=scheduler,
            steps=steps,
            denoising_strength=strength,
            discards_penultimate_sigma=steps == 23,
        )
        rules = replace(PROFILES[profile], steps=step_rule)
        from_picture = strength != 1.0
        try:
            planned = sampling_of(settings, rules).planned_steps(from_picture=from_picture)
        except InvalidRequest:  # the job is refused, too
            continue
        told = count_steps(settings, rules, from_picture=from_picture)
        if told.known is StepsKnown.AT_MOST:
            assert (sampler, strength) in ((Sampler.RESTART, 0.03), (Sampler.RESTART, 0.35))
            assert planned <= told.steps
        else:
            assert planned == told.steps, (step_rule, steps, strength)


def test_restart_is_counted_exactly_for_any_noise_levels_unless_it_begins_near_the_end():
    for levels, rounds, scheduler in product(NoiseLevels, (False, True), Scheduler):
        for steps in (50, 100, 150):
            settings = SamplingSettings(
                sampler=Sampler.RESTART,
                scheduler=scheduler,
                steps=steps,
                denoising_strength=0.4,
                noise_levels=levels,
                rounds_alphas=rounds,
            )
            told = count_steps(settings, Profile.studio(), from_picture=True)
            planned = sampling_of(settings, Profile.studio()).planned_steps(from_picture=True)
            assert (told.known, told.steps) == (StepsKnown.EXACT, planned)


def test_restart_that_finds_no_room_is_told_as_at_most():
    weak = SamplingSettings(sampler=Sampler.RESTART, steps=150, denoising_strength=0.14)
    told = count_steps(weak, Profile.studio(), from_picture=True)
    assert (told.known, told.steps) == (StepsKnown.AT_MOST, 21)
    assert sampling_of(weak, Profile.studio()).planned_steps(from_picture=True) == 12
    shaped = replace(weak, denoising_strength=1.0, schedule=ScheduleSettings(sigma_max=0.09))
    assert count_steps(shaped, Profile.studio(), from_picture=True).known is StepsKnown.AT_MOST


def test_more_steps_than_lcm_has_levels_are_all_of_them():
    settings = SamplingSettings(
        sampler=Sampler.LCM, scheduler=Scheduler.DDIM, steps=60, denoising_strength=1.0
    )
    assert len(executed(settings, Profile.studio(), from_picture=True)) == 49
    refused = replace(settings, steps=150, denoising_strength=0.3)
    with pytest.raises(InvalidRequest, match="LCM knows 49 noise levels"):
        executed(refused, Profile.a1111(), from_picture=True)
