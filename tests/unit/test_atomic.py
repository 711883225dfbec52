import os
import time
from pathlib import Path

import pytest

from underpaint import atomic
from underpaint.atomic import sweep, write_atomically
from underpaint.errors import OutputError


def test_written_whole(tmp_path: Path):
    path = tmp_path / "out.png"
    path.write_bytes(b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert [file.name for file in tmp_path.iterdir()] == ["out.png"]


def test_failed_write_leaves_nothing(tmp_path: Path):
    folder = tmp_path / "out.png"
    folder.mkdir()
    (folder / "inside").touch()
    with pytest.raises(OutputError, match=r"Cannot write .*out\.png"):
        write_atomically(folder, b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["out.png"]
    with pytest.raises(OutputError):
        write_atomically(tmp_path / "missing" / "out.png", b"new")


def test_a_file_that_cannot_be_flushed_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic.os, "fsync", full_disk)
    path = tmp_path / "out.png"
    path.write_bytes(b"old")
    with pytest.raises(OutputError, match="No space left"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["out.png"]


def leftover(folder: Path, *, age_s: float) -> Path:
    """What a writer that was killed so long ago left."""
    folder.mkdir(exist_ok=True)
    file = folder / ".underpaint-0123456789abcdef.tmp"
    file.write_bytes(b"half of a pict")
    written_at = time.time() - age_s
    os.utime(file, (written_at, written_at))
    return file


def test_sweeping_removes_what_killed_writers_left(tmp_path: Path):
    leftover(tmp_path / "ab", age_s=2 * 3600)
    (tmp_path / "ab" / "picture.png").write_bytes(b"whole")
    os.utime(tmp_path / "ab" / "picture.png", (0, 0))
    sweep(tmp_path)
    sweep(tmp_path / "missing")
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["picture.png"]


def test_sweeping_leaves_what_is_being_written(tmp_path: Path):
    """A command line may write into the data folder while a server starts there."""
    file = leftover(tmp_path / "ab", age_s=60)
    sweep(tmp_path)
    assert file.exists()


def test_a_file_that_another_server_removes_first_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = leftover(tmp_path / "ab", age_s=2 * 3600)
    find = Path.rglob

    def found_late(folder: Path, pattern: str) -> list[Path]:
        found = list(find(folder, pattern))
        file.unlink()
        return found

    monkeypatch.setattr(Path, "rglob", found_late)
    sweep(tmp_path)
    assert not file.exists()
