"""The girl as one certain person: mint green hair in two buns, round glasses, a white dress with red dots."""

from __future__ import annotations

from .girl import BASE_LINE, at_head, draw_figure
from .model import Girl
from .palette import EYES, PAINT, Shade
from .pen import Pen

HAIR = Shade(0x58C9A4, 0x2F8F78, 0xA9EBD0)
BUNS = ((-46, 322), (46, 322))
DOTS = (
    (-24, 484),
    (22, 486),
    (0, 508),
    (-50, 606),
    (52, 604),
    (-70, 656),
    (-30, 648),
    (10, 652),
    (44, 646),
    (70, 664),
)
RED, GOLD = 0xD8343A, 0xD99A2B


def draw_heroine(pen: Pen, girl: Girl) -> None:
    """Local units as the girl's. Her pose and eyes are the girl's."""
    with pen.part("hair"):
        _buns(pen)
    draw_figure(pen, girl.pose, HAIR, PAINT["white"], EYES[girl.eyes])
    with pen.at(0, -BASE_LINE):
        with pen.part("dress"):
            _dots_and_belt(pen)
        with at_head(pen):
            _glasses(pen)


def _buns(pen: Pen) -> None:
    with pen.at(0, -BASE_LINE), at_head(pen):
        for x, y in BUNS:
            pen.circle(x, y, 27, HAIR.base)
            pen.stroke(f"M{x - 12} {y - 10}q12-10 24 0", HAIR.light, 5)
            pen.stroke(f"M{x - 16} {y + 8}q16 12 32 0", HAIR.dark, 4)


def _dots_and_belt(pen: Pen) -> None:
    for x, y in DOTS:
        pen.circle(x, y, 9, RED)
    pen.fill("M-34 530Q0 546 34 530L37 552Q0 566-37 552z", RED)


def _glasses(pen: Pen) -> None:
    for x in (-21, 21):
        pen.stroke(f"M{x - 19} 394a19 19 0 1 0 38 0a19 19 0 1 0-38 0", GOLD, 4.5)
    pen.stroke("M-3 390q3-3 6 0", GOLD, 4.5)
