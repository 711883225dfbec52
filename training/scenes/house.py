"""The house with lit windows."""

from __future__ import annotations

from .model import House
from .palette import PAINT
from .pen import Pen

GLASS = 0xFFDB8C
FRAME = 0x8A5440
WALLS = ((0xF3DABA, 0xDCB08E), (0xEBD5C8, 0xCBA79C), (0xE6CFA4, 0xC7A272), (0xF0DCC8, 0xC9AA9A))


def draw_house(pen: Pen, house: House) -> None:
    """Local units: centre of the base line at the origin, 300 tall without smoke."""
    roof, (wall, shade) = PAINT[house.roof], WALLS[house.pose % len(WALLS)]
    pen.shadow(-2, -2, 164, 12)
    with pen.at(-190, -572):
        _chimney(pen, smoke=house.pose % 2 == 0)
        pen.fill("M74 424h236v148H74z", wall)
        pen.fill("M122 346L62 434L74 438V572H170V438L182 434z", shade)
        pen.fill("M170 424h140v20H170z", 0x5A3320, 0.22)
        with pen.part("roof"):
            pen.fill("M122 328L186 436h146L286 328z", roof.base)
            pen.stroke("M150 362h144M170 396h144", roof.dark, 4, 0.4)
            pen.fill("M122 328L132 345H293L286 328z", roof.light, 0.75)
            pen.fill("M122 328L36 436h24l62-80 62 80h16z", roof.dark)
        _door_and_windows(pen)


def _chimney(pen: Pen, *, smoke: bool) -> None:
    if smoke and not pen.mask:
        pen.stroke("M268 268q-14-22 2-40t-2-42", 0xFFFFFF, 15, 0.28)
    pen.fill("M250 282h30v62h-30z", 0x9A5A48)
    pen.fill("M250 282h11v62h-11z", 0x7A4236)
    pen.fill("M245 274h40v12h-40z", 0x70392F)


def _door_and_windows(pen: Pen) -> None:
    pen.fill("M104 572V508q0-18 21-18t21 18V572z", 0x6B3A2C)
    pen.fill("M104 572V508q0-18 10-18V572z", 0x52291F)
    pen.circle(137, 534, 4, 0xF0C070)
    pen.halo(218, 488, 56, 0xFFD878, 0.35)
    pen.halo(278, 488, 56, 0xFFD878, 0.35)
    windows = "M104 392h36v34h-36zM198 466h40v44h-40zM258 466h40v44h-40z"
    pen.fill(windows, GLASS, glow=True)
    pen.stroke(windows, FRAME, 5)
    pen.stroke("M218 466v44M278 466v44M198 488h40M258 488h40M122 392v34M104 409h36", FRAME, 4)
