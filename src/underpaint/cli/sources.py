"""Reads the pictures of a command line."""

from pathlib import Path

from underpaint.cli.running import Inputs
from underpaint.image.io import load_mask, load_picture


def read_inputs(image: Path, mask: Path | None) -> Inputs:
    """The picture and the mask of these files."""
    return Inputs(
        pictures=(load_picture(image),), mask=None if mask is None else load_mask(mask), stem=image.stem
    )
