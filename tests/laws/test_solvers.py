"""Solvers against a Gaussian, whose denoiser and whose probability-flow ODE are known exactly.

Data N(MEAN, SPREAD²): x0(x, sigma) = (SPREAD² x + sigma² MEAN) / (SPREAD² + sigma²), and a solution of the ODE
keeps (x - MEAN) / sqrt(SPREAD² + sigma²) constant.
"""

import math
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from underpaint.request import ThirdOrderRule, UniPcCorrectorRule, UniPcVariant
from underpaint.sampling.denoiser import Step
from underpaint.sampling.solvers.ancestral import (
    ddim_cfgpp,
    dpm_2_ancestral,
    dpmpp_2s_ancestral,
    euler_ancestral,
    lcm,
)
from underpaint.sampling.solvers.dpm import Tolerance, dpm_adaptive, dpm_fast
from underpaint.sampling.solvers.karras import Churn, dpm_2, euler, heun
from underpaint.sampling.solvers.multistep import dpmpp_2m, lms, plms
from underpaint.sampling.solvers.restart import restart, restart_legs
from underpaint.sampling.solvers.sde import dpmpp_2m_sde, dpmpp_3m_sde, dpmpp_sde
from underpaint.sampling.solvers.unipc import unipc

MEAN, SPREAD = 0.3, 0.5
START, END = 10.0, 0.05
ODE = {"eta": 0.0, "noise_scale": 1.0}
SDE = {"eta": 1.0, "noise_scale": 1.0}

Solve = Callable[..., Iterator[Step]]


def exact_denoiser(x: Tensor, sigma: float) -> Tensor:
    return (SPREAD**2 * x + sigma**2 * MEAN) / (SPREAD**2 + sigma**2)


def exact_twice(x: Tensor, sigma: float) -> Tensor:
    return torch.stack([exact_denoiser(x, sigma)] * 2)


def exact_end(x: Tensor) -> Tensor:
    return MEAN + (x - MEAN) * math.sqrt((SPREAD**2 + END**2) / (SPREAD**2 + START**2))


def no_noise(sigma: float, sigma_next: float) -> Tensor:
    raise AssertionError("a deterministic run must not draw noise")


def geometric(steps: int, start: float = START) -> list[float]:
    return torch.linspace(math.log(start), math.log(END), steps + 1, dtype=torch.float64).exp().tolist()


def gently_begun(steps: int) -> list[float]:
    """First three steps so short that the low order in which a multistep solver makes them does not show."""
    short = math.exp(-((math.log(START / END) / steps) ** 2))
    return [START, START * short, START * short**2, *geometric(steps, START * short**3)]


def last(steps: Iterator[Step]) -> Tensor:
    *_, step = steps
    return step.x


def unipc_of(
    order: int, variant: UniPcVariant, corrector: UniPcCorrectorRule = UniPcCorrectorRule.EXACT
) -> Solve:
    return lambda x, s: unipc(
        exact_denoiser, x, s, order=order, variant=variant, corrector=corrector, lowers_final_order=False
    )


def third_order(rule: ThirdOrderRule) -> Solve:
    return lambda x, s: dpmpp_3m_sde(exact_denoiser, x, s, noise=no_noise, rule=rule, **ODE)


DETERMINISTIC: dict[str, tuple[Solve, int]] = {
    "Euler": (lambda x, s: euler(exact_denoiser, x, s, noise=no_noise, churn=Churn()), 1),
    "Heun": (lambda x, s: heun(exact_denoiser, x, s, noise=no_noise, churn=Churn()), 2),
    "DPM2": (lambda x, s: dpm_2(exact_denoiser, x, s, noise=no_noise, churn=Churn()), 2),
    "Euler a and DDIM": (lambda x, s: euler_ancestral(exact_denoiser, x, s, noise=no_noise, **ODE), 1),
    "DDIM CFG++": (lambda x, s: ddim_cfgpp(exact_twice, x, s, noise=no_noise, eta=0.0), 1),
    "DPM2 a": (lambda x, s: dpm_2_ancestral(exact_denoiser, x, s, noise=no_noise, **ODE), 2),
    "DPM++ 2S a": (lambda x, s: dpmpp_2s_ancestral(exact_denoiser, x, s, noise=no_noise, **ODE), 2),
    "LMS": (lambda x, s: lms(exact_denoiser, x, s), 4),
    "PLMS": (lambda x, s: plms(exact_denoiser, x, s), 2),
    "DPM++ 2M": (lambda x, s: dpmpp_2m(exact_denoiser, x, s), 2),
    "DPM++ SDE": (lambda x, s: dpmpp_sde(exact_denoiser, x, s, noise=no_noise, **ODE), 2),
    "DPM++ 2M SDE": (lambda x, s: dpmpp_2m_sde(exact_denoiser, x, s, noise=no_noise, **ODE), 2),
    "DPM++ 2M SDE Heun": (
        lambda x, s: dpmpp_2m_sde(exact_denoiser, x, s, noise=no_noise, is_heun=True, **ODE),
        2,
    ),
    "DPM++ 3M SDE": (third_order(ThirdOrderRule.EXACT), 3),
    "DPM++ 3M SDE in A1111": (third_order(ThirdOrderRule.A1111), 2),
    "DPM fast": (
        lambda x, s: dpm_fast(exact_denoiser, x, s[0], END, 3 * len(s) - 1, noise=no_noise, **ODE),
        3,
    ),
    "Restart without a restart": (
        lambda x, s: restart(exact_denoiser, x, list(pairwise(s)), noise=no_noise),
        2,
    ),
    "UniPC of order 1": (unipc_of(1, UniPcVariant.BH1), 2),
    "UniPC of order 2": (unipc_of(2, UniPcVariant.BH2), 3),
    "UniPC of order 3": (unipc_of(3, UniPcVariant.BH1), 4),
    "UniPC with varying coefficients of order 1": (unipc_of(1, UniPcVariant.VARY_COEFF), 2),
    "UniPC with varying coefficients of order 2": (unipc_of(2, UniPcVariant.VARY_COEFF), 3),
    "UniPC with varying coefficients of order 3": (unipc_of(3, UniPcVariant.VARY_COEFF), 4),
    "the same in A1111": (unipc_of(3, UniPcVariant.VARY_COEFF, UniPcCorrectorRule.A1111), 1),
}


