"""The land: hills, the ground and what grows or ripples on it."""

from __future__ import annotations

from math import sin
from random import Random

import skia

from .background import gradient_rect
from .model import Scene
from .palette import LAND, Land
from .pen import Pen, argb

BEACH = {"day": (0xF6E0B0, 0xD9B47C), "sunset": (0xF2BE8A, 0xB0704E), "night": (0x8F8A9A, 0x56526C)}


def draw_land(pen: Pen, scene: Scene, width: float, height: float) -> None:
    land, line = LAND[scene.ground, scene.sky], scene.horizon * height
    rng = Random(scene.detail_seed * 16 + 3)
    _hills(pen, scene, land, width, height, rng)
    if scene.ground == "sea":
        _sea(pen, scene, land, width, height, rng)
        return
    swell = 0.012 * height
    _ridge(pen, width, height, line + swell, swell, rng.uniform(0, 6), land.top)
    gradient_rect(pen, line + 2 * swell, height, width, [argb(land.top), argb(land.bottom)], [0.0, 1.0])
    if scene.ground in ("sand", "snow"):
        _drifts(pen, land, width, height, line, rng)
    else:
        _blades(pen, scene, land, width, height, line, rng)


def _ridge(
    pen: Pen,
    width: float,
    height: float,
    y: float,
    swell: float,
    phase: float,
    colour: int,
    alpha: float = 1.0,
    waves: float = 4.0,
) -> None:
    """A soft hill line across the picture, filled down to the bottom."""
    path, steps = skia.Path(), 14
    path.moveTo(-2 * width, 2 * height)
    for step in range(-2, steps + 3):
        t = step / steps
        rise = sin(phase + waves * t) + 0.45 * sin(phase * 2.7 + 2.3 * waves * t)
        path.lineTo(t * width, y - swell * rise)
    path.lineTo(3 * width, 2 * height)
    path.close()
    pen.canvas.drawPath(path, _smooth(colour, alpha, width / steps))


def _smooth(colour: int, alpha: float, radius: float) -> skia.Paint:
    return skia.Paint(
        AntiAlias=True, Color=argb(colour, alpha), PathEffect=skia.CornerPathEffect.Make(radius)
    )


def _hills(pen: Pen, scene: Scene, land: Land, width: float, height: float, rng: Random) -> None:
    line, waves = scene.horizon * height, max(3.0, 5.0 * width / height)
    far, near = rng.uniform(0.02, 0.045), rng.uniform(0.01, 0.025)
    if scene.ground == "sea":
        far, near = far * 0.8, 0.0
    _ridge(
        pen,
        width,
        height,
        line - far * height,
        far * height,
        rng.uniform(0, 6),
        land.far,
        0.85,
        waves,
    )
    if near:
        _ridge(
            pen,
            width,
            height,
            line - near * 0.5 * height,
            near * height,
            rng.uniform(0, 6),
            land.near,
            0.85,
            waves * 0.8,
        )


def _blades(
    pen: Pen, scene: Scene, land: Land, width: float, height: float, line: float, rng: Random
) -> None:
    """Sparse soft grass strokes, larger in front."""
    depth, tufts = height - line, [skia.Path() for _ in range(3)]
    count = round(75 * min(2.0, width / height + 0.2))
    for _ in range(count):
        t = rng.random() ** 0.75
        x, y = rng.random() * width, line + depth * (0.08 + 0.95 * t)
        tall, lean = depth * (0.04 + 0.125 * t) * rng.uniform(0.8, 1.2), rng.uniform(0.1, 0.5)
        wide, tuft = max(tall * 0.15, 1.2), tufts[rng.randrange(3)]
        tuft.moveTo(x, y)
        tuft.quadTo(x + tall * 0.04, y - tall * 0.6, x + tall * lean, y - tall)
        tuft.quadTo(x + tall * 0.04 + wide, y - tall * 0.55, x + wide, y)
        tuft.close()
    for tuft, colour in zip(tufts, (land.bright, land.middle, land.deep), strict=True):
        pen.shape(tuft, colour, 0.7)
    if scene.ground == "grass":
        _daisies(pen, scene, width, line, depth, rng)


