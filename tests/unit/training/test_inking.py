"""Telling ink outlines from other dark things."""

import cv2
import numpy as np
import pytest

from training.inking import ink_share, is_inked
from training.scenes import InkPen, Look, draw, random_scene, subject_mask
from training.sheets import Picture

SIDE = 256
INK, BROWN, PAPER = (0x2A, 0x21, 0x40), (0x40, 0x28, 0x10), (0xF0, 0xC0, 0xD0)
WHOLE = np.full((SIDE, SIDE), 255, np.uint8)


def ring(colour: tuple[int, int, int], width: int) -> Picture:
    """A circle on paper; width -1 = a disc."""
    pixels = np.full((SIDE, SIDE, 3), PAPER, np.uint8)
    cv2.circle(pixels, (128, 128), 60, colour, width)
    return pixels


def test_thin_lines_of_ink_count_pixel_by_pixel() -> None:
    pixels = ring(INK, 2)
    assert ink_share(pixels, WHOLE) == (pixels == INK).all(2).mean()
    beside = WHOLE.copy()
    beside[:, 60:] = 0
    assert ink_share(pixels, beside) == 0


@pytest.mark.parametrize(
    "pixels",
    [ring(INK, -1), ring(INK, 14), ring(BROWN, 2), ring((0xB0, 0x80, 0xC0), 2)],
    ids=["a disc", "a thick line", "a brown line", "a pale line"],
)
def test_other_things_do_not_count(pixels: Picture) -> None:
    assert ink_share(pixels, WHOLE) < 0.001


def test_subjects_drawn_in_ink_are_told_from_others() -> None:
    """Blurred a little, as an autoencoder leaves them."""
    rng = np.random.default_rng(5)
    scenes = [random_scene(rng, easy=1.0) for _ in range(12)]
    masks = [subject_mask(scene, 0, SIDE, SIDE) for scene in scenes]

    def inked(look: Look) -> float:
        pictures = [cv2.GaussianBlur(draw(scene, SIDE, SIDE, look=look), (0, 0), 0.8) for scene in scenes]
        return np.mean([is_inked(p, m) for p, m in zip(pictures, masks, strict=True)]).item()

    assert inked(Look(pen=InkPen)) == 1
    assert inked(Look()) <= 1 / 12
