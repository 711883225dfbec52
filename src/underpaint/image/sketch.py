"""The sketch: paint that lies over the picture when denoising starts. uint8 (height, width, 4), straight alpha."""

import numpy as np

from underpaint.image.mask import bounding_box


def sketched(pixels: np.ndarray, sketch: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """RGB `pixels` (uint8) with the sketch laid over them wherever `mask` (uint8) is not 0, rounded to nearest.

    All three have the same height and width. What is transparent or not masked keeps its bytes; the mask's softness
    does not thin the paint, because it comes into play again when the result is put back.
    """
    result = pixels.copy()
    box = bounding_box(mask)
    if box is None:
        return result
    seen, paint = result[box.rows, box.columns], sketch[box.rows, box.columns]
    painted = _painted(paint, mask[box.rows, box.columns])
    alpha = paint[painted, 3:].astype(np.uint16)
    mixed = seen[painted].astype(np.uint16) * (255 - alpha) + paint[painted, :3] * alpha
    seen[painted] = (mixed + 127) // 255
    return result


def is_painted(sketch: np.ndarray, mask: np.ndarray | None = None) -> bool:
    """Whether any of the sketch can be seen: at all, or where `mask` (of its height and width) is not 0."""
    if mask is None:
        return bool(sketch[..., 3].any())
    box = bounding_box(mask)
    return box is not None and bool(
        _painted(sketch[box.rows, box.columns], mask[box.rows, box.columns]).any()
    )


def _painted(sketch: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return (sketch[..., 3] > 0) & (mask > 0)
