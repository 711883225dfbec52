"""The sky: gradient, sun or moon with its glow, clouds and stars."""

from __future__ import annotations

from random import Random

import skia

from .model import Scene
from .palette import AIR
from .pen import Pen, argb

STOPS = [0.0, 0.3, 0.58, 0.8, 1.0]
WISP = "M0 0q12 -7 30 -5q8 -9 24 -4.5q20 -4 46 9.5z"


def gradient_rect(
    pen: Pen, top: float, bottom: float, width: float, colours: list[int], stops: list[float]
) -> None:
    shader = skia.GradientShader.MakeLinear([skia.Point(0, top), skia.Point(0, bottom)], colours, stops)
    pen.canvas.drawRect(skia.Rect(0, top, width, bottom), skia.Paint(Shader=shader))


def draw_sky(pen: Pen, scene: Scene, width: float, height: float) -> None:
    air, line, unit = AIR[scene.sky], scene.horizon * height, min(width, height)
    gradient_rect(pen, 0, line + 0.04 * height, width, [argb(c) for c in air.sky], STOPS)
    rng = Random(scene.detail_seed * 16 + 1)
    x = scene.sun * width
    if scene.sky == "sunset":
        _evening_sun(pen, x, line, unit, rng)
    elif scene.sky == "day":
        _noon_sun(pen, x, line, unit, rng)
    else:
        _stars(pen, width, line, unit, rng)
    _clouds(pen, scene, width, line, unit)
    if scene.sky == "night":
        _moon(pen, x, line, unit, rng)


def _evening_sun(pen: Pen, x: float, line: float, unit: float, rng: Random) -> None:
    y = line - unit * rng.uniform(0.01, 0.12)
    pen.halo(x, y, unit * 0.46, 0xFFDD92, 0.9)
    pen.oval(x, y, unit * 0.082, unit * 0.082, 0xFFF4CF, glow=True)


def _noon_sun(pen: Pen, x: float, line: float, unit: float, rng: Random) -> None:
    y = line * rng.uniform(0.2, 0.42)
    pen.halo(x, y, unit * 0.3, 0xFFF6CF, 0.85)
    pen.oval(x, y, unit * 0.066, unit * 0.066, 0xFFF8DC, glow=True)


def _moon(pen: Pen, x: float, line: float, unit: float, rng: Random) -> None:
    y, r = line * rng.uniform(0.22, 0.45), unit * 0.062
    pen.halo(x, y, r * 4, 0xDDE6FF, 0.4)
    pen.oval(x, y, r, r, 0xF6EED6, glow=True)
    pen.oval(x - r * 0.3, y - r * 0.2, r * 0.2, r * 0.2, 0xDDD3BC, glow=True)
    pen.oval(x + r * 0.3, y + r * 0.3, r * 0.26, r * 0.26, 0xE3DAC2, glow=True)


def _stars(pen: Pen, width: float, line: float, unit: float, rng: Random) -> None:
    for _ in range(26):
        x, y = rng.random() * width, rng.random() ** 1.3 * line * 0.85
        r = unit * rng.uniform(0.0036, 0.0085)
        pen.oval(x, y, r, r, 0xFFFFFF, 0.5 + 0.4 * rng.random(), glow=True)


def _clouds(pen: Pen, scene: Scene, width: float, line: float, unit: float) -> None:
    rng, colour = Random(scene.detail_seed * 16 + 2), AIR[scene.sky].cloud
    count = rng.randint(3, 5) + (width > 1.3 * unit)
    shelves = rng.sample(range(count), count)
    for index, shelf in enumerate(shelves):
        x = ((index + rng.random()) / count * 1.2 - 0.3) * width
        y = (0.1 + 0.72 * (shelf + rng.random()) / count) * line
        size, flip = unit * rng.uniform(0.0032, 0.0062), rng.random() < 0.5
        alpha = rng.uniform(0.55, 0.85) if scene.sky == "day" else rng.uniform(0.32, 0.55)
        if scene.sky == "day" and rng.random() < 0.6:
            _puff(pen, x + 50 * size, y, size * 0.9, alpha + 0.1)
        else:
            with pen.at(x + (100 * size if flip else 0), y, size, flip=flip):
                pen.fill(WISP, colour, alpha, glow=True)


def _puff(pen: Pen, x: float, y: float, size: float, alpha: float) -> None:
    puff = skia.Path()
    for cx, cy, r in ((-26, -8, 12), (-8, -15, 17), (14, -12, 14), (30, -6, 9)):
        puff.addCircle(cx, cy, r)
    puff.addRRect(skia.RRect.MakeRectXY(skia.Rect(-42, -14, 42, 3), 8.5, 8.5))
    with pen.at(x, y, size):
        pen.shape(puff, 0xFFFFFF, min(alpha, 0.95))
        pen.fill("M-38 0Q-8 -8 4 -1T38 -2Q40 3 34 3H-34Q-40 3 -38 0z", 0xC2DCEE, 0.7, glow=True)
