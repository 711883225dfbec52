"""UniPC (Zhao et al. 2023): a multistep predictor, corrected with the estimate that the next step needs anyway."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from torch import Tensor

from underpaint.request import UniPcVariant
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
        guess = _moved(x, used, sigma_next, variant, None)
        if i == steps - 1:
            x = guess
        else:
            estimate = denoise(guess, sigma_next)
            x = _moved(x, used, sigma_next, variant, estimate)
            known = [(sigma_next, estimate), *known][:order]
        yield Step(index=i, sigma=sigma_next, x=x, denoised=denoised)


def _moved(
    x: Tensor, used: Sequence[Known], sigma_next: float, variant: UniPcVariant, estimate: Tensor | None
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
    b_h = -h if variant is UniPcVariant.BH1 else math.expm1(-h)
    for weight, ratio, difference in zip(_weights(ratios, h, b_h), ratios, differences, strict=True):
        moved = moved - b_h * weight / ratio * difference
    return moved


def _weights(ratios: Sequence[float], h: float, b_h: float) -> list[float]:
    """The solution a of sum_m a_m r_m^(k-1) = k!·phi_(k+1)(-h)·(-h) / B(h), k = 1 …; a single one is 1/2."""
    if len(ratios) == 1:
        return [0.5]
    z = -h
    matrix = [[ratio**k for ratio in ratios] for k in range(len(ratios))]
    phi = math.expm1(z) / z - 1
    right: list[float] = []
    for k in range(1, len(ratios) + 1):
        right.append(phi * math.factorial(k) / b_h)
        phi = phi / z - 1 / math.factorial(k + 1)
    return np.linalg.solve(np.array(matrix), np.array(right)).tolist()
