"""Pictures made of pictures: a larger canvas around one, and two states of one mixed."""

import numpy as np

from underpaint.errors import InvalidRequest
from underpaint.geometry import Box, Size
from underpaint.image.blend import BAND_ROWS
from underpaint.image.io import MAX_PICTURE_PX
from underpaint.image.mask import bounding_box
from underpaint.image.picture import Picture

OVERLAP_PX = 16
"""Of the picture that is repainted along with a new area, so that the two can join."""


def extended_canvas(
    picture: Picture,
    *,
    left: int = 0,
    top: int = 0,
    right: int = 0,
    bottom: int = 0,
    overlap_px: int = OVERLAP_PX,
) -> tuple[Picture, np.ndarray]:
    """The picture on a canvas larger by so many pixels on each side, and a mask (uint8, 255 = repaint).

    The edge pixels are repeated into the new area. The mask covers it and `overlap_px` of the picture beside it.
    """
    if min(left, top, right, bottom, overlap_px) < 0 or not max(left, top, right, bottom):
        raise InvalidRequest(
            "Extend the picture by at least one pixel on some side, and by no negative number."
        )
    old = Box(left, top, *picture.size)
    size = Size(left + old.width + right, top + old.height + bottom)
    if size.area > MAX_PICTURE_PX:
        raise InvalidRequest(f"{size} is larger than {MAX_PICTURE_PX // 10**6} megapixels; extend by less.")
    pixels = np.pad(picture.pixels, [(top, bottom), (left, right), (0, 0)], mode="edge")
    kept = Box.from_edges(
        old.x + (overlap_px if left else 0),
        old.y + (overlap_px if top else 0),
        old.right - (overlap_px if right else 0),
        old.bottom - (overlap_px if bottom else 0),
    )
    mask = np.full((size.height, size.width), 255, np.uint8)
    if kept.width > 0 and kept.height > 0:
        mask[kept.rows, kept.columns] = 0
    return Picture(pixels, picture.icc_profile), mask


def blended(parent: Picture, child: Picture, opacity: float, mask: np.ndarray | None = None) -> Picture:
    """`parent` with `child` over it by a = `opacity` · `mask` / 255 (uint8; None = everywhere).

    Where a is 0 the bytes are the parent's, where it is 1 the child's; between, colours count by their alpha. With 16
    bits or alpha if either has them, and the colour profile that they share.
    """
    _check_blend(parent, child, opacity, mask)
    depth = np.result_type(parent.pixels, child.pixels)
    channels = max(parent.pixels.shape[2], child.pixels.shape[2])
    result = _as_deep(parent.pixels, depth, channels).copy()
    box = Box.of(parent.size) if mask is None else bounding_box(mask) or Box(0, 0, 0, 0)
    columns = box.columns
    for top in range(box.y, box.bottom, BAND_ROWS):
        rows = slice(top, min(top + BAND_ROWS, box.bottom))
        below = result[rows, columns]
        cover = np.full((*below.shape[:2], 1), opacity, np.float32)
        if mask is not None:
            cover *= mask[rows, columns, None].astype(np.float32) / 255
        below[:] = _mixed(below, _as_deep(child.pixels[rows, columns], depth, channels), cover)
    return Picture(result, parent.icc_profile or child.icc_profile)


def _check_blend(parent: Picture, child: Picture, opacity: float, mask: np.ndarray | None) -> None:
    if parent.size != child.size:
        raise InvalidRequest(
            f"Pictures of {parent.size} and {child.size} cannot be blended; their sizes differ."
        )
    if mask is not None and mask.shape != parent.pixels.shape[:2]:
        raise InvalidRequest(f"The mask has another size than the pictures ({parent.size}).")
    if not 0 <= opacity <= 1:
        raise InvalidRequest(f"opacity must lie between 0 and 1, not {opacity}.")
    if parent.icc_profile and child.icc_profile and parent.icc_profile != child.icc_profile:
        raise InvalidRequest("The pictures have different colour profiles; convert one of them first.")


def _as_deep(pixels: np.ndarray, depth: np.dtype, channels: int) -> np.ndarray:
    """The same colours at `depth` with so many channels; new alpha is opaque."""
    if pixels.dtype != depth:
        pixels = pixels.astype(depth) * depth.type(257)
    if pixels.shape[2] == channels:
        return pixels
    return np.pad(pixels, [(0, 0), (0, 0), (0, 1)], constant_values=np.iinfo(depth).max)


def _mixed(below: np.ndarray, above: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """Levels (h, w, 3 or 4) under others that cover them by `cover`, float32 (h, w, 1)."""
    one, other = below.astype(np.float32), above.astype(np.float32)
    if below.shape[2] == 3:
        levels = one + (other - one) * cover
    else:
        kept, laid = one[..., 3:] * (1 - cover), other[..., 3:] * cover
        alpha = kept + laid
        colour = (one[..., :3] * kept + other[..., :3] * laid) / np.maximum(alpha, 1e-6)
        levels = np.concatenate([np.where(alpha > 0, colour, one[..., :3]), alpha], axis=2)
    mixed = np.rint(levels).astype(below.dtype)
    is_same = (cover == 0) | (below == above).all(axis=2, keepdims=True)
    return np.where(is_same, below, np.where(cover == 1, above, mixed))