def draw_track(
    pen: Pen, scene: Scene, door: tuple[float, float], step: float, width: float, height: float
) -> None:
    """A trodden path from a door to the front of the picture."""
    x, y = door
    drop = height - y
    if drop < 3 * step:
        return
    way = 1 if x < width / 2 else -1
    far, wide = x + way * drop * 0.9, drop * 0.34 + step
    path = skia.Path()
    path.moveTo(x - step, y)
    path.cubicTo(x - step, y + drop * 0.4, far - wide, y + drop * 0.4, far - wide, height)
    path.lineTo(far + wide, height)
    path.cubicTo(far + wide, y + drop * 0.25, x + step + way * step, y + drop * 0.3, x + step, y)
    path.close()
    tone = {"day": 0xF3E2B4, "sunset": 0xFFE0A1, "night": 0x8E8CA0}[scene.sky]
    pen.canvas.drawPath(path, pen.paint(tone, 0.5, glow=True))


def _daisies(pen: Pen, scene: Scene, width: float, line: float, depth: float, rng: Random) -> None:
    shine = 0.85 if scene.sky == "day" else 0.5
    for _ in range(12):
        t = rng.random()
        r = depth * (0.01 + 0.012 * t)
        pen.oval(
            rng.random() * width,
            line + depth * (0.12 + 0.85 * t),
            r * 1.2,
            r,
            0xFFF6D8,
            shine,
            glow=True,
        )


def _drifts(pen: Pen, land: Land, width: float, height: float, line: float, rng: Random) -> None:
    """Dunes and snow drifts: bright crests over shaded folds."""
    depth = height - line
    for at, alpha in ((0.16, 0.5), (0.4, 0.55), (0.68, 0.6)):
        y, phase = line + depth * (at + rng.uniform(-0.05, 0.05)), rng.uniform(0, 6)
        swell = depth * (0.03 + 0.05 * at)
        _ridge(pen, width, height, y, swell, phase, land.deep, alpha * 0.35, 3.4)
        _ridge(pen, width, height, y + depth * 0.03, swell, phase, land.bright, alpha * 0.8, 3.4)
        fade = [argb(land.middle, 0.0), argb(land.bottom, 0.85)]
        gradient_rect(pen, y + depth * 0.05, y + depth * 0.4, width, fade, [0.0, 1.0])
        gradient_rect(pen, y + depth * 0.4, height, width, [fade[1], argb(land.bottom, 0.85)], [0.0, 1.0])


def _sea(pen: Pen, scene: Scene, land: Land, width: float, height: float, rng: Random) -> None:
    line = scene.horizon * height
    depth, unit = height - line, min(width, height)
    gradient_rect(pen, line, height, width, [argb(land.top), argb(land.bottom)], [0.0, 1.0])
    _glitter(pen, scene, land, width, line, depth, unit)
    for _ in range(22):
        t = rng.random() * 0.7
        x, y, w = rng.random() * width, line + depth * (0.06 + t), unit * (0.04 + 0.13 * t)
        wave = skia.Path()
        wave.moveTo(x - w, y)
        wave.quadTo(x - w / 2, y - w * 0.16, x, y)
        wave.quadTo(x + w / 2, y - w * 0.16, x + w, y)
        colour = (land.bright, land.middle, land.deep)[rng.randrange(3)]
        pen.canvas.drawPath(wave, pen.paint(colour, 0.5, unit * (0.006 + 0.006 * t), glow=True))
    _beach(pen, scene, width, height, line + 0.52 * depth, rng)


def _glitter(
    pen: Pen, scene: Scene, land: Land, width: float, line: float, depth: float, unit: float
) -> None:
    """The light of sun or moon on the water."""
    rng = Random(scene.detail_seed * 16 + 4)
    for step in range(7):
        t = step / 7
        w = unit * (0.05 + 0.08 * t) * rng.uniform(0.6, 1.2)
        x, y = scene.sun * width + rng.uniform(-0.03, 0.03) * unit, line + depth * (0.04 + 0.5 * t)
        pen.oval(x, y, w, unit * 0.008, land.bright, 0.5, glow=True)


def _beach(pen: Pen, scene: Scene, width: float, height: float, y: float, rng: Random) -> None:
    """The sandy strip in front that subjects stand on."""
    light, dark = BEACH[scene.sky]
    swell, phase = height * 0.014, rng.uniform(0, 6)
    foam = 0xFFFFFF if scene.sky == "day" else LAND["sea", scene.sky].bright
    _ridge(pen, width, height, y - height * 0.022, swell, phase, foam, 0.35, 5.0)
    _ridge(pen, width, height, y - height * 0.008, swell, phase, foam, 0.75, 5.0)
    _ridge(pen, width, height, y + height * 0.008, swell, phase, light, 1.0, 5.0)
    gradient_rect(pen, y + height * 0.03, height, width, [argb(light), argb(dark)], [0.0, 1.0])
