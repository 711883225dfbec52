import pytest

from underpaint.errors import InvalidRequest
from underpaint.request import SamplingSettings, StepRule
from underpaint.sampling.steps import step_range


@pytest.mark.parametrize(
    ("rule", "strength", "steps", "schedule_steps", "calls"),
    [
        (StepRule.A1111, 0.75, 12, 12, 10),
        (StepRule.A1111, 0.0, 12, 12, 1),
        (StepRule.A1111, 1.0, 12, 12, 12),
        (StepRule.A1111, 0.3, 12, 12, 4),
        (StepRule.A1111_FIX_STEPS, 0.75, 12, 16, 12),
        (StepRule.A1111_FIX_STEPS, 1.0, 12, 12, 12),
        (StepRule.EXACT, 0.4, 20, 20, 8),
        (StepRule.EXACT, 0.01, 20, 20, 1),
        (StepRule.EXACT, 0.0, 20, 20, 0),
        (StepRule.EXACT, 1.0, 20, 20, 20),
    ],
)
def test_strength_leaves_part_of_the_schedule(
    rule: StepRule, strength: float, steps: int, schedule_steps: int, calls: int
) -> None:
    found = step_range(SamplingSettings(denoising_strength=strength, steps=steps), rule)
    assert (found.schedule_steps, found.calls) == (schedule_steps, calls)


def test_fix_steps_refuses_strength_zero() -> None:
    with pytest.raises(InvalidRequest, match="strength 0"):
        step_range(SamplingSettings(denoising_strength=0), StepRule.A1111_FIX_STEPS)
