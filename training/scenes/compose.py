"""Puts subjects into the frame; pictures, masks and boxes come from the same drawing."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import skia

from .background import draw_sky
from .cat import draw_cat
from .girl import draw_girl
from .house import draw_house
from .model import Bush, Cat, Flower, Girl, House, Scene, Subject, Tree, kind_of
from .palette import AIR
from .pen import Pen
from .plants import draw_bush, draw_flower, draw_tree
from .terrain import draw_land, draw_track

Image = npt.NDArray[np.uint8]
EXTENT = {
    "girl": (-132, -520, 132, 8),
    "cat": (-122, -464, 180, 8),
    "tree": (-222, -560, 222, 8),
    "bush": (-190, -246, 190, 8),
    "house": (-160, -304, 150, 8),
    "flower": (-134, -450, 134, 6),
}
TALL = {"girl": 0.56, "cat": 0.4, "tree": 0.66, "bush": 0.3, "house": 0.44, "flower": 0.42}
FACE = {"girl": (-411.0, 222.0), "cat": (-340.0, 236.0)}


class Look(NamedTuple):
    """How the same scene is drawn: with which hand, and who the girl is."""

    pen: type[Pen] = Pen
    girl: Callable[[Pen, Girl], None] = draw_girl


PLAIN = Look()


class Placement(NamedTuple):
    """Where the origin of a subject falls, and pixels per local unit."""

    x: float
    y: float
    scale: float


def _inside(value: float, low: float, high: float) -> float:
    return (low + high) / 2 if low > high else min(max(value, low), high)


def place(scene: Scene, index: int, width: int, height: int) -> Placement:
    subject = scene.subjects[index]
    kind = kind_of(subject)
    left, top, right, _ = EXTENT[kind]
    if subject.mirrored:
        left, right = -right, -left
    if scene.view == "face":
        middle, span = FACE[kind]
        scale = 0.62 * min(width, height) * subject.scale / span
        return Placement(subject.x * width, 0.5 * height - middle * scale, scale)
    if scene.view == "close":
        scale = min(0.8 * height / -top, 0.8 * width / (right - left)) * subject.scale
        y = min(0.955 * height, max(0.5 * height - top / 2 * scale, (scene.horizon + 0.14) * height))
        y = max(y, _ground_line(scene, height))
    else:
        scale = TALL[kind] * min(height, 1.25 * width) * subject.scale / -top
        scale = min(scale, 0.86 * width / (right - left))
        near = scene.horizon + (1 - scene.horizon) * (0.1 + 0.84 * subject.depth)
        y = _inside(near * height, -top * scale + 0.02 * height, 0.97 * height)
        y = max(y, _ground_line(scene, height))
    margin = 0.02 * width
    x = _inside(subject.x * width, margin - left * scale, width - margin - right * scale)
    return Placement(x, y, scale)


def _ground_line(scene: Scene, height: int) -> float:
    """The farthest that feet may stand: by the sea only on the beach."""
    far = 0.62 if scene.ground == "sea" else 0.1
    return (scene.horizon + (1 - scene.horizon) * far) * height


def _draw_subject(pen: Pen, subject: Subject, seed: int, look: Look) -> None:
    match subject:
        case Girl():
            look.girl(pen, subject)
        case Cat():
            draw_cat(pen, subject)
        case Tree():
            draw_tree(pen, subject, seed)
        case Bush():
            draw_bush(pen, subject, seed)
        case House():
            draw_house(pen, subject)
        case Flower():
            draw_flower(pen, subject)


def _back_to_front(scene: Scene, width: int, height: int) -> list[tuple[int, Placement]]:
    placed = [(i, place(scene, i, width, height)) for i in range(len(scene.subjects))]
    return sorted(placed, key=lambda item: (item[1].y, item[0]))


def _draw_subjects(
    pen: Pen,
    scene: Scene,
    width: int,
    height: int,
    look: Look,
    shown: int | None = None,
    part: str | None = None,
) -> None:
    for index, where in _back_to_front(scene, width, height):
        subject = scene.subjects[index]
        pen.target(shown=index == shown, part=part)
        with pen.at(where.x, where.y, where.scale, flip=subject.mirrored):
            _draw_subject(pen, subject, scene.detail_seed * 16 + 8 + index, look)


def _track(pen: Pen, scene: Scene, width: int, height: int) -> None:
    for index, subject in enumerate(scene.subjects):
        if isinstance(subject, House) and scene.ground in ("field", "grass") and subject.pose < 3:
            x, y, scale = place(scene, index, width, height)
            door = x + (65 if subject.mirrored else -65) * scale
            draw_track(pen, scene, (door, y - 2 * scale), 22 * scale, width, height)


class Window(NamedTuple):
    """A part of a picture, in its pixels."""

    x: int
    y: int
    width: int
    height: int


def draw(scene: Scene, width: int, height: int, window: Window | None = None, look: Look = PLAIN) -> Image:
    """The picture of the scene, RGB, or what a window shows of it."""
    shown = window or Window(0, 0, width, height)
    pixels = np.empty((shown.height, shown.width, 4), np.uint8)
    surface = skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType)
    air = AIR[scene.sky]
    with surface as canvas:
        canvas.translate(-shown.x, -shown.y)
        plain = look.pen(canvas)
        draw_sky(plain, scene, width, height)
        draw_land(plain, scene, width, height)
        _track(plain, scene, width, height)
        _draw_subjects(look.pen(canvas, air.tint, air.amount), scene, width, height, look)
    return np.ascontiguousarray(pixels[..., :3])


def _mask(
    scene: Scene,
    index: int,
    part: str | None,
    width: int,
    height: int,
    window: Window | None = None,
    look: Look = PLAIN,
) -> Image:
    shown = window or Window(0, 0, width, height)
    pixels = np.zeros((shown.height, shown.width, 4), np.uint8)
    surface = skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType)
    with surface as canvas:
        canvas.translate(-shown.x, -shown.y)
        _draw_subjects(Pen(canvas, mask=True), scene, width, height, look, index, part)
    return np.where(pixels[..., 0] > 127, np.uint8(255), np.uint8(0))


def subject_mask(scene: Scene, index: int, width: int, height: int) -> Image:
    """255 where the subject is seen, 0 elsewhere."""
    return _mask(scene, index, None, width, height)


def part_mask(
    scene: Scene,
    index: int,
    part: str,
    width: int,
    height: int,
    window: Window | None = None,
    look: Look = PLAIN,
) -> Image:
    """Like `subject_mask` for one part (dress, hair, eyes, face, fur, leaves, roof, petals), or what a window shows of it.
    Of the look, only who the girl is matters."""
    return _mask(scene, index, part, width, height, window, look)


def subject_box(scene: Scene, index: int, width: int, height: int) -> tuple[int, int, int, int]:
    """x, y, w, h of what is seen of the subject; all 0 when nothing is."""
    seen = subject_mask(scene, index, width, height) > 0
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    if not len(rows):
        return 0, 0, 0, 0
    x, y = int(columns[0]), int(rows[0])
    return x, y, int(columns[-1]) + 1 - x, int(rows[-1]) + 1 - y
