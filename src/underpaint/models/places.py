"""Where models of each kind lie, in our own folder as in A1111's tree."""

from collections.abc import Iterator, Sequence
from pathlib import Path

MODELS, CHECKPOINTS = "models", "Stable-diffusion"
LORA_FOLDERS = ("Lora", "lora", "loras", "LyCORIS")
EMBEDDING_FOLDERS = ("embeddings",)
CONTROLNET_FOLDERS = ("ControlNet", "controlnet", "extensions/sd-webui-controlnet/models")
CAPTIONER_FOLDERS = ("captioner",)
NO_CHECKPOINTS = frozenset(
    name.lower()
    for name in (*LORA_FOLDERS, *EMBEDDING_FOLDERS, *CONTROLNET_FOLDERS, *CAPTIONER_FOLDERS)
    if "/" not in name
)
"""Folders that hold no checkpoints, in small letters."""


def folders_called(names: Sequence[str], folders: Sequence[Path]) -> tuple[Path, ...]:
    """The folders of these names inside or beside model folders, each once, however many links lead to it."""
    found = dict.fromkeys((base / name).resolve() for base in _bases(folders) for name in names)
    return tuple(path for path in found if path.is_dir())


def _bases(folders: Sequence[Path]) -> Iterator[Path]:
    """The folders in which such a folder may lie: the given one, its `models`, and those above it in A1111's tree."""
    for folder in folders:
        yield folder
        yield folder / MODELS
        above = folder.resolve()
        while above.name in (MODELS, CHECKPOINTS):
            above = above.parent
            yield above
