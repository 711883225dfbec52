import numpy as np
import pytest

from underpaint.image.measure import mean_delta_e, variety
from underpaint.image.picture import Picture


def flat(*channels: int, depth: type = np.uint8, height: int = 6) -> Picture:
    return Picture(np.tile(np.array(channels, depth), (height, 5, 1)))


BLACK, WHITE = flat(0, 0, 0), flat(255, 255, 255)
MASK = np.zeros((6, 5), np.uint8)
MASK[2:4, 1:3] = 1


def test_black_and_white_are_a_hundred_apart():
    assert mean_delta_e(BLACK, WHITE, None) == pytest.approx(100, abs=1e-3)
    assert mean_delta_e(BLACK, flat(65535, 65535, 65535, depth=np.uint16), None) == pytest.approx(
        100, abs=1e-3
    )
    assert mean_delta_e(WHITE, WHITE, None) == 0


@pytest.mark.parametrize(
    ("colour", "lab"), [((255, 0, 0), (53.24, 80.09, 67.20)), ((0, 0, 255), (32.30, 79.19, -107.86))]
)
def test_the_distance_is_that_of_cielab(colour: tuple[int, int, int], lab: tuple[float, float, float]):
    assert mean_delta_e(BLACK, flat(*colour), None) == pytest.approx(np.linalg.norm(lab), abs=0.05)


def test_only_what_is_masked_counts():
    pixels = BLACK.pixels.copy()
    pixels[MASK > 0] = 255
    assert mean_delta_e(BLACK, Picture(pixels), MASK) == pytest.approx(100, abs=1e-3)
    assert mean_delta_e(WHITE, Picture(pixels), MASK) == 0
    assert mean_delta_e(BLACK, WHITE, np.zeros_like(MASK)) == 0


def test_bands_of_rows_add_up():
    mask = np.zeros((700, 5), np.uint8)
    mask[3] = mask[699] = 255
    pixels = flat(0, 0, 0, height=700).pixels.copy()
    pixels[699] = 255
    assert mean_delta_e(flat(0, 0, 0, height=700), Picture(pixels), mask) == pytest.approx(50, abs=1e-3)


def test_transparent_pixels_count_as_white():
    assert mean_delta_e(WHITE, flat(9, 9, 9, 0), None) == pytest.approx(0, abs=1e-3)


def test_variety_is_the_mean_over_all_pairs():
    assert variety([BLACK, BLACK, WHITE], MASK) == pytest.approx(200 / 3, abs=1e-3)
    assert variety([BLACK] * 50, None) == 0
    assert variety([BLACK], None) is None
