"""Trees, bushes and flowers."""

from __future__ import annotations

from math import cos, pi, sin, sqrt
from random import Random

from .model import Bush, Flower, Tree
from .palette import LEAVES, PAINT, Shade
from .pen import Pen

Blob = tuple[float, float, float]
CROWNS: tuple[tuple[Blob, ...], ...] = (
    ((0, -404, 140), (-106, -330, 100), (106, -330, 100), (0, -290, 106)),
    ((16, -400, 130), (-94, -322, 104), (112, -316, 96), (18, -280, 100)),
    ((0, -430, 112), (-66, -340, 108), (70, -330, 106), (0, -260, 90)),
    ((-16, -400, 120), (-122, -330, 92), (116, -344, 108), (20, -290, 96)),
)
THICKETS: tuple[tuple[Blob, ...], ...] = (
    ((0, -112, 112), (-96, -74, 76), (96, -74, 76)),
    ((-20, -116, 108), (80, -86, 88), (-104, -66, 68)),
    ((24, -120, 112), (-82, -84, 86), (110, -62, 64)),
    ((0, -100, 102), (-104, -76, 76), (104, -84, 84)),
)
LAYERS = (
    (1.0, 0, 0, 11, 0.36),
    (0.82, -12, -10, 9, 0.31),
    (0.58, -24, -24, 6, 0.25),
    (0.34, -38, -38, 4, 0.19),
)
TRUNK = (
    "M-44 0C-18-34-22-104-22-144C-30-184-70-224-104-254L-92-264C-54-240-26-218-16-202"
    "C-18-244-10-284-14-334L6-334C6-284 8-244 10-212C30-238 58-252 92-272L102-260"
    "C66-234 40-204 32-164C26-104 30-34 60 0z"
)
TRUNK_LIGHT = (
    "M-44 0C-18-34-22-104-22-144C-30-184-70-224-104-254L-98-259C-50-224-12-184-8-144C-8-84-6-24-20 0z"
)
BARK = {"pink": (0x4D3340, 0x7A5260)}


def _foliage(pen: Pen, blobs: tuple[Blob, ...], tones: tuple[int, int, int, int], seed: int) -> None:
    """Leaf masses from dark to light, the light ones towards the upper left."""
    rng = Random(seed)
    for (reach, ox, oy, count, size), tone in zip(LAYERS, tones, strict=True):
        circles: list[tuple[float, float, float]] = []
        for bx, by, br in blobs:
            if reach == 1.0:
                circles.append((bx, by, br * 0.72))
            for _ in range(count):
                angle, far = rng.random() * 2 * pi, sqrt(rng.random()) * br * reach
                x = bx + ox * br / 110 + cos(angle) * far
                y = by + oy * br / 110 + sin(angle) * far * 0.86
                circles.append((x, min(y, -br * size), br * size * rng.uniform(0.72, 1.16)))
        pen.circles(circles, tone)


def draw_tree(pen: Pen, tree: Tree, seed: int) -> None:
    """Local units: root at the origin, about 560 tall."""
    dark, light = BARK.get(tree.leaves, (0x5A3626, 0x8A5838))
    pen.shadow(8, 0, 118, 13)
    pen.fill(TRUNK, dark)
    pen.fill(TRUNK_LIGHT, light)
    with pen.part("leaves"):
        _foliage(pen, CROWNS[tree.pose % len(CROWNS)], LEAVES[tree.leaves], seed)


def draw_bush(pen: Pen, bush: Bush, seed: int) -> None:
    """Local units: root at the origin, about 240 tall."""
    pen.shadow(0, -2, 178, 15)
    with pen.part("leaves"):
        _foliage(pen, THICKETS[bush.pose % len(THICKETS)], LEAVES[bush.leaves], seed)


