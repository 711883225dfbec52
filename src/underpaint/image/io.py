"""Reading picture files of any kind Pillow reads.

Pictures keep what matters for giving them back unchanged: 8 or 16 bits, straight alpha, the colour profile. Whatever
is wrong with a file becomes one `UnreadableImage` sentence that names it.
"""

import struct
import threading
import warnings
import zlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

from underpaint.errors import OutOfMemory, UnreadableImage
from underpaint.image.blend import to_bytes
from underpaint.image.picture import Picture
from underpaint.image.png import PNG_SIGNATURE, check_png, orientation_sources, text_in_png
from underpaint.request import FileReading

T = TypeVar("T")

MAX_PICTURE_PX = 400_000_000
"""Larger pictures are refused: 20000x20000 needs 1.6 GB as RGBA."""

Image.MAX_IMAGE_PIXELS = MAX_PICTURE_PX // 2
"""Pillow warns from here on and refuses at twice this. Its default would refuse from 179 megapixels on."""

_NOT_OPENED = {"EPS"}
"""Pillow reads these by starting another program (Ghostscript) on the file."""

_pillow_lock = threading.Lock()
"""Python 3.11's warning filters belong to the whole process; one thread at a time may change them."""


def load_picture(
    source: Path | bytes, *, name: str | None = None, rule: FileReading = FileReading.EXACT
) -> Picture:
    """A picture of any format Pillow reads: the first frame, upright, palettes and greys as RGB.

    By the exact rule 16-bit greys and 16-bit PNGs keep their depth, and CMYK goes through its profile to sRGB if it has
    one. `name`: what errors call it.
    """
    if rule is FileReading.A1111:
        return Picture(_read_as_a1111(source, name, opaque_mode="RGB"))
    raster = _read(source, name)
    pixels = raster.pixels
    if pixels.shape[2] <= 2:
        grey, alpha = pixels[..., :1], pixels[..., 1:]
        pixels = np.concatenate([grey, grey, grey, alpha], axis=2)
    return Picture(np.ascontiguousarray(pixels), raster.icc_profile)


def load_mask(
    source: Path | bytes,
    *,
    name: str | None = None,
    rule: FileReading = FileReading.EXACT,
    keeps_soft_alpha: bool = False,
) -> np.ndarray:
    """A mask, uint8 (height, width), 255 = repaint.

    With an alpha channel that is not fully opaque: where alpha is more than half, or with `keeps_soft_alpha` the alpha.
    Otherwise the luma, soft values kept. By the exact rule grey with alpha has alpha too: PNG optimisers make it from
    RGBA.
    """
    if rule is FileReading.A1111:
        pixels = _read_as_a1111(source, name, opaque_mode="L")
    else:
        pixels = _read(source, name).pixels
    if pixels.dtype == np.uint16:
        pixels = to_bytes(pixels)
    channels = pixels.shape[2]
    if channels in (2, 4) and pixels[..., -1].min() < 255:
        alpha = pixels[..., -1]
        return alpha.copy() if keeps_soft_alpha else np.where(alpha > 128, 255, 0).astype(np.uint8)
    if channels <= 2:
        return np.ascontiguousarray(pixels[..., 0])
    return np.array(Image.fromarray(np.ascontiguousarray(pixels[..., :3])).convert("L"))


def load_sketch(source: Path | bytes) -> np.ndarray:
    """A sketch, uint8 (height, width, 4), RGB with straight alpha: 0 = nothing painted. A picture without alpha is
    paint all over. Its colours are taken as the picture's; a profile of its own is ignored."""
    pixels = load_picture(source).pixels
    if pixels.dtype == np.uint16:
        pixels = to_bytes(pixels)
    if pixels.shape[2] == 4:
        return pixels
    return np.pad(pixels, [(0, 0), (0, 0), (0, 1)], constant_values=255)


def read_png_text(source: Path | bytes) -> dict[str, str]:
    """The text chunks of a PNG by keyword, without decoding its pixels; {} when it has none."""
    data, name = _bytes_of(source)
    if not data.startswith(PNG_SIGNATURE):
        raise UnreadableImage(f"{name} is not a PNG file, and only PNG files carry our settings.")
    try:
        return text_in_png(data)
    except (ValueError, struct.error, zlib.error) as error:
        raise UnreadableImage(f"The text in {name} is damaged: {error}.") from error


# Reading

UPRIGHT = {
    1: (False, False, False),
    2: (False, False, True),
    3: (False, True, True),
    4: (False, True, False),
    5: (True, False, False),
    6: (True, False, True),
    7: (True, True, True),
    8: (True, True, False),
}
"""By EXIF orientation, what makes a picture upright: swap axes, then flip rows, flip columns."""


@dataclass(frozen=True, slots=True, eq=False)
class _Raster:
    pixels: np.ndarray
    """uint8 or uint16 (height, width, channel): grey, grey and alpha, RGB or RGBA."""
    icc_profile: bytes | None


def _read(source: Path | bytes, name: str | None = None) -> _Raster:
    return reading(source, name, _decoded)


def _read_as_a1111(source: Path | bytes, name: str | None, *, opaque_mode: str) -> np.ndarray:
    """uint8 (height, width, channel), upright: RGBA where A1111 heeds transparency, else `opaque_mode` ("RGB" or "L").
    Pillow's conversions are its own."""

    def decoded(image: Image.Image, data: bytes, name: str) -> np.ndarray:
        orientation = orientation_of(image, data)
        if image.format == "PNG":
            check_png(data)
        image.load()
        has_opacities = image.mode in ("RGB", "P") and isinstance(image.info.get("transparency"), bytes)
        is_rgba = image.mode == "RGBA" or has_opacities
        pixels = np.array(image.convert("RGBA" if is_rgba else opaque_mode))
        return _upright(pixels[..., None] if pixels.ndim == 2 else pixels, orientation)

    return np.ascontiguousarray(reading(source, name, decoded))


