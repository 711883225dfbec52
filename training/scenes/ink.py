"""A comic's hand: flat, paler colours on cream paper, and an ink line around everything."""

from __future__ import annotations

from collections.abc import Sequence

import skia

from .pen import Pen, mix

INK = 0x2A2140
PAPER = 0xFFF3DC
LINE = 5.0
"""Width in a subject's local units."""


class InkPen(Pen):
    """Outlines what is opaque; shades are left out, as a felt pen has none."""

    def lit(self, colour: int) -> int:
        return mix(super().lit(colour), PAPER, 0.3)

    def fill(self, data: str, colour: int, alpha: float = 1.0, *, glow: bool = False) -> None:
        super().fill(data, colour, alpha, glow=glow)
        if alpha == 1 and not glow:
            super().stroke(data, INK, LINE)

    def shape(self, path: skia.Path, colour: int, alpha: float = 1.0) -> None:
        super().shape(path, colour, alpha)
        if alpha == 1:
            self.canvas.drawPath(path, self.paint(INK, 1.0, LINE))

    def paint(self, colour: int, alpha: float = 1.0, width: float = 0.0, *, glow: bool = False) -> skia.Paint:
        return super().paint(colour, alpha, width, glow=glow or colour == INK)

    def oval(
        self, x: float, y: float, rx: float, ry: float, colour: int, alpha: float = 1.0, *, glow: bool = False
    ) -> None:
        super().oval(x, y, rx, ry, colour, alpha, glow=glow)
        if alpha == 1 and not glow and rx > 3 * LINE:
            self.canvas.drawOval(skia.Rect(x - rx, y - ry, x + rx, y + ry), self.paint(INK, 1.0, LINE))

    def shadow(self, x: float, y: float, rx: float, ry: float, colour: int = INK) -> None:
        """A few flat pixels of ink instead of a soft shadow."""
        self.canvas.drawOval(skia.Rect(x - rx, y - ry, x + rx, y + ry), self.paint(INK, 0.35))

    def circles(self, circles: Sequence[tuple[float, float, float]], colour: int) -> None:
        """One line around them all."""
        super().circles([(x, y, r + LINE / 2) for x, y, r in circles], INK)
        super().circles([(x, y, r - LINE / 2) for x, y, r in circles], colour)
