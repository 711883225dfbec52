"""Pictures to open."""

import io

import numpy as np
from PIL import Image


def png(width: int, height: int, *, compress_level: int = 1) -> bytes:
    """A smooth colour field, different at every point."""
    x = np.linspace(0, 255, width, dtype=np.uint8)
    y = np.linspace(0, 255, height, dtype=np.uint8)
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[..., 0], pixels[..., 1], pixels[..., 2] = x, y[:, None], 128
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=compress_level)
    return buffer.getvalue()
