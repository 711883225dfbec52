"""Measured figures with 95 % confidence intervals.

Shares have Wilson's score interval (Wilson 1927), their differences Newcombe's (1998, method 10). Means and their
differences have percentile bootstrap intervals over 4000 resamples; differences are of pairs with one seed.
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
    """Of two shares; takes no advantage of pairs."""
    a, b = share(hits), share(others)
    down = sqrt((a.value - a.low) ** 2 + (b.high - b.value) ** 2)
    up = sqrt((a.high - a.value) ** 2 + (b.value - b.low) ** 2)
    gap = a.value - b.value
    return Estimate(gap, gap - down, gap + up, min(a.count, b.count))


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
