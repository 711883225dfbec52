"""Colour correction as A1111 does it: the colours of the picture that went in, the light of the one that came out."""

import cv2
import numpy as np

LUMA = (0.299, 0.587, 0.114)


def colour_corrected(generated: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """`generated` with the colour distribution of `reference`; both uint8 (height, width, 3), of any two sizes.

    Every channel of CIELAB (OpenCV's 8-bit scaling) is brought to the reference's histogram; of the outcome only the
    chroma is kept, the luminosity is that of `generated`.
    """
    lab, target = (cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB) for pixels in (generated, reference))
    matched = np.stack([histogram_matched(lab[..., i], target[..., i]) for i in range(3)], axis=2)
    return with_luminosity(cv2.cvtColor(matched, cv2.COLOR_LAB2RGB), generated)


def histogram_matched(values: np.ndarray, template: np.ndarray) -> np.ndarray:
    """uint8 `values` mapped so that their cumulative histogram follows that of uint8 `template`, rounded down."""
    counts, template_counts = np.bincount(values.ravel()), np.bincount(template.ravel())
    occurring = np.flatnonzero(template_counts)
    quantiles = np.cumsum(counts) / values.size
    template_quantiles = np.cumsum(template_counts[occurring]) / template.size
    return np.interp(quantiles, template_quantiles, occurring).astype(np.uint8)[values]


def with_luminosity(colours: np.ndarray, light: np.ndarray) -> np.ndarray:
    """`colours` with the luma of `light`, both uint8 (height, width, 3): the blend mode "luminosity" (W3C Compositing
    and Blending, section 8.2: SetLum and ClipColor)."""
    c = colours / 255
    c = c + (_luma(light / 255) - _luma(c))
    lum = _luma(c)
    low, high = c.min(axis=2, keepdims=True), c.max(axis=2, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):  # both sides of `where` are computed
        c = np.where(low < 0, lum + (c - lum) * lum / (lum - low), c)
        c = np.where(high > 1, lum + (c - lum) * (1 - lum) / (high - lum), c)
    return (c.clip(0, 1) * 255).astype(np.uint8)


def _luma(colours: np.ndarray) -> np.ndarray:
    """(height, width, 1). Summed in this order: many levels come out just whole, and truncating shows the last bit."""
    red, green, blue = (colours[..., i : i + 1] * weight for i, weight in enumerate(LUMA))
    return red + green + blue
