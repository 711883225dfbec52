import math
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from underpaint.sampling.solvers.ancestral import ddim_cfgpp
from underpaint.sampling.solvers.common import ancestral_levels, toward
from underpaint.sampling.solvers.dpm import dpm_adaptive, fast_orders
from underpaint.sampling.solvers.karras import Churn, euler
from underpaint.sampling.solvers.multistep import dpmpp_2m, lms
from underpaint.sampling.solvers.restart import restart, restart_legs

ONES = torch.ones(1, 4, 2, 2)


def no_noise(sigma: float, sigma_next: float) -> Tensor:
    raise AssertionError("a deterministic run must not draw noise")


def half(x: Tensor, sigma: float) -> Tensor:
    return x / 2


def falling(steps: int) -> list[float]:
    return [*torch.linspace(math.log(14.6), math.log(0.03), steps).exp().tolist(), 0.0]


def test_ancestral_levels_split_the_variance() -> None:
    down, up = ancestral_levels(5.0, 3.0, eta=0.7)
    assert down**2 + up**2 == pytest.approx(9.0)
    assert ancestral_levels(5.0, 3.0, eta=0.0) == (3.0, 0)


def test_the_line_to_the_estimate_ends_there() -> None:
    assert torch.equal(toward(ONES * 9, ONES, 8.0, 0.0), ONES)
    assert torch.equal(toward(ONES * 9, ONES, 8.0, 4.0), ONES * 5)


def test_every_step_is_numbered_and_carries_its_estimate() -> None:
    steps = list(dpmpp_2m(half, ONES, [10.0, 1.0, 0.0]))
    assert [(step.index, step.sigma) for step in steps] == [(0, 1.0), (1, 0.0)]
    assert torch.equal(steps[-1].x, steps[-1].denoised)


def test_solvers_leave_their_input_alone() -> None:
    x = ONES * 3
    list(euler(half, x, [10.0, 1.0, 0.0], noise=no_noise, churn=Churn()))
    assert torch.equal(x, ONES * 3)


def test_lms_is_exact_where_the_slope_is_a_cubic() -> None:
    sigmas = [5.0, 4.9, 4.7, 4.4, 3.0, 1.0, 0.2]

    def cubic(sigma: float) -> float:
        return sigma**4 / 4 - sigma**2

    def denoise(x: Tensor, sigma: float) -> Tensor:
        return x - sigma * (sigma**3 - 2 * sigma)

    steps = list(lms(denoise, torch.zeros(1, dtype=torch.float64), sigmas))
    moved = [(b.x - a.x).item() for a, b in pairwise(steps)]
    wanted = [cubic(b.sigma) - cubic(a.sigma) for a, b in pairwise(steps)]
    assert moved[2:] == pytest.approx(wanted[2:], rel=1e-9)


@pytest.mark.parametrize(
    ("calls", "orders"),
    [
        (0, []),
        (1, [1]),
        (2, [2]),
        (3, [2, 1]),
        (4, [3, 1]),
        (5, [3, 2]),
        (6, [3, 2, 1]),
        (10, [3, 3, 3, 1]),
    ],
)
def test_the_orders_of_dpm_fast_add_up_to_the_calls(calls: int, orders: list[int]) -> None:
    assert fast_orders(calls) == orders
    assert sum(orders) == calls


def test_dpm_adaptive_gives_up_on_answers_that_are_no_numbers() -> None:
    steps = list(dpm_adaptive(lambda x, sigma: x * math.nan, ONES, 14.6, 0.03, noise=no_noise, eta=0.0))
    assert len(steps) == 1
    assert steps[0].x.isnan().all()


@pytest.mark.parametrize(("steps", "rises"), [(1, 0), (19, 0), (20, 1), (35, 1), (36, 2), (40, 2), (150, 2)])
def test_restart_spends_its_steps_on_going_back_up(steps: int, rises: int) -> None:
    legs = restart_legs(falling(steps))
    assert len(legs) == steps
    assert (legs[0][0], legs[-1][1]) == (pytest.approx(14.6), 0.0)
    jumps = [(a[1], b[0]) for a, b in pairwise(legs) if a[1] != b[0]]
    assert len(jumps) == rises
    for low, high in jumps:
        assert low == pytest.approx(0.1, abs=0.08)
        assert high == pytest.approx(2.0, abs=0.7)


def test_restart_adds_the_noise_that_the_rise_needs() -> None:
    drawn: list[tuple[float, float]] = []

    def noise(sigma: float, sigma_next: float) -> Tensor:
        drawn.append((sigma, sigma_next))
        return ONES

    first, second = list(restart(lambda x, sigma: x, ONES, [(4.0, 3.0), (5.0, 1.0)], noise=noise))
    assert drawn == [(3.0, 5.0)]
    assert torch.allclose(second.x - first.x, ONES * 4)


def test_cfgpp_goes_to_the_guided_estimate_along_the_unguided_noise() -> None:
    def both(x: Tensor, sigma: float) -> Tensor:
        return torch.stack([x * 0 + 2, x * 0 + 1])

    (step,) = ddim_cfgpp(both, ONES * 9, [4.0, 1.0], noise=no_noise, eta=0.0)
    assert torch.equal(step.x, ONES * (2 + 1.0 * (9 - 1) / 4))
