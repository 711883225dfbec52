"""Pictures and masks that went into results, by their sha256, so that any result can be made again.

Folder: `$UNDERPAINT_DATA`, or the user's data folder; `pictures/<first two digits>/<sha256>.png`.
"""

import os
from pathlib import Path

import numpy as np
import platformdirs

from underpaint.image.io import (
    Picture,
    encode_png,
    load_mask,
    load_picture,
    sha256_of_pixels,
    write_atomically,
)


def data_folder() -> Path:
    """Where this user's pictures and settings are kept."""
    configured = os.environ.get("UNDERPAINT_DATA")
    return Path(configured) if configured else platformdirs.user_data_path("underpaint", appauthor=False)


def keep(picture: Picture | np.ndarray) -> str:
    """Stores a picture, or a mask (height, width), once; returns its sha256."""
    is_picture = isinstance(picture, Picture)
    sha256 = picture.sha256 if is_picture else sha256_of_pixels(picture)
    path = _path(sha256)
    if not path.exists():
        pixels = picture.pixels if is_picture else picture
        profile = picture.icc_profile if is_picture else None
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, encode_png(pixels, icc_profile=profile))
    return sha256


def stored_picture(sha256: str) -> Picture | None:
    """The picture of this sha256, if it was ever kept."""
    path = _path(sha256)
    return load_picture(path) if path.exists() else None


def stored_mask(sha256: str) -> np.ndarray | None:
    """The mask of this sha256, if it was ever kept."""
    path = _path(sha256)
    return load_mask(path) if path.exists() else None


def _path(sha256: str) -> Path:
    return data_folder() / "pictures" / sha256[:2] / f"{sha256}.png"
