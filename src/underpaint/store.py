"""Pictures, masks and sketches that went into results, by their sha256, so that any result can be made again.

Folder: `$UNDERPAINT_DATA`, or the user's data folder; `pictures/<first two digits>/<sha256>.png`.
"""

from os import SEEK_END
from pathlib import Path

import numpy as np

from underpaint.atomic import write_atomically
from underpaint.errors import OutputError, UnreadableImage
from underpaint.folders import data_folder
from underpaint.image.io import load_mask, load_picture
from underpaint.image.picture import Picture, sha256_of_pixels
from underpaint.image.png import PNG_END, encode_png

DAMAGED = ".damaged"
"""Added to the name of a file whose content is not what its name says."""


def keep(picture: Picture | np.ndarray, *, png: bytes | None = None) -> str:
    """Stores a picture, a mask (height, width) or a sketch (height, width, 4) once; returns its sha256. `png`: a file
    that holds exactly this, when there is one already."""
    is_picture = isinstance(picture, Picture)
    sha256 = picture.sha256 if is_picture else sha256_of_pixels(picture)
    path = _path(sha256)
    if not path.exists():
        _make_folder(path.parent)
        pixels, profile = (picture.pixels, picture.icc_profile) if is_picture else (picture, None)
        write_atomically(path, png or encode_png(pixels, icc_profile=profile))
    return sha256


def stored_file(sha256: str) -> Path | None:
    """The PNG file of this sha256, if it was kept and ends as a PNG does; what lies between is not looked at."""
    path = _path(sha256)
    try:
        with path.open("rb") as file:
            file.seek(-min(len(PNG_END), path.stat().st_size), SEEK_END)
            end = file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(path, error) from error
    return path if end == PNG_END else _set_aside(path)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"Cannot make the folder {folder} of the store: {error.strerror}.") from error


def stored_picture(sha256: str) -> Picture | None:
    """The picture of this sha256, if it was kept and is still whole; None also where a mask has it. Raises `OutputError`
    where it cannot be read just now."""
    path = _path(sha256)
    data = _read(path)
    if data is None:
        return None
    try:
        picture = load_picture(data, name=path.name)
    except UnreadableImage:
        return _set_aside(path)
    if picture.sha256 != sha256:
        return None if sha256_of_pixels(load_mask(data, name=path.name)) == sha256 else _set_aside(path)
    return picture


def stored_mask(sha256: str) -> np.ndarray | None:
    """The mask of this sha256, if it was kept and is still whole; None also where a picture has it. Raises `OutputError`
    where it cannot be read just now."""
    path = _path(sha256)
    data = _read(path)
    if data is None:
        return None
    try:
        mask = load_mask(data, name=path.name)
    except UnreadableImage:
        return _set_aside(path)
    if sha256_of_pixels(mask) != sha256:
        return None if load_picture(data, name=path.name).sha256 == sha256 else _set_aside(path)
    return mask


def stored_sketch(sha256: str) -> np.ndarray | None:
    """The sketch of this sha256, if it was kept and is still whole."""
    picture = stored_picture(
        sha256
    )  # their hashes are the same: a sketch is a picture without colour profile
    return None if picture is None else picture.pixels


def _read(path: Path) -> bytes | None:
    """None where there is no file; one that exists but does not open is not lost."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> OutputError:
    return OutputError(f"Cannot read {path} of the store: {error.strerror}.")


def _set_aside(path: Path) -> None:
    """A damaged file makes room for a whole one, which the next `keep` puts there, but can still be looked at."""
    path.replace(path.with_name(f"{path.name}{DAMAGED}"))


def _path(sha256: str) -> Path:
    return data_folder() / "pictures" / sha256[:2] / f"{sha256}.png"
