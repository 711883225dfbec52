"""How many steps a sampler will run: integers only, without torch and without its model."""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from underpaint.request import (
    DdimRule,
    LastStepRule,
    Rules,
    Sampler,
    SamplingSettings,
    Scheduler,
    ScheduleSettings,
    StepRule,
)
from underpaint.sampling.steps import StepRange, step_range
from underpaint.traits import TRAITS, can_resample, effective_scheduler

TIMESTEPS, CONSISTENCY_LEVELS = 1000, 50
"""Of a model, and how many of them LCM uses."""

RESAMPLED_SHARE = 1 / 3
"""Of the steps: there the composition is decided."""

RESTART_FEWEST_STEPS = 20
"""Shorter runs of Restart have no steps to spare for going back up."""
RESTART_FEWEST_STEPS_FOR_TWO = 36
RESTART_STEPS_OF_ONE = 9
RESTART_ROOM = 0.6
"""Up to this share of any schedule with default settings, what is left begins well above the levels between which
Restart goes back up."""


class StepsKnown(StrEnum):
    """How well the number of steps is known before they run."""

    EXACT = "exact"
    AT_MOST = "at-most"
    """Restart on so little noise that it may not find the levels between which it goes back up."""
    ADAPTIVE = "adaptive"
    """The sampler chooses its steps as it goes; the number only says in how many parts progress is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCount:
    steps: int
    known: StepsKnown = StepsKnown.EXACT


def count_steps(settings: SamplingSettings, rules: Rules, *, from_picture: bool) -> StepCount:
    """The steps that `Sampling.run` yields with these settings, on any model, without those that resampling repeats."""
    part = step_range(settings, rules.steps) if from_picture else None
    if TRAITS[settings.sampler].walks_timesteps and rules.ddim is DdimRule.A1111:
        return StepCount(steps=_walked_timesteps(settings, part))
    steps = _walked_levels(settings, rules.steps, part)
    match settings.sampler:
        case Sampler.DPM_FAST:
            return StepCount(steps=_fast_steps(settings, rules, steps, from_picture=from_picture))
        case Sampler.DPM_ADAPTIVE:
            return StepCount(steps=steps, known=StepsKnown.ADAPTIVE)
        case Sampler.RESTART if steps >= RESTART_FEWEST_STEPS and not _has_room(settings, part):
            return StepCount(steps=steps, known=StepsKnown.AT_MOST)
        case _:
            return StepCount(steps=steps)


def resampled_steps(settings: SamplingSettings, rules: Rules, steps: int) -> int:
    """How many of the steps resampling takes again, each time; 0 where it is not asked for, or the sampler cannot."""
    takes_some = settings.resampling > 0 and can_resample(settings.sampler, rules)
    return ceil(steps * RESAMPLED_SHARE) if takes_some else 0


def fast_orders(calls: int) -> list[int]:
    """The orders of DPM-Solver-fast's steps, which add up to `calls`."""
    whole, rest = divmod(calls, 3)
    if rest:
        return [3] * whole + [rest]
    return [3] * (whole - 1) + [2, 1] if whole else []


def restart_shares(steps: int) -> tuple[int, int]:
    """How often Restart goes back up, and how many of its steps it spends on each time: from 20 steps on 9 of them for
    one time; from 36 on half of them for two."""
    if steps >= RESTART_FEWEST_STEPS_FOR_TWO:
        return 2, steps // 4
    return (1, RESTART_STEPS_OF_ONE) if steps >= RESTART_FEWEST_STEPS else (0, 0)


def _fast_steps(settings: SamplingSettings, rules: Rules, steps: int, *, from_picture: bool) -> int:
    """Steps of DPM fast on a schedule of so many: each makes up to three calls, and one call is kept for the step to 0,
    where there is one."""
    if steps == 0:
        return 0
    if rules.last_step is LastStepRule.CLEAN:
        return len(fast_orders(steps - 1)) + 1
    return len(fast_orders(steps if from_picture else settings.steps))


def _walked_levels(settings: SamplingSettings, rule: StepRule, part: StepRange | None) -> int:
    if part is None:
        return _scheduled(settings, settings.steps)
    whole = _scheduled(settings, part.schedule_steps)
    return min(part.calls, whole) if rule is StepRule.EXACT else max(whole - part.first, 0)


def _scheduled(settings: SamplingSettings, steps: int) -> int:
    """Steps of a schedule that is made for so many: the DDIM schedule may hold more."""
    if effective_scheduler(settings.sampler, settings.scheduler) is not Scheduler.DDIM:
        return steps
    discards = settings.discards_penultimate_sigma or TRAITS[settings.sampler].discards_penultimate_sigma
    levels = CONSISTENCY_LEVELS if settings.sampler is Sampler.LCM else TIMESTEPS
    stride = max(levels // (steps + discards), 1)
    return len(range(1, levels, stride)) - discards


def _walked_timesteps(settings: SamplingSettings, part: StepRange | None) -> int:
    """A1111's own walk of DDIM, PLMS and UniPC."""
    planned = (settings.steps if part is None else part.schedule_steps) + settings.discards_penultimate_sigma
    timesteps = len(range(0, TIMESTEPS, max(TIMESTEPS // planned, 1)))
    if part is not None:
        timesteps = min(timesteps, max(part.calls - 1, 0))
    return timesteps if settings.sampler is Sampler.UNIPC else max(timesteps - 1, 0)


def _has_room(settings: SamplingSettings, part: StepRange | None) -> bool:
    is_default = settings.schedule == ScheduleSettings()
    return is_default and (part is None or part.first <= RESTART_ROOM * part.schedule_steps)
