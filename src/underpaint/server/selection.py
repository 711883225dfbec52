"""Selecting a thing in a stored picture."""

from typing import assert_never

import numpy as np

from underpaint.geometry import Box
from underpaint.image.blend import flattened
from underpaint.image.select import select_box, select_edge, select_region
from underpaint.server.inputs import BoxSelection, EdgeSelection, RegionSelection, Selection
from underpaint.server.pictures import picture_of

BACKGROUND = "#808080"
"""Behind transparent pixels."""


def selected(sha256: str, selection: Selection) -> np.ndarray:
    """The mask, uint8 (height, width), of what the selection means in this picture."""
    pixels = flattened(picture_of(sha256).pixels, BACKGROUND)
    match selection:
        case RegionSelection():
            return select_region(pixels, selection.x, selection.y, radius_px=selection.radius_px)
        case BoxSelection():
            return select_box(pixels, Box(selection.x, selection.y, selection.width, selection.height))
        case EdgeSelection():
            return select_edge(pixels, selection.points)
        case _:
            assert_never(selection)
