"""Safetensors files one tensor at a time, for work on models larger than memory."""

import json
import os
import secrets
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from math import prod
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from underpaint.errors import OutputError, UnsupportedCheckpoint
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
LENGTH_BYTES = 8
HEADER_ALIGNMENT = 8

Specs = Mapping[str, tuple[torch.dtype, tuple[int, ...]]]


@dataclass(frozen=True, slots=True)
class WeightFile:
    """An open safetensors file. It is not mapped: pages of a mapped file count as memory of the process once they are read,
    and three models would be there at the end of a merge."""

    path: Path
    shapes: Shapes
    dtypes: dict[str, torch.dtype]
    metadata: dict[str, str]
    _starts: dict[str, int]
    _file: FileIO

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Generator["WeightFile"]:
        """Raises `UnsupportedCheckpoint` for a file that is damaged or missing."""
        with opened(path) as checked:
            metadata = dict(checked.metadata() or {})
        with path.open("rb", buffering=0) as file:
            length = int.from_bytes(file.read(LENGTH_BYTES), "little")
            entries = json.loads(file.read(length))
            entries.pop("__metadata__", None)
            for name, entry in entries.items():
                if entry["dtype"] not in DTYPES:
                    raise UnsupportedCheckpoint(
                        f"{path.name} holds the tensor {name} in the format {entry['dtype']}, which cannot be merged."
                    )
            first = LENGTH_BYTES + length
            yield cls(
                path,
                Shapes({name: tuple(entry["shape"]) for name, entry in entries.items()}),
                {name: DTYPES[entry["dtype"]] for name, entry in entries.items()},
                metadata,
                {name: first + entry["data_offsets"][0] for name, entry in entries.items()},
                file,
            )

    def read(self, name: str) -> Tensor:
        """A tensor in memory of its own."""
        tensor = torch.empty(self.shapes[name], dtype=self.dtypes[name])
        if tensor.numel():
            self._file.seek(self._starts[name])
            target = _bytes_of(tensor)
            while target:
                count = self._file.readinto(target)
                if not count:
                    raise UnsupportedCheckpoint(f"{self.path.name} became shorter while it was read.")
                target = target[count:]
        return tensor


def _bytes_of(tensor: Tensor) -> memoryview:
    """The memory of a contiguous tensor."""
    values: Any = tensor.flatten().view(torch.uint8).numpy()
    return memoryview(values)


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
                file.write(_bytes_of(tensor.contiguous()))
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
    return len(text).to_bytes(LENGTH_BYTES, "little") + text
