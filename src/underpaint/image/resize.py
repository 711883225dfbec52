"""Pictures and masks at another size. Arrays are uint8, (height, width) or (height, width, channel)."""

from typing import assert_never

import cv2
import numpy as np
from PIL import Image

from underpaint.errors import InvalidRequest
from underpaint.geometry import Box, Size
from underpaint.image.placement import centred, covering, fitting
from underpaint.request import ResizeMode

MAX_INTERMEDIATE_PX = 400_000_000
"""Crop-and-resize scales the whole picture first; for a 20000x1 strip that would be gigabytes."""


def size_of(pixels: np.ndarray) -> Size:
    return Size(pixels.shape[1], pixels.shape[0])


def lanczos(pixels: np.ndarray, size: Size) -> np.ndarray:
    """At `size` by Pillow's Lanczos filter, aspect not kept."""
    return _resampled(pixels, size, Image.Resampling.LANCZOS)


def bicubic(pixels: np.ndarray, size: Size) -> np.ndarray:
    """At `size` by Pillow's bicubic filter, aspect not kept."""
    return _resampled(pixels, size, Image.Resampling.BICUBIC)


def _resampled(pixels: np.ndarray, size: Size, kernel: Image.Resampling) -> np.ndarray:
    """First along x, then along y, with bytes between. Pillow 9.5, which A1111 uses, does the same in one call; later
    ones begin with the axis that shrinks more, which overshoots elsewhere."""
    along_x = Image.fromarray(pixels).resize((size.width, pixels.shape[0]), kernel)
    return np.array(along_x.resize(size, kernel))


def lanczos_float(pixels: np.ndarray, size: Size, part: Box) -> np.ndarray:
    """The `part` of float32 pixels (height, width, channel) in [0, 1] at `size`, without computing the rest.

    The filter's overshoot is cut off.
    """
    if size_of(pixels) == size:
        return pixels[part.rows, part.columns]
    x_scale, y_scale = pixels.shape[1] / size.width, pixels.shape[0] / size.height
    source = (part.x * x_scale, part.y * y_scale, part.right * x_scale, part.bottom * y_scale)
    channels = [
        Image.fromarray(np.ascontiguousarray(pixels[..., i])).resize(
            part.size, Image.Resampling.LANCZOS, box=source
        )
        for i in range(pixels.shape[2])
    ]
    return np.clip(np.stack([np.asarray(channel) for channel in channels], axis=-1), 0, 1)


def resized(pixels: np.ndarray, size: Size, mode: ResizeMode) -> np.ndarray:
    """At `size` as A1111 resizes. Latent upscale counts as resize-and-fill here, as it does there for masks."""
    match mode:
        case ResizeMode.JUST_RESIZE:
            return lanczos(pixels, size)
        case ResizeMode.CROP_AND_RESIZE:
            return _cropped_and_resized(pixels, size)
        case ResizeMode.RESIZE_AND_FILL | ResizeMode.LATENT_UPSCALE:
            return _resized_and_filled(pixels, size)
        case _:
            assert_never(mode)


def placed(pixels: np.ndarray, content: Box, size: Size) -> np.ndarray:
    """Resized to `content` on a canvas of `size`; around it the edge pixels are repeated."""
    return extended(lanczos(pixels, content.size), content, size)


def cut(pixels: np.ndarray, box: Box) -> np.ndarray:
    """The part of a picture in `box`; 0 where that reaches beyond the picture."""
    size = size_of(pixels)
    inside = Box.from_edges(
        max(box.x, 0), max(box.y, 0), min(box.right, size.width), min(box.bottom, size.height)
    )
    if inside == box:
        return pixels[box.rows, box.columns]
    part = np.zeros((box.height, box.width, *pixels.shape[2:]), pixels.dtype)
    if min(inside.size) > 0:
        moved = Box(inside.x - box.x, inside.y - box.y, *inside.size)
        part[moved.rows, moved.columns] = pixels[inside.rows, inside.columns]
    return part


def laid_at(part: np.ndarray, box: Box, size: Size) -> np.ndarray:
    """A picture of `size`, 0 but for `part`, which lies at `box`; what reaches beyond is cut off."""
    return cut(part, Box(-box.x, -box.y, *size))


def extended(pixels: np.ndarray, content: Box, size: Size) -> np.ndarray:
    """`pixels` lie at `content` on a canvas of `size`; around them their edge is repeated."""
    borders = [(content.y, size.height - content.bottom), (content.x, size.width - content.right)]
    return np.pad(pixels, borders + [(0, 0)] * (pixels.ndim - 2), mode="edge")


def resized_mask(mask: np.ndarray, size: Size) -> np.ndarray:
    """A soft mask (height, width) at `size`: the mean when shrinking, linear when growing. No masked pixel is lost:
    whatever touches one stays at least 1."""
    if size_of(mask) == size:
        return mask
    soft = mask.astype(np.float32)
    for step in (Size(size.width, mask.shape[0]), size):
        shrinks = step.area < soft.size
        soft = cv2.resize(soft, step, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.where(soft > 0, np.clip(np.rint(soft), 1, 255), 0).astype(np.uint8)


def _cropped_and_resized(pixels: np.ndarray, size: Size) -> np.ndarray:
    scaled = covering(size_of(pixels), size)
    if scaled.area > MAX_INTERMEDIATE_PX:
        raise InvalidRequest(
            f"A picture of {size_of(pixels)} is too narrow to crop and resize to {size}; choose just resize."
        )
    box = centred(scaled, size)
    window = (slice(-box.y, size.height - box.y), slice(-box.x, size.width - box.x))
    return np.ascontiguousarray(lanczos(pixels, scaled)[window])


def _resized_and_filled(pixels: np.ndarray, size: Size) -> np.ndarray:
    inner = lanczos(pixels, fitting(size_of(pixels), size))
    box = centred(size_of(inner), size)
    canvas = np.zeros((size.height, size.width, *pixels.shape[2:]), np.uint8)
    canvas[box.rows, box.columns] = inner
    _fill_bands(canvas, box.y, box.bottom)
    _fill_bands(canvas.swapaxes(0, 1), box.x, box.right)
    return canvas


def _fill_bands(rows: np.ndarray, start: int, stop: int) -> None:
    """Fills `start` rows on either side of `start:stop`, in place. An odd row that remains stays black, as there."""
    if start == 0:
        return
    rows[:start] = _beyond(rows[start], rows[min(start + 1, stop - 1)])
    rows[stop : stop + start] = _beyond(rows[stop - 1], rows[max(stop - 2, start)])


def _beyond(edge: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """What A1111 puts beyond an edge: Pillow's bicubic filter on a box without thickness extrapolates."""
    line = np.floor(1.125 * edge.astype(np.float64) - 0.125 * inner + 0.5)
    return np.clip(line, 0, 255).astype(np.uint8)
