"""Reads the pictures of a command line and keeps a copy, so that a result can be made again later."""

from pathlib import Path

from underpaint.cli.running import Inputs
from underpaint.image.io import load_mask, load_picture
from underpaint.store import keep


def read_inputs(image: Path, mask: Path | None) -> Inputs:
    """The picture and mask of these files, remembered in the store under their sha256."""
    picture = load_picture(image)
    mask_pixels = None if mask is None else load_mask(mask)
    keep(picture)
    if mask_pixels is not None:
        keep(mask_pixels)
    return Inputs(pictures=(picture,), mask=mask_pixels, stem=image.stem)
