import pytest
import torch

from underpaint.request import LastStepRule, Scheduler, ScheduleSettings
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
    sigmas = sigmas_for(scheduler, steps, Span(table))
    assert sigmas.dtype == torch.float32
    assert (sigmas.diff() < 0).all()
    assert sigmas[0] <= table.sigma_max * 1.001
    assert sigmas[-1] == 0
    assert scheduler is Scheduler.DDIM or len(sigmas) == steps + 1


def test_kl_optimal_keeps_its_last_noise_in_a1111(table: SigmaTable) -> None:
    sigmas = sigmas_for(Scheduler.KL_OPTIMAL, 12, Span(table), last_step=LastStepRule.A1111)
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
    *levels, zero = sigmas_for(scheduler, 12, Span(table, ScheduleSettings(sigma_min=0.1, sigma_max=10.0)))
    assert (levels[0].item(), levels[-1].item(), zero.item()) == (
        pytest.approx(10, rel=1e-3),
        pytest.approx(0.1, rel=1e-3),
        0,
    )


@pytest.mark.parametrize("scheduler", [Scheduler.KARRAS, Scheduler.POLYEXPONENTIAL])
def test_a_larger_rho_spends_more_steps_on_low_sigmas(table: SigmaTable, scheduler: Scheduler) -> None:
    gentle, steep = (sigmas_for(scheduler, 12, Span(table, ScheduleSettings(rho=rho))) for rho in (1.5, 8.0))
    assert (steep[1:-2] < gentle[1:-2]).all()


def test_the_beta_schedule_can_be_shaped(table: SigmaTable) -> None:
    uniform = ScheduleSettings(beta_alpha=1.0, beta_beta=1.0)
    levels = sigmas_for(Scheduler.BETA, 5, Span(table, uniform))[:-1]
    assert torch.allclose(levels, torch.linspace(table.sigma_max, table.sigma_min, 5))


def test_discarding_leaves_the_number_of_steps(table: SigmaTable) -> None:
    whole = sigmas_for(Scheduler.KARRAS, 13, Span(table))
    cut = sigmas_for(Scheduler.KARRAS, 12, Span(table), discard_penultimate=True)
    assert torch.equal(cut, torch.cat([whole[:-2], whole[-1:]]))


def test_ddim_timesteps_may_be_more_than_the_steps() -> None:
    assert timesteps_for(12, discard_penultimate=False) == [1 + 83 * i for i in range(13)]
    assert timesteps_for(20, discard_penultimate=False)[-1] == 951


@pytest.mark.parametrize("scheduler", [Scheduler.NORMAL, Scheduler.SGM_UNIFORM])
def test_strides_can_start_and_end_at_whole_timesteps(table: SigmaTable, scheduler: Scheduler) -> None:
    limits = ScheduleSettings(sigma_min=0.1, sigma_max=10.0)
    first, *_ = sigmas_for(scheduler, 12, Span(table, limits, is_whole=True)).tolist()
    assert first == pytest.approx(table.sigmas[round(table.timestep(10.0))].item(), rel=1e-6)
    assert first != pytest.approx(10.0, rel=1e-3)
