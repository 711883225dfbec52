"""Colour correction: the colours of the picture that went in, the light of the one that came out; in floats, and in 8
bits as A1111 does it."""

import cv2
import numpy as np

LUMA = (0.299, 0.587, 0.114)


def colour_corrected(generated: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """`generated`, float32 in [0, 1], with the colour distribution of `reference`, uint8; (height, width, 3), of any two
    sizes.

    Every channel of CIELAB is brought to the reference's histogram; of the outcome only the chroma is kept, the
    luminosity is that of `generated`.
    """
    lab, target = _lab(generated), _lab(reference / np.float32(255))
    matched = np.stack([_distributed_as(lab[..., i], target[..., i]) for i in range(3)], axis=2)
    return _with_light(_rgb(matched.astype(np.float32)), generated).astype(np.float32)


def _lab(srgb: np.ndarray) -> np.ndarray:
    """float32 CIELAB. OpenCV's own curve of sRGB is a table as coarse as bytes, so it gets linear light."""
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return cv2.cvtColor(linear.astype(np.float32), cv2.COLOR_LRGB2LAB)


def _rgb(lab: np.ndarray) -> np.ndarray:
    linear = cv2.cvtColor(lab, cv2.COLOR_LAB2LRGB).clip(0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def _distributed_as(values: np.ndarray, template: np.ndarray) -> np.ndarray:
    """Float `values` mapped so that their cumulative distribution follows that of float `template`."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    occurring, template_counts = np.unique(template, return_counts=True)
    quantiles = np.cumsum(counts) / values.size
    template_quantiles = np.cumsum(template_counts) / template.size
    return np.interp(quantiles, template_quantiles, occurring)[places].reshape(values.shape)


def _with_light(colours: np.ndarray, light: np.ndarray) -> np.ndarray:
    """`colours` with the luma of `light`, both floats in [0, 1], (height, width, 3): the blend mode "luminosity" (W3C
    Compositing and Blending, section 8.2: SetLum and ClipColor)."""
    c = colours + (_luma(light) - _luma(colours))
    lum = _luma(c)
    low, high = c.min(axis=2, keepdims=True), c.max(axis=2, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):  # both sides of `where` are computed
        c = np.where(low < 0, lum + (c - lum) * lum / (lum - low), c)
        c = np.where(high > 1, lum + (c - lum) * (1 - lum) / (high - lum), c)
    return c.clip(0, 1)


# A1111's way


def colour_corrected_bytes(generated: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """The same, all of it uint8, with OpenCV's 8-bit scaling of CIELAB."""
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
    """uint8 `colours` with the luma of `light`, uint8 too, rounded down."""
    return (_with_light(colours / 255, light / 255) * 255).astype(np.uint8)


def _luma(colours: np.ndarray) -> np.ndarray:
    """(height, width, 1). Summed in this order: many levels come out just whole, and truncating shows the last bit."""
    red, green, blue = (colours[..., i : i + 1] * weight for i, weight in enumerate(LUMA))
    return red + green + blue
