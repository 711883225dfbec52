"""How visible the edge of a mask is in a picture. Pictures are uint8 RGB, masks uint8, 255 = inside."""

import cv2
import numpy as np

from training.cielab import lab

CONTOUR_PX = 1.5
PARALLEL_PX = (3.0, 8.0)


def seam_score(pixels: np.ndarray, mask: np.ndarray) -> float:
    """How much colour jumps across the mask's edge, compared with lines parallel to it, 3 to 8 px inside and outside:
    1 = not more than there, so no seam; 2 = twice as much."""
    distance = _signed_distance(mask)
    jumps = _slope_along(lab(pixels), _normal(distance))
    away = np.abs(distance)
    contour = away <= CONTOUR_PX
    parallels = (away >= PARALLEL_PX[0]) & (away <= PARALLEL_PX[1])
    inner = np.zeros_like(contour)
    inner[2:-2, 2:-2] = True
    return float(jumps[contour & inner].mean() / (jumps[parallels & inner].mean() + 1e-6))


def _signed_distance(mask: np.ndarray) -> np.ndarray:
    """Pixels from the edge between inside and outside; negative inside."""
    inside = (mask > 127).astype(np.uint8)
    beyond, within = (
        cv2.distanceTransform(side, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) for side in (1 - inside, inside)
    )
    return np.where(inside > 0, 0.5 - within, beyond - 0.5)


def _normal(distance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    down, right = np.gradient(cv2.GaussianBlur(distance, (0, 0), 2.0))
    length = np.hypot(down, right) + 1e-6
    return right / length, down / length


def _slope_along(colours: np.ndarray, normal: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """How fast colour changes along a direction, CIE76 per pixel."""
    down, right = np.gradient(colours, axis=(0, 1))
    slope = right * normal[0][..., None] + down * normal[1][..., None]
    return np.linalg.norm(slope, axis=2)
