"""Selections on the shipped sample, a girl in a blue dress before a house at sunset, and on drawn shapes."""

from importlib.resources import files

import cv2
import numpy as np
import pytest

from underpaint.errors import InvalidRequest
from underpaint.geometry import Box
from underpaint.image.io import load_picture
from underpaint.image.mask import bounding_box
from underpaint.image.select import select_box, select_edge, select_region

SAMPLE = load_picture((files("underpaint") / "builtin" / "samples" / "girl.png").read_bytes()).pixels


def shapes(scale: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """A speckled disc on a ramp, and where the disc is."""
    size = 200 * scale
    ramp = np.linspace(40, 90, size)[None, :, None] * np.ones((size, 1, 3))
    disc = np.zeros((size, size), np.uint8)
    cv2.circle(disc, (90 * scale, 110 * scale), 40 * scale, 255, -1)
    noise = np.random.default_rng(0).normal(0, 6, (size, size, 3))
    pixels = np.where(disc[..., None] > 0, (190, 60, 60), ramp) + noise
    return np.clip(pixels, 0, 255).astype(np.uint8), disc


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Intersection over union."""
    return np.count_nonzero((one > 0) & (other > 0)) / np.count_nonzero((one > 0) | (other > 0))


@pytest.mark.parametrize("scale", [1, 6], ids=["200 px", "1200 px"])
def test_a_click_finds_the_disc(scale: int):
    pixels, disc = shapes(scale)
    assert overlap(select_region(pixels, 80 * scale, 100 * scale), disc) > 0.97


@pytest.mark.parametrize("scale", [1, 6], ids=["200 px", "1200 px"])
def test_a_box_finds_what_is_in_it(scale: int):
    pixels, disc = shapes(scale)
    box = Box(40 * scale, 60 * scale, 100 * scale, 100 * scale)
    assert overlap(select_box(pixels, box), disc) > 0.97


@pytest.mark.parametrize("scale", [1, 6], ids=["200 px", "1200 px"])
def test_points_on_the_edge_are_joined_along_it(scale: int):
    pixels, disc = shapes(scale)
    points = [(90, 71), (128, 110), (90, 149), (52, 110)]
    found = select_edge(pixels, [(x * scale, y * scale) for x, y in points])
    square = np.zeros_like(disc)
    cv2.fillPoly(square, [np.array(points, np.int32) * scale], 255)
    assert overlap(found, disc) > 0.95 > overlap(square, disc)


@pytest.mark.parametrize(
    ("x", "y", "within", "cover"),
    [
        (360, 370, Box(290, 255, 125, 165), (0.023, 0.032)),
        (318, 380, Box(290, 255, 125, 165), (0.023, 0.032)),
        (340, 172, Box(250, 150, 170, 175), (0.010, 0.030)),
        (150, 220, Box(80, 185, 155, 90), (0.012, 0.025)),
        (445, 268, Box(395, 238, 100, 65), (0.007, 0.013)),
        (270, 120, Box(185, 98, 235, 40), (0.005, 0.015)),
    ],
    ids=["dress", "shadow of the dress", "hair", "roof", "sun", "cloud"],
)
def test_clicks_on_the_sample(x: int, y: int, within: Box, cover: tuple[float, float]):
    found = select_region(SAMPLE, x, y)
    box = bounding_box(found)
    assert box is not None
    assert within.contains(box)
    assert cover[0] < np.count_nonzero(found) / found.size < cover[1]


def test_the_girl_is_found_in_a_box():
    found = select_box(SAMPLE, Box(245, 148, 172, 322))
    hair, face, dress, leg, field, sky = (
        (340, 172), (352, 240), (360, 370), (338, 430), (270, 440), (270, 180)
    )  # fmt: skip
    assert [found[y, x] for x, y in (hair, face, dress, leg, field, sky)] == [255, 255, 255, 255, 0, 0]


def test_selections_are_deterministic_and_leave_the_picture_alone():
    pixels, _ = shapes()
    before = pixels.copy()
    for select in (lambda: select_region(pixels, 80, 100), lambda: select_box(pixels, Box(40, 60, 100, 100))):
        np.testing.assert_array_equal(select(), select())
    np.testing.assert_array_equal(pixels, before)


def test_a_radius_bounds_the_search():
    box = bounding_box(select_region(SAMPLE, 600, 420, radius_px=20))
    assert box is not None
    assert Box(580, 400, 41, 41).contains(box)


@pytest.mark.parametrize("shape", [(1, 1), (1, 90), (3, 2), (64, 64)])
def test_flat_pictures_have_nothing_to_hold_on_to(shape: tuple[int, int]):
    flat = np.full((*shape, 3), 77, np.uint8)
    assert select_region(flat, 0, 0)[0, 0] == 255
    whole = Box(0, 0, shape[1], shape[0])
    assert (select_box(flat, whole) == 255).all()


def test_a_box_never_selects_beyond_itself():
    found = select_box(SAMPLE, Box(300, 300, 40, 60))
    found[300:360, 300:340] = 0
    assert not found.any()


@pytest.mark.parametrize(
    "select",
    [
        lambda: select_region(SAMPLE, 768, 0),
        lambda: select_region(SAMPLE, 0, -1),
        lambda: select_box(SAMPLE, Box(700, 0, 100, 10)),
        lambda: select_box(SAMPLE, Box(0, 0, 0, 10)),
        lambda: select_edge(SAMPLE, [(0, 0), (5, 5)]),
        lambda: select_edge(SAMPLE, [(0, 0), (5, 5), (900, 5)]),
        lambda: select_edge(SAMPLE, [(i, i) for i in range(65)]),
    ],
)
def test_what_lies_outside_the_picture_is_refused(select):
    with pytest.raises(InvalidRequest):
        select()
