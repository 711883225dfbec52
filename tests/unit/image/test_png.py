"""PNG files taken apart and put together."""

import zlib
from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from underpaint.image import png_strips
from underpaint.image.io import load_picture
from underpaint.image.png import _chunks, bare_png, check_png, encode_png, quick_png, text_in_png, with_text

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def pixels(channels: int = 3, dtype: type = np.uint8) -> np.ndarray:
    rng = np.random.default_rng(channels)
    shape = (9, 14) if channels == 1 else (9, 14, channels)
    return rng.integers(0, np.iinfo(dtype).max, shape, endpoint=True).astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("profile", [None, PROFILE])
def test_the_quick_way_holds_the_same_picture(dtype: type, channels: int, profile: bytes | None):
    picture = load_picture(quick_png(pixels(channels, dtype), icc_profile=profile))
    assert picture.sha256 == load_picture(encode_png(pixels(channels, dtype), icc_profile=profile)).sha256
    assert (picture.icc_profile, picture.pixels.dtype) == (profile, dtype)


@pytest.mark.parametrize("strip_bytes", [1, 100, 2**20])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_strips_of_any_height_join(
    dtype: type, channels: int, strip_bytes: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(png_strips, "STRIP_BYTES", strip_bytes)
    picture = pixels(channels, dtype)
    made = quick_png(picture)
    check_png(made)
    opened = cv2.imdecode(np.frombuffer(made, np.uint8), cv2.IMREAD_UNCHANGED)
    order = {1: slice(None), 3: [2, 1, 0], 4: [2, 1, 0, 3]}[channels]
    assert np.array_equal(opened if channels == 1 else opened[..., order], picture)
    inflated = zlib.decompress(b"".join(body for kind, body, _ in _chunks(made) if kind == b"IDAT"))
    assert len(inflated) == 9 * (1 + picture[0].nbytes), "zlib checked the joined checksum"


def test_one_pixel_and_one_column_the_quick_way():
    for shape in ((1, 1, 3), (300, 1, 4), (1, 300)):
        picture = np.random.default_rng(0).integers(0, 255, shape, np.uint8)
        assert np.array_equal(np.array(Image.open(BytesIO(quick_png(picture)))), picture)


def test_pixels_that_do_not_lie_in_a_row_the_quick_way():
    picture = pixels(4)[::-1, ::2, :3]
    assert np.array_equal(load_picture(quick_png(picture)).pixels, picture)


def test_grey_the_quick_way():
    assert np.array_equal(np.array(Image.open(BytesIO(quick_png(pixels(1))))), pixels(1))


@pytest.mark.parametrize("profile", [None, PROFILE])
def test_text_that_is_added_later_gives_the_same_bytes(profile: bytes | None):
    text = {"parameters": "a cat", "underpaint": "{}", "猫".encode().hex(): "猫"}
    together = encode_png(pixels(), icc_profile=profile, text=text)
    assert with_text(encode_png(pixels(), icc_profile=profile), text) == together
    assert text_in_png(together) == text


def told_png(mode: str = "RGB", **options: object) -> bytes:
    text = PngInfo()
    text.add_text("Comment", "secret")
    text.add(b"gAMA", (45455).to_bytes(4, "big"))
    buffer = BytesIO()
    Image.fromarray(pixels()).convert(mode).save(buffer, "PNG", pnginfo=text, icc_profile=PROFILE, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "1"])
@pytest.mark.parametrize("keeps_profile", [True, False])
def test_a_bare_file_shows_the_same_and_says_nothing(mode: str, keeps_profile: bool):
    bare = bare_png(told_png(mode), keeps_profile=keeps_profile)
    assert bare is not None
    assert b"secret" not in bare
    assert b"gAMA" not in bare
    assert (b"iCCP" in bare) is keeps_profile
    assert np.array_equal(load_picture(bare).pixels, load_picture(told_png(mode)).pixels)


def test_a_transparent_colour_stays():
    bare = bare_png(told_png("P", transparency=0), keeps_profile=False)
    assert bare is not None
    assert np.array_equal(load_picture(bare).pixels, load_picture(told_png("P", transparency=0)).pixels)


def test_a_file_with_a_damaged_chunk_is_not_kept():
    data = bytearray(told_png())
    data[data.index(b"iCCP") + 20] ^= 1
    assert bare_png(bytes(data), keeps_profile=True) is None
    assert bare_png(bytes(data), keeps_profile=False) is not None
