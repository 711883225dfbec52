import pytest
import torch

from tests.unit.models.tiny import TINY_SD1
from underpaint.models.noise_schedule import BetaSchedule, NoiseSchedule
from underpaint.models.weights import read_weights


def test_stable_diffusions_schedule_is_that_of_its_checkpoints() -> None:
    wanted = read_weights(TINY_SD1, "alphas_cumprod")[""]
    assert torch.equal(NoiseSchedule().alphas_cumprod(), wanted)


def test_a_linear_schedule() -> None:
    """Ho et al. 2020: from 0.0001 to 0.02."""
    alphas = NoiseSchedule(beta_start=0.0001, beta_end=0.02, betas=BetaSchedule.LINEAR).alphas_cumprod()
    assert alphas.shape == (1000,)
    assert alphas[0].item() == pytest.approx(0.9999)
    assert 4.0e-5 < alphas[-1].item() < 4.1e-5
