"""The names and shapes in a safetensors file, read off its header without torch."""

import json
from pathlib import Path
from typing import Any, cast

LARGEST_HEADER_BYTES = 100 * 2**20
TEXT_LAYER = "attn2.to_k.weight"
"""How the names end of the layers that turn text vectors into keys; (channels, text channels)."""


def read_header(file: Path) -> dict[str, list[int]]:
    """Shapes by name. A header is 8 bytes of length, then JSON. Raises `OSError`, `ValueError`, `KeyError` or `TypeError`
    for what is no safetensors file."""
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        if length > LARGEST_HEADER_BYTES:
            raise ValueError("its header is not that of a safetensors file")
        header = json.loads(opened.read(length))
    if not isinstance(header, dict):
        raise ValueError("its header is no object")
    entries = cast("dict[str, Any]", header)
    return {name: entry["shape"] for name, entry in entries.items() if name != "__metadata__"}


def text_channels(shapes: dict[str, list[int]], prefix: str = "") -> int:
    """How many numbers the text vectors have that a UNet, or a ControlNet, of these tensors listens to. Raises `KeyError`
    where none does."""
    for name, shape in shapes.items():
        if name.startswith(prefix) and name.endswith(TEXT_LAYER):
            return shape[1]
    raise KeyError(f"a tensor {TEXT_LAYER}")
