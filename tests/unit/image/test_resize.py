import numpy as np
import pytest
from PIL import Image

from underpaint.errors import InvalidRequest
from underpaint.geometry import Box, Size
from underpaint.image.placement import centred, covering, fitting
from underpaint.image.resize import (
    cut,
    extended,
    laid_at,
    lanczos,
    lanczos_float,
    placed,
    resized,
    resized_mask,
    size_of,
)
from underpaint.request import ResizeMode

PICTURE = np.random.default_rng(2).integers(0, 256, (20, 30, 3), np.uint8)


@pytest.mark.parametrize(
    ("size", "target", "fits", "covers"),
    [
        pytest.param(
            Size(192, 128), Size(128, 128), Size(128, 85), Size(192, 128), id="landscape into square"
        ),
        pytest.param(
            Size(128, 192), Size(128, 128), Size(85, 128), Size(128, 192), id="portrait into square"
        ),
        pytest.param(Size(50, 50), Size(100, 100), Size(100, 100), Size(100, 100), id="same aspect"),
        pytest.param(Size(20000, 1), Size(64, 64), Size(64, 1), Size(1280000, 64), id="strip"),
    ],
)
def test_fitting_and_covering(size: Size, target: Size, fits: Size, covers: Size):
    assert fitting(size, target) == fits
    assert covering(size, target) == covers


def test_lanczos_goes_along_x_first_as_pillow_9_5_does():
    """Version 9.5.0 gives these; 13.0 goes along y first here and differs by up to 40."""
    board = np.uint8([[0, 255, 0, 255], [255, 0, 255, 0]] * 4)
    board[3:5] = 0, 255, 255, 0
    wanted = [
        [92, 119, 161, 132, 101, 133, 154],
        [40, 90, 201, 215, 201, 90, 40],
        [154, 133, 101, 132, 161, 119, 92],
    ]
    assert lanczos(board, Size(7, 3)).tolist() == wanted


@pytest.mark.parametrize(
    "box", [Box(5, 4, 10, 8), Box(-3, 2, 10, 30), Box(40, 0, 4, 4), Box(-5, -5, 60, 60)], ids=str
)
def test_cutting_beyond_the_picture_gives_black(box: Box):
    wanted = np.array(Image.fromarray(PICTURE).crop(box.edges))
    np.testing.assert_array_equal(cut(PICTURE, box), wanted)


def test_what_is_laid_beyond_the_picture_is_cut_off():
    canvas = Image.new("RGB", (12, 9))
    canvas.paste(Image.fromarray(PICTURE), (-4, 3))
    np.testing.assert_array_equal(laid_at(PICTURE, Box(-4, 3, 30, 20), Size(12, 9)), np.array(canvas))


def test_centred():
    assert centred(Size(4, 3), Size(10, 10)) == Box(3, 4, 4, 3)
    assert centred(Size(10, 10), Size(4, 10)) == Box(-3, 0, 10, 10)


@pytest.mark.parametrize("mode", ResizeMode)
@pytest.mark.parametrize("pixels", [PICTURE, PICTURE[..., 0]], ids=["picture", "mask"])
@pytest.mark.parametrize("size", [Size(16, 16), Size(40, 16), Size(7, 9), Size(30, 20)], ids=str)
def test_every_mode_gives_the_size(mode: ResizeMode, pixels: np.ndarray, size: Size):
    out = resized(pixels, size, mode)
    assert size_of(out) == size
    assert out.dtype == np.uint8
    assert out.ndim == pixels.ndim
    assert out.flags.writeable
    assert out.flags.c_contiguous


@pytest.mark.parametrize("mode", ResizeMode)
def test_the_same_size_is_the_same_picture(mode: ResizeMode):
    np.testing.assert_array_equal(resized(PICTURE, Size(30, 20), mode), PICTURE)


