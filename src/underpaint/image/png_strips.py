"""Encodes PNG files on all processors: strips of rows are filtered and deflated apart, and their streams joined."""

import os
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

STRIP_BYTES = 2**20
"""Of pixels: enough that a strip's beginning, which nothing before it helps to deflate, does not count."""
LEVEL = 1
COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
"""By channels: grey, grey and alpha, RGB, RGBA."""
FILTER_SUB = 1
ADLER_BASE = 65521


@dataclass(frozen=True, slots=True)
class _Strip:
    chunk: bytes
    """An IDAT chunk."""
    adler: int
    length: int
    """Of what was deflated."""


def header_chunk(pixels: np.ndarray) -> bytes:
    """IHDR of uint8 or uint16 pixels (height, width) or (height, width, channels)."""
    height, width = pixels.shape[:2]
    colour_type = COLOUR_TYPES[_channels(pixels)]
    return chunk(b"IHDR", struct.pack(">2I5B", width, height, 8 * pixels.itemsize, colour_type, 0, 0, 0))


def pixel_chunks(pixels: np.ndarray) -> bytes:
    """The IDAT chunks of the pixels, every row as differences to the pixel on the left."""
    height = len(pixels)
    rows_of_strip = max(STRIP_BYTES // pixels[0].nbytes, 1)
    starts = range(0, height, rows_of_strip)

    def strip(start: int) -> _Strip:
        return _strip(pixels[start : start + rows_of_strip], is_last=start + rows_of_strip >= height)

    with ThreadPoolExecutor(min(os.cpu_count() or 1, len(starts))) as pool:
        strips = list(pool.map(strip, starts))
    adler = 1
    for each in strips:
        adler = _joined_adler(adler, each.adler, each.length)
    head = chunk(b"IDAT", b"\x78\x01")  # a window of 32 KiB, the fastest level
    end = chunk(b"IDAT", struct.pack(">I", adler))
    return b"".join([head, *(each.chunk for each in strips), end])


def chunk(kind: bytes, body: bytes) -> bytes:
    """A PNG chunk."""
    return b"".join(
        [struct.pack(">I", len(body)), kind, body, struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))]
    )


def _strip(rows: np.ndarray, *, is_last: bool) -> _Strip:
    filtered = _filtered(rows)
    deflater = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = deflater.compress(filtered.data)
    deflated += deflater.flush(zlib.Z_FINISH if is_last else zlib.Z_SYNC_FLUSH)
    return _Strip(chunk(b"IDAT", deflated), zlib.adler32(filtered.data), filtered.size)


def _filtered(rows: np.ndarray) -> np.ndarray:
    """Bytes (rows, 1 + bytes of a row), each row with its filter's number first."""
    pixel_bytes = _channels(rows) * rows.itemsize
    samples = rows if rows.itemsize == 1 else rows.astype(">u2").view(np.uint8)
    values = samples.reshape(len(rows), -1)
    filtered = np.empty((len(rows), 1 + values.shape[1]), np.uint8)
    filtered[:, 0] = FILTER_SUB
    filtered[:, 1 : 1 + pixel_bytes] = values[:, :pixel_bytes]
    np.subtract(values[:, pixel_bytes:], values[:, :-pixel_bytes], out=filtered[:, 1 + pixel_bytes :])
    return filtered


def _channels(pixels: np.ndarray) -> int:
    return 1 if pixels.ndim == 2 else pixels.shape[2]


def _joined_adler(first: int, second: int, length_of_second: int) -> int:
    """The Adler-32 checksum of two pieces of data one after the other (RFC 1950), from those of each."""
    low = (first & 0xFFFF) + (second & 0xFFFF) - 1
    high = (first >> 16) + (second >> 16) + length_of_second * ((first & 0xFFFF) - 1)
    return high % ADLER_BASE << 16 | low % ADLER_BASE
