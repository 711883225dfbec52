"""Pictures as they come in, and as they are shown: import with notes, kept copies, thumbnails."""

import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from underpaint import store
from underpaint.atomic import write_atomically
from underpaint.errors import OutputError, UnreadableImage
from underpaint.folders import data_folder
from underpaint.image.blend import to_bytes
from underpaint.image.header import FileFacts, file_facts
from underpaint.image.io import load_mask, load_picture
from underpaint.image.picture import Picture, sha256_of_pixels
from underpaint.image.png import bare_png, quick_png
from underpaint.server.memory import Remembered
from underpaint.server.refusals import NotFound, TooLarge
from underpaint.server.schemas import PictureInfo

LARGEST_PX = 16384 * 8192
"""Larger pictures are refused before they are decoded."""
REMEMBERED_BYTES = 640 * 2**20
"""Decoded pictures that are kept in memory: two of 8192x8192."""
THUMBNAIL_SIDES = (32, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
THUMBNAIL_QUALITY = 85

_remembered: Remembered[str, Picture] = Remembered(REMEMBERED_BYTES, lambda picture: picture.pixels.nbytes)
_few_at_a_time = threading.BoundedSemaphore(2)
"""Decoding takes memory: 16 bytes for every pixel."""


def import_picture(data: bytes, name: str) -> PictureInfo:
    """Stores the picture of an uploaded file; `name` is for messages."""
    with _few_at_a_time:
        facts = check_size(data, name)
        picture = _read_only(load_picture(data, name=name))
        with ThreadPoolExecutor(1) as beside:
            small = beside.submit(_small_webp, picture, THUMBNAIL_SIDES[-1])
            sha256 = store.keep(picture, png=_stored_form(data, facts, picture))
            _keep_thumbnail(_thumbnail_file(sha256, THUMBNAIL_SIDES[-1]), small.result())
        _remembered.put(sha256, picture)
        return info_of(picture, sha256, notes=_notes(facts, picture))


def keep_file(data: bytes, sha256: str, name: str) -> PictureInfo:
    """Stores a file that should hold just this picture, mask or sketch, and refuses any other."""
    with _few_at_a_time:
        facts = check_size(data, name)
        picture = load_picture(data, name=name)
        if picture.sha256 == sha256:
            store.keep(picture, png=_stored_form(data, facts, picture))
            return info_of(picture, sha256)
        mask = load_mask(data, name=name)
        if sha256_of_pixels(mask) != sha256:
            raise UnreadableImage(f"{name} does not hold the picture it is named after.")
        store.keep(mask)
        return info_of(picture, sha256)


def check_size(data: bytes, name: str) -> FileFacts:
    """Looks at the header of a file and refuses pictures that would need too much memory."""
    facts = file_facts(data, name=name)
    if facts.size.area > LARGEST_PX:
        raise TooLarge(
            f"{name} has {facts.size} pixels; this server takes up to {LARGEST_PX // 10**6} megapixels."
        )
    return facts


def keep_picture(picture: Picture) -> PictureInfo:
    """Stores a picture made here."""
    png = quick_png(picture.pixels, icc_profile=picture.icc_profile)
    sha256 = store.keep(picture, png=png)
    _remembered.put(sha256, _read_only(picture))
    return info_of(picture, sha256)


def info_of(picture: Picture, sha256: str, *, notes: list[str] | None = None) -> PictureInfo:
    """What is told about a stored picture."""
    return PictureInfo(
        sha256=sha256,
        width=picture.size.width,
        height=picture.size.height,
        has_alpha=picture.alpha is not None,
        bits=8 * picture.pixels.itemsize,
        notes=notes or [],
    )


def picture_of(sha256: str) -> Picture:
    """A stored picture, from memory if it was used lately. Its pixels cannot be written to."""
    return _remembered.get(sha256, lambda: _read_only(_stored(sha256)))


def _stored(sha256: str) -> Picture:
    with _few_at_a_time:
        picture = store.stored_picture(sha256)
    if picture is None:
        raise NotFound(f"The picture {sha256[:12]}… is not in the store.")
    return picture


def _read_only(picture: Picture) -> Picture:
    picture.pixels.setflags(write=False)
    return picture


def picture_file(sha256: str) -> Path:
    """The file of a stored picture, mask or sketch."""
    file = store.stored_file(sha256)
    if file is None:
        raise NotFound(f"The picture {sha256[:12]}… is not in the store.")
    return file


def thumbnail(sha256: str, px: int) -> Path:
    """A WebP file of the picture, with a longest side of at most `px`; it is made when it is first asked for."""
    side = max(known for known in THUMBNAIL_SIDES if known <= max(px, THUMBNAIL_SIDES[0]))
    file = _thumbnail_file(sha256, side)
    if file.exists():
        return file
    picture_file(sha256)
    largest = _thumbnail_file(sha256, THUMBNAIL_SIDES[-1])
    if largest.exists():
        return _make_thumbnail(load_picture(largest), sha256, side)
    return _make_thumbnail(picture_of(sha256), sha256, side)


def _stored_form(data: bytes, facts: FileFacts, picture: Picture) -> bytes:
    """The uploaded file itself where it is a PNG that shows just this picture; it need not be encoded again."""
    bare = None
    if facts.format == "PNG" and not facts.is_turned:
        bare = bare_png(data, keeps_profile=picture.icc_profile is not None)
    return bare or quick_png(picture.pixels, icc_profile=picture.icc_profile)


def _notes(facts: FileFacts, picture: Picture) -> list[str]:
    notes: list[str] = []
    if facts.is_turned:
        notes.append("Turned upright, as its EXIF data says.")
    if facts.mode in ("CMYK", "LAB"):
        notes.append(f"Converted from {facts.mode} to sRGB.")
    if picture.icc_profile is not None:
        notes.append(f"Keeps its colour profile: {facts.profile}.")
    if picture.pixels.dtype == np.uint16:
        notes.append("Keeps its 16 bits per channel.")
    if facts.frames > 1:
        notes.append(f"Only the first of its {facts.frames} frames.")
    return notes


# thumbnails


def _thumbnail_file(sha256: str, side: int) -> Path:
    return data_folder() / "thumbnails" / sha256[:2] / f"{sha256}-{side}.webp"


def _make_thumbnail(picture: Picture, sha256: str, side: int) -> Path:
    file = _thumbnail_file(sha256, side)
    _keep_thumbnail(file, _small_webp(picture, side))
    return file


def _keep_thumbnail(file: Path, webp: bytes) -> None:
    if file.exists():
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"Cannot make the folder {file.parent}: {error.strerror}.") from error
    write_atomically(file, webp)


def _small_webp(picture: Picture, side: int) -> bytes:
    pixels = picture.pixels if picture.pixels.dtype == np.uint8 else to_bytes(picture.pixels)
    scale = min(side / max(picture.size), 1)
    if scale < 1:
        width, height = (max(round(length * scale), 1) for length in picture.size)
        pixels = _shrunk(pixels, width, height)
    buffer = BytesIO()
    profile = {"icc_profile": picture.icc_profile} if picture.icc_profile else {}
    Image.fromarray(pixels).save(buffer, "WEBP", quality=THUMBNAIL_QUALITY, method=2, **profile)
    return buffer.getvalue()


def _shrunk(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """Means of areas; colours of transparent pixels do not bleed into others."""
    if pixels.shape[2] == 3:
        return cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    premultiplied = Image.fromarray(pixels).convert("RGBa")
    return np.array(premultiplied.resize((width, height), Image.Resampling.BOX).convert("RGBA"))