def test_crop_and_resize_keeps_the_middle():
    wanted = lanczos(PICTURE, Size(15, 10))[:, 2:12]  # 15 // 2 - 10 // 2 = 2 columns are cut on the left
    np.testing.assert_array_equal(resized(PICTURE, Size(10, 10), ResizeMode.CROP_AND_RESIZE), wanted)


@pytest.mark.parametrize("size", [Size(30, 40), Size(45, 20), Size(30, 41), Size(30, 24)], ids=str)
def test_bands_are_what_pillow_makes_of_a_box_without_thickness(size: Size):
    """Pillow takes such boxes today, as A1111 relies on; we do not."""
    inner = Image.fromarray(lanczos(PICTURE, fitting(Size(30, 20), size)))
    box = centred(Size(*inner.size), size)
    canvas = Image.new("RGB", size)
    canvas.paste(inner, (box.x, box.y))
    if box.y:
        canvas.paste(inner.resize((size.width, box.y), box=(0, 0, size.width, 0)), (0, 0))
        edge = (0, inner.height, size.width, inner.height)
        canvas.paste(inner.resize((size.width, box.y), box=edge), (0, box.bottom))
    if box.x:
        canvas.paste(inner.resize((box.x, size.height), box=(0, 0, 0, size.height)), (0, 0))
        edge = (inner.width, 0, inner.width, size.height)
        canvas.paste(inner.resize((box.x, size.height), box=edge), (box.right, 0))
    np.testing.assert_array_equal(resized(PICTURE, size, ResizeMode.RESIZE_AND_FILL), np.asarray(canvas))


def test_a_strip_cannot_be_cropped_and_resized():
    with pytest.raises(InvalidRequest, match="20000x1 is too narrow"):
        resized(np.zeros((1, 20000, 3), np.uint8), Size(512, 512), ResizeMode.CROP_AND_RESIZE)


def test_placed_repeats_its_edge():
    out = placed(PICTURE, Box(2, 1, 30, 20), Size(35, 21))
    np.testing.assert_array_equal(out[1:, 2:32], PICTURE)
    np.testing.assert_array_equal(out[0], out[1])
    np.testing.assert_array_equal(out[:, 0], out[:, 2])
    np.testing.assert_array_equal(out[:, 34], out[:, 31])
    assert size_of(extended(PICTURE[..., 0], Box(2, 1, 30, 20), Size(35, 21))) == Size(35, 21)


def test_float_lanczos_stays_within_0_and_1():
    steps = np.zeros((8, 8, 3), np.float32)
    steps[:, 4:] = 1
    out = lanczos_float(steps, Size(33, 5), Box(0, 0, 33, 5))
    assert out.shape == (5, 33, 3)
    assert out.dtype == np.float32
    assert (out.min(), out.max()) == (0, 1)


@pytest.mark.parametrize("size", [Size(8, 8), Size(33, 5), Size(3, 70)], ids=str)
def test_a_part_is_the_same_part_of_the_whole(size: Size):
    pixels = np.random.default_rng(4).random((8, 8, 3), np.float32)
    part = Box(1, 2, 2, 3)
    whole = lanczos_float(pixels, size, Box.of(size))
    np.testing.assert_allclose(lanczos_float(pixels, size, part), whole[part.rows, part.columns], atol=1e-5)


@pytest.mark.parametrize("value", [1, 128, 255])
@pytest.mark.parametrize("size", [Size(3, 5), Size(100, 77), Size(5, 200), Size(30, 20)], ids=str)
def test_a_flat_mask_stays_flat(value: int, size: Size):
    mask = np.full((20, 30), value, np.uint8)
    np.testing.assert_array_equal(resized_mask(mask, size), np.full((size.height, size.width), value))


def test_a_single_faint_pixel_survives_any_shrinking():
    mask = np.zeros((640, 640), np.uint8)
    mask[333, 77] = 1
    assert np.argwhere(resized_mask(mask, Size(8, 8))).tolist() == [[4, 0]]
