import numpy as np
import pytest

from underpaint.image.control import canny, control_picture, lineart, with_hole
from underpaint.request import ControlPreprocessor


@pytest.fixture
def two_colours() -> np.ndarray:
    """Two flat colours that meet between columns 15 and 16."""
    pixels = np.full((24, 32, 3), (40, 90, 160), np.uint8)
    pixels[:, 16:] = (140, 90, 60)
    return pixels


@pytest.mark.parametrize("preprocess", [lineart, canny])
def test_lines_are_white_where_colours_meet_and_all_else_is_black(
    two_colours: np.ndarray, preprocess: type
) -> None:
    lines = preprocess(two_colours)
    assert lines.dtype == np.uint8
    assert lines.shape == two_colours.shape
    assert (lines == lines[..., :1]).all()
    assert (lines[:, 15:17].max(axis=1) > 200).all()
    assert not lines[:, :12].any()
    assert not lines[:, 20:].any()


def test_line_art_has_borders_between_equally_light_colours() -> None:
    pixels = np.full((24, 32, 3), (150, 100, 100), np.uint8)
    pixels[:, 16:] = (100, 125, 100)  # the same luma by Rec. 601
    assert lineart(pixels)[12, 15:17].max() > 100


@pytest.mark.parametrize("colour", [0, 255])
def test_a_thin_line_is_drawn_once_in_its_middle(colour: int) -> None:
    pixels = np.full((24, 33, 3), 128, np.uint8)
    pixels[:, 16] = colour
    row = lineart(pixels)[12, :, 0].astype(int)
    assert row[16] == 255
    assert (np.diff(row[:17]) >= 0).all()
    assert (np.diff(row[16:]) <= 0).all()


def test_the_strength_of_a_line_is_its_borders() -> None:
    """E is 0.28 times the difference of two colours; 3 is black and 30 white."""
    for difference in (8, 20, 50, 120):
        pixels = np.full((16, 32, 3), 100, np.uint8)
        pixels[:, 16:] += np.uint8(difference)
        wanted = np.clip((0.28 * difference - 3) / 27, 0, 1) * 255
        assert abs(int(lineart(pixels)[8, 15, 0]) - wanted) <= 8


def test_line_art_of_a_part_is_the_part_of_the_line_art(two_colours: np.ndarray) -> None:
    noisy = np.random.default_rng(0).integers(0, 256, (40, 40, 3)).astype(np.uint8)
    assert np.array_equal(lineart(noisy)[8:32, 8:32], lineart(noisy[4:36, 4:36])[4:28, 4:28])


def test_levels_become_shares_of_one(two_colours: np.ndarray) -> None:
    seen = control_picture(two_colours, ControlPreprocessor.NONE)
    assert seen.dtype == np.float32
    assert np.array_equal(np.rint(seen * 255), two_colours)
    for preprocessor in (ControlPreprocessor.LINEART, ControlPreprocessor.CANNY):
        lines = control_picture(two_colours, preprocessor)
        assert lines.min() == 0
        assert 0.9 < lines.max() <= 1


def test_a_hole_is_minus_one(two_colours: np.ndarray) -> None:
    hidden = np.zeros((24, 32), bool)
    hidden[4:9, 6:20] = True
    seen = control_picture(two_colours, ControlPreprocessor.INPAINT, hidden)
    assert (seen[hidden] == -1).all()
    assert np.array_equal(seen[~hidden], control_picture(two_colours, ControlPreprocessor.NONE)[~hidden])
    assert np.array_equal(seen, with_hole(two_colours, hidden))
