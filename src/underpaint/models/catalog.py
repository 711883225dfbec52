"""Which models there are, by name, and what is in their files, by sha256."""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any

from underpaint.atomic import write_atomically
from underpaint.errors import ModelNotFound, OutputError, UnsupportedCheckpoint
from underpaint.folders import cache_folder, data_folder
from underpaint.models.parts import INDEX, shared_parts
from underpaint.models.places import NO_CHECKPOINTS

BUILTIN_MODEL = "storybook"
"""The one that is used where none is named."""
FOLDERS_VARIABLE = "UNDERPAINT_MODELS"
SAFETENSORS = ".safetensors"
PICKLES = (".ckpt", ".pt", ".pth", ".bin")
DECIDING = (SAFETENSORS, ".json", ".txt")
"""Files of a model folder that decide its pictures."""


class ModelKind(StrEnum):
    FOLDER = "folder"
    """diffusers' layout."""
    SINGLE_FILE = "single-file"
    """LDM's layout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """A model on disk that has not been opened."""

    name: str
    path: Path
    kind: ModelKind
    is_builtin: bool = False
    """Whether it is part of the package."""


def default_folders() -> tuple[Path, ...]:
    """Those in the environment variable UNDERPAINT_MODELS, then `models` in the user's data folder."""
    named = os.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep)
    return *(Path(name).expanduser() for name in named if name), data_folder() / "models"


def list_models(folders: Sequence[Path]) -> tuple[ModelFile, ...]:
    """The builtin models, then every safetensors checkpoint and model folder found, sorted by name in each folder; each
    once, however many links lead to the folder it lies in."""
    found: dict[Path, ModelFile] = {}
    for path in (path for folder in folders for path in _checkpoints(folder)):
        if not _is_pickle(path):
            found.setdefault(path.parent.resolve() / path.name, _model_at(path))
    return *builtin_models(), *found.values()


def find_model(name_or_path: str, folders: Sequence[Path], *, allows_pickle: bool = False) -> ModelFile:
    """The model of this name (file name, with or without ending or subfolder) or at this path. Pickled files, which may
    hold programs, are refused unless they are allowed; then only their tensors are read."""
    if builtin := _builtin_named(name_or_path):
        return builtin
    path = Path(name_or_path).expanduser()
    if looks_like_path(name_or_path) and path.exists():
        return _accepted(path, allows_pickle=allows_pickle)
    matches = {
        path.resolve(): path
        for folder in folders
        for path in _checkpoints(folder)
        if name_or_path in _names(path, checkpoint_folder(folder))
    }
    match list(matches.values()):
        case [only]:
            return _accepted(only, allows_pickle=allows_pickle)
        case []:
            raise ModelNotFound(_not_found(name_or_path, folders))
        case several:
            listed = ", ".join(str(path) for path in several)
            raise ModelNotFound(
                f"Several models are called {name_or_path!r}: {listed}. Give the path of one of them."
            )


def checkpoint_folder(folder: Path) -> Path:
    """Where a models folder's checkpoints lie: A1111's `models/Stable-diffusion`, named by any folder above it, or the
    folder itself."""
    for inside in ("models/Stable-diffusion", "Stable-diffusion"):
        if (folder / inside).is_dir():
            return folder / inside
    return folder


def where_models_lie(folders: Sequence[Path]) -> str:
    """Which folders are searched, and how to add one, for the user."""
    searched = ", ".join(str(checkpoint_folder(folder)) for folder in folders) or "no folder"
    return f"Searched: {searched}. The environment variable {FOLDERS_VARIABLE} names further folders."


