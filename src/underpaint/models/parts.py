"""Where the networks of a model folder in diffusers' layout lie: in it, or in a folder beside it that it shares them with.

An inpainting model differs from its base in the UNet alone. Where its `model_index.json` says
`"underpaint_shares_with": "<base>"`, what it lacks is taken from the folder of that name beside it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from underpaint.errors import UnsupportedCheckpoint

Config = dict[str, Any]

INDEX = "model_index.json"
PARTS = ("text_encoder", "tokenizer", "vae", "unet", "scheduler")
SHARES_WITH = "underpaint_shares_with"


def read_config(file: Path) -> Config:
    """A configuration file as a dict. Raises `UnsupportedCheckpoint` for a file that is missing or holds none."""
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UnsupportedCheckpoint(f"The model folder lacks {file}.") from error
    except (OSError, ValueError) as error:
        raise UnsupportedCheckpoint(f"{file} cannot be read: {error}") from error
    if not isinstance(config, dict):
        raise UnsupportedCheckpoint(f"{file} holds no configuration.")
    return config


def find_part(folder: Path, part: str) -> Path:
    """The subfolder of a part; where the model has none, the path where it should be."""
    own = folder / part
    if own.is_dir():
        return own
    shared = _shared_folder(folder)
    return shared / part if shared is not None and (shared / part).is_dir() else own


def shared_parts(folder: Path) -> Iterator[Path]:
    """The subfolders that lie beside the model's folder, in the order of `PARTS`."""
    found = (find_part(folder, part) for part in PARTS)
    return (path for path in found if path.parent != folder and path.is_dir())


def _shared_folder(folder: Path) -> Path | None:
    """A name with separators, which could lead anywhere, names nothing."""
    index = folder / INDEX
    name = read_config(index).get(SHARES_WITH) if index.is_file() else None
    if not isinstance(name, str) or name in ("", "..") or Path(name).name != name:
        return None
    return folder.parent / name
