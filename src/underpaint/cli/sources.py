"""Reads the pictures of a command line."""

from pathlib import Path

from underpaint.cli.running import Inputs
from underpaint.image.io import load_mask, load_picture, load_sketch
from underpaint.request import InpaintRequest


def read_inputs(
    request: InpaintRequest, image: Path, mask: Path | None = None, sketch: Path | None = None
) -> Inputs:
    """The picture, the mask and the sketch of these files, read as the request wants it."""
    rule, keeps_soft_alpha = request.rules.file_reading, request.keeps_soft_alpha
    return Inputs(
        pictures=(load_picture(image, rule=rule),),
        mask=None if mask is None else load_mask(mask, rule=rule, keeps_soft_alpha=keeps_soft_alpha),
        sketch=None if sketch is None else load_sketch(sketch),
        stem=image.stem,
        files=tuple(file for file in (image, mask, sketch) if file),
    )
