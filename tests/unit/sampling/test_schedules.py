import pytest
import torch

from underpaint.request import Scheduler
from underpaint.sampling.denoiser import SigmaTable
from underpaint.sampling.schedules import SCHEDULES, sigmas_for, timesteps_for


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
    sigmas = sigmas_for(scheduler, steps, table, discard_penultimate=False)
    assert sigmas.dtype == torch.float32
    assert (sigmas.diff() < 0).all()
    assert sigmas[0] <= table.sigma_max * 1.001
    end = table.sigma_min if scheduler is Scheduler.KL_OPTIMAL else 0
    assert sigmas[-1].item() == pytest.approx(end, rel=1e-3)


def test_discarding_leaves_the_number_of_steps(table: SigmaTable) -> None:
    whole = sigmas_for(Scheduler.KARRAS, 13, table, discard_penultimate=False)
    cut = sigmas_for(Scheduler.KARRAS, 12, table, discard_penultimate=True)
    assert torch.equal(cut, torch.cat([whole[:-2], whole[-1:]]))


def test_ddim_timesteps_may_be_more_than_the_steps() -> None:
    assert timesteps_for(12, discard_penultimate=False) == [1 + 83 * i for i in range(13)]
    assert timesteps_for(20, discard_penultimate=False)[-1] == 951
