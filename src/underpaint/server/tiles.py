"""Painted layers as 256-px tiles: on the wire, in the database, and put together."""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from underpaint.errors import InvalidRequest
from underpaint.geometry import Box, Size
from underpaint.image.mask import bounding_box
from underpaint.server.schemas import Layer

TILE_PX = 256
MEDIA_TYPE = "application/vnd.underpaint.tiles"
CHANNELS = {Layer.MASK: 1, Layer.SKETCH: 4}
DEFLATE_LEVEL = 1
NOWHERE = Box(0, 0, 0, 0)
_HEADER = struct.Struct("<HHI")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One tile as it is kept: deflated, with what is painted in it."""

    column: int
    row: int
    data: bytes
    """Empty when nothing is painted."""
    painted_px: int = 0
    box: Box = NOWHERE
    """Around everything painted, within the tile."""


def encoded(tiles: Iterable[tuple[int, int, bytes]]) -> bytes:
    """Columns, rows and deflated pixels as they go over the wire."""
    parts: list[bytes] = []
    for column, row, data in tiles:
        parts += [_HEADER.pack(column, row, len(data)), data]
    return b"".join(parts)


def decoded(body: bytes, layer: Layer, size: Size) -> list[Tile]:
    """The tiles of a body for a picture of `size`, every one checked. Where one comes twice, the last counts."""
    tiles: dict[tuple[int, int], Tile] = {}
    columns, rows = grid(size)
    for column, row, data in _parts(body):
        if column >= columns or row >= rows:
            raise InvalidRequest(
                f"Tile {column}, {row} lies outside a picture of {size}, which has {columns} x {rows} tiles."
            )
        tiles[column, row] = _checked(column, row, data, layer, size)
    return list(tiles.values())


def grid(size: Size) -> tuple[int, int]:
    """How many columns and rows of tiles cover a picture."""
    return -(-size.width // TILE_PX), -(-size.height // TILE_PX)


def tile_of(column: int, row: int, pixels: np.ndarray, *, data: bytes | None = None) -> Tile:
    """The tile of uint8 (256, 256) mask or (256, 256, 4) sketch pixels. `data`: them deflated, if they are already."""
    painted = pixels if pixels.ndim == 2 else pixels[..., 3]
    box = bounding_box(painted)
    if box is None:
        return Tile(column=column, row=row, data=b"")
    return Tile(
        column=column,
        row=row,
        data=data or zlib.compress(pixels.tobytes(), DEFLATE_LEVEL),
        painted_px=int(np.count_nonzero(painted)),
        box=box,
    )


def tiles_of(pixels: np.ndarray) -> Iterator[Tile]:
    """The tiles that hold anything of a whole layer, uint8 (height, width) or (height, width, 4)."""
    columns, rows = grid(Size(pixels.shape[1], pixels.shape[0]))
    for row in range(rows):
        for column in range(columns):
            part = pixels[_span(row), _span(column)]
            missing = [(0, TILE_PX - part.shape[0]), (0, TILE_PX - part.shape[1])]
            full = np.pad(part, missing + [(0, 0)] * (part.ndim - 2))
            tile = tile_of(column, row, full)
            if tile.data:
                yield tile


def assembled(tiles: Iterable[tuple[int, int, bytes]], layer: Layer, size: Size) -> np.ndarray:
    """The whole layer of a picture of `size`: uint8 (height, width) or (height, width, 4)."""
    tail = () if layer is Layer.MASK else (CHANNELS[layer],)
    whole = np.zeros((size.height, size.width, *tail), np.uint8)
    for column, row, data in tiles:
        part = whole[_span(row), _span(column)]
        pixels = np.frombuffer(zlib.decompress(data), np.uint8).reshape(TILE_PX, TILE_PX, *tail)
        part[:] = pixels[: part.shape[0], : part.shape[1]]
    return whole


def assembled_alpha(tiles: Iterable[tuple[int, int, bytes]], size: Size) -> np.ndarray:
    """The alpha of a whole sketch, uint8 (height, width), in a quarter of the memory."""
    whole = np.zeros((size.height, size.width), np.uint8)
    for column, row, data in tiles:
        part = whole[_span(row), _span(column)]
        pixels = np.frombuffer(zlib.decompress(data), np.uint8).reshape(TILE_PX, TILE_PX, 4)
        part[:] = pixels[: part.shape[0], : part.shape[1], 3]
    return whole


def _span(index: int) -> slice:
    return slice(index * TILE_PX, (index + 1) * TILE_PX)


def _parts(body: bytes) -> Iterator[tuple[int, int, bytes]]:
    position = 0
    while position < len(body):
        if position + _HEADER.size > len(body):
            raise InvalidRequest("The tiles end in the middle of a header.")
        column, row, length = _HEADER.unpack_from(body, position)
        position += _HEADER.size
        if position + length > len(body):
            raise InvalidRequest(f"The tiles end in the middle of tile {column}, {row}.")
        yield column, row, body[position : position + length]
        position += length


def _checked(column: int, row: int, data: bytes, layer: Layer, size: Size) -> Tile:
    """The tile, with nothing painted outside the picture."""
    if not data:
        return Tile(column=column, row=row, data=b"")
    tail = () if layer is Layer.MASK else (CHANNELS[layer],)
    raw = _inflated(column, row, data, layer)
    pixels = np.frombuffer(raw, np.uint8).reshape(TILE_PX, TILE_PX, *tail)
    inside = pixels[: size.height - row * TILE_PX, : size.width - column * TILE_PX]
    if inside.shape[:2] == (TILE_PX, TILE_PX):
        return tile_of(column, row, pixels, data=data)
    missing = [(0, TILE_PX - inside.shape[0]), (0, TILE_PX - inside.shape[1])]
    return tile_of(column, row, np.pad(inside, missing + [(0, 0)] * len(tail)))


def _inflated(column: int, row: int, data: bytes, layer: Layer) -> bytes:
    expected = TILE_PX * TILE_PX * CHANNELS[layer]
    inflater = zlib.decompressobj()
    try:
        raw = inflater.decompress(data, expected + 1)
    except zlib.error as error:
        raise InvalidRequest(f"The pixels of tile {column}, {row} cannot be inflated: {error}.") from error
    if len(raw) != expected or not inflater.eof or inflater.unused_data:
        raise InvalidRequest(
            f"Tile {column}, {row} of a {layer} must inflate to {TILE_PX} x {TILE_PX} x {CHANNELS[layer]} bytes."
        )
    return raw
