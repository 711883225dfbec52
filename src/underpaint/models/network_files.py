"""Where LoRAs and textual-inversion embeddings lie, and which file a name in a prompt means."""

import hashlib
import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from underpaint.errors import ModelNotFound, UnsupportedCheckpoint
from underpaint.models.catalog import SAFETENSORS, builtin_folder
from underpaint.models.embeddings import ENDINGS
from underpaint.models.places import EMBEDDING_FOLDERS, LORA_FOLDERS, folders_called
from underpaint.models.weights import opened

TRAINER_NAME = "ss_output_name"
"""What Kohya's trainer called its result, whatever the file is called now."""
TRAINER_HASH = "sshs_model_hash"


def lora_files(folders: Sequence[Path]) -> tuple[Path, ...]:
    """The builtin LoRAs, then all of these model folders: in `Lora` or `loras`, inside or beside them, as in A1111's tree."""
    return _files((builtin_folder(), *folders), LORA_FOLDERS, (SAFETENSORS,))


def embedding_files(folders: Sequence[Path]) -> tuple[Path, ...]:
    """All embeddings of these model folders: in `embeddings`, inside or beside them."""
    return _files(folders, EMBEDDING_FOLDERS, ENDINGS)


def find_lora(name: str, folders: Sequence[Path]) -> Path:
    """The LoRA with this file name, without ending, or called so by its trainer. Of several files with the name the last
    counts, as in A1111; a trainer's name must be that of one file. Raises `ModelNotFound`."""
    files = lora_files(folders)
    if named := [path for path in files if path.stem == name]:
        return named[-1]
    match [path for path in files if _trainer_name(path) == name]:
        case [only]:
            return only
        case []:
            close = get_close_matches(name, [path.stem for path in files], n=3)
            hint = f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
            raise ModelNotFound(
                f"No LoRA is called {name!r}.{hint} LoRAs lie in a folder called Lora or loras beside the models; "
                f"{_count(files)} found."
            )
        case several:
            listed = ", ".join(repr(path.stem) for path in several)
            raise ModelNotFound(
                f"The trainer of several LoRAs called its result {name!r}; name one file: {listed}."
            )


def _count(files: Sequence[Path]) -> str:
    return {0: "none was", 1: "one was"}.get(len(files), f"{len(files)} were")


def a1111_hash(path: Path) -> str:
    """The sha256 by which A1111 knows a LoRA: the one its trainer noted, else that of its tensors."""
    noted = _noted(path, TRAINER_HASH) or ""
    return noted if re.fullmatch(r"[0-9a-f]{12,64}", noted) else tensors_sha256(path)


def tensors_sha256(path: Path) -> str:
    """The sha256 of a safetensors file after its header, by which Kohya's tools and A1111 know a LoRA."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        file.seek(8 + int.from_bytes(file.read(8), "little"))
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _trainer_name(path: Path) -> str | None:
    """None also for a damaged file, which must not keep others from being found."""
    try:
        return _noted(path, TRAINER_NAME)
    except UnsupportedCheckpoint:
        return None


def _noted(path: Path, key: str) -> str | None:
    with opened(path) as file:
        return (file.metadata() or {}).get(key)


def _files(folders: Sequence[Path], names: Sequence[str], endings: Sequence[str]) -> tuple[Path, ...]:
    found = [
        path
        for root in folders_called(names, folders)
        for path in sorted(root.rglob("*"))
        if path.suffix.lower() in endings and path.is_file()
    ]
    return tuple(dict.fromkeys(found))
