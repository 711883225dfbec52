"""How much pictures differ, as eyes see it: CIE76, the Euclidean distance in CIELAB (sRGB, D65).

About 2.3 is a just noticeable difference (Sharma 2003); black and white are 100 apart. Colour profiles are ignored.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

import cv2
import numpy as np

from underpaint.geometry import Box
from underpaint.image.blend import BAND_ROWS
from underpaint.image.mask import bounding_box
from underpaint.image.picture import Picture

MOST_COMPARED = 8
"""Pairs grow with the square of pictures; of more pictures than this, so many evenly spread ones are compared."""


def mean_delta_e(before: Picture, after: Picture, soft_mask: np.ndarray | None) -> float:
    """The mean difference of two pictures of one size where `soft_mask` (uint8, of that size) is not 0; 0 where
    nothing is masked. None measures everything. Transparent pixels count as seen on white."""
    return _mean_of_pairs([before, after], soft_mask)


def variety(pictures: Sequence[Picture], soft_mask: np.ndarray | None) -> float | None:
    """The mean difference between any two of the pictures, as `mean_delta_e`; None below two."""
    if len(pictures) < 2:
        return None
    count = min(len(pictures), MOST_COMPARED)
    chosen = [pictures[i * (len(pictures) - 1) // (count - 1)] for i in range(count)]
    return _mean_of_pairs(chosen, soft_mask)


def _mean_of_pairs(pictures: Sequence[Picture], soft_mask: np.ndarray | None) -> float:
    assert len({picture.size for picture in pictures}) == 1, "only pictures of one size can be compared"
    total, count = 0.0, 0
    for rows, columns, masked in _masked_bands(pictures[0], soft_mask):
        if masked is not None and not masked.any():
            continue
        labs = [_lab(picture.pixels[rows, columns], masked) for picture in pictures]
        for one, other in combinations(labs, 2):
            total += float(np.sqrt(((one - other) ** 2).sum(axis=1)).sum(dtype=np.float64))
            count += len(one)
    return total / count if count else 0.0


def _masked_bands(
    picture: Picture, soft_mask: np.ndarray | None
) -> Iterator[tuple[slice, slice, np.ndarray | None]]:
    """Rows and columns of bands around what is masked, and where in each it is; a few rows at a time, for memory."""
    box = Box.of(picture.size) if soft_mask is None else bounding_box(soft_mask)
    if box is None:
        return
    for top in range(box.y, box.bottom, BAND_ROWS):
        rows = slice(top, min(top + BAND_ROWS, box.bottom))
        yield rows, box.columns, None if soft_mask is None else soft_mask[rows, box.columns] > 0


def _lab(pixels: np.ndarray, masked: np.ndarray | None) -> np.ndarray:
    """float32 (n, 3) CIELAB of the masked pixels (all of them for None)."""
    levels = pixels.reshape(-1, pixels.shape[2]) if masked is None else pixels[masked]
    unit = levels.astype(np.float32) / np.iinfo(levels.dtype).max
    if unit.shape[1] == 4:
        alpha = unit[:, 3:]
        unit = unit[:, :3] * alpha + (1 - alpha)
    return cv2.cvtColor(np.ascontiguousarray(unit)[None], cv2.COLOR_RGB2Lab)[0]
