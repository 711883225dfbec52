import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.weights import read_metadata, read_shapes, read_weights


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


@pytest.mark.parametrize("size", [4, 8, 100, -1])
def test_a_truncated_file_is_refused(file: Path, size: int) -> None:
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises(UnsupportedCheckpoint, match=r"x\.safetensors is not a complete safetensors file"):
        read_shapes(file)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\x80\x02}q\x00." * 20, "a pickle with the ending"),
        (b"PK\x03\x04" * 40, "a pickle with the ending"),
        (b"<html>not found</html>" * 9, "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "Git LFS's pointer"),
        (b"\xff" * 64, "not a complete safetensors file"),
        (bytes(100), "not a complete safetensors file"),
    ],
    ids=["empty", "old pickle", "pickle", "web page", "pointer", "ones", "zeros"],
)
def test_another_file_is_refused_and_named(file: Path, content: bytes, says: str) -> None:
    file.write_bytes(content)
    with pytest.raises(UnsupportedCheckpoint, match=says):
        read_weights(file)


# Pickles

TENSORS = {"a.half": torch.ones(3, dtype=torch.float16), "a.whole": torch.arange(2), "b": torch.ones(2, 5)}


class Harmful:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("code ran",)


@pytest.mark.parametrize("is_zip", [True, False], ids=["torch 1.6 and later", "before"])
@pytest.mark.parametrize("is_nested", [True, False])
def test_a_pickles_tensors(tmp_path: Path, is_zip: bool, is_nested: bool) -> None:
    path = tmp_path / "x.ckpt"
    content = {"state_dict": TENSORS, "epoch": 3} if is_nested else {**TENSORS, "epoch": 3}
    torch.save(content, path, _use_new_zipfile_serialization=is_zip)
    assert read_shapes(path) == {"a.half": (3,), "a.whole": (2,), "b": (2, 5)}
    weights = read_weights(path, "a.")
    path.write_bytes(b"")
    assert (weights["half"].tolist(), weights["half"].dtype) == ([1, 1, 1], torch.float32)
    assert read_metadata(path) == {}


@pytest.mark.parametrize(
    "content", [Harmful(), {"a": torch.ones(1), "callback": Harmful()}], ids=["all", "part"]
)
def test_a_pickle_that_would_run_code_is_refused(
    content: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "evil.ckpt"
    torch.save(content, path)
    with pytest.raises(UnsupportedCheckpoint, match="cannot be read safely") as refused:
        read_shapes(path)
    assert "weights_only" not in str(refused.value), "torch's advice is to run the program"
    assert "code ran" not in capsys.readouterr().out


def test_a_pickle_of_python_is_refused_without_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "evil.ckpt"
    path.write_bytes(pickle.dumps({"callback": Harmful()}, protocol=4))
    with pytest.raises(UnsupportedCheckpoint, match="cannot be read safely"):
        read_shapes(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04", "damaged"),
        (b"\x80\x02", "damaged"),
        (b"nothing at all", "is no checkpoint"),
        (b"hello there, a text file\n" * 10, "is no checkpoint"),
        (bytes(1000), "is no checkpoint"),
        (b"<html>not found</html>" * 9, "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "Git LFS's pointer"),
    ],
    ids=ascii,
)
def test_a_damaged_pickle_is_refused(content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "x.ckpt"
    path.write_bytes(content)
    with pytest.raises(UnsupportedCheckpoint, match=f"x.ckpt .*{says}"):
        read_shapes(path)


def test_a_pickle_of_something_else_is_refused(tmp_path: Path) -> None:
    torch.save([1, 2], tmp_path / "x.ckpt")
    with pytest.raises(UnsupportedCheckpoint, match="holds a list"):
        read_shapes(tmp_path / "x.ckpt")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedCheckpoint, match="cannot be read"):
        read_shapes(tmp_path / "none.safetensors")
