import cv2
import numpy as np
import pytest

from underpaint.geometry import Box
from underpaint.image.mask import blurred, bounding_box, inverted


def dot(height: int, width: int, y: int, x: int, value: int = 255) -> np.ndarray:
    mask = np.zeros((height, width), np.uint8)
    mask[y, x] = value
    return mask


def test_inverted_twice_is_the_same():
    mask = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert inverted(mask)[0, 0] == 255
    np.testing.assert_array_equal(inverted(inverted(mask)), mask)


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        pytest.param(np.zeros((4, 6), np.uint8), None, id="empty"),
        pytest.param(np.full((4, 6), 255, np.uint8), Box(0, 0, 6, 4), id="full"),
        pytest.param(dot(4, 6, 3, 5), Box(5, 3, 1, 1), id="last corner"),
        pytest.param(dot(4, 6, 1, 2, value=1) | dot(4, 6, 2, 4), Box(2, 1, 3, 2), id="faintest value counts"),
        pytest.param(dot(5, 2, 1, 1), Box(1, 1, 1, 1), id="two columns are not a list of points"),
        pytest.param(dot(6, 4, 5, 1).T, Box(5, 1, 1, 1), id="not contiguous"),
    ],
)
def test_bounding_box(mask: np.ndarray, expected: Box | None):
    assert bounding_box(mask) == expected


def test_no_blur_keeps_every_value():
    mask = np.arange(256, dtype=np.uint8).reshape(16, 16)
    np.testing.assert_array_equal(blurred(mask, 0, 0), mask)


def test_blur_reaches_two_and_a_half_deviations():
    assert bounding_box(blurred(dot(101, 101, 50, 50), 4, 0)) == Box(40, 50, 21, 1)
    assert bounding_box(blurred(dot(101, 101, 50, 50), 0, 2)) == Box(50, 45, 1, 11)


def test_an_empty_mask_stays_empty_and_is_a_new_array():
    mask = np.zeros((5, 5), np.uint8)
    assert not blurred(mask, 4, 4).any()
    assert blurred(mask, 4, 4) is not mask


@pytest.mark.parametrize("blur_px", [(4, 4), (0.3, 7), (16, 0), (64, 64)])
@pytest.mark.parametrize("shape", [(40, 70), (1, 30), (30, 1), (1, 1)])
def test_blurring_the_surroundings_only_is_blurring_everywhere(
    blur_px: tuple[float, float], shape: tuple[int, int]
):
    rng = np.random.default_rng(1)
    mask = np.zeros(shape, np.uint8)
    mask[shape[0] // 2, shape[1] // 3] = 255
    mask[: shape[0] // 3, :2] = rng.integers(0, 256, mask[: shape[0] // 3, :2].shape)
    wanted = mask
    for axis, sigma in enumerate(blur_px):
        taps = 2 * int(2.5 * sigma + 0.5) + 1
        if sigma > 0:
            wanted = cv2.GaussianBlur(wanted, (taps, 1) if axis == 0 else (1, taps), sigma)
    np.testing.assert_array_equal(blurred(mask, *blur_px), wanted)
