"""Which part of a schedule a denoising strength uses. Integers only."""

from dataclasses import dataclass

from underpaint.errors import InvalidRequest
from underpaint.request import Rules, SamplingSettings, StepRule

LONGEST_SCHEDULE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRange:
    """A schedule is made for `schedule_steps`; sampling starts at its entry `first` (0 = pure noise level)."""

    schedule_steps: int
    first: int

    @property
    def calls(self) -> int:
        """Steps that run when the schedule has one level per step and a final 0."""
        return self.schedule_steps - self.first


def step_range(settings: SamplingSettings, rule: StepRule) -> StepRange:
    """The range for image-to-image and inpainting. Text-to-image always uses the whole schedule."""
    steps, strength = settings.steps, settings.denoising_strength
    capped = min(strength, 0.999)
    match rule:
        case StepRule.A1111:
            return StepRange(schedule_steps=steps, first=steps - int(capped * steps) - 1)
        case StepRule.A1111_FIX_STEPS:
            if strength == 0:
                raise InvalidRequest(
                    "Step rule a1111-fix-steps has no schedule for denoising strength 0; raise the strength."
                )
            schedule_steps = int(steps / capped)
            if schedule_steps > LONGEST_SCHEDULE:
                raise InvalidRequest(
                    f"{steps} steps at denoising strength {strength} need a schedule of {schedule_steps} steps; models "
                    f"have {LONGEST_SCHEDULE} noise levels. Raise the strength, or take fewer steps."
                )
            return StepRange(schedule_steps=schedule_steps, first=schedule_steps - steps)
        case StepRule.EXACT:
            calls = max(round(strength * steps), 1) if strength > 0 else 0
            return StepRange(schedule_steps=steps, first=steps - calls)


def steps_to_run(settings: SamplingSettings, rules: Rules, *, from_picture: bool) -> int:
    """The steps that the denoising strength leaves, as they are asked for; at least one."""
    return max(step_range(settings, rules.steps).calls if from_picture else settings.steps, 1)
