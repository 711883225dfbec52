"""Weight files: shapes without reading weights, and weights without a mapped file behind them."""

import pickle
import warnings
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.catalog import PICKLES

Weights = dict[str, Tensor]


class Shapes(dict[str, tuple[int, ...]]):
    """Shapes of tensors by name; asking for one that is not there says so to the user."""

    def __missing__(self, name: str) -> tuple[int, ...]:
        raise UnsupportedCheckpoint(
            f"The checkpoint lacks the tensor {name!r}: it is damaged or of another kind."
        )

    def under(self, prefix: str) -> "Shapes":
        """Those whose names start with `prefix`, without it."""
        return Shapes({name.removeprefix(prefix): self[name] for name in self if name.startswith(prefix)})


def read_shapes(path: Path) -> Shapes:
    """Shapes of all tensors in the file, of a safetensors file from its header alone."""
    if is_pickle(path):
        return Shapes({name: tuple(tensor.shape) for name, tensor in _unpickled(path).items()})
    with opened(path) as file:
        return Shapes({name: tuple(file.get_slice(name).get_shape()) for name in file.keys()})  # noqa: SIM118 (safe_open is no dict)


def read_weights(path: Path, prefix: str = "") -> Weights:
    """The tensors whose names start with `prefix`, without it, float32 and in memory of their own.

    Tensors still mapped from the file are unaligned, which changes what a network computes in the last digits.
    """
    if is_pickle(path):
        found = {name: tensor for name, tensor in _unpickled(path).items() if name.startswith(prefix)}
        return {name.removeprefix(prefix): _own(tensor) for name, tensor in found.items()}
    with opened(path) as file:
        names = [name for name in file.keys() if name.startswith(prefix)]  # noqa: SIM118 (safe_open is no dict)
        return {name.removeprefix(prefix): _own(file.get_tensor(name)) for name in names}


def read_metadata(path: Path) -> dict[str, str]:
    """What a safetensors file says about itself beside its tensors; pickles say nothing."""
    if is_pickle(path):
        return {}
    with opened(path) as file:
        return dict(file.metadata() or {})


def is_pickle(path: Path) -> bool:
    """Whether the file's name says that it is pickled, as torch saves files."""
    return path.suffix.lower() in PICKLES


def _own(tensor: Tensor) -> Tensor:
    return tensor.to(torch.float32, copy=True) if tensor.is_floating_point() else tensor.clone()


def _unpickled(path: Path) -> Weights:
    """All tensors of a pickled checkpoint, mapped from the file where its format allows, read with `weights_only`, which
    runs no code."""
    content = _torch_load(path)
    if isinstance(content, dict) and isinstance(content.get("state_dict"), dict):
        content = content["state_dict"]
    if not isinstance(content, dict):
        raise UnsupportedCheckpoint(f"{path.name} is no checkpoint: it holds a {type(content).__name__}.")
    entries = cast("dict[Any, Any]", content)
    return {str(name): tensor for name, tensor in entries.items() if isinstance(tensor, Tensor)}


def _torch_load(path: Path) -> Any:
    is_zip = zipfile.is_zipfile(path)  # files of torch before 1.6 are none, and cannot be mapped
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a pickle by another program than torch
            return torch.load(path, map_location="cpu", weights_only=True, mmap=is_zip)
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError) as error:
        raise UnsupportedCheckpoint(f"{path.name} {_what_is_wrong_with_pickle(path, error)}") from error


def _what_is_wrong_with_pickle(path: Path, error: Exception) -> str:
    """In our own words: torch's recommend to run the programs in a file."""
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}."
    start = _start_of(path)
    if not start:
        return EMPTY
    if not start.startswith(PICKLE_MARKS):
        return _named(start) or "is no checkpoint: what torch saves begins otherwise."
    if isinstance(error, pickle.UnpicklingError):
        return (
            "cannot be read safely: it holds more than tensors, perhaps a program, or is damaged. "
            "Use its safetensors file."
        )
    return "is damaged or incomplete. If it was downloaded, download it again."


@contextmanager
def opened(path: Path) -> Generator[Any]:
    """The safetensors file, open; raises `UnsupportedCheckpoint` if it is damaged or cannot be read."""
    try:
        with safe_open(path, framework="pt") as file:
            yield file
    except SafetensorError as error:
        raise UnsupportedCheckpoint(f"{path.name} {_what_is_wrong(path, error)}") from error
    except OSError as error:
        raise UnsupportedCheckpoint(f"{path.name} cannot be read: {error.strerror or error}.") from error


EMPTY = "is empty. If it was downloaded, download it again."
PICKLE_MARKS = (b"PK", b"\x80")
LOOKS_LIKE = {
    b"version https://git-lfs": "is only Git LFS's pointer to the file; fetch the file itself (git lfs pull).",
    b"<": "is a web page, not a model; the download needs a login or another address.",
}
"""By its first bytes: what a file is that should be a model."""


def _what_is_wrong(path: Path, error: SafetensorError) -> str:
    start = _start_of(path)
    if not start:
        return EMPTY
    if start.startswith(PICKLE_MARKS):
        return "is a pickle with the ending of a safetensors file, which is not opened under a false name."
    unfinished = f"is not a complete safetensors file ({error}). If it was downloaded, download it again."
    return _named(start) or unfinished


def _named(start: bytes) -> str | None:
    return next((words for mark, words in LOOKS_LIKE.items() if start.startswith(mark)), None)


def _start_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(100)
