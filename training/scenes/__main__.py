"""Writes a contact sheet of random scenes with their captions."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from . import caption, draw, random_scene

LINE = 12


def sheet(count: int, size: int, easy: float, seed: int) -> Image.Image:
    """`count` scenes of `size` pixels, eight to a row, with captions below."""
    rng = np.random.default_rng(seed)
    columns = min(8, count)
    cell = size + 3 * LINE + 8
    page = Image.new("RGB", (columns * (size + 8), -(-count // columns) * cell), "white")
    pencil = ImageDraw.Draw(page)
    for index in range(count):
        x, y = index % columns * (size + 8) + 4, index // columns * cell + 4
        scene = random_scene(rng, easy=easy)
        page.paste(Image.fromarray(draw(scene, size, size)), (x, y))
        lines = textwrap.wrap(caption(scene, rng), max(12, size // 6))[:3]
        pencil.multiline_text((x, y + size), "\n".join(lines), fill="black", spacing=1)
    return page


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.scenes", description=__doc__)
    parser.add_argument("--sheet", type=Path, required=True)
    parser.add_argument("--count", type=int, default=48)
    parser.add_argument("--size", type=int, default=192)
    parser.add_argument("--easy", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    sheet(asked.count, asked.size, asked.easy, asked.seed).save(asked.sheet)


if __name__ == "__main__":
    main()
