import numpy as np
import pytest

from underpaint.geometry import Box
from underpaint.image.blend import (
    blended_into,
    decoded_bytes,
    doubled,
    flattened,
    overlay,
    to_bytes,
    under_overlay,
)
from underpaint.request import PixelRounding

NEAREST, TRUNCATE = PixelRounding.NEAREST, PixelRounding.TRUNCATE


def test_transparent_pixels_show_the_background():
    pixels = np.array([[[10, 20, 30, 255], [10, 20, 30, 0], [0, 0, 0, 128]]], np.uint8)
    assert flattened(pixels, "#ff8000").tolist() == [[[10, 20, 30], [255, 128, 0], [127, 64, 0]]]


def test_opaque_bytes_are_not_copied():
    pixels = np.zeros((2, 2, 3), np.uint8)
    assert flattened(pixels, "#ffffff") is pixels


def test_16_bits_round_to_8():
    deep = np.array([0, 128, 129, 257, 65535 - 129, 65535], np.uint16)
    assert to_bytes(deep).tolist() == [0, 0, 1, 1, 254, 255]
    levels = np.arange(256, dtype=np.uint16)
    np.testing.assert_array_equal(to_bytes(levels * 257), levels)


@pytest.mark.parametrize(
    ("rounding", "expected"), [(TRUNCATE, [0, 0, 127, 254, 255]), (NEAREST, [0, 1, 128, 255, 255])]
)
def test_decoded_floats_to_bytes(rounding: PixelRounding, expected: list[int]):
    decoded = np.array([0, 0.9, 127.6, 254.9, 255], np.float32) / 255
    assert decoded_bytes(decoded, rounding).tolist() == expected


def test_doubled():
    assert doubled(np.array([0, 1, 127, 128, 255], np.uint8)).tolist() == [0, 2, 254, 255, 255]


def test_overlay_hides_what_the_mask_covers():
    picture = np.full((1, 3, 3), 100, np.uint8)
    out = overlay(picture, np.array([[0, 128, 255]], np.uint8))
    assert out[0, :, 3].tolist() == [255, 127, 0]
    assert out[0, 0, :3].tolist() == [100, 100, 100]


def test_under_overlay_shows_the_generated_pixels_where_the_mask_covers():
    mask = np.zeros((8, 8), np.uint8)
    mask[2:4, 4:6] = 255
    kept = overlay(np.full((8, 8, 3), 10, np.uint8), mask)
    out = under_overlay(np.full((8, 8, 3), 200, np.uint8), kept)
    np.testing.assert_array_equal(out[..., 0], np.where(mask > 0, 200, 10))


ORIGINAL = np.array([[[100, 100, 100], [100, 100, 100], [100, 100, 100]]], np.uint8)
WHITE = np.ones((1, 3, 3), np.float32)
MASK = np.array([[0, 51, 255]], np.uint8)
WHOLE = Box(0, 0, 3, 1)


def test_exact_blend():
    out = blended_into(ORIGINAL, WHITE, MASK, WHOLE, NEAREST)
    assert out[0, :, 0].tolist() == [100, 131, 255]
    assert ORIGINAL.max() == 100


def test_exact_blend_in_16_bits_keeps_what_8_bits_would_lose():
    original = ORIGINAL.astype(np.uint16) * 257 + 3
    out = blended_into(original, WHITE, MASK, WHOLE, NEAREST)
    assert out.dtype == np.uint16
    assert out[0, :, 0].tolist() == [25703, round(25703 * 0.8 + 65535 * 0.2), 65535]


def test_only_the_box_is_touched():
    out = blended_into(ORIGINAL, WHITE[:, :1], np.full((1, 3), 255, np.uint8), Box(1, 0, 1, 1), NEAREST)
    assert out[0, :, 0].tolist() == [100, 255, 100]


def test_what_was_not_a_number_outside_the_mask_does_not_matter():
    generated = np.where(MASK[..., None] == 0, np.float32("nan"), WHITE).astype(np.float32)
    assert blended_into(ORIGINAL, generated, MASK, WHOLE, NEAREST)[0, 0].tolist() == [100, 100, 100]


def test_alpha_grows_with_the_mask_and_hidden_colours_do_not_bleed():
    green = [0, 255, 0]
    original = np.array([[[*green, 0], [*green, 0], [*green, 0], [100, 100, 100, 128]]], np.uint8)
    mask = np.array([[0, 128, 255, 51]], np.uint8)
    out = blended_into(original, np.ones((1, 4, 3), np.float32), mask, Box(0, 0, 4, 1), NEAREST)
    assert out[0, 0].tolist() == [*green, 0]
    assert out[0, 1].tolist() == [255, 255, 255, 128]
    assert out[0, 2].tolist() == [255, 255, 255, 255]
    assert out[0, 3, 3] == round(128 + (255 - 128) * 0.2)
    assert 131 < out[0, 3, 0] < 255


def test_truncating_applies_to_the_generated_picture_only():
    generated = np.full((1, 3, 3), 100.9 / 255, np.float32)
    assert (blended_into(ORIGINAL, generated, MASK, WHOLE, TRUNCATE) == 100).all()
    assert blended_into(ORIGINAL, generated, MASK, WHOLE, NEAREST)[0, 2, 0] == 101


def test_tall_pictures_are_blended_to_their_last_row():
    original = np.zeros((600, 1, 3), np.uint8)
    out = blended_into(
        original,
        np.ones((600, 1, 3), np.float32),
        np.full((600, 1), 255, np.uint8),
        Box(0, 0, 1, 600),
        NEAREST,
    )
    assert (out == 255).all()
