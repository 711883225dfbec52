"""Test pictures: a landscape of gradients, discs and grain, so that neither PNG nor JPEG has it easy."""

from pathlib import Path

import numpy as np
from PIL import Image


def landscape(width: int, height: int) -> Image.Image:
    """The same picture for the same size."""
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    sky = np.stack(np.broadcast_arrays(60 + 190 * y, 50 + 110 * y + 20 * x, 110 + 60 * (1 - y) * x), axis=-1)
    field = np.stack(np.broadcast_arrays(230 - 90 * y, 165 - 80 * y + 15 * x, 80 - 45 * y), axis=-1)
    picture = np.where((y > 0.6 + 0.04 * np.sin(9 * x))[..., None], field, sky)
    for cx, cy, radius, colour in (
        (0.3, 0.62, 0.1, (255, 240, 200)),
        (0.7, 0.4, 0.16, (60, 110, 50)),
        (0.45, 0.7, 0.07, (200, 60, 40)),
    ):
        inside = (x - cx) ** 2 + ((y - cy) * height / width) ** 2 < radius**2
        picture[inside] = colour
    grain = np.random.default_rng(7).integers(-6, 7, (height, width, 1), dtype=np.int8)
    return Image.fromarray(np.clip(picture + grain, 0, 255).astype(np.uint8))


def save(folder: Path, name: str, width: int, height: int) -> None:
    """Writes the landscape; the name's suffix decides the format."""
    landscape(width, height).save(folder / name, compress_level=3, quality=92)
