"""The cat, sitting."""

from __future__ import annotations

from .model import Cat
from .palette import FUR, Shade
from .pen import Pen

BASE_LINE = 776
BODY = "M-104 776C-122 640-92 506 0 506S122 640 104 776z"
BELLY = "M-46 776C-60 680-30 600 0 600S60 680 46 776z"
TAILS = (
    "M92 756C190 760 190 640 150 590",
    "M92 756C180 772 210 700 178 650Q160 622 136 640",
    "M92 756C170 756 176 680 166 610",
    "M86 758C60 790-60 772-120 752",
)
TILT = (0, -7, 5, 0)
EYE = {
    "black": 0xF2C744,
    "grey": 0xF2C744,
    "white": 0x58A8E0,
    "orange": 0x5FA548,
    "brown": 0x8CBF52,
}


def draw_cat(pen: Pen, cat: Cat) -> None:
    """Local units: paws at the origin, 458 tall."""
    fur = FUR[cat.fur]
    pose = cat.pose % len(TAILS)
    pen.shadow(8, 0, 128, 15)
    with pen.at(0, -BASE_LINE), pen.part("fur"):
        if pose != 3:
            _tail(pen, fur, TAILS[pose])
        _body(pen, fur)
        if pose == 3:
            _tail(pen, fur, TAILS[pose])
        with pen.at(0, 500, turn=TILT[pose]), pen.at(0, -500):
            _head(pen, fur, EYE[cat.fur])


def _tail(pen: Pen, fur: Shade, tail: str) -> None:
    pen.stroke(tail, fur.dark, 34)
    pen.stroke(tail, fur.base, 26)


def _body(pen: Pen, fur: Shade) -> None:
    pen.fill(BODY, fur.base)
    pen.fill("M-104 776C-122 640-92 506 0 506C-66 560-82 680-68 776z", fur.dark, 0.35)
    pen.fill(BELLY, fur.light)
    pen.stroke("M-54 772v-66M54 772v-66", fur.dark, 7)
    pen.oval(-32, 764, 30, 15, fur.base)
    pen.oval(32, 764, 30, 15, fur.base)
    pen.stroke("M-32 770v-7M32 770v-7", fur.dark, 5)


def _head(pen: Pen, fur: Shade, iris: int) -> None:
    pen.fill("M-54 528Q0 562 54 528Q40 500 0 500Q-40 500-54 528z", fur.dark, 0.45)
    pen.fill("M-94 410Q-96 340-84 316Q-50 332-24 364zM94 410Q96 340 84 316Q50 332 24 364z", fur.base)
    pen.fill("M-82 384Q-84 352-78 336Q-60 346-44 366zM82 384Q84 352 78 336Q60 346 44 366z", 0xF2A59A)
    pen.oval(0, 440, 100, 88, fur.base)
    pen.fill("M-100 440a100 88 0 0 0 84 87Q-80 492-70 380Q-98 400-100 440z", fur.dark, 0.3)
    pen.oval(0, 484, 48, 34, fur.light)
    pen.stroke("M0 358v34M-26 362v24M26 362v24", fur.dark, 9)
    for x in (-42, 42):
        _eye(pen, x, iris)
    pen.oval(-70, 474, 14, 9, 0xF08A7E, 0.45)
    pen.oval(70, 474, 14, 9, 0xF08A7E, 0.45)
    pen.fill("M-11 464q11-5 22 0q-2 10-11 12q-9-2-11-12z", 0xD8706A)
    pen.stroke("M0 477q-11 16-23 5M0 477q11 16 23 5", 0x6E3430, 4.5)


def _eye(pen: Pen, x: float, iris: int) -> None:
    pen.oval(x, 434, 21, 24, 0x2B2430)
    pen.oval(x, 435, 17.5, 20.5, iris)
    pen.oval(x, 435, 10, 16, 0x221C28)
    pen.circle(x + 6, 426, 6.5, 0xFFFFFF)