def draw_flower(pen: Pen, flower: Flower) -> None:
    """Local units: root at the origin, about 430 tall."""
    pen.shadow(0, 0, 64, 9)
    pen.stroke("M0-2C-14-110 12-180 2-300", 0x2F7A3E, 15)
    pen.stroke("M-3-8C-16-110 9-180 0-300", 0x6BB455, 5)
    pen.fill("M-2-40C-30-110-90-130-126-122C-116-76-60-34-2-40z", 0x3F9448)
    pen.fill("M-2-40C-40-80-80-104-126-122C-90-80-50-52-2-40z", 0x7CC25E)
    pen.fill("M0-70C20-140 76-168 116-162C108-112 60-70 0-70z", 0x368A44)
    pen.fill("M0-70C40-104 76-136 116-162C70-150 24-120 0-70z", 0x6FB85A)
    petals = PAINT[flower.petals]
    heart = 0xF6A52E if flower.petals in ("yellow", "white", "blue", "purple") else 0xFFDD62
    with pen.at(2, -318), pen.part("petals"):
        (_daisy, _rose, _tulip, _star)[flower.pose % 4](pen, petals, heart)


def _ring(pen: Pen, petal: str, colour: int, count: int, start: float = 0.0, scale: float = 1.0) -> None:
    for step in range(count):
        with pen.at(0, 0, scale, start + 360 * step / count):
            pen.fill(petal, colour)


def _daisy(pen: Pen, petals: Shade, heart: int) -> None:
    petal = "M0 0C-40-40-34-118 0-122C34-118 40-40 0 0z"
    _ring(pen, petal, petals.dark, 8, 22.5)
    _ring(pen, petal, petals.base, 8, 0, 0.96)
    _ring(pen, "M0-30C-12-50-10-94 0-98C10-94 12-50 0-30z", petals.light, 8)
    _heart(pen, heart, 36)


def _rose(pen: Pen, petals: Shade, heart: int) -> None:
    petal = "M0 0C-74-30-76-112-26-116Q0-116 0-100Q0-116 26-116C76-112 74-30 0 0z"
    _ring(pen, petal, petals.dark, 5, 6, 1.04)
    _ring(pen, petal, petals.base, 5)
    _ring(pen, "M0-24C-22-40-24-82-4-90C20-84 18-44 0-24z", petals.light, 5)
    _heart(pen, heart, 28)


def _star(pen: Pen, petals: Shade, heart: int) -> None:
    petal = "M0 0C-52-34-44-92 0-126C44-92 52-34 0 0z"
    _ring(pen, petal, petals.dark, 6, 30)
    _ring(pen, petal, petals.base, 6)
    _ring(pen, "M0-20C-4-50-4-80 0-106C16-80 18-50 0-20z", petals.light, 6)
    _heart(pen, heart, 26)


def _tulip(pen: Pen, petals: Shade, heart: int) -> None:
    del heart
    pen.fill(
        "M-40 30C-90-20-84-90-58-116C-34-100-14-80 0-110C14-80 34-100 58-116C84-90 90-20 40 30Q0 52-40 30z",
        petals.dark,
    )
    pen.fill("M-36 32C-96-10-92-80-70-112C-34-90-10-40-4 38Q-22 40-36 32z", petals.base)
    pen.fill("M36 32C96-10 92-80 70-112C34-90 10-40 4 38Q22 40 36 32z", petals.base)
    pen.fill("M0 40C-44 0-36-80 0-112C36-80 44 0 0 40z", petals.base)
    pen.stroke("M0 40C-44 0-36-80 0-112C36-80 44 0 0 40z", petals.dark, 4, 0.5)
    pen.fill("M-8 10C-26-20-20-66-4-86C-2-60 0-20-8 10z", petals.light)
    pen.fill("M-66-20C-72-50-70-76-64-92C-54-70-52-40-54-10z", petals.light, 0.8)


def _heart(pen: Pen, colour: int, r: float) -> None:
    pen.circle(0, 0, r, 0xB96A1E)
    pen.circle(-1, -3, r * 0.88, colour)
    pen.oval(-r * 0.25, -r * 0.35, r * 0.4, r * 0.28, 0xFFF0B0, 0.7)
