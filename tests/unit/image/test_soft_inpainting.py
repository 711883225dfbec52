import math

import numpy as np
import pytest

from underpaint.image.soft_inpainting import histogram_filtered, opacity_of_result

PERCENTILES = [(0.9, 1.0), (0.25, 0.75), (0.0, 0.1), (0.5, 0.5)]


def by_definition(values: np.ndarray, percentiles: tuple[float, float]) -> np.ndarray:
    """One pixel and one neighbour at a time."""
    height, width = values.shape
    out = np.zeros_like(values)
    for y in range(height):
        for x in range(width):
            out[y, x] = one_pixel(values, x, y, percentiles)
    return out


def one_pixel(values: np.ndarray, x: int, y: int, percentiles: tuple[float, float]) -> float:
    end = math.exp(-4)
    around = []
    for dy in range(-2, 3):
        for dx in range(-2, 3):
            if 0 <= y + dy < values.shape[0] and 0 <= x + dx < values.shape[1]:
                weight = max(0.0, (math.exp(-(dx * dx + dy * dy) / 2.25) - end) / (1 - end))
                around.append((float(values[y + dy, x + dx]), weight))
    around.sort()
    total = sum(weight for _, weight in around)
    low, high = (total * p for p in percentiles)
    if high - low < 1:
        middle = (low + high) / 2
        low, high = middle - 0.5, middle + 0.5
        if high > total:
            low, high = total - 1, total
        elif low < 0:
            low, high = 0.0, 1.0
    mean = start = 0.0
    for value, weight in around:
        mean += value * max(0.0, min(start + weight, high) - max(start, low))
        start += weight
    return mean / (high - low)


@pytest.mark.parametrize("percentiles", PERCENTILES, ids=str)
def test_the_filter_follows_its_definition(percentiles: tuple[float, float]) -> None:
    values = np.random.default_rng(1).random((7, 9), dtype=np.float32)
    np.testing.assert_allclose(
        histogram_filtered(values, percentiles), by_definition(values, percentiles), rtol=1e-5
    )


def test_a_flat_field_stays() -> None:
    flat = np.full((5, 5), 3, np.float32)
    np.testing.assert_allclose(histogram_filtered(flat, (0.9, 1.0)), flat)


def opacity(distance: float, mask: float) -> int:
    shape = (8, 8)
    result = opacity_of_result(
        np.full(shape, distance, np.float32),
        np.full(shape, mask),
        scale=0.5,
        mask_influence=0.0,
        threshold=0.5,
        contrast=2.0,
    )
    assert (result == result[0, 0]).all()
    return int(result[0, 0])


def test_what_did_not_move_stays_and_what_moved_far_shows() -> None:
    assert opacity(0.0, 1.0) == 0
    assert opacity(50.0, 1.0) >= 254


def test_half_shows_at_the_threshold() -> None:
    assert opacity(0.5, 1.0) == pytest.approx(127, abs=1)
