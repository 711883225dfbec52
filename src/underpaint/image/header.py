"""What picture files say beside their pixels: facts of the header, and text."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import ExifTags, Image, ImageCms

from underpaint.geometry import Size
from underpaint.image.io import orientation_of, read_png_text, reading

USER_COMMENT = 0x9286
"""The EXIF tag in which A1111 and others keep the text of a JPEG or WebP."""
COMMENT_CODES = {b"UNICODE\0": "utf-16-be", b"ASCII\0\0\0": "utf-8", bytes(8): "utf-8"}
"""What an EXIF comment starts with, and the encoding of the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What the header of a picture file says, before anything is decoded."""

    format: str
    """Pillow's word: PNG, JPEG, …"""
    size: Size
    """As stored, before the file is turned upright."""
    mode: str
    """Pillow's word: RGB, CMYK, P, …"""
    frames: int
    is_turned: bool
    """Its EXIF data says that it lies on its side, on its head or is mirrored."""
    profile: str | None
    """Name of its colour profile."""


def file_facts(source: Path | bytes, *, name: str | None = None) -> FileFacts:
    """The facts of a picture of any format Pillow reads."""
    return reading(source, name, lambda image, data, _name: _facts(image, data))


def _facts(image: Image.Image, data: bytes) -> FileFacts:
    profile = image.info.get("icc_profile")
    return FileFacts(
        format=image.format or "",
        size=Size(*image.size),
        mode=image.mode,
        frames=getattr(image, "n_frames", 1),
        is_turned=orientation_of(image, data) in range(2, 9),
        profile=_profile_name(profile) if isinstance(profile, bytes) else None,
    )


def _profile_name(profile: bytes) -> str:
    try:
        return ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(BytesIO(profile))).strip()
    except (ImageCms.PyCMSError, OSError):
        return "a damaged profile"


def read_text(source: Path | bytes, *, name: str | None = None) -> dict[str, str]:
    """The text of a PNG by keyword; the comment of any other picture file as `parameters`. {} when there is none."""
    if file_facts(source, name=name).format == "PNG":
        return read_png_text(source)
    comment = reading(source, name, lambda image, _data, _name: _comment(image))
    return {} if comment is None else {"parameters": comment}


def _comment(image: Image.Image) -> str | None:
    value = image.getexif().get_ifd(ExifTags.IFD.Exif).get(USER_COMMENT)
    if isinstance(value, str):
        return value
    if not isinstance(value, bytes) or value[:8] not in COMMENT_CODES:
        return None
    text = value[8:].decode(_encoding(value), "replace")
    return text.removeprefix("\ufeff").rstrip("\0")


def _encoding(comment: bytes) -> str:
    """That of an EXIF comment; programs disagree on the order of the two bytes of Unicode."""
    encoding = COMMENT_CODES[comment[:8]]
    if encoding != "utf-16-be":
        return encoding
    first, second = comment[8::2], comment[9::2]
    return "utf-16-le" if second.count(0) > first.count(0) else encoding


def exif_with_comment(comment: str) -> Image.Exif:
    """EXIF data that holds a comment, as A1111 writes it."""
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[USER_COMMENT] = b"UNICODE\0" + comment.encode("utf-16-be", "replace")
    return exif
