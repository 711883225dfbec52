"""Draws the sample picture and masks that ship in the package: `python -m training.samples`."""

from pathlib import Path

import cv2
import numpy as np

from training.scenes import draw, part_mask, sample_scene, subject_mask
from underpaint.atomic import write_atomically
from underpaint.image.png import encode_png

FOLDER = Path(__file__).parents[1] / "src" / "underpaint" / "builtin" / "samples"
WIDTH, HEIGHT = 768, 512
GROWN_PX = 5
"""A painted mask reaches a little beyond the thing it covers."""


def main() -> None:
    """Writes girl.png and the masks of her dress and of all of her."""
    scene = sample_scene()
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_atomically(FOLDER / "girl.png", encode_png(draw(scene, WIDTH, HEIGHT)))
    dress = part_mask(scene, 0, "dress", WIDTH, HEIGHT)
    write_atomically(FOLDER / "girl-dress-mask.png", encode_png(grown(dress)))
    whole = subject_mask(scene, 0, WIDTH, HEIGHT)
    write_atomically(FOLDER / "girl-whole-mask.png", encode_png(grown(whole)))


def grown(mask: np.ndarray) -> np.ndarray:
    """The mask with a rim of `GROWN_PX`."""
    size = 2 * GROWN_PX + 1
    return cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))


if __name__ == "__main__":
    main()
