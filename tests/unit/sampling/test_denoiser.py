import math

import pytest
import torch

from underpaint.request import NoiseLevels
from underpaint.sampling.denoiser import (
    SigmaTable,
    adjusted_alphas,
    clean_estimates,
    consistency_estimates,
    consistency_table,
)


@pytest.fixture(scope="module")
def alphas() -> torch.Tensor:
    """Stable Diffusion's."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    return torch.cumprod(1 - betas, 0)


def test_zero_terminal_snr_keeps_the_first_level_and_stretches_the_rest(alphas: torch.Tensor) -> None:
    trained = SigmaTable(adjusted_alphas(alphas, NoiseLevels.TRAINED, rounds=False))
    stretched = SigmaTable(adjusted_alphas(alphas, NoiseLevels.ZERO_TERMINAL_SNR, rounds=False))
    assert stretched.sigma_min == pytest.approx(trained.sigma_min, rel=1e-3)
    assert stretched.sigma_max == pytest.approx(4519, abs=1)
    assert (stretched.sigmas.diff() > 0).all()


def test_alphas_can_be_rounded_to_half_precision(alphas: torch.Tensor) -> None:
    rounded = adjusted_alphas(alphas, NoiseLevels.TRAINED, rounds=True)
    assert torch.equal(rounded, rounded.half().float())
    assert torch.allclose(rounded, alphas.float(), rtol=1e-3)


def test_a_right_noise_gives_the_clean_latents(alphas: torch.Tensor) -> None:
    table = SigmaTable(alphas)
    clean, noise = torch.full((1, 4, 2, 2), 0.7), torch.full((1, 4, 2, 2), -0.4)
    denoise = clean_estimates(lambda x, timestep, level: noise, table.timestep)
    assert torch.allclose(denoise(clean + 3 * noise, 3.0), clean, atol=1e-5)


def test_consistency_models_know_fifty_levels(alphas: torch.Tensor) -> None:
    levels, whole = consistency_table(SigmaTable(alphas)), SigmaTable(alphas)
    assert len(levels.sigmas) == 50
    assert levels.sigma_max == whole.sigma_max
    assert levels.sigmas[0] == whole.sigmas[19]


def test_the_consistency_function_answers_with_the_estimate_at_high_noise(alphas: torch.Tensor) -> None:
    asked: list[float] = []

    def predict(x: torch.Tensor, timestep: float, level: float) -> torch.Tensor:
        asked.append(timestep)
        return x

    levels = consistency_table(SigmaTable(alphas))
    x = torch.full((1, 4, 2, 2), 5.0)
    found = consistency_estimates(predict, levels)(x, levels.sigma_max * 0.99)
    estimate = x - levels.sigma_max * 0.99 * x / math.hypot(1, levels.sigma_max * 0.99)
    assert asked == [999.0]
    assert torch.allclose(found, estimate, atol=1e-3)
