"""Solvers against a Gaussian, whose denoiser and whose probability-flow ODE are known exactly.

Data N(MEAN, SPREAD²): x0(x, sigma) = (SPREAD² x + sigma² MEAN) / (SPREAD² + sigma²), and a solution of the ODE
keeps (x - MEAN) / sqrt(SPREAD² + sigma²) constant.
"""

import math
from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor

from underpaint.sampling.denoiser import Step
from underpaint.sampling.solvers import (
    Churn,
    ancestral_levels,
    dpmpp_2m,
    dpmpp_2m_sde,
    euler,
    euler_ancestral,
)

MEAN, SPREAD = 0.3, 0.5
START, END = 10.0, 0.05


def exact_denoiser(x: Tensor, sigma: float) -> Tensor:
    return (SPREAD**2 * x + sigma**2 * MEAN) / (SPREAD**2 + sigma**2)


def exact_end(x: Tensor) -> Tensor:
    return MEAN + (x - MEAN) * math.sqrt((SPREAD**2 + END**2) / (SPREAD**2 + START**2))


def no_noise(sigma: float, sigma_next: float) -> Tensor:
    raise AssertionError("a deterministic run must not draw noise")


def geometric(steps: int) -> list[float]:
    return torch.linspace(math.log(START), math.log(END), steps + 1, dtype=torch.float64).exp().tolist()


def last(steps: Iterator[Step]) -> Tensor:
    *_, step = steps
    return step.x


DETERMINISTIC: dict[str, tuple[Callable[[Tensor, list[float]], Iterator[Step]], int]] = {
    "euler": (lambda x, s: euler(exact_denoiser, x, s, noise=no_noise, churn=Churn()), 1),
    "euler a, eta 0": (
        lambda x, s: euler_ancestral(exact_denoiser, x, s, noise=no_noise, eta=0.0, noise_scale=1.0),
        1,
    ),
    "dpm++ 2m": (lambda x, s: dpmpp_2m(exact_denoiser, x, s), 2),
    "dpm++ 2m sde, eta 0": (
        lambda x, s: dpmpp_2m_sde(exact_denoiser, x, s, noise=no_noise, eta=0.0, noise_scale=1.0),
        2,
    ),
}


@pytest.mark.parametrize("name", DETERMINISTIC)
def test_halving_the_step_divides_the_error_by_two_to_the_order(name: str) -> None:
    solve, order = DETERMINISTIC[name]
    x = torch.tensor([[-7.0, 4.0, 11.0]], dtype=torch.float64)
    errors = [(last(solve(x, geometric(steps))) - exact_end(x)).abs().max().item() for steps in (100, 200)]
    assert math.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.15)


@pytest.mark.parametrize(
    "solve",
    [
        lambda x, s, noise: euler(exact_denoiser, x, s, noise=noise, churn=Churn(amount=10.0)),
        lambda x, s, noise: euler_ancestral(exact_denoiser, x, s, noise=noise, eta=1.0, noise_scale=1.0),
        lambda x, s, noise: dpmpp_2m_sde(exact_denoiser, x, s, noise=noise, eta=1.0, noise_scale=1.0),
    ],
    ids=["euler with churn", "euler a", "dpm++ 2m sde"],
)
def test_stochastic_solvers_end_in_the_data_distribution(solve: Callable[..., Iterator[Step]]) -> None:
    generator = torch.Generator().manual_seed(0)

    def noise(sigma: float, sigma_next: float) -> Tensor:
        return torch.randn(20_000, generator=generator, dtype=torch.float64)

    start = MEAN + math.sqrt(SPREAD**2 + START**2) * noise(0, 0)
    end = last(solve(start, [*geometric(150), 0.0], noise))
    assert end.mean().item() == pytest.approx(MEAN, abs=0.02)
    assert end.std().item() == pytest.approx(SPREAD, rel=0.05)


def test_ancestral_levels_split_the_variance() -> None:
    down, up = ancestral_levels(5.0, 3.0, eta=0.7)
    assert down**2 + up**2 == pytest.approx(9.0)
    assert ancestral_levels(5.0, 3.0, eta=0.0) == (3.0, 0)


def test_every_step_is_numbered_and_carries_its_estimate() -> None:
    steps = list(dpmpp_2m(exact_denoiser, torch.ones(1, 4, 2, 2), [10.0, 1.0, 0.0]))
    assert [(step.index, step.sigma) for step in steps] == [(0, 1.0), (1, 0.0)]
    assert torch.equal(steps[-1].x, steps[-1].denoised)


def test_solvers_leave_their_input_alone() -> None:
    x = torch.full((1, 4, 2, 2), 3.0)
    list(euler(exact_denoiser, x, [10.0, 1.0, 0.0], noise=no_noise, churn=Churn()))
    assert torch.equal(x, torch.full((1, 4, 2, 2), 3.0))
