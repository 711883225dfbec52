"""A rough tree, as someone sketches it at the right of the sample picture: strokes in pixels of that picture."""

from collections.abc import Sequence

Point = tuple[float, float]
Stroke = tuple[str, float, Sequence[Point]]
"""Colour, width and points."""

TREE: tuple[Stroke, ...] = (
    ("#6a4028", 18, ((640, 250), (641, 310), (642, 378))),
    ("#6a4028", 10, ((640, 262), (612, 226))),
    ("#6a4028", 10, ((640, 258), (668, 224))),
    ("#4d7a33", 38, ((618, 106), (664, 98))),
    ("#3f6427", 38, ((590, 142), (672, 130), (692, 136))),
    ("#4d7a33", 38, ((584, 176), (640, 166), (700, 168))),
    ("#3f6427", 36, ((606, 210), (664, 204))),
    ("#b0a83f", 12, ((606, 112), (632, 102), (660, 102))),
    ("#b0a83f", 12, ((592, 152), (622, 144))),
)
