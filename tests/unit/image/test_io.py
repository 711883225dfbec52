import struct
import warnings
import zlib
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps
from PIL.PngImagePlugin import PngInfo

from underpaint.errors import UnreadableImage
from underpaint.geometry import Size
from underpaint.image.io import load_mask, load_picture, read_png_text
from underpaint.image.picture import Picture, sha256_of_pixels
from underpaint.image.png import MAX_TEXT_BYTES, encode_png
from underpaint.request import FileReading

RNG = np.random.default_rng(5)
RGB = RNG.integers(0, 256, (6, 9, 3), np.uint8)
RGBA = RNG.integers(0, 256, (6, 9, 4), np.uint8)
DEEP = RNG.integers(0, 65536, (6, 9, 3), np.uint16)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png_16_bit(
    colour_type: int, samples: np.ndarray, *chunks: tuple[bytes, bytes], size: Size | None = None
) -> bytes:
    """A 16-bit PNG by the specification; `samples` is (height, width, channel). It may lie about its size."""
    width, height = size or Size(samples.shape[1], samples.shape[0])
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    body = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in body
    )


# What is kept


@pytest.mark.parametrize(
    "pixels", [RGB, RGBA, DEEP, np.dstack([DEEP, DEEP[..., :1]])], ids=["rgb", "rgba", "16", "16a"]
)
def test_png_gives_back_what_it_was_given(pixels: np.ndarray):
    picture = load_picture(encode_png(pixels, icc_profile=SRGB, text={"a": "b"}))
    assert picture.pixels.dtype == pixels.dtype
    np.testing.assert_array_equal(picture.pixels, pixels)
    assert picture.icc_profile == SRGB
    assert picture.size == Size(9, 6)


