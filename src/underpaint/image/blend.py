"""Generated pixels back into the picture, A1111's way and exactly; transparency onto a background."""

from typing import assert_never

import numpy as np
from PIL import Image

from underpaint.geometry import Box
from underpaint.image.resize import size_of
from underpaint.request import PixelRounding


def flattened(pixels: np.ndarray, background: str) -> np.ndarray:
    """uint8 RGB of any picture: 16 bits rounded to 8, `background` (#rrggbb) behind transparent pixels."""
    shallow = pixels if pixels.dtype == np.uint8 else to_bytes(pixels)
    if shallow.shape[2] == 3:
        return shallow
    image = Image.fromarray(shallow)
    canvas = Image.new("RGBA", image.size, background)
    canvas.paste(image, mask=image)
    return np.array(canvas.convert("RGB"))


def to_bytes(pixels: np.ndarray) -> np.ndarray:
    """uint16 as the nearest uint8: 65535 becomes 255."""
    return ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)


def decoded_levels(decoded: np.ndarray, full: int, rounding: PixelRounding) -> np.ndarray:
    """Float levels from 0 to `full` of float pixels in [0, 1]; whole ones already when truncating."""
    match rounding:
        case PixelRounding.TRUNCATE:
            return np.floor(full * decoded)
        case PixelRounding.NEAREST:
            return full * decoded
        case _:
            assert_never(rounding)


def decoded_bytes(decoded: np.ndarray, rounding: PixelRounding) -> np.ndarray:
    """uint8 of float32 pixels in [0, 1]."""
    return np.rint(decoded_levels(decoded, 255, rounding)).astype(np.uint8)


def as_decoded(levels: np.ndarray, rounding: PixelRounding) -> np.ndarray:
    """float32 pixels that become these uint8 levels again."""
    lost = 0.5 if rounding is PixelRounding.TRUNCATE else 0.0
    return ((levels + lost) / 255).astype(np.float32)


# A1111's way


def doubled(mask: np.ndarray) -> np.ndarray:
    """Twice the mask: A1111 shows nothing of the original from half cover on, for the whole picture."""
    return np.minimum(mask.astype(np.uint16) * 2, 255).astype(np.uint8)


def cut_out(pixels: np.ndarray, mask: np.ndarray) -> Image.Image:
    """What `mask` does not cover of an RGB picture, transparent elsewhere; premultiplied (Pillow's mode RGBa)."""
    canvas = Image.new("RGBa", size_of(pixels))
    canvas.paste(Image.fromarray(pixels).convert("RGBA").convert("RGBa"), mask=Image.fromarray(255 - mask))
    return canvas


def overlay(pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """RGBA with the original where `mask` is 0 and nothing where it is 255, rounded as Pillow does."""
    return np.array(cut_out(pixels, mask).convert("RGBA"))


def opaque(pixels: np.ndarray) -> np.ndarray:
    """An RGB picture with full alpha."""
    return np.pad(pixels, [(0, 0), (0, 0), (0, 1)], constant_values=255)


def under_overlay(generated: np.ndarray, overlay_rgba: np.ndarray) -> np.ndarray:
    """RGB: `generated` (RGB or RGBA) with the overlay on top, at the top left and unscaled if it has another size, as it
    has for latent upscale."""
    canvas = Image.fromarray(generated).convert("RGBA")
    canvas.alpha_composite(Image.fromarray(overlay_rgba))
    return np.array(canvas.convert("RGB"))


# Exactly


BAND_ROWS = 256
"""Blending works on so many rows at a time, to need little memory on large pictures."""


def blended_into(
    original: np.ndarray, generated: np.ndarray, mask: np.ndarray, box: Box, rounding: PixelRounding
) -> np.ndarray:
    """A copy of `original` (uint8 or uint16, RGB or RGBA) with `generated` laid over it inside `box`.

    `generated`: float (height, width, 3) in [0, 1] at the size of `box`. `mask`: uint8 at the size of `original`;
    where it is 0 the result has the original's bytes. Over transparent pixels the picture becomes as opaque as the
    mask says, alpha' = alpha + (1 - alpha) * mask, and colours count by their cover.
    """
    result = original.copy()
    region = result[box.rows, box.columns]
    cover = mask[box.rows, box.columns]
    for top in range(0, box.height, BAND_ROWS):
        band = slice(top, top + BAND_ROWS)
        touched = cover[band] > 0
        above = decoded_levels(generated[band][touched], np.iinfo(original.dtype).max, rounding)
        region[band][touched] = _laid_over(region[band][touched], above, cover[band][touched])
    return result


def _laid_over(below: np.ndarray, above: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """Whole levels (n, 3 or 4) `below` under float levels (n, 3) `above`, which cover them by `cover` / 255."""
    full = np.float32(np.iinfo(below.dtype).max)
    m = cover[:, None].astype(np.float32) / 255
    below_alpha = below[:, 3:] / full if below.shape[1] == 4 else np.ones_like(m)
    kept = below_alpha * (1 - m)
    alpha = m + kept
    colour = (below[:, :3] * kept + above * m) / alpha
    levels = np.concatenate([colour, full * alpha], axis=1)[:, : below.shape[1]]
    return np.rint(levels).astype(below.dtype)
