"""Sizes and boxes in whole pixels. Standard library only."""

from typing import NamedTuple


class Size(NamedTuple):
    """Width and height in pixels (or latent cells, where a name says so)."""

    width: int
    height: int

    @property
    def area(self) -> int:
        return self.width * self.height

    @property
    def aspect(self) -> float:
        """Width divided by height."""
        return self.width / self.height

    def divided(self, factor: int) -> "Size":
        """Size in cells of `factor` pixels, rounded down."""
        return Size(self.width // factor, self.height // factor)

    def is_multiple_of(self, factor: int) -> bool:
        return self.width % factor == 0 and self.height % factor == 0

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


class Box(NamedTuple):
    """A rectangle of pixels: `x`, `y` is the top left pixel inside it."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def of(cls, size: Size) -> "Box":
        """The box that covers a whole picture of this size."""
        return cls(0, 0, size.width, size.height)

    @classmethod
    def from_edges(cls, left: int, top: int, right: int, bottom: int) -> "Box":
        """From pixel edges; `right` and `bottom` lie just outside."""
        return cls(left, top, right - left, bottom - top)

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def size(self) -> Size:
        return Size(self.width, self.height)

    @property
    def edges(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom, as Pillow's `crop` takes them."""
        return self.x, self.y, self.right, self.bottom

    @property
    def rows(self) -> slice:
        return slice(self.y, self.bottom)

    @property
    def columns(self) -> slice:
        return slice(self.x, self.right)

    def padded(self, px: int, within: Size) -> "Box":
        """Grown by `px` on every side, cut at the borders of `within`."""
        return self.from_edges(
            max(self.x - px, 0),
            max(self.y - px, 0),
            min(self.right + px, within.width),
            min(self.bottom + px, within.height),
        )

    def contains(self, other: "Box") -> bool:
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )
