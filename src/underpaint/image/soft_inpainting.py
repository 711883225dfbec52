"""Soft inpainting, the part after sampling: how much of the result to show where, from how far the latents moved.

As A1111's script of that name does it: the distance is smoothed by two weighted histogram filters, compared with a
threshold that the mask lowers, and turned into opacity.
"""

import numpy as np

RADIUS = 2
DEVIATION = 1.5
MIN_WIDTH = 1.0
"""Of a filter's window, in units of the kernel's centre weight."""
SPREADING = (0.9, 1.0)
SMOOTHING = (0.25, 0.75)
"""Percentiles of the two passes: the first carries large distances outwards, the second drops lone ones."""


def opacity_of_result(
    distance: np.ndarray,
    mask: np.ndarray,
    *,
    scale: float,
    mask_influence: float,
    threshold: float,
    contrast: float,
) -> np.ndarray:
    """uint8 (h, w), 255 = the result alone, from latent cells.

    `distance`: float32 (h, w), norm over channels of final minus initial latents. `mask`: (h, w) in [0, 1], 1 =
    repaint. `scale`: preservation strength; `threshold`, `contrast`: of the difference. All in float32, as there:
    where the share is 1, 1.00001 - 1 counts.
    """
    smooth = histogram_filtered(histogram_filtered(distance, SPREADING), SMOOTHING)
    share = 1 - mask.astype(np.float32) ** (scale / 2)
    share = 0.5 * (1 - mask_influence) + share * mask_influence
    half_distance = threshold * share / (1.00001 - share)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(half_distance > 0, smooth / half_distance, np.float32(np.inf))
    kept = 1 / (1 + ratio**contrast)
    kept = kept**3 * (kept * (6 * kept - 15) + 10)  # smootherstep (Perlin 2002)
    return (255 * (1 - kept)).astype(np.uint8)


def histogram_filtered(values: np.ndarray, percentiles: tuple[float, float]) -> np.ndarray:
    """float32 (h, w): the weighted mean of the part of every pixel's neighbourhood between two percentiles.

    Neighbours are sorted by value and their kernel weights laid end to end; the window between the percentiles is at
    least one unit wide. Neighbours outside the picture do not exist.
    """
    neighbours, weights = _neighbourhoods(values)
    order = neighbours.argsort(axis=0, kind="stable")
    neighbours = np.take_along_axis(neighbours, order, axis=0)
    ends = np.take_along_axis(weights, order, axis=0).cumsum(axis=0)
    starts = np.concatenate([np.zeros_like(ends[:1]), ends[:-1]])
    bottom, top = _windows(ends[-1], percentiles)
    overlap = (np.minimum(ends, top) - np.maximum(starts, bottom)).clip(min=0)
    return ((neighbours * overlap).sum(axis=0) / overlap.sum(axis=0)).astype(np.float32)


def _neighbourhoods(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values and weights (neighbours, h, w) of the 5×5 pixels around each; weight 0 outside the picture."""
    kernel = _kernel()
    height, width = values.shape
    padded = np.pad(values.astype(np.float64), RADIUS)
    inside = np.pad(np.ones(values.shape), RADIUS)
    shifts = [(dy, dx) for dy in range(2 * RADIUS + 1) for dx in range(2 * RADIUS + 1)]
    neighbours = np.stack([padded[dy : dy + height, dx : dx + width] for dy, dx in shifts])
    weights = np.stack([kernel[dy, dx] * inside[dy : dy + height, dx : dx + width] for dy, dx in shifts])
    return neighbours, weights


def _kernel() -> np.ndarray:
    """A Gaussian lowered so that it ends at 0 one pixel beyond the window; the centre weighs 1."""
    offsets = np.arange(-RADIUS, RADIUS + 1)
    squared = offsets[:, None] ** 2 + offsets[None] ** 2
    at_end = np.exp(-((RADIUS + 1) ** 2) / DEVIATION**2)
    return ((np.exp(-squared / DEVIATION**2) - at_end) / (1 - at_end)).clip(min=0)


def _windows(totals: np.ndarray, percentiles: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    bottom, top = totals * percentiles[0], totals * percentiles[1]
    is_narrow = top - bottom < MIN_WIDTH
    middle = (top + bottom) / 2
    bottom = np.where(is_narrow, middle - MIN_WIDTH / 2, bottom)
    top = np.where(is_narrow, middle + MIN_WIDTH / 2, top)
    past = is_narrow & (top > totals)
    bottom, top = np.where(past, totals - MIN_WIDTH, bottom), np.where(past, totals, top)
    before = is_narrow & (bottom < 0)
    return np.where(before, 0, bottom), np.where(before, MIN_WIDTH, top)
