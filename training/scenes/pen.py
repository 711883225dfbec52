"""A small drawing hand over skia: cached paths and paints, light, and mask mode."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import lru_cache

import skia

_TOKEN = re.compile(r"[A-Za-z]|-?\d*\.?\d+")
_ARITY = {"M": 2, "L": 2, "H": 1, "V": 1, "Q": 4, "T": 2, "C": 6, "S": 4, "A": 7, "Z": 0}
ROUND = skia.Paint.kRound_Cap


class _Outline:
    """Builds one skia path from SVG path commands."""

    def __init__(self) -> None:
        self.path = skia.Path()
        self.x = self.y = self.sx = self.sy = 0.0
        self.cx = self.cy = 0.0

    def step(self, name: str, args: list[float]) -> None:
        upper = name.upper()
        if name != upper and upper not in "HVA":
            args = [v + (self.y if i % 2 else self.x) for i, v in enumerate(args)]
        elif name == "h":
            args = [args[0] + self.x]
        elif name == "v":
            args = [args[0] + self.y]
        elif name == "a":
            args = [*args[:5], args[5] + self.x, args[6] + self.y]
        getattr(self, f"_{upper.lower()}")(*args)

    def _to(self, x: float, y: float, cx: float | None = None, cy: float | None = None) -> None:
        self.x, self.y = x, y
        self.cx, self.cy = (x if cx is None else cx), (y if cy is None else cy)

    def _m(self, x: float, y: float) -> None:
        self.path.moveTo(x, y)
        self.sx, self.sy = x, y
        self._to(x, y)

    def _l(self, x: float, y: float) -> None:
        self.path.lineTo(x, y)
        self._to(x, y)

    def _h(self, x: float) -> None:
        self._l(x, self.y)

    def _v(self, y: float) -> None:
        self._l(self.x, y)

    def _q(self, cx: float, cy: float, x: float, y: float) -> None:
        self.path.quadTo(cx, cy, x, y)
        self._to(x, y, cx, cy)

    def _t(self, x: float, y: float) -> None:
        self._q(2 * self.x - self.cx, 2 * self.y - self.cy, x, y)

    def _c(self, ax: float, ay: float, cx: float, cy: float, x: float, y: float) -> None:
        self.path.cubicTo(ax, ay, cx, cy, x, y)
        self._to(x, y, cx, cy)

    def _s(self, cx: float, cy: float, x: float, y: float) -> None:
        self._c(2 * self.x - self.cx, 2 * self.y - self.cy, cx, cy, x, y)

    def _a(self, rx: float, ry: float, turn: float, large: float, sweep: float, x: float, y: float) -> None:
        size = skia.Path.kLarge_ArcSize if large else skia.Path.kSmall_ArcSize
        way = skia.PathDirection.kCW if sweep else skia.PathDirection.kCCW
        self.path.arcTo(rx, ry, turn, size, way, x, y)
        self._to(x, y)

    def _z(self) -> None:
        self.path.close()
        self._to(self.sx, self.sy)


def outline(data: str) -> skia.Path:
    """The path an SVG `d` attribute describes."""
    tokens, pen, at = _TOKEN.findall(data), _Outline(), 0
    name = "M"
    while at < len(tokens):
        if tokens[at].isalpha():
            name, at = tokens[at], at + 1
        count = _ARITY[name.upper()]
        pen.step(name, [float(v) for v in tokens[at : at + count]])
        at += count
        if name in "Mm":
            name = "L" if name == "M" else "l"
    return pen.path


_cached_outline = lru_cache(maxsize=1024)(outline)


def mix(a: int, b: int, amount: float) -> int:
    """Colour `a` with `amount` of `b` in it."""
    if amount <= 0:
        return a
    channels = ((a >> s & 255) * (1 - amount) + (b >> s & 255) * amount for s in (16, 8, 0))
    red, green, blue = (round(c) for c in channels)
    return red << 16 | green << 8 | blue


@lru_cache(maxsize=8192)
def _paint(colour: int, alpha: float, width: float) -> skia.Paint:
    paint = skia.Paint(AntiAlias=True, Color=(round(alpha * 255) << 24) | colour)
    if width:
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(width)
        paint.setStrokeCap(ROUND)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
    return paint


def argb(colour: int, alpha: float = 1.0) -> int:
    return (round(alpha * 255) << 24) | colour


class Pen:
    """Draws in the light of the scene; as a mask it draws one subject or part in white."""

    def __init__(self, canvas: skia.Canvas, tint: int = 0, amount: float = 0.0, *, mask: bool = False):
        self.canvas = canvas
        self.mask = mask
        self._tint, self._amount = tint, amount
        self._white = False
        self._wanted: str | None = None
        self._lit: dict[int, int] = {}

    def target(self, *, shown: bool, part: str | None = None) -> None:
        """Mask mode: whether what follows is white, and if so only which part of it."""
        self._white, self._wanted = shown and part is None, part if shown else None

    @contextmanager
    def part(self, name: str) -> Generator[None]:
        before = self._white
        if self._wanted is not None:
            self._white = name == self._wanted
        yield
        self._white = before

    @contextmanager
    def at(
        self, x: float, y: float, scale: float = 1.0, turn: float = 0.0, *, flip: bool = False
    ) -> Generator[None]:
        self.canvas.save()
        self.canvas.translate(x, y)
        if turn:
            self.canvas.rotate(turn)
        self.canvas.scale(-scale if flip else scale, scale)
        yield
        self.canvas.restore()

    def lit(self, colour: int) -> int:
        """The colour as the light of the scene shows it."""
        if colour not in self._lit:
            self._lit[colour] = mix(colour, self._tint, self._amount)
        return self._lit[colour]

    def paint(self, colour: int, alpha: float = 1.0, width: float = 0.0, *, glow: bool = False) -> skia.Paint:
        if self.mask:
            return _paint(0xFFFFFF if self._white else 0, 1.0, width)
        return _paint(colour if glow else self.lit(colour), alpha, width)

    def fill(self, data: str, colour: int, alpha: float = 1.0, *, glow: bool = False) -> None:
        self.canvas.drawPath(_cached_outline(data), self.paint(colour, alpha, glow=glow))

    def shape(self, path: skia.Path, colour: int, alpha: float = 1.0) -> None:
        self.canvas.drawPath(path, self.paint(colour, alpha))

    def stroke(self, data: str, colour: int, width: float, alpha: float = 1.0) -> None:
        self.canvas.drawPath(_cached_outline(data), self.paint(colour, alpha, width))

    def oval(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        colour: int,
        alpha: float = 1.0,
        *,
        glow: bool = False,
    ) -> None:
        self.canvas.drawOval(skia.Rect(x - rx, y - ry, x + rx, y + ry), self.paint(colour, alpha, glow=glow))

    def circle(self, x: float, y: float, r: float, colour: int, alpha: float = 1.0) -> None:
        self.canvas.drawCircle(x, y, r, self.paint(colour, alpha))

    def circles(self, circles: Sequence[tuple[float, float, float]], colour: int) -> None:
        """One shape of many circles: x, y, radius."""
        for x, y, r in circles:
            self.circle(x, y, r, colour)

    def blend(
        self,
        data: str,
        start: tuple[float, float],
        end: tuple[float, float],
        colours: Sequence[int],
    ) -> None:
        """Fills with a linear gradient from one point to the other."""
        if self.mask:
            return self.fill(data, 0)
        shader = skia.GradientShader.MakeLinear(
            [skia.Point(*start), skia.Point(*end)], [argb(self.lit(c)) for c in colours]
        )
        self.canvas.drawPath(_cached_outline(data), skia.Paint(AntiAlias=True, Shader=shader))
        return None

    def halo(self, x: float, y: float, r: float, colour: int, alpha: float) -> None:
        """A round glow that fades out; light only, so not part of any mask."""
        if self.mask:
            return
        stops = [argb(colour, alpha), argb(colour, alpha * 0.45), argb(colour, 0.0)]
        shader = skia.GradientShader.MakeRadial(skia.Point(x, y), r, stops, [0.0, 0.4, 1.0])
        self.canvas.drawCircle(x, y, r, skia.Paint(AntiAlias=True, Shader=shader))

    def shadow(self, x: float, y: float, rx: float, ry: float, colour: int = 0x2A1A2C) -> None:
        """A soft contact shadow."""
        if self.mask:
            return
        with self.at(x, y):
            self.canvas.scale(1, ry / rx * 1.5)
            self.halo(0, 0, rx * 1.4, colour, 0.62)
