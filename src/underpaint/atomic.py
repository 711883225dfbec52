"""Files that are there whole or not at all."""

import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

from underpaint.errors import OutputError

LEFT_AFTER_S = 3600.0
_PREFIX, _SUFFIX = ".underpaint-", ".tmp"


def write_atomically(path: Path, data: bytes) -> None:
    """Writes the whole file or nothing: a reader sees the old content or the new, even after a power cut."""
    temporary = path.parent / f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}"
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise OutputError(f"Cannot write {path}: {error.strerror or error}.") from error
    finally:
        if temporary.exists():
            temporary.unlink()


def sweep(folder: Path) -> None:
    """Removes what writers left below a folder when they were killed. Files that somebody may still be writing stay:
    every write moves their time on, and none lasts as long as `LEFT_AFTER_S`, on whichever computer it runs."""
    left_before = time.time() - LEFT_AFTER_S
    for file in folder.rglob(f"{_PREFIX}*{_SUFFIX}"):
        # Somebody else sweeps, or its writer has just finished; or Windows keeps it for one who looks at it.
        with suppress(FileNotFoundError, PermissionError):
            if file.stat().st_mtime < left_before:
                file.unlink()


def _sync_folder(folder: Path) -> None:
    """Without this a new name may be lost in a power cut. Windows has no such call, and keeps names by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
