"""Safetensors files: shapes without reading weights, and weights without a mapped file behind them."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from underpaint.errors import UnsupportedCheckpoint

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
    """Shapes of all tensors in the file, from its header alone."""
    with opened(path) as file:
        return Shapes({name: tuple(file.get_slice(name).get_shape()) for name in file.keys()})  # noqa: SIM118 (safe_open is no dict)


def read_weights(path: Path, prefix: str = "") -> Weights:
    """The tensors whose names start with `prefix`, without it, float32 and in memory of their own.

    Tensors still mapped from the file are unaligned, which changes what a network computes in the last digits.
    """
    with opened(path) as file:
        names = [name for name in file.keys() if name.startswith(prefix)]  # noqa: SIM118 (safe_open is no dict)
        return {name.removeprefix(prefix): _own(file.get_tensor(name)) for name in names}


def _own(tensor: Tensor) -> Tensor:
    return tensor.to(torch.float32, copy=True) if tensor.is_floating_point() else tensor.clone()


@contextmanager
def opened(path: Path) -> Generator[Any]:
    """The safetensors file, open; raises `UnsupportedCheckpoint` if it is damaged or cannot be read."""
    try:
        with safe_open(path, framework="pt") as file:
            yield file
    except SafetensorError as error:
        raise UnsupportedCheckpoint(
            f"{path.name} is not a complete safetensors file ({error}). If it was downloaded, download it again."
        ) from error
    except OSError as error:
        raise UnsupportedCheckpoint(f"{path.name} cannot be read: {error.strerror or error}.") from error
