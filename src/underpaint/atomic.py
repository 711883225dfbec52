"""Files that are there whole or not at all."""

import os
import secrets
from pathlib import Path

from underpaint.errors import OutputError


def write_atomically(path: Path, data: bytes) -> None:
    """Writes the whole file or nothing: a reader sees the old content or the new."""
    temporary = path.parent / f".underpaint-{secrets.token_hex(8)}.tmp"
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"Cannot write {path}: {error.strerror or error}.") from error
    finally:
        if temporary.exists():
            temporary.unlink()