def test_every_format_gives_upright_rgb():
    for kind in ("PNG", "BMP", "TIFF", "PPM", "TGA", "GIF", "WEBP"):
        options = {"lossless": True} if kind == "WEBP" else {}
        image = Image.fromarray(RGB // 64 * 64)
        if kind == "GIF":
            image = image.quantize(256)
        wanted = np.asarray(image.convert("RGB"))
        np.testing.assert_array_equal(
            load_picture(saved(image, kind, **options)).pixels, wanted, err_msg=kind
        )


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("pixels", [RGB, DEEP], ids=["8 bits", "16 bits"])
def test_exif_orientation_as_pillow_applies_it(orientation: int, pixels: np.ndarray):
    exif = Image.Exif()
    exif[0x0112] = orientation
    grey = Image.fromarray(pixels[..., 0])
    wanted = np.asarray(ImageOps.exif_transpose(Image.open(BytesIO(saved(grey, exif=exif)))))
    np.testing.assert_array_equal(load_picture(saved(grey, exif=exif)).pixels[..., 0], wanted)


def palette_with_transparency() -> bytes:
    image = Image.fromarray(RGB).quantize(8)
    return saved(image, transparency=bytes([0, 128, 255]))


@pytest.mark.parametrize(
    ("data", "mode"),
    [
        pytest.param(saved(Image.fromarray(RGB[..., 0] > 127)), "RGB", id="1 bit"),
        pytest.param(saved(Image.fromarray(RGB[..., 0])), "RGB", id="grey"),
        pytest.param(saved(Image.fromarray(RGBA).convert("LA")), "RGBA", id="grey and alpha"),
        pytest.param(saved(Image.fromarray(RGB).quantize(8)), "RGB", id="palette"),
        pytest.param(palette_with_transparency(), "RGBA", id="palette, several transparent"),
        pytest.param(
            saved(Image.fromarray(RGB).quantize(8), transparency=3), "RGBA", id="palette, one transparent"
        ),
        pytest.param(
            saved(Image.fromarray(RGB), transparency=tuple(map(int, RGB[0, 0]))),
            "RGBA",
            id="rgb, one transparent",
        ),
        pytest.param(
            saved(Image.fromarray(RGB[..., 0]), transparency=int(RGB[0, 0, 0])),
            "RGBA",
            id="grey, one transparent",
        ),
        pytest.param(saved(Image.fromarray(RGB[:1, :1])), "RGB", id="1x1"),
    ],
)
def test_small_modes_as_pillow_converts_them(data: bytes, mode: str):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = np.asarray(Image.open(BytesIO(data)).convert(mode))
    picture = load_picture(data)
    np.testing.assert_array_equal(picture.pixels, wanted)
    assert (picture.alpha is not None) == (mode == "RGBA")


def test_16_bit_grey_keeps_its_depth():
    for kind in ("PNG", "TIFF"):
        picture = load_picture(saved(Image.fromarray(DEEP[..., 0]), kind))
        np.testing.assert_array_equal(picture.rgb, np.dstack([DEEP[..., 0]] * 3), err_msg=kind)


@pytest.mark.parametrize(
    ("colour_type", "key"),
    [(0, struct.pack(">H", int(DEEP[0, 0, 0]))), (2, struct.pack(">HHH", *map(int, DEEP[0, 0])))],
    ids=["grey", "rgb"],
)
def test_16_bit_png_with_one_transparent_colour(colour_type: int, key: bytes):
    samples = DEEP if colour_type == 2 else DEEP[..., :1]
    picture = load_picture(png_16_bit(colour_type, samples, (b"tRNS", key)))
    np.testing.assert_array_equal(picture.rgb, np.broadcast_to(samples, DEEP.shape))
    assert picture.alpha is not None
    assert picture.alpha[0, 0] == 0
    assert (picture.alpha.ravel()[1:] == 65535).all()


def test_16_bit_grey_with_alpha():
    picture = load_picture(png_16_bit(4, DEEP[..., :2]))
    np.testing.assert_array_equal(picture.pixels, DEEP[..., [0, 0, 0, 1]])


def test_cmyk_without_profile_is_converted_plainly():
    image = Image.fromarray(RGB).resize((64, 64)).convert("CMYK")
    data = saved(image, "JPEG", quality=100)
    wanted = np.asarray(Image.open(BytesIO(data)).convert("RGB"))
    np.testing.assert_array_equal(load_picture(data).pixels, wanted)


def test_cmyk_with_a_broken_profile_is_converted_plainly():
    data = saved(Image.fromarray(RGB).convert("CMYK"), "TIFF", icc_profile=b"not a profile")
    picture = load_picture(data)
    np.testing.assert_array_equal(picture.pixels, RGB)
    assert picture.icc_profile is None


def test_lab_becomes_srgb():
    flat = Image.new("RGB", (4, 4), (200, 80, 40))
    lab = ImageCms.profileToProfile(
        flat, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert lab is not None
    pixels = load_picture(saved(lab, "TIFF")).pixels.astype(int)
    assert np.abs(pixels - (200, 80, 40)).max() <= 3


def test_a_profile_of_another_colour_space_is_dropped():
    grey_profile = SRGB[:16] + b"GRAY" + SRGB[20:]
    assert load_picture(saved(Image.fromarray(RGB), icc_profile=grey_profile)).icc_profile is None


def test_animation_gives_its_first_frame():
    frames = [Image.fromarray(RGB), Image.fromarray(255 - RGB)]
    data = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    np.testing.assert_array_equal(load_picture(data).pixels, RGB)


def test_a_strip_of_20000_pixels():
    strip = np.zeros((1, 20000, 3), np.uint8)
    assert load_picture(encode_png(strip)).size == Size(20000, 1)


def test_damaged_exif_is_no_reason_to_refuse_a_picture():
    data = saved(
        Image.fromarray(RGB).resize((32, 32)), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12"
    )
    assert load_picture(data).size == Size(32, 32)


# What is refused


JPEG = saved(Image.fromarray(RGB).resize((256, 256)), "JPEG")
PNG = saved(Image.fromarray(RGB).resize((256, 256)))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"", "is empty", id="zero bytes"),
        pytest.param(b"just some text\n", "is not a picture", id="text"),
        pytest.param(JPEG[: len(JPEG) // 2], "damaged or incomplete", id="half a JPEG"),
        pytest.param(PNG[: len(PNG) // 2], "damaged or incomplete", id="half a PNG"),
        pytest.param(PNG[:20], "", id="PNG signature only"),
        pytest.param(png_16_bit(2, DEEP)[:-40], "damaged or incomplete", id="half a 16-bit PNG"),
        pytest.param(PNG[:60] + b"\xff" * 20 + PNG[80:], "damaged or incomplete", id="PNG with wrong bytes"),
        pytest.param(
            saved(Image.fromarray(RGB[..., 0].astype(np.float32)), "TIFF"), "floating-point", id="float"
        ),
        pytest.param(
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is not a picture", id="PostScript"
        ),
    ],
)
@pytest.mark.parametrize("load", [load_picture, load_mask])
def test_bad_files_are_one_sentence_that_names_them(
    load: Callable[[Path | bytes], Any], data: bytes, words: str, tmp_path: Path
):
    path = tmp_path / "holiday.png"
    path.write_bytes(data)
    with pytest.raises(UnreadableImage) as caught:
        load(path)
    message = str(caught.value)
    assert str(path) in message
    assert words in message
    assert message.endswith(".")
    assert "\n" not in message


def test_bytes_are_called_the_picture():
    with pytest.raises(UnreadableImage, match=r"^The picture is empty\.$"):
        load_picture(b"")


def test_too_large_is_refused_before_it_is_unpacked():
    with pytest.raises(UnreadableImage, match="larger than 400 megapixels"):
        load_picture(png_16_bit(2, DEEP, size=Size(30000, 30000)))


@pytest.mark.parametrize("name", ["missing.png", "."])
def test_missing_file_or_folder(name: str, tmp_path: Path):
    with pytest.raises(UnreadableImage, match="Cannot read"):
        load_picture(tmp_path / name)


@pytest.mark.parametrize("seed", range(40))
def test_random_damage_never_escapes_as_another_error(seed: int):
    rng = np.random.default_rng(seed)
    data = bytearray(
        [PNG, JPEG, png_16_bit(6, DEEP[..., [0, 1, 2, 0]]), palette_with_transparency()][seed % 4]
    )
    for position in rng.integers(8, len(data), 5):
        data[position] = rng.integers(256)
    with suppress(UnreadableImage):
        load_picture(bytes(data))


# Masks


def test_grey_mask_keeps_soft_values():
    grey = RGB[..., 0]
    np.testing.assert_array_equal(load_mask(saved(Image.fromarray(grey))), grey)


def test_colour_mask_is_its_luma():
    wanted = np.asarray(Image.fromarray(RGB).convert("L"))
    np.testing.assert_array_equal(load_mask(saved(Image.fromarray(RGB))), wanted)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_alpha_that_is_not_opaque_is_the_mask(mode: str):
    data = saved(Image.fromarray(RGBA).convert(mode))
    np.testing.assert_array_equal(load_mask(data), np.where(RGBA[..., 3] > 128, 255, 0))


def test_opaque_alpha_says_nothing():
    opaque = RGBA.copy()
    opaque[..., 3] = 255
    wanted = np.asarray(Image.fromarray(opaque[..., :3]).convert("L"))
    np.testing.assert_array_equal(load_mask(saved(Image.fromarray(opaque))), wanted)


def test_deep_and_1_bit_masks():
    np.testing.assert_array_equal(
        load_mask(saved(Image.fromarray(np.array([[0, 127, 128, 257, 65535]], np.uint16)))),
        [[0, 0, 0, 1, 255]],
    )
    np.testing.assert_array_equal(load_mask(saved(Image.fromarray(np.array([[True, False]])))), [[255, 0]])


# Writing


def test_same_picture_same_bytes():
    for pixels in (RGB, DEEP):
        once, twice = (encode_png(pixels, icc_profile=SRGB, text={"parameters": "ünï"}) for _ in range(2))
        assert once == twice


TEXT = {"parameters": "a cat\nSteps: 20", "latin": "café", "underpaint": '{"prompt": "猫 🐈"}', "empty": ""}


@pytest.mark.parametrize("pixels", [RGB, DEEP, RGB[..., 0]], ids=["8 bits", "16 bits", "grey"])
def test_text_round_trip(pixels: np.ndarray):
    png = encode_png(pixels, text=TEXT)
    assert read_png_text(png) == TEXT
    assert Image.open(BytesIO(png)).info == TEXT
    assert cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED) is not None


def test_compressed_text_is_read():
    info = PngInfo()
    info.add_text("a", "long " * 100, zip=True)
    info.add_itxt("b", "猫" * 100, zip=True)
    assert read_png_text(saved(Image.fromarray(RGB), pnginfo=info)) == {"a": "long " * 100, "b": "猫" * 100}


def test_text_of_a_picture_without_any():
    assert read_png_text(PNG) == {}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(JPEG, id="JPEG"),
        pytest.param(encode_png(RGB, text=TEXT)[:50], id="cut off"),
        pytest.param(png_16_bit(2, DEEP, (b"tEXt", b"no separator")), id="no separator"),
        pytest.param(png_16_bit(2, DEEP, (b"zTXt", b"key\0\0not deflated")), id="not deflated"),
        pytest.param(png_16_bit(2, DEEP, (b"iTXt", b"key\0")), id="iTXt too short"),
        pytest.param(png_16_bit(2, DEEP, (b"iTXt", b"key\0\0\0\0\0\xff\xfe")), id="iTXt not UTF-8"),
        pytest.param(
            png_16_bit(2, DEEP, (b"zTXt", b"key\0\0" + zlib.compress(bytes(MAX_TEXT_BYTES + 1)))),
            id="bomb",
        ),
    ],
)
def test_damaged_text_is_refused(data: bytes):
    with pytest.raises(UnreadableImage):
        read_png_text(data)