@pytest.mark.parametrize("name", DETERMINISTIC)
def test_halving_the_step_divides_the_error_by_two_to_the_order(name: str) -> None:
    solve, order = DETERMINISTIC[name]
    x = torch.tensor([[-7.0, 4.0, 11.0]], dtype=torch.float64)
    errors = [(last(solve(x, gently_begun(n))) - exact_end(x)).abs().max().item() for n in (100, 200)]
    assert math.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.25)


def test_dpm_adaptive_errs_less_and_steps_more_when_asked_to() -> None:
    x = torch.tensor([[-7.0, 4.0, 11.0]], dtype=torch.float64)
    runs = [
        list(dpm_adaptive(exact_denoiser, x, START, END, noise=no_noise, eta=0.0, tolerance=tolerance))
        for tolerance in (Tolerance(), Tolerance(relative=0.0005, absolute=0.000078))
    ]
    coarse, fine = [(run[-1].x - exact_end(x)).abs().max().item() for run in runs]
    assert fine < coarse / 5 < 0.01
    assert 5 < len(runs[0]) < len(runs[1]) < 20


STOCHASTIC: dict[str, Solve] = {
    "Euler with churn": lambda x, s, noise: euler(
        exact_denoiser, x, s, noise=noise, churn=Churn(amount=10.0)
    ),
    "Heun with churn": lambda x, s, noise: heun(exact_denoiser, x, s, noise=noise, churn=Churn(amount=10.0)),
    "DPM2 with churn": lambda x, s, noise: dpm_2(exact_denoiser, x, s, noise=noise, churn=Churn(amount=10.0)),
    "Euler a": lambda x, s, noise: euler_ancestral(exact_denoiser, x, s, noise=noise, **SDE),
    "DPM2 a": lambda x, s, noise: dpm_2_ancestral(exact_denoiser, x, s, noise=noise, **SDE),
    "DPM++ 2S a": lambda x, s, noise: dpmpp_2s_ancestral(exact_denoiser, x, s, noise=noise, **SDE),
    "DDIM CFG++ with eta": lambda x, s, noise: ddim_cfgpp(exact_twice, x, s, noise=noise, eta=1.0),
    "DPM++ SDE": lambda x, s, noise: dpmpp_sde(exact_denoiser, x, s, noise=noise, **SDE),
    "DPM++ 2M SDE": lambda x, s, noise: dpmpp_2m_sde(exact_denoiser, x, s, noise=noise, **SDE),
    "DPM++ 2M SDE Heun": lambda x, s, noise: dpmpp_2m_sde(
        exact_denoiser, x, s, noise=noise, is_heun=True, **SDE
    ),
    "DPM++ 3M SDE": lambda x, s, noise: dpmpp_3m_sde(
        exact_denoiser, x, s, noise=noise, rule=ThirdOrderRule.EXACT, **SDE
    ),
    "DPM fast": lambda x, s, noise: dpm_fast(exact_denoiser, x, START, END, 450, noise=noise, **SDE),
    "DPM adaptive": lambda x, s, noise: dpm_adaptive(exact_denoiser, x, START, END, noise=noise, eta=1.0),
    "Restart": lambda x, s, noise: restart(exact_denoiser, x, restart_legs(s), noise=noise),
}


@pytest.mark.parametrize("name", STOCHASTIC)
def test_stochastic_solvers_end_in_the_data_distribution(name: str) -> None:
    generator = torch.Generator().manual_seed(0)

    def noise(sigma: float, sigma_next: float) -> Tensor:
        return torch.randn(20_000, generator=generator, dtype=torch.float64)

    start = MEAN + math.sqrt(SPREAD**2 + START**2) * noise(0, 0)
    end = last(STOCHASTIC[name](start, [*geometric(150), 0.0], noise))
    assert end.mean().item() == pytest.approx(MEAN, abs=0.02)
    assert end.std().item() == pytest.approx(SPREAD, rel=0.05)


def test_consistency_sampling_needs_only_the_end_of_the_path() -> None:
    """The consistency function of the Gaussian maps any x to the end of its ODE path, so one step is exact."""

    def consistent(x: Tensor, sigma: float) -> Tensor:
        return MEAN + (x - MEAN) * SPREAD / math.sqrt(SPREAD**2 + sigma**2)

    generator = torch.Generator().manual_seed(0)

    def noise(sigma: float, sigma_next: float) -> Tensor:
        return torch.randn(20_000, generator=generator, dtype=torch.float64)

    start = MEAN + math.sqrt(SPREAD**2 + START**2) * noise(0, 0)
    for sigmas in ([START, 0.0], [START, 3.0, 0.5, 0.0]):
        end = last(lcm(consistent, start, sigmas, noise=noise))
        assert end.mean().item() == pytest.approx(MEAN, abs=0.02)
        assert end.std().item() == pytest.approx(SPREAD, rel=0.03)
