"""Pictures on their way out: as files to save, and headers for what browsers may keep."""

from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import Any
from urllib.parse import quote

import numpy as np
from PIL import Image

from underpaint.errors import InvalidRequest
from underpaint.image.blend import flattened, to_bytes
from underpaint.image.header import exif_with_comment
from underpaint.image.picture import Picture
from underpaint.image.png import with_text
from underpaint.metadata import infotext, png_text, recipe_from_json
from underpaint.server.pictures import picture_file, picture_of

FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}
"""For what never changes under its address."""
QUALITY = 95
WEBP_LONGEST_PX = 16383


class FileFormat(StrEnum):
    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    content: bytes
    media_type: str
    headers: dict[str, str]


def download(sha256: str, name: str, file_format: FileFormat, *, recipe: dict[str, Any] | None) -> Download:
    """A stored picture as a file to save. `recipe`: written into it, as far as the format has a place for it; None
    leaves it out."""
    of_image = None if recipe is None else recipe_from_json(recipe)
    match file_format:
        case FileFormat.PNG:
            stored = picture_file(sha256).read_bytes()
            content = stored if of_image is None else with_text(stored, png_text(of_image))
        case FileFormat.JPEG | FileFormat.WEBP:
            content = _lossy(
                picture_of(sha256), file_format, None if of_image is None else infotext(of_image)
            )
    suffix = ".jpg" if file_format is FileFormat.JPEG else f".{file_format}"
    return Download(
        content=content,
        media_type=f"image/{file_format}",
        headers={"Content-Disposition": attachment(name, suffix)},
    )


def _lossy(picture: Picture, file_format: FileFormat, comment: str | None) -> bytes:
    """JPEG, on white, or WebP, with its alpha; 8 bits, with the colour profile."""
    if file_format is FileFormat.WEBP and max(picture.size) > WEBP_LONGEST_PX:
        raise InvalidRequest(
            f"WebP holds up to {WEBP_LONGEST_PX} pixels a side, and this picture has {picture.size}."
        )
    pixels = picture.pixels if picture.pixels.dtype == np.uint8 else to_bytes(picture.pixels)
    if file_format is FileFormat.JPEG:
        pixels = flattened(pixels, "#ffffff")
    more: dict[str, Any] = {}
    if picture.icc_profile is not None:
        more["icc_profile"] = picture.icc_profile
    if comment is not None:
        more["exif"] = exif_with_comment(comment)
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, file_format.value, quality=QUALITY, **more)
    return buffer.getvalue()


def attachment(name: str, suffix: str) -> str:
    """The header that makes a browser save an answer under a name, whatever characters that has."""
    kept = (c if c.isascii() and (c.isalnum() or c in " -_.") else "_" for c in name)
    plain = "".join(kept).strip(" .") or "underpaint"
    return f"attachment; filename=\"{plain}{suffix}\"; filename*=UTF-8''{quote(name + suffix, safe='')}"
