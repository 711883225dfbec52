"""Masks: uint8 (height, width), 255 = repaint, soft values between."""

from math import isqrt

import cv2
import numpy as np

from underpaint.geometry import Box
from underpaint.image.resize import size_of


def inverted(mask: np.ndarray) -> np.ndarray:
    """Repaints what `mask` keeps."""
    return 255 - mask


def bounding_box(mask: np.ndarray) -> Box | None:
    """The smallest box that holds every non-zero pixel; None for an empty mask."""
    box = Box(*cv2.boundingRect(np.ascontiguousarray(mask)))
    return None if box.size.area == 0 else box


def grown(mask: np.ndarray, radius_px: int) -> np.ndarray:
    """Every pixel gets the highest value within the radius: dilation by a disc, of soft masks too."""
    box = bounding_box(mask)
    if box is None or radius_px == 0:
        return mask
    touched = box.padded(radius_px, size_of(mask))
    part = mask[touched.rows, touched.columns]
    result, widened, reach = part.copy(), part, 0
    for down in range(
        min(radius_px, len(part) - 1), -1, -1
    ):  # of a disc's rows, from the narrowest to the widest
        wider = isqrt(radius_px**2 - down**2)
        widened = cv2.dilate(widened, np.ones((1, 2 * (wider - reach) + 1), np.uint8))
        reach = wider
        above, below = result[: len(part) - down], result[down:]
        np.maximum(below, widened[: len(below)], out=below)
        np.maximum(above, widened[down:], out=above)
    everywhere = mask.copy()
    everywhere[touched.rows, touched.columns] = result
    return everywhere


def blurred(mask: np.ndarray, blur_x_px: float, blur_y_px: float) -> np.ndarray:
    """Gaussian blur with these standard deviations, bit for bit as A1111 does it.

    OpenCV's 8-bit filter, along x and then along y, rounding to bytes between. Only the surroundings of masked
    pixels are computed, so a small mask on a large picture costs little.
    """
    box = bounding_box(mask)
    if box is None:
        return mask.copy()
    reach = max(_radius_px(blur_x_px), _radius_px(blur_y_px))
    touched = box.padded(reach, size_of(mask))
    # Twice the reach, so that every pixel of `touched` sees its true neighbours, or the picture's true border.
    source = box.padded(2 * reach, size_of(mask))
    soft = _blurred_everywhere(mask[source.rows, source.columns], blur_x_px, blur_y_px)
    result = np.zeros(mask.shape, np.uint8)
    result[touched.rows, touched.columns] = soft[
        touched.y - source.y : touched.bottom - source.y, touched.x - source.x : touched.right - source.x
    ]
    return result


def _blurred_everywhere(mask: np.ndarray, blur_x_px: float, blur_y_px: float) -> np.ndarray:
    if blur_x_px > 0:
        mask = cv2.GaussianBlur(mask, (2 * _radius_px(blur_x_px) + 1, 1), blur_x_px)
    if blur_y_px > 0:
        mask = cv2.GaussianBlur(mask, (1, 2 * _radius_px(blur_y_px) + 1), blur_y_px)
    return mask


def _radius_px(blur_px: float) -> int:
    return int(2.5 * blur_px + 0.5)
