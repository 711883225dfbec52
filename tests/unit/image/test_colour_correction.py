import numpy as np
import pytest

from underpaint.image.colour_correction import (
    LUMA,
    colour_corrected,
    colour_corrected_bytes,
    histogram_matched,
    with_luminosity,
)


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (32, 48, 3), dtype=np.uint8)


def test_a_histogram_matched_to_itself_stays(picture: np.ndarray) -> None:
    channel = picture[..., 0]
    np.testing.assert_array_equal(histogram_matched(channel, channel), channel)


def test_matching_moves_the_distribution() -> None:
    dark = np.repeat(np.arange(50, dtype=np.uint8), 4)
    bright = np.repeat(np.arange(150, 200, dtype=np.uint8), 7)
    np.testing.assert_array_equal(histogram_matched(dark, bright), dark + 150)


def test_luminosity_is_that_of_the_light(picture: np.ndarray) -> None:
    colours = np.full_like(picture, (200, 60, 90))
    result = with_luminosity(colours, picture)
    assert np.abs(result @ LUMA - picture @ LUMA).max() <= 1.5  # rounded down


def test_grey_colours_take_the_light_alone(picture: np.ndarray) -> None:
    result = with_luminosity(np.full_like(picture, 128), picture)
    assert np.ptp(result.astype(int), axis=2).max() <= 1


def test_a_picture_corrected_to_itself_stays(picture: np.ndarray) -> None:
    corrected = colour_corrected(picture.astype(np.float32) / 255, picture)
    assert corrected.dtype == np.float32
    np.testing.assert_allclose(corrected, picture / 255, atol=1e-4)


def test_in_bytes_a_picture_corrected_to_itself_hardly_changes(picture: np.ndarray) -> None:
    smooth = np.kron(picture[:4, :6], np.ones((8, 8, 1), np.uint8))
    difference = np.abs(colour_corrected_bytes(smooth, smooth).astype(int) - smooth)
    assert 0 < difference.mean() < 2


def test_the_reference_may_have_another_size(picture: np.ndarray) -> None:
    red = np.full((10, 10, 3), (220, 30, 30), np.uint8)
    corrected = colour_corrected_bytes(picture, red).astype(int)
    assert corrected[..., 0].mean() > corrected[..., 2].mean() + 30
    exactly = colour_corrected(picture.astype(np.float32) / 255, red)
    np.testing.assert_allclose(exactly * 255, corrected, atol=12)
    np.testing.assert_allclose(exactly @ LUMA, picture @ LUMA / 255, atol=1e-5)


def test_only_floats_keep_the_steps_between_bytes() -> None:
    ramp = np.linspace((0.4, 0.4, 0.35), (0.45, 0.5, 0.5), 4000, dtype=np.float32)[None]
    reference = np.linspace((90, 60, 50), (160, 140, 100), 500).round().astype(np.uint8)[None]
    exactly = colour_corrected(ramp, reference)[0]
    assert len(np.unique(exactly[:, 0])) > 2000
    in_bytes = colour_corrected_bytes((ramp * 255).astype(np.uint8), reference)[0]
    assert len(np.unique(in_bytes[:, 0])) < 100


@pytest.mark.parametrize(
    ("colour", "light", "wanted"),
    [
        ((8, 38, 252), (133, 61, 79), (45, 71, 255)),
        ((188, 133, 227), (101, 150, 8), (147, 92, 186)),
        ((164, 68, 91), (168, 130, 156), (209, 112, 135)),
        ((85, 238, 235), (146, 191, 10), (50, 203, 200)),
    ],
)
def test_luminosity_is_blended_to_the_last_bit_as_by_blendmodes(
    colour: tuple[int, ...], light: tuple[int, ...], wanted: tuple[int, ...]
) -> None:
    """Its version 2022 gives these; other orders of summing are off by one, because of the truncation."""
    one = np.array([[colour]], np.uint8), np.array([[light]], np.uint8)
    assert tuple(with_luminosity(*one)[0, 0]) == wanted
