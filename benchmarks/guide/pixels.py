"""What can be measured of pixels without knowing what they show. Pictures are uint8 RGB, masks uint8, 255 = inside."""

import cv2
import numpy as np

from training.cielab import lab
from underpaint.request import GRID_PX

Lab = np.ndarray
"""float32 (3,): L 0 to 100, a and b about -100 to 100."""


def mean_lab(pixels: np.ndarray, mask: np.ndarray) -> Lab:
    """The mean colour inside."""
    return lab(pixels)[mask > 127].mean(axis=0)


def tone_gap(pixels: np.ndarray, truth: np.ndarray, mask: np.ndarray) -> float:
    """The distance (CIE76) of the two pictures' mean colours inside."""
    return float(np.linalg.norm(mean_lab(pixels, mask) - mean_lab(truth, mask)))


def share_of_way(colour: Lab, start: Lab, end: Lab) -> float:
    """How far a colour lies on the straight way from one to another: 0 = start, 1 = end."""
    way = end - start
    return float(((colour - start) * way).sum() / (way * way).sum())


def sharpness(pixels: np.ndarray, mask: np.ndarray) -> float:
    """The variance of the Laplacian of the lightness (0 to 255) inside, two pixels off the edge."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    inside = cv2.erode(mask, np.ones((5, 5), np.uint8)) > 127
    return float(cv2.Laplacian(grey, cv2.CV_32F)[inside].var())


def mottling(pixels: np.ndarray, mask: np.ndarray) -> float:
    """How much spots of a latent cell's size stick out inside: the mean distance (CIE76) to a median of two cells."""
    smooth = cv2.medianBlur(pixels, 2 * GRID_PX - 1)
    return float(np.linalg.norm(lab(pixels) - lab(smooth), axis=2)[mask > 127].mean())


def structure_match(pixels: np.ndarray, other: np.ndarray, mask: np.ndarray) -> float:
    """How alike two pictures' edges are inside: the correlation of their gradients, 1 = the same, 0 = unrelated."""
    one, two = _gradients(pixels)[mask > 127], _gradients(other)[mask > 127]
    scale = np.sqrt((one * one).sum() * (two * two).sum())
    return float((one * two).sum() / scale) if scale else 0.0


def _gradients(pixels: np.ndarray) -> np.ndarray:
    """float32 (height, width, 2) of the lightness, slightly smoothed."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.2)
    down, right = np.gradient(smooth)
    return np.stack([right, down], axis=2)


def silhouette(pixels: np.ndarray, land: np.ndarray, mask: np.ndarray, least: float = 14.0) -> np.ndarray:
    """bool: where, inside, the picture differs from the empty land behind it by more than `least` (CIE76)."""
    smooth, behind = (cv2.GaussianBlur(p, (0, 0), 1.0) for p in (pixels, land))
    return (np.linalg.norm(lab(smooth) - lab(behind), axis=2) > least) & (mask > 127)


def overlap(one: np.ndarray, two: np.ndarray) -> float:
    """Intersection over union of two bool arrays; 1 when both are empty."""
    union = np.count_nonzero(one | two)
    return np.count_nonzero(one & two) / union if union else 1.0