def reading(source: Path | bytes, name: str | None, read: Callable[[Image.Image, bytes, str], T]) -> T:
    """What `read` makes of the opened file, with every failure explained."""
    data, default_name = _bytes_of(source)
    name = name or default_name
    if not data:
        raise UnreadableImage(f"{name} is empty.")
    try:
        with _silent_pillow():
            Image.init()
            formats = [known for known in Image.ID if known not in _NOT_OPENED]
            with Image.open(BytesIO(data), formats=formats) as image:
                return read(image, data, name)
    except UnreadableImage:
        raise
    except UnidentifiedImageError as error:
        raise UnreadableImage(f"{name} is not a picture, or of a kind that cannot be read.") from error
    except Image.DecompressionBombError as error:
        raise UnreadableImage(f"{name} is larger than {MAX_PICTURE_PX // 10**6} megapixels.") from error
    except MemoryError as error:
        raise OutOfMemory(f"{name} is too large for this machine's memory.") from error
    except Exception as error:  # decoders raise whatever a damaged file makes them stumble over
        raise UnreadableImage(f"{name} is damaged or incomplete: {error or type(error).__name__}.") from error


def _bytes_of(source: Path | bytes) -> tuple[bytes, str]:
    """The file's content and what to call it in messages."""
    if isinstance(source, bytes):
        return source, "The picture"
    try:
        return source.read_bytes(), str(source)
    except OSError as error:
        raise UnreadableImage(f"Cannot read {source}: {error.strerror or error}.") from error


@contextmanager
def _silent_pillow() -> Generator[None, None, None]:
    with _pillow_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _decoded(image: Image.Image, data: bytes, name: str) -> _Raster:
    profile = image.info.get("icc_profile")
    if image.format == "PNG":
        check_png(data)
    orientation = orientation_of(image, data)
    image.load()
    pixels = _deep_png_pixels(data, image)
    if pixels is None:
        pixels = _pixels(image, name)
    is_rgb_profile = isinstance(profile, bytes) and profile[16:20] == b"RGB "
    return _Raster(_upright(pixels, orientation), profile if is_rgb_profile else None)


def orientation_of(image: Image.Image, data: bytes) -> int:
    """The EXIF orientation, 1 to 8; 1 for EXIF data that cannot be read, as browsers do."""
    try:
        return _exif(image, data).get(ExifTags.Base.Orientation, 1)
    except Exception:
        return 1


def _exif(image: Image.Image, data: bytes) -> Image.Exif:
    """Pillow decodes a PNG before it says, in case that EXIF data follows the pixels. Here it is looked for without:
    files are asked before it is known whether they are too large to decode."""
    if image.format != "PNG":
        return image.getexif()
    image.info.update(orientation_sources(data))
    return Image.Image.getexif(image)


def _upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    transposes, flips_rows, flips_columns = UPRIGHT.get(orientation, UPRIGHT[1])
    turned = pixels.swapaxes(0, 1) if transposes else pixels
    return turned[:: -1 if flips_rows else 1, :: -1 if flips_columns else 1]


def _pixels(image: Image.Image, name: str) -> np.ndarray:
    match image.mode:
        case "CMYK" | "LAB":
            image = _to_srgb(image)
        case "F":
            raise UnreadableImage(f"{name} holds floating-point pixels; save it with 8 or 16 bits.")
        case "I" | "I;16" | "I;16L" | "I;16B" | "I;16N":
            return _deep_grey(image)
        case "RGB" | "RGBA" | "L" | "LA" if "transparency" not in image.info:
            pass
        case _:
            image = image.convert(_plain_mode(image))
    pixels = np.array(image)
    return pixels[..., None] if pixels.ndim == 2 else pixels


def _deep_grey(image: Image.Image) -> np.ndarray:
    grey = np.clip(np.asarray(image), 0, 65535).astype(np.uint16)
    transparent = image.info.get("transparency")
    if transparent is None:
        return grey[..., None]
    return np.dstack([grey, np.where(grey == transparent, 0, 65535).astype(np.uint16)])


def _plain_mode(image: Image.Image) -> str:
    is_grey = image.mode in ("1", "L", "LA", "La")
    has_alpha = image.has_transparency_data
    return ("LA" if has_alpha else "L") if is_grey else ("RGBA" if has_alpha else "RGB")


def _to_srgb(image: Image.Image) -> Image.Image:
    """CMYK through its profile, or plainly without a usable one; LAB by its definition."""
    try:
        profile = ImageCms.createProfile("LAB") if image.mode == "LAB" else BytesIO(image.info["icc_profile"])
        converted = ImageCms.profileToProfile(
            image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (KeyError, ImageCms.PyCMSError):
        return image.convert("RGB")
    assert converted is not None, "not converted in place"
    return converted


def _deep_png_pixels(data: bytes, image: Image.Image) -> np.ndarray | None:
    """16-bit colour or grey-alpha of a PNG, which Pillow would cut to 8 bits; None for any other picture."""
    if image.format != "PNG":
        return None
    depth, colour_type = data[24], data[25]
    if depth != 16 or colour_type not in (2, 4, 6):
        return None
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16:
        raise UnreadableImage("a 16-bit PNG that OpenCV cannot decode")
    rgb = pixels[..., 2::-1]
    transparent = image.info.get("transparency")
    if colour_type == 2 and transparent is None:
        return rgb
    alpha = pixels[..., 3] if colour_type != 2 else np.where((rgb == transparent).all(axis=2), 0, 65535)
    return np.dstack([rgb, alpha.astype(np.uint16)])
