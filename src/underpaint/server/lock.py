"""One server per data folder."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from underpaint.errors import OutputError

FILE_NAME = "server.lock"


@contextmanager
def locked(folder: Path) -> Generator[None]:
    """Makes the folder, if need be, and keeps other servers out of it until the end, however this process ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / FILE_NAME).open("a+b")
    except OSError as error:
        raise OutputError(f"Cannot use the data folder {folder}: {error.strerror or error}.") from error
    with file:
        if not _take(file):
            raise OutputError(
                f"Another server works with {folder}; stop it first, or give this one a folder of its own with --data."
            )
        yield


if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes]) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
