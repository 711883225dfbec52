"""Measured figures with 95 % confidence intervals.

Shares have Wilson's score interval (Wilson 1927), their differences Newcombe's for paired data (1998, method 10). Means
and their differences have percentile bootstrap intervals over 4000 resamples. Differences are of pairs with one seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

Z95 = 1.959963984540054
RESAMPLES = 4000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and the interval in which it lies with 95 % confidence."""

    value: float
    low: float
    high: float
    count: int


def share(hits: Sequence[float]) -> Estimate:
    """Of values that are 0 or 1."""
    count = len(hits)
    p = sum(hits) / count
    middle = p + Z95**2 / (2 * count)
    reach = Z95 * sqrt(p * (1 - p) / count + Z95**2 / (4 * count**2))
    scale = 1 + Z95**2 / count
    return Estimate(p, max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale), count)


def share_difference(hits: Sequence[float], others: Sequence[float]) -> Estimate:
    """Of pairs: how much larger the first share is (Newcombe, Statistics in Medicine 17, 1998, 2635-2650)."""
    a, b, phi = share(hits), share(others), _association(hits, others)
    gap = a.value - b.value
    return Estimate(
        gap,
        gap - _joint(a.value - a.low, b.high - b.value, phi),
        gap + _joint(a.high - a.value, b.value - b.low, phi),
        a.count,
    )


def _joint(one: float, other: float, phi: float) -> float:
    """The reach of a difference, of those of its parts."""
    return sqrt(one**2 - 2 * phi * one * other + other**2)


def _association(hits: Sequence[float], others: Sequence[float]) -> float:
    """The phi coefficient, with Newcombe's correction for continuity where it is positive."""
    x, y = np.asarray(hits, bool), np.asarray(others, bool)
    both, first, second, neither = (np.count_nonzero(s) for s in (x & y, x & ~y, ~x & y, ~x & ~y))
    scale = sqrt((both + first) * (second + neither) * (both + second) * (first + neither))
    surplus = both * neither - first * second
    if surplus > 0:
        surplus = max(surplus - len(x) / 2, 0)
    return surplus / scale if scale else 0.0


def mean(values: Sequence[float]) -> Estimate:
    """Of any numbers."""
    numbers = np.asarray(values, np.float64)
    rng = np.random.default_rng(95)
    means = numbers[rng.integers(0, len(numbers), (RESAMPLES, len(numbers)))].mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return Estimate(float(numbers.mean()), float(low), float(high), len(numbers))


def mean_difference(values: Sequence[float], others: Sequence[float]) -> Estimate:
    """Of pairs: value by value."""
    return mean(np.subtract(values, others).tolist())
