"""Reads the pictures of a command line."""

from pathlib import Path

from underpaint.cli.running import Inputs
from underpaint.image.io import load_mask, load_picture, load_sketch


def read_inputs(image: Path, mask: Path | None = None, sketch: Path | None = None) -> Inputs:
    """The picture, the mask and the sketch of these files."""
    return Inputs(
        pictures=(load_picture(image),),
        mask=None if mask is None else load_mask(mask),
        sketch=None if sketch is None else load_sketch(sketch),
        stem=image.stem,
    )
