from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.weights import read_shapes, read_weights


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "x.safetensors"
    save_file(
        {"a.half": torch.ones(3, dtype=torch.float16), "a.whole": torch.arange(2), "b": torch.ones(2, 5)},
        path,
    )
    return path


def test_shapes(file: Path) -> None:
    assert read_shapes(file) == {"a.half": (3,), "a.whole": (2,), "b": (2, 5)}
    assert read_shapes(file).under("a.") == {"half": (3,), "whole": (2,)}


def test_weights_are_float32_and_own_their_memory(file: Path) -> None:
    weights = read_weights(file, "a.")
    file.write_bytes(b"")
    assert weights["half"].tolist() == [1, 1, 1]
    assert weights["half"].dtype == torch.float32
    assert weights["whole"].tolist() == [0, 1]
    assert set(weights) == {"half", "whole"}


@pytest.mark.parametrize("size", [0, 4, 8, 100, -1])
def test_a_truncated_file_is_refused(file: Path, size: int) -> None:
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises(UnsupportedCheckpoint, match=r"x\.safetensors is not a complete safetensors file"):
        read_shapes(file)


@pytest.mark.parametrize(
    "content", [b"\x80\x02}q\x00." * 20, b"<html>not found</html>" * 9, b"\xff" * 64, b"PK" * 40]
)
def test_another_file_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(UnsupportedCheckpoint):
        read_weights(file)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedCheckpoint, match="cannot be read"):
        read_shapes(tmp_path / "none.safetensors")
