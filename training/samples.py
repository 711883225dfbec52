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
    """Writes girl.png and masks: of her dress, of all of her, and of an empty place where a tree would fit."""
    scene = sample_scene()
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_atomically(FOLDER / "girl.png", encode_png(draw(scene, WIDTH, HEIGHT)))
    dress = part_mask(scene, 0, "dress", WIDTH, HEIGHT)
    write_atomically(FOLDER / "girl-dress-mask.png", encode_png(grown(dress)))
    write_atomically(FOLDER / "tree-mask.png", encode_png(tree_mask()))
    whole = subject_mask(scene, 0, WIDTH, HEIGHT)
    write_atomically(FOLDER / "girl-whole-mask.png", encode_png(grown(whole)))


def tree_mask() -> np.ndarray:
    """What someone paints who wants a tree at the right: a crown, a trunk and a little ground."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.ellipse(mask, (622, 222), (118, 122), 0, 0, 360, 255, -1)
    cv2.rectangle(mask, (580, 300), (664, 425), 255, -1)
    cv2.ellipse(mask, (622, 424), (74, 24), 0, 0, 360, 255, -1)
    return mask


def grown(mask: np.ndarray) -> np.ndarray:
    """The mask with a rim of `GROWN_PX`."""
    size = 2 * GROWN_PX + 1
    return cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))


if __name__ == "__main__":
    main()
