"""Safetensors files one tensor at a time, for work on models larger than memory."""

import json
import os
import secrets
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from underpaint.errors import OutputError
from underpaint.models.weights import Shapes, opened

DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}
HEADER_ALIGNMENT = 8

Specs = Mapping[str, tuple[torch.dtype, tuple[int, ...]]]


@dataclass(frozen=True, slots=True)
class WeightFile:
    """An open safetensors file."""

    path: Path
    shapes: Shapes
    dtypes: dict[str, torch.dtype]
    metadata: dict[str, str]
    _file: Any

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Generator["WeightFile"]:
        """Raises `UnsupportedCheckpoint` for a file that is damaged or missing."""
        with opened(path) as file:
            slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 (safe_open is no dict)
            yield cls(
                path,
                Shapes({name: tuple(part.get_shape()) for name, part in slices.items()}),
                {name: DTYPES[part.get_dtype()] for name, part in slices.items()},
                dict(file.metadata() or {}),
                file,
            )

    def read(self, name: str) -> Tensor:
        """A tensor in memory of its own."""
        return self._file.get_tensor(name).clone()


def write_weights(
    path: Path, specs: Specs, tensors: Iterable[tuple[str, Tensor]], metadata: Mapping[str, str]
) -> Iterator[tuple[int, int]]:
    """Writes a safetensors file in the order of `specs`, which `tensors` must follow, and yields (written, all).

    The file appears whole or not at all, also when the iteration is given up.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(_header(specs, metadata))
            for count, (name, tensor) in enumerate(tensors, start=1):
                dtype, shape = specs[name]
                assert (tensor.dtype, tuple(tensor.shape)) == (dtype, shape), name
                file.write(tensor.contiguous().flatten().view(torch.uint8).numpy().tobytes())
                yield count, len(specs)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"Cannot write {path}: {error.strerror or error}.") from error
    finally:
        temporary.unlink(missing_ok=True)


def _header(specs: Specs, metadata: Mapping[str, str]) -> bytes:
    """Eight bytes of length, then JSON padded with spaces (safetensors' format)."""
    entries: dict[str, Any] = {"__metadata__": dict(metadata)}
    start = 0
    for name, (dtype, shape) in specs.items():
        stop = start + prod(shape) * dtype.itemsize
        entries[name] = {"dtype": NAMES[dtype], "shape": list(shape), "data_offsets": [start, stop]}
        start = stop
    text = json.dumps(entries, separators=(",", ":")).encode()
    text += b" " * (-len(text) % HEADER_ALIGNMENT)
    return len(text).to_bytes(8, "little") + text
