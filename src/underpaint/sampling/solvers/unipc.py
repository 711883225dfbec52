"""UniPC (Zhao et al. 2023): a multistep predictor, corrected with the estimate that the next step needs anyway."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from torch import Tensor

from underpaint.request import UniPcCorrectorRule, UniPcVariant
from underpaint.sampling.denoiser import Denoiser, Step
from underpaint.sampling.solvers.common import log_step, toward

Known = tuple[float, Tensor]
"""A level and the clean estimate there."""


def unipc(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Sequence[float],
    *,
    order: int,
    variant: UniPcVariant,
    corrector: UniPcCorrectorRule,
    lowers_final_order: bool,
) -> Iterator[Step]:
    """Data prediction (algorithm 8), of one order more than `order` with the corrector, which the last step lacks.

    Orders rise from one at the start; `lowers_final_order` lets them fall to one at the end. One call a step; there
    must be at least `order` steps.
    """
    known: list[Known] = []  # newest first
    steps = len(sigmas) - 1
    for i in range(steps):
        if not known:
            known = [(sigmas[0], denoise(x, sigmas[0]))]
        sigma_next = sigmas[i + 1]
        step_order = min(order, i + 1)
        if i + 1 >= order and (lowers_final_order or sigma_next == 0):
            step_order = min(step_order, steps - i)
        used = known[:step_order]
        denoised = used[0][1]
        guess = _moved(x, used, sigma_next, variant, corrector, None)
        if i == steps - 1:
            x = guess
        else:
            estimate = denoise(guess, sigma_next)
            x = _moved(x, used, sigma_next, variant, corrector, estimate)
            known = [(sigma_next, estimate), *known][:order]
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)


def _moved(
    x: Tensor,
    used: Sequence[Known],
    sigma_next: float,
    variant: UniPcVariant,
    corrector: UniPcCorrectorRule,
    estimate: Tensor | None,
) -> Tensor:
    """x at sigma_next: predicted from the used estimates, newest first, or corrected by the one made there."""
    sigma, newest = used[0]
    moved = toward(x, newest, sigma, sigma_next)
    h = log_step(sigma, sigma_next)
    ratios = [log_step(sigma, earlier) / h for earlier, _ in used[1:]]
    differences = [other - newest for _, other in used[1:]]
    if estimate is not None:
        ratios.append(1.0)
        differences.append(estimate - newest)
    if not differences:
        return moved
    is_short = estimate is not None and corrector is UniPcCorrectorRule.A1111
    match variant:
        case UniPcVariant.BH1:
            weights = _weights_by(-h, ratios, h)
        case UniPcVariant.BH2:
            weights = _weights_by(math.expm1(-h), ratios, h)
        case UniPcVariant.VARY_COEFF:
            weights = _varying_weights(ratios, h, is_short=is_short)
    for weight, ratio, difference in zip(weights, ratios, differences, strict=True):
        moved = moved - weight / ratio * difference
    return moved


def _weights_by(b_h: float, ratios: Sequence[float], h: float) -> list[float]:
    """B(h) times the solution a of sum_m a_m r_m^(k-1) = k!·z·phi_(k+1)(z) / B(h), z = -h, k = 1 …; a single one is
    1/2."""
    if len(ratios) == 1:
        return [b_h / 2]
    matrix = [[ratio**k for ratio in ratios] for k in range(len(ratios))]
    right = [math.factorial(k + 1) * phi for k, phi in enumerate(_phis(len(ratios), -h))]
    return np.linalg.solve(np.array(matrix), np.array(right)).tolist()


def _varying_weights(ratios: Sequence[float], h: float, *, is_short: bool) -> list[float]:
    """The sums over k of z·phi_(k+1)(z) times row k of the inverse of r_m^(k-1) / k!, z = -h: every derivative of the
    estimate as the differences tell it. `is_short`: as their authors' corrector sums them."""
    count = len(ratios)
    rows = np.linalg.inv([[ratio**k / math.factorial(k + 1) for k in range(count)] for ratio in ratios])
    phis = np.array(_phis(count, -h))
    if not is_short or count == 1:
        return (phis @ rows).tolist()
    return [*(phis[:-1] @ rows[:-1, :-1]), phis[-1] * rows[-2, -1]]


def _phis(count: int, z: float) -> list[float]:
    """z·phi_2(z), z·phi_3(z), …"""
    phis = [math.expm1(z) / z - 1]
    for k in range(2, count + 1):
        phis.append(phis[-1] / z - 1 / math.factorial(k))
    return phis