def test_identity_is_depth_shape_and_values():
    assert Picture(RGB).sha256 == load_picture(PNG_OF_RGB).sha256 == sha256_of_pixels(RGB.copy())
    assert (
        len({sha256_of_pixels(p) for p in (RGB, RGB.astype(np.uint16), RGB.reshape(9, 6, 3), RGB + 1)}) == 4
    )


PNG_OF_RGB = encode_png(RGB)


# As A1111 reads


PALETTE = Image.fromarray(RGB).quantize(8)
OPACITIES = bytes([0, 50, 128, 129, 255, 255, 255, 255])


def test_a_masks_alpha_can_stay_soft():
    data = saved(Image.fromarray(RGBA))
    for rule in FileReading:
        np.testing.assert_array_equal(load_mask(data, rule=rule, keeps_soft_alpha=True), RGBA[..., 3])
        np.testing.assert_array_equal(load_mask(data, rule=rule), np.where(RGBA[..., 3] > 128, 255, 0))


@pytest.mark.parametrize(
    ("data", "pixels"),
    [
        (saved(Image.fromarray(RGBA)), RGBA),
        (saved(PALETTE, transparency=OPACITIES), np.dstack([np.array(PALETTE.convert("RGB")), np.array(
            [OPACITIES[i] for i in np.array(PALETTE).ravel()], np.uint8).reshape(6, 9)])),
        (saved(PALETTE, transparency=3), np.array(PALETTE.convert("RGB"))),
        (saved(Image.fromarray(RGB), transparency=tuple(map(int, RGB[0, 0]))), RGB),
        (saved(Image.fromarray(RGBA[..., :2], "LA")), np.repeat(RGBA[..., :1], 3, axis=2)),
        (saved(Image.fromarray(RGB), icc_profile=SRGB), RGB),
        (encode_png(DEEP), (DEEP >> 8).astype(np.uint8)),
        (
            saved(Image.fromarray(np.array([[0, 200, 255, 256, 65535]], np.uint16))),
            np.repeat(np.array([[[0], [200], [255], [255], [255]]], np.uint8), 3, axis=2),
        ),
    ],
    ids=["RGBA", "palette of opacities", "palette with one transparent colour", "one transparent colour", "grey with alpha", "profile", "16 bits", "16-bit grey"],
)  # fmt: skip
def test_pictures_as_a1111_reads_them(data: bytes, pixels: np.ndarray):
    picture = load_picture(data, rule=FileReading.A1111)
    np.testing.assert_array_equal(picture.pixels, pixels)
    assert picture.icc_profile is None
    exact = load_picture(data)
    assert (exact.sha256 == picture.sha256) is (pixels.shape[2] == 4)


@pytest.mark.parametrize("kind", ["P", "LA"])
def test_masks_of_which_a1111_heeds_no_transparency(kind: str):
    image = Image.fromarray(RGBA[..., :2], "LA") if kind == "LA" else PALETTE
    data = saved(image, **({"transparency": 3} if kind == "P" else {}))
    np.testing.assert_array_equal(load_mask(data, rule=FileReading.A1111), np.array(image.convert("L")))
    assert set(np.unique(load_mask(data))) == {0, 255}


def test_a1111_turns_pictures_upright_too():
    exif = Image.Exif()
    exif[0x112] = 6
    data = saved(Image.fromarray(RGBA), exif=exif)
    np.testing.assert_array_equal(load_picture(data, rule=FileReading.A1111).pixels, np.rot90(RGBA, -1))
