"""A few thousand pixels of a result, kept beside it: enough to tell how much the results of a job differ."""

from collections.abc import Sequence

import numpy as np

from underpaint.geometry import Box
from underpaint.image.blend import to_bytes
from underpaint.image.mask import bounding_box
from underpaint.image.measure import variety
from underpaint.image.picture import Picture

MOST_PX = 4096
MOST_SEARCHED_PX = 1_000_000
"""Of larger masks only every second, third, … row and column is looked at."""


def swatch(picture: Picture, soft_mask: np.ndarray | None) -> bytes:
    """RGB of evenly spread masked pixels, the same places for every result with this mask. None: of the whole."""
    box = Box.of(picture.size) if soft_mask is None else bounding_box(soft_mask)
    if box is None:
        return b""
    step = max(1, int((box.size.area / MOST_SEARCHED_PX) ** 0.5 + 1))
    pixels = picture.rgb[box.rows, box.columns][::step, ::step]
    if soft_mask is None:
        pixels = pixels.reshape(-1, 3)
    else:
        pixels = pixels[soft_mask[box.rows, box.columns][::step, ::step] > 0]
    chosen = pixels[np.linspace(0, len(pixels) - 1, min(len(pixels), MOST_PX)).astype(np.int64)]
    return (chosen if chosen.dtype == np.uint8 else to_bytes(chosen)).tobytes()


def variety_of(swatches: Sequence[bytes]) -> float | None:
    """The mean CIE76 difference between results; None below two, or when they cannot be compared."""
    if len(swatches) < 2 or len({len(one) for one in swatches}) > 1 or not swatches[0]:
        return None
    return variety([Picture(np.frombuffer(one, np.uint8).reshape(1, -1, 3)) for one in swatches], None)
