"""What a plan needs to know about a model, read off its files without opening the networks or importing torch."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.catalog import ModelFile, ModelKind
from underpaint.models.headers import read_header, text_channels
from underpaint.models.parts import find_part

LATENT_CELL_PX = 8
SINGLE_FILE_NATIVE_PX = 512
"""Of every checkpoint file that can be run; `checkpoint.py` says so too."""
UNET = "model.diffusion_model."
FIRST_LAYER = f"{UNET}input_blocks.0.0.weight"
INPAINT_CHANNELS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    native_px: int
    """Side of the pictures it was trained on."""
    is_inpaint_model: bool
    text_channels: int
    """Numbers in the text vectors it listens to, by which families of checkpoints differ."""


def glance(model: ModelFile) -> Glance:
    """The facts of a model; remembered until its files change."""
    deciding = find_part(model.path, "unet") / "config.json" if model.kind is ModelKind.FOLDER else model.path
    try:
        changed_at = deciding.stat().st_mtime_ns
        return _glance(deciding, model.kind, changed_at)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnsupportedCheckpoint(f"{model.name} cannot be read: {error}.") from error


@lru_cache(maxsize=64)
def _glance(deciding: Path, kind: ModelKind, _changed_at: int) -> Glance:
    if kind is ModelKind.FOLDER:
        config = json.loads(deciding.read_text(encoding="utf-8"))
        native_px, channels = int(config["sample_size"]) * LATENT_CELL_PX, config["in_channels"]
        text = int(config["cross_attention_dim"])
    else:
        shapes = read_header(deciding)
        native_px, channels = SINGLE_FILE_NATIVE_PX, shapes[FIRST_LAYER][1]
        text = text_channels(shapes, UNET)
    return Glance(native_px=native_px, is_inpaint_model=channels == INPAINT_CHANNELS, text_channels=text)
