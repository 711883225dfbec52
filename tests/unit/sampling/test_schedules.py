import math
from collections.abc import Callable

import pytest
import scipy.special
import torch

from underpaint.request import BetaQuantiles, LastStepRule, OneStepRule, Rules, Scheduler, ScheduleSettings
from underpaint.sampling.denoiser import SigmaTable
from underpaint.sampling.schedules import SCHEDULES, Span, sigmas_for, timesteps_for


@pytest.fixture(scope="module")
def table() -> SigmaTable:
    """Stable Diffusion's scaled-linear betas."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    return SigmaTable(torch.cumprod(1 - betas, 0))


def test_the_table_has_the_published_limits(table: SigmaTable) -> None:
    assert table.sigma_min == pytest.approx(0.0292, abs=1e-4)
    assert table.sigma_max == pytest.approx(14.6146, abs=1e-4)


@pytest.mark.parametrize("timestep", [0.0, 0.5, 17.25, 500.0, 998.9, 999.0])
def test_timesteps_and_sigmas_invert_each_other(table: SigmaTable, timestep: float) -> None:
    sigma = table.sigma(torch.tensor([timestep])).item()
    assert table.timestep(sigma) == pytest.approx(timestep, abs=2e-2)


@pytest.mark.parametrize("steps", [1, 2, 10, 11, 33, 150])
@pytest.mark.parametrize("scheduler", SCHEDULES)
def test_sigmas_fall_strictly_within_the_models_range(
    table: SigmaTable, scheduler: Scheduler, steps: int
) -> None:
    sigmas = sigmas_for(scheduler, steps, Span(table), rules=Rules())
    assert sigmas.dtype == torch.float32
    assert (sigmas.diff() < 0).all()
    assert sigmas[0] <= table.sigma_max * 1.001
    assert sigmas[-1] == 0
    assert scheduler is Scheduler.DDIM or len(sigmas) == steps + 1


def test_kl_optimal_keeps_its_last_noise_in_a1111(table: SigmaTable) -> None:
    sigmas = sigmas_for(Scheduler.KL_OPTIMAL, 12, Span(table), rules=Rules(last_step=LastStepRule.A1111))
    assert len(sigmas) == 13
    assert sigmas[-1].item() == pytest.approx(table.sigma_min, rel=1e-3)


@pytest.mark.parametrize(
    "scheduler",
    [
        Scheduler.KARRAS,
        Scheduler.EXPONENTIAL,
        Scheduler.POLYEXPONENTIAL,
        Scheduler.KL_OPTIMAL,
        Scheduler.NORMAL,
        Scheduler.BETA,
    ],
)
def test_the_limits_can_be_set(table: SigmaTable, scheduler: Scheduler) -> None:
    *levels, zero = sigmas_for(
        scheduler, 12, Span(table, ScheduleSettings(sigma_min=0.1, sigma_max=10.0)), rules=Rules()
    )
    assert (levels[0].item(), levels[-1].item(), zero.item()) == (
        pytest.approx(10, rel=1e-3),
        pytest.approx(0.1, rel=1e-3),
        0,
    )


@pytest.mark.parametrize("scheduler", [Scheduler.KARRAS, Scheduler.POLYEXPONENTIAL])
def test_a_larger_rho_spends_more_steps_on_low_sigmas(table: SigmaTable, scheduler: Scheduler) -> None:
    gentle, steep = (
        sigmas_for(scheduler, 12, Span(table, ScheduleSettings(rho=rho)), rules=Rules()) for rho in (1.5, 8.0)
    )
    assert (steep[1:-2] < gentle[1:-2]).all()


EVEN = ScheduleSettings(beta_alpha=1.0, beta_beta=1.0)


def test_the_beta_schedule_can_be_shaped(table: SigmaTable) -> None:
    even = sigmas_for(Scheduler.BETA, 5, Span(table, EVEN), rules=Rules())
    assert torch.allclose(even, sigmas_for(Scheduler.NORMAL, 5, Span(table), rules=Rules()), rtol=1e-4)


def test_a1111_spreads_the_sigmas_of_the_beta_schedule(table: SigmaTable) -> None:
    rules = Rules(beta_quantiles=BetaQuantiles.SIGMA)
    levels = sigmas_for(Scheduler.BETA, 5, Span(table, EVEN), rules=rules)[:-1]
    assert torch.allclose(levels, torch.linspace(table.sigma_max, table.sigma_min, 5))


def test_discarding_leaves_the_number_of_steps(table: SigmaTable) -> None:
    whole = sigmas_for(Scheduler.KARRAS, 13, Span(table), rules=Rules())
    cut = sigmas_for(Scheduler.KARRAS, 12, Span(table), discard_penultimate=True, rules=Rules())
    assert torch.equal(cut, torch.cat([whole[:-2], whole[-1:]]))


def test_ddim_timesteps_may_be_more_than_the_steps() -> None:
    assert timesteps_for(12, discard_penultimate=False) == [1 + 83 * i for i in range(13)]
    assert timesteps_for(20, discard_penultimate=False)[-1] == 951


@pytest.mark.parametrize("scheduler", [Scheduler.NORMAL, Scheduler.SGM_UNIFORM])
def test_strides_can_start_and_end_at_whole_timesteps(table: SigmaTable, scheduler: Scheduler) -> None:
    limits = ScheduleSettings(sigma_min=0.1, sigma_max=10.0)
    first, *_ = sigmas_for(scheduler, 12, Span(table, limits, is_whole=True), rules=Rules()).tolist()
    assert first == pytest.approx(table.sigmas[round(table.timestep(10.0))].item(), rel=1e-6)
    assert first != pytest.approx(10.0, rel=1e-3)


# Each schedule by its formula, in float64 and without arrays

LINEAR = [math.sqrt(0.00085) + (math.sqrt(0.012) - math.sqrt(0.00085)) * t / 999 for t in range(1000)]
ALPHAS = [math.prod(1 - root * root for root in LINEAR[: t + 1]) for t in range(1000)]
LEVELS = [math.sqrt((1 - alpha) / alpha) for alpha in ALPHAS]
LOW, HIGH = LEVELS[0], LEVELS[-1]
PUBLISHED = [14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029]


def share(i: int, n: int) -> float:
    """How far the i-th of n points is on the way; a single point is at the start."""
    return i / (n - 1) if n > 1 else 0.0


def between(levels: list[float], at: float) -> float:
    """The level at a place between two of them, by ratio."""
    low = min(math.floor(at), len(levels) - 2)
    return math.exp((1 - (at - low)) * math.log(levels[low]) + (at - low) * math.log(levels[low + 1]))


def quantile(i: int, n: int) -> float:
    return float(scipy.special.betaincinv(0.6, 0.6, 1 - share(i, n)))


FORMULAS: dict[Scheduler, Callable[[int], list[float]]] = {
    Scheduler.UNIFORM: lambda n: [between(LEVELS, 999 * (1 - share(i, n))) for i in range(n)],
    Scheduler.KARRAS: lambda n: [
        (HIGH ** (1 / 7) + share(i, n) * (LOW ** (1 / 7) - HIGH ** (1 / 7))) ** 7 for i in range(n)
    ],
    Scheduler.EXPONENTIAL: lambda n: [HIGH * (LOW / HIGH) ** share(i, n) for i in range(n)],
    Scheduler.POLYEXPONENTIAL: lambda n: [LOW * (HIGH / LOW) ** (1 - share(i, n)) for i in range(n)],
    Scheduler.SGM_UNIFORM: lambda n: [between(LEVELS, 999 * (1 - i / n)) for i in range(n)],
    Scheduler.ALIGN_YOUR_STEPS: lambda n: [between(PUBLISHED, 10 * share(i, n)) for i in range(n)],
    Scheduler.SIMPLE: lambda n: [LEVELS[-(1 + int(i * (1000 / n)))] for i in range(n)],
    Scheduler.NORMAL: lambda n: [between(LEVELS, 999 * (1 - share(i, n))) for i in range(n)],
    Scheduler.DDIM: lambda n: [LEVELS[t] for t in reversed(range(1, 1000, max(1000 // n, 1)))],
    Scheduler.BETA: lambda n: [between(LEVELS, 999 * quantile(i, n)) for i in range(n)],
}


@pytest.mark.parametrize("steps", [1, 2, 3, 10, 11, 12, 20, 150, 999, 1000])
@pytest.mark.parametrize("scheduler", FORMULAS)
def test_schedules_are_those_of_their_formulas(table: SigmaTable, scheduler: Scheduler, steps: int) -> None:
    *levels, last = sigmas_for(scheduler, steps, Span(table), rules=Rules()).tolist()
    assert levels == pytest.approx(FORMULAS[scheduler](steps), rel=1e-4)
    assert last == 0


@pytest.mark.parametrize("steps", [1, 2, 11, 12, 150])
def test_a1111s_beta_schedule_is_that_of_its_formula(table: SigmaTable, steps: int) -> None:
    rules = Rules(beta_quantiles=BetaQuantiles.SIGMA)
    *levels, last = sigmas_for(Scheduler.BETA, steps, Span(table), rules=rules).tolist()
    assert levels == pytest.approx([LOW + quantile(i, steps) * (HIGH - LOW) for i in range(steps)], rel=1e-4)
    assert last == 0


@pytest.mark.parametrize("steps", [1, 2, 11, 12, 1000])
def test_kl_optimal_is_that_of_its_formula(table: SigmaTable, steps: int) -> None:
    def level(i: int, n: int) -> float:
        return math.tan(i / n * math.atan(LOW) + (1 - i / n) * math.atan(HIGH))

    levels = sigmas_for(
        Scheduler.KL_OPTIMAL, steps, Span(table), rules=Rules(last_step=LastStepRule.A1111)
    ).tolist()
    assert levels == pytest.approx([level(i, steps) for i in range(steps + 1)], rel=1e-4)
    *levels, last = sigmas_for(Scheduler.KL_OPTIMAL, steps, Span(table), rules=Rules()).tolist()
    assert levels == pytest.approx([level(i, max(steps - 1, 1)) for i in range(steps)], rel=1e-4)
    assert last == 0


@pytest.mark.parametrize(("rule", "start"), [(OneStepRule.LOWEST, 0.029), (OneStepRule.HIGHEST, 14.615)])
def test_one_step_of_align_your_steps(table: SigmaTable, rule: OneStepRule, start: float) -> None:
    levels = sigmas_for(Scheduler.ALIGN_YOUR_STEPS, 1, Span(table), rules=Rules(one_step=rule))
    assert levels.tolist() == pytest.approx([start, 0])
    for steps in (2, 10, 11, 12):
        both = [
            sigmas_for(Scheduler.ALIGN_YOUR_STEPS, steps, Span(table), rules=Rules(one_step=r))
            for r in OneStepRule
        ]
        assert torch.equal(*both)
