import numpy as np

from underpaint.image.fill import filled


def test_the_unmasked_part_stays_and_flows_into_the_masked_one():
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[:, :32] = (200, 40, 0)
    picture[:, 32:] = (0, 40, 200)
    mask = np.zeros((64, 64), np.uint8)
    mask[16:48, 16:48] = 255
    out = filled(picture, mask)
    np.testing.assert_array_equal(out[mask == 0], picture[mask == 0])
    assert out[32, 18, 0] > 150 > 2 * out[32, 18, 2]
    assert out[32, 45, 2] > 150 > 2 * out[32, 45, 0]
    assert np.abs(out[mask > 0][:, 1].astype(int) - 40).max() <= 5  # Pillow premultiplies in bytes


def test_with_everything_masked_there_is_nothing_to_fill_from():
    picture = np.full((32, 32, 3), 77, np.uint8)
    assert not filled(picture, np.full((32, 32), 255, np.uint8)).any()


def test_an_empty_mask_changes_nothing():
    picture = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    np.testing.assert_array_equal(filled(picture, np.zeros((32, 32), np.uint8)), picture)
