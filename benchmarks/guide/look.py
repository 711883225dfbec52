"""What the judge sees of a picture: the square around a place."""

import cv2
import numpy as np

from underpaint.geometry import Box
from underpaint.image.mask import bounding_box

MARGIN = 0.12
"""Of the longer side, on either side of the place."""


def look_at(pixels: np.ndarray, mask: np.ndarray, side_px: int) -> np.ndarray:
    """The square around what `mask` (uint8, of the picture's size) covers, of `side_px`, RGB."""
    box = bounding_box(mask)
    assert box is not None, "there is a place to look at"
    return cut(pixels, box, MARGIN, side_px)


def cut(pixels: np.ndarray, box: Box, margin: float, side_px: int) -> np.ndarray:
    """The square around a box, as far as the picture reaches, scaled to `side_px`."""
    side = round(max(box.size) * (1 + 2 * margin))
    left = _beginning(box.x + box.width / 2, side, pixels.shape[1])
    top = _beginning(box.y + box.height / 2, side, pixels.shape[0])
    seen = np.ascontiguousarray(pixels[top : top + side, left : left + side])
    return cv2.resize(seen, (side_px, side_px), interpolation=cv2.INTER_AREA)


def _beginning(middle: float, side: int, whole: int) -> int:
    return max(0, min(round(middle - side / 2), whole - side))
