"""The girl with long hair."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from .model import Girl
from .palette import EYES, HAIR, PAINT, Shade
from .pen import Pen

SKIN = Shade(0xF9CDAC, 0xE8A884, 0xFFE2C8)
BASE_LINE = 776
CHIN, HEAD_SCALE = 440, 1.42
BACK_HAIR = (
    "M-52 372C-70 436-92 458-112 464C-96 473-84 472-78 470C-90 492-104 500-120 502"
    "C-92 518-62 506-50 470L62 470C74 440 66 396 54 370z"
)
LONG_HAIR = (
    "M-54 372C-74 430-74 500-80 548C-66 562-40 560-30 548L34 548C44 562 68 560 80 546C74 500 74 430 54 372z"
)
DRESS = (
    "M-42 452Q-20 446-14 450Q0 466 14 450Q22 446 42 452L34 540Q70 610 92 684Q78 698 62 688"
    "Q46 702 30 690Q14 704 0 692Q-16 704-32 690Q-46 702-62 688Q-78 698-92 684Q-70 610-34 540z"
)
DRESS_SHADE = (
    "M-42 452L-34 540Q-70 610-92 684Q-78 698-62 688Q-46 702-32 690C-30 640-20 580-14 540"
    "C-20 510-26 480-28 450z"
)
LEFT_SLEEVE = "M-52 454q-14 14-12 38q16 6 30-2l2-40z"
RIGHT_SLEEVE = "M52 454q14 14 12 38q-16 6-30-2l-2-40z"
FRINGE = (
    "M-52 394C-68 338-40 312 0 312S68 338 52 394C50 374 42 358 28 346C6 364-24 367-38 358"
    "C-44 368-48 380-52 394z"
)
LEFT_LOCK = "M-46 366C-62 410-66 446-92 470C-66 474-44 456-43 430C-42 410-44 386-46 366z"
RIGHT_LOCK = "M46 366C62 410 60 450 72 476C56 478 42 462 42 436C42 410 44 386 46 366z"
ARMS = (
    ("M-38 468C-62 520-84 566-90 602", -91, 606, "M40 468C66 516 84 560 90 596", 91, 602),
    ("M-38 468C-62 520-84 566-90 602", -91, 606, "M44 468C84 462 104 428 112 396", 113, 390),
    ("M-38 468C-72 500-98 530-120 548", -122, 550, "M40 468C72 500 100 528 122 544", 124, 546),
    ("M-38 468C-62 520-60 560-26 584", -24, 586, "M40 468C64 520 60 560 26 584", 24, 586),
)


def draw_girl(pen: Pen, girl: Girl) -> None:
    """Local units: feet at the origin, 520 tall."""
    draw_figure(pen, girl.pose, HAIR[girl.hair], PAINT[girl.dress], EYES[girl.eyes])


def draw_figure(pen: Pen, pose: int, hair: Shade, dress: Shade, eyes: Shade) -> None:
    """A girl of these colours, standing at the origin."""
    pen.shadow(4, 0, 92, 13)
    with pen.at(0, -BASE_LINE):
        with at_head(pen), pen.part("hair"):
            _back_hair(pen, hair, pose)
        _legs(pen)
        if pose != 3:
            _arms(pen, pose)
        pen.fill("M-13 420h26v38q-13 10-26 0z", SKIN.dark)
        with pen.part("dress"):
            _dress(pen, dress)
        if pose == 3:
            _arms(pen, pose)
        with pen.part("dress"):
            _sleeves(pen, dress)
        with at_head(pen):
            _head(pen, hair, eyes)


@contextmanager
def at_head(pen: Pen) -> Generator[None]:
    """Head and hair are larger than life: faces are what one looks at, and few pixels must show them."""
    with pen.at(0, CHIN, HEAD_SCALE), pen.at(0, -CHIN):
        yield


def _back_hair(pen: Pen, hair: Shade, pose: int) -> None:
    pen.fill(BACK_HAIR if pose % 2 == 0 else LONG_HAIR, hair.dark)


def _legs(pen: Pen) -> None:
    pen.stroke("M-24 676l-4 84", 0xF0B28E, 20)
    pen.stroke("M26 676l4 84", 0xF0B28E, 20)
    pen.fill("M-50 776q0-24 22-24h14q2 12 0 24z", 0x7A3A2C)
    pen.fill("M52 776q0-24-22-24h-14q-2 12 0 24z", 0x7A3A2C)


def _arms(pen: Pen, pose: int) -> None:
    left, lx, ly, right, rx, ry = ARMS[pose % len(ARMS)]
    pen.stroke(left, 0xF2BB97, 17)
    pen.stroke(right, 0xF6C3A0, 17)
    pen.circle(lx, ly, 11, 0xF2BB97)
    pen.circle(rx, ry, 11, 0xF6C3A0)


def _dress(pen: Pen, dress: Shade) -> None:
    pen.fill(DRESS, dress.base)
    pen.fill(DRESS_SHADE, dress.dark, 0.6)
    pen.stroke("M22 560q18 58 24 118M2 562q4 58 0 116", dress.dark, 5, 0.5)
    pen.stroke("M40 566q24 48 36 96", dress.light, 6, 0.6)
    pen.fill("M-36 532Q0 546 36 532L38 552Q0 564-38 552z", dress.dark)


def _sleeves(pen: Pen, dress: Shade) -> None:
    pen.fill(LEFT_SLEEVE, dress.base)
    pen.fill(LEFT_SLEEVE, dress.dark, 0.5)
    pen.fill(RIGHT_SLEEVE, dress.base)
    pen.stroke("M-14 451Q0 467 14 451", dress.light, 6)


def _head(pen: Pen, hair: Shade, eyes: Shade) -> None:
    with pen.part("face"):
        pen.oval(0, 384, 50, 54, SKIN.base)
        pen.fill("M-50 382a50 54 0 0 0 42 55q-28-39-24-90z", SKIN.dark, 0.4)
        pen.oval(-31, 411, 10, 6, 0xF08A6E, 0.5)
        pen.oval(31, 411, 10, 6, 0xF08A6E, 0.5)
    with pen.part("eyes"):
        _eye(pen, -20, eyes)
        _eye(pen, 20, eyes)
    with pen.part("face"):
        pen.stroke("M-9 418q9 9 18 0", 0xB4543F, 4)
        pen.stroke("M-2 406q2 2 4 0", 0xDB8E6C, 3)
    with pen.part("hair"):
        pen.fill(LEFT_LOCK, hair.base)
        pen.fill(RIGHT_LOCK, hair.base)
        pen.fill(FRINGE, hair.base)
        pen.stroke("M-32 333q28-15 60-3", hair.light, 8)
        pen.stroke("M-33 369q8-6 18-3M15 366q10-3 18 3", hair.dark, 4)


def _eye(pen: Pen, x: float, eyes: Shade) -> None:
    pen.oval(x, 392, 12, 14, 0xFFFFFF)
    pen.oval(x, 393, 9.5, 12.5, eyes.dark)
    pen.oval(x, 395, 8.5, 10, eyes.base)
    pen.oval(x, 399, 5.5, 4.5, eyes.light)
    pen.oval(x, 392, 4, 5.5, 0x241A26)
    pen.circle(x + 4, 386.5, 3.6, 0xFFFFFF)
    with pen.at(x, 0):
        pen.stroke("M-13 387Q-10 377 0 377T13 387", 0x3B2428, 4.5)
