"""One server per data folder, and where it is."""

import json
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from underpaint.atomic import write_atomically
from underpaint.errors import OutputError

FILE_NAME = "server.lock"
ADDRESS_FILE_NAME = "server.json"
"""Not the lock's own file: on Windows others cannot read that."""


class FolderInUse(OutputError):
    """Another server holds the folder's lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server that answers."""

    address: str
    """Ends in a slash."""
    wants_password: bool


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
            raise FolderInUse(
                f"Another server works with {folder}; stop it first, or give this one a folder of its own with --data."
            )
        address_file = folder / ADDRESS_FILE_NAME
        address_file.unlink(missing_ok=True)  # of a server that was killed
        try:
            yield
        finally:
            address_file.unlink(missing_ok=True)


def announce(folder: Path, server: Running) -> None:
    """Tells `running_in` where the server is that has locked the folder."""
    write_atomically(folder / ADDRESS_FILE_NAME, json.dumps(asdict(server)).encode())


def running_in(folder: Path) -> Running | None:
    """The server that has locked the folder; None while it does not answer yet."""
    try:
        return Running(**json.loads((folder / ADDRESS_FILE_NAME).read_bytes()))
    except FileNotFoundError:
        return None


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