def sha256_of(path: Path, *, cache_file: Path | None = None) -> str:
    """The sha256 of a file, or for a folder the sha256 over names and hashes of its weights, configurations and
    vocabularies, those that it shares with another folder included.

    File hashes are remembered by path, size and time of change in `cache_file` (default: in the user's cache).
    """
    cache_file = cache_file or cache_folder() / "sha256.json"
    if path.is_file():
        return _file_sha256(path, cache_file)
    deciding = {
        file.relative_to(root).as_posix(): file
        for folder, root in ((path, path), *((part, part.parent) for part in shared_parts(path)))
        for file in folder.rglob("*")
        if file.suffix in DECIDING and file != cache_file
    }
    lines = [f"{name} {_file_sha256(file, cache_file)}\n" for name, file in sorted(deciding.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def builtin_folder() -> Path:
    """Where the package keeps models."""
    return Path(str(files("underpaint"))) / "builtin"


def builtin_models() -> tuple[ModelFile, ...]:
    """Those that are part of this installation, the default one first."""
    paths = sorted(builtin_folder().iterdir(), key=lambda path: (path.name != BUILTIN_MODEL, path.name))
    return tuple(
        ModelFile(name=path.name, path=path, kind=ModelKind.FOLDER, is_builtin=True)
        for path in paths
        if _is_model_folder(path)
    )


def _builtin_named(name: str) -> ModelFile | None:
    """Raises `ModelNotFound` if the default model is meant and missing."""
    if builtin := next((model for model in builtin_models() if model.name == name), None):
        return builtin
    if name != BUILTIN_MODEL:
        return None
    raise ModelNotFound(
        f"The builtin model {BUILTIN_MODEL!r} is not part of this installation yet; name another model."
    )


def _checkpoints(folder: Path, above: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """Checkpoint files and model folders below a folder, sorted. `above`: real folders it lies in, to which links may
    lead back."""
    root = checkpoint_folder(folder)
    if not root.is_dir() or (real := root.resolve()) in above:
        return
    for path in sorted(root.iterdir(), key=lambda path: path.name.lower()):
        if _is_model_folder(path) or _is_checkpoint_file(path):
            yield path
        elif path.is_dir() and path.name.lower() not in NO_CHECKPOINTS:
            yield from _checkpoints(path, above | {real})


def _is_model_folder(path: Path) -> bool:
    return (path / INDEX).is_file()


def _is_checkpoint_file(path: Path) -> bool:
    """VAEs lie beside their checkpoint as `<name>.vae.safetensors`."""
    is_weights = path.suffix.lower() in (SAFETENSORS, ".ckpt")
    return is_weights and path.is_file() and not path.stem.lower().endswith(".vae")


def _is_pickle(path: Path) -> bool:
    return path.suffix.lower() in PICKLES


def looks_like_path(name: str) -> bool:
    """Whether a model's name may be the path of a file or folder."""
    return (
        Path(name).suffix.lower() in (SAFETENSORS, *PICKLES)
        or "/" in name
        or os.sep in name
        or name.startswith("~")
    )


def _names(path: Path, root: Path) -> set[str]:
    below = path.relative_to(root)
    return {path.name, _name_of(path), below.as_posix(), below.with_name(_name_of(path)).as_posix()}


def _name_of(path: Path) -> str:
    """A folder's name may hold dots, as in `sd-1.5`."""
    return path.stem if path.is_file() else path.name


def _model_at(path: Path) -> ModelFile:
    kind = ModelKind.SINGLE_FILE if path.is_file() else ModelKind.FOLDER
    return ModelFile(name=_name_of(path), path=path, kind=kind)


def _accepted(path: Path, *, allows_pickle: bool) -> ModelFile:
    check_pickle(path, allows_pickle=allows_pickle)
    if path.is_dir() and not _is_model_folder(path):
        raise UnsupportedCheckpoint(f"The folder {path} holds no model: {INDEX} is missing.")
    if path.is_file() and path.suffix.lower() not in (SAFETENSORS, *PICKLES):
        raise UnsupportedCheckpoint(f"{path.name} is not a safetensors file.")
    return _model_at(path)


def check_pickle(path: Path, *, allows_pickle: bool) -> None:
    """Raises `UnsupportedCheckpoint` for a pickle, unless they are allowed."""
    if _is_pickle(path) and not allows_pickle:
        raise UnsupportedCheckpoint(
            f"{path.name} is a pickle, which can run any program when it is opened. Use the model's safetensors file, or "
            "--allow-pickle, which reads tensors and nothing else."
        )


def _not_found(name: str, folders: Sequence[Path]) -> str:
    known = list(dict.fromkeys([BUILTIN_MODEL, *(model.name for model in list_models(folders))]))
    close = get_close_matches(name, known, n=3)
    hint = f" Did you mean {' or '.join(map(repr, close))}?" if close else f" Known: {', '.join(known)}."
    return f"No model is called {name!r}.{hint} {where_models_lie(folders)}"


def _file_sha256(path: Path, cache_file: Path) -> str:
    status = path.stat()
    key, fingerprint = str(path.resolve()), [status.st_size, status.st_mtime_ns]
    known = _read_cache(cache_file).get(key)
    if isinstance(known, dict) and known.get("fingerprint") == fingerprint:
        remembered = str(known.get("sha256"))
        if re.fullmatch(r"[0-9a-f]{64}", remembered):
            return remembered
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    _write_cache(cache_file, {**_read_cache(cache_file), key: {"fingerprint": fingerprint, "sha256": digest}})
    return digest


def _read_cache(cache_file: Path) -> dict[str, Any]:
    """What is remembered; nothing if the file is missing or broken."""
    with suppress(OSError, ValueError):
        content = json.loads(cache_file.read_text(encoding="utf-8"))
        if isinstance(content, dict):
            return content
    return {}


def _write_cache(cache_file: Path, content: dict[str, Any]) -> None:
    """Replaces the file in one step. A cache that cannot be written costs time, nothing else."""
    with suppress(OSError, OutputError):
        cache_file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(cache_file, json.dumps(content, indent=1).encode())
