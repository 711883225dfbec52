import numpy as np
import pytest

from underpaint.errors import InvalidRequest
from underpaint.geometry import Size
from underpaint.image.compose import blended, extended_canvas
from underpaint.image.picture import Picture

RNG = np.random.default_rng(5)
PICTURE = Picture(RNG.integers(0, 256, (20, 30, 3), np.uint8), b"a profile")
DEEP = Picture(RNG.integers(0, 65536, (20, 30, 4), np.uint16), b"a profile")


@pytest.mark.parametrize("picture", [PICTURE, DEEP], ids=["8 bits", "16 bits with alpha"])
def test_a_larger_canvas_keeps_the_picture_and_repeats_its_edge(picture: Picture):
    larger, mask = extended_canvas(picture, left=3, bottom=5, overlap_px=2)
    assert larger.size == Size(33, 25)
    assert larger.icc_profile == b"a profile"
    assert larger.pixels.dtype == picture.pixels.dtype
    np.testing.assert_array_equal(larger.pixels[:20, 3:], picture.pixels)
    np.testing.assert_array_equal(larger.pixels[7, :3], np.tile(picture.pixels[7, 0], (3, 1)))
    np.testing.assert_array_equal(larger.pixels[24, 10], picture.pixels[19, 7])
    kept = np.zeros((25, 33), bool)
    kept[:18, 5:] = True
    np.testing.assert_array_equal(mask, np.where(kept, 0, 255))


def test_an_overlap_larger_than_the_picture_masks_everything():
    _, mask = extended_canvas(PICTURE, right=1, overlap_px=500)
    assert (mask == 255).all()


@pytest.mark.parametrize(
    "by", [{}, {"left": -1, "right": 5}, {"left": 20_000, "top": 30_000}, {"left": 1, "overlap_px": -1}]
)
def test_impossible_canvases_are_refused(by: dict[str, int]):
    with pytest.raises(InvalidRequest):
        extended_canvas(PICTURE, **by)


def test_full_and_no_opacity_keep_bytes():
    other = Picture(255 - PICTURE.pixels)
    mask = np.zeros((20, 30), np.uint8)
    mask[:, 10:20] = 255
    np.testing.assert_array_equal(blended(PICTURE, other, 0).pixels, PICTURE.pixels)
    np.testing.assert_array_equal(blended(PICTURE, other, 1).pixels, other.pixels)
    mixed = blended(PICTURE, other, 1, mask)
    np.testing.assert_array_equal(mixed.pixels[:, 10:20], other.pixels[:, 10:20])
    np.testing.assert_array_equal(mixed.pixels[:, :10], PICTURE.pixels[:, :10])
    assert mixed.icc_profile == b"a profile"


def test_opacity_and_mask_multiply():
    black, white = Picture(np.zeros((1, 2, 3), np.uint8)), Picture(np.full((1, 2, 3), 255, np.uint8))
    mixed = blended(black, white, 0.5, np.array([[255, 128]], np.uint8))
    assert mixed.pixels[0, :, 0].tolist() == [128, 64]


def test_depth_and_alpha_are_the_greater_of_the_two():
    mixed = blended(PICTURE, DEEP, 0)
    assert mixed.pixels.dtype == np.uint16
    np.testing.assert_array_equal(mixed.pixels[..., :3], PICTURE.pixels.astype(np.uint16) * 257)
    assert (mixed.pixels[..., 3] == 65535).all()
    np.testing.assert_array_equal(blended(PICTURE, DEEP, 1).pixels, DEEP.pixels)


def test_colours_count_by_their_alpha():
    clear = Picture(np.array([[[0, 0, 0, 0]]], np.uint8))
    red = Picture(np.array([[[200, 10, 10, 255]]], np.uint8))
    assert blended(clear, red, 0.5).pixels[0, 0].tolist() == [200, 10, 10, 128]
    both_clear = Picture(np.array([[[9, 9, 9, 0]]], np.uint8))
    assert blended(clear, both_clear, 0.5).pixels[0, 0].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("child", "opacity", "mask"),
    [
        (Picture(PICTURE.pixels[:10]), 0.5, None),
        (PICTURE, 1.5, None),
        (PICTURE, 0.5, np.zeros((3, 3), np.uint8)),
        (Picture(PICTURE.pixels, b"another profile"), 0.5, None),
    ],
    ids=["size", "opacity", "mask", "profile"],
)
def test_what_does_not_fit_is_refused(child: Picture, opacity: float, mask: np.ndarray | None):
    with pytest.raises(InvalidRequest):
        blended(PICTURE, child, opacity, mask)


def test_large_pictures_are_blended_in_bands():
    tall = RNG.integers(0, 256, (600, 3, 3), np.uint8)
    mixed = blended(Picture(tall), Picture(255 - tall), 0.25)
    np.testing.assert_array_equal(mixed.pixels, np.rint(tall * 0.75 + (255 - tall) * 0.25))
