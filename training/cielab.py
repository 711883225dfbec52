"""Colours as eyes tell them apart."""

import cv2
import numpy as np


def lab(pixels: np.ndarray) -> np.ndarray:
    """float32 (height, width, 3) CIELAB of uint8 sRGB: L* 0 to 100, a* and b* about -100 to 100."""
    return cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
