"""What ControlNets see, made of a picture: uint8 RGB (height, width, 3) becomes float32 of that shape in [0, 1]."""

from typing import assert_never

import cv2
import numpy as np

from underpaint.request import ControlPreprocessor

LINE_SIGMA_PX = 0.5
FAINTEST_LINE, FULL_LINE = 3.0, 30.0
"""Energies, in levels of 0 … 255, of what begins to show and of what is white."""
CANNY_LOW, CANNY_HIGH = 100, 200
HOLE = -1.0


def control_picture(
    pixels: np.ndarray, preprocessor: ControlPreprocessor, hidden: np.ndarray | None = None
) -> np.ndarray:
    """What a ControlNet sees of `pixels`. `hidden`, bool (height, width), is needed for *inpaint* alone."""
    match preprocessor:
        case ControlPreprocessor.NONE:
            return unit(pixels)
        case ControlPreprocessor.LINEART:
            return unit(lineart(pixels))
        case ControlPreprocessor.CANNY:
            return unit(canny(pixels))
        case ControlPreprocessor.INPAINT:
            assert hidden is not None, "the caller checks that there is a mask"
            return with_hole(pixels, hidden)
        case _:
            assert_never(preprocessor)


def unit(pixels: np.ndarray) -> np.ndarray:
    """The levels divided by 255."""
    return pixels.astype(np.float32) / 255


def lineart(pixels: np.ndarray) -> np.ndarray:
    """The lines of a picture, and the borders between its colours: uint8 (height, width, 3), white on black.

    Local energy (Morrone & Burr 1988) at one scale: with L the picture blurred by a Gaussian of standard deviation
    s = 0.5 px,

        E = sqrt(|s·∇L|² + (s²·∇²L)²)

    answers with a single ridge to borders, where the gradient peaks, and to thin lines, where the Laplacian does. Of the
    three channels the largest E counts, so that borders between equally light colours show. E ≤ 3 levels becomes black,
    E ≥ 30 white, linear between; a sharp border between two flat colours has E = 0.28 times their difference.
    """
    blurred = cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), LINE_SIGMA_PX)
    # Sobel's kernel sums up to 8 times the slope; the Laplacian's is the plain sum of second differences
    along_x = cv2.Sobel(blurred, cv2.CV_32F, 1, 0, ksize=3, scale=LINE_SIGMA_PX / 8)
    along_y = cv2.Sobel(blurred, cv2.CV_32F, 0, 1, ksize=3, scale=LINE_SIGMA_PX / 8)
    curvature = cv2.Laplacian(blurred, cv2.CV_32F, ksize=1, scale=LINE_SIGMA_PX**2)
    energy = np.sqrt(along_x**2 + along_y**2 + curvature**2).max(axis=2)
    share = np.clip((energy - FAINTEST_LINE) / (FULL_LINE - FAINTEST_LINE), 0, 1)
    return _grey(np.rint(255 * share).astype(np.uint8))


def canny(pixels: np.ndarray) -> np.ndarray:
    """The edges of a picture (Canny 1986): uint8 (height, width, 3), 255 on edges, else 0.

    Gradients G = |Sobel_x| + |Sobel_y| (3x3) of the channel where that is largest, thinned to their ridges; ridges of
    G > 200 are edges, and those of G > 100 that are connected with them.
    """
    return _grey(cv2.Canny(np.ascontiguousarray(pixels), CANNY_LOW, CANNY_HIGH))


def with_hole(pixels: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """The levels divided by 255, and -1 where `hidden`, bool (height, width), is true (ControlNet 1.1 inpaint)."""
    return np.where(hidden[..., None], np.float32(HOLE), unit(pixels))


def _grey(values: np.ndarray) -> np.ndarray:
    return np.repeat(values[..., None], 3, axis=2)
