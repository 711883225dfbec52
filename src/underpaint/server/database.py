"""The database: one SQLite file, written ahead (WAL) and synced at every commit, so that what was answered is kept."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

from underpaint.errors import OutputError

FILE_NAME = "underpaint.db"
BUSY_TIMEOUT_MS = 10_000
MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """Sessions on the file in `folder`. Safe to use from several threads, each with sessions of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / FILE_NAME
        self.engine = _engine(self._file)
        self._writing_engine = self.engine.execution_options(begins_writing=True)

    def migrate(self) -> None:
        """Brings the tables to the newest version, each step in a transaction. Raises `OutputError` for a file that is
        damaged, cannot be written, or comes from a newer Underpaint."""
        try:
            self._upgrade()
        except CommandError as error:
            raise OutputError(
                f"{self._file} was written by a newer Underpaint ({error}). Update this one, or take another data folder."
            ) from error
        except OperationalError as error:
            raise OutputError(unusable(error)) from error
        except DatabaseError as error:
            raise OutputError(
                f"{self._file} is damaged ({error.orig}). Move it away to start with an empty one, or put a copy there."
            ) from error

    def _upgrade(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        with self._writing_engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def read(self) -> Generator[Session]:
        """A session that sees one moment of the database. Its rows can be used afterwards."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Generator[Session]:
        """A session that commits at the end, or undoes everything on an error. Only one is open at a time; the others
        wait."""
        with Session(self._writing_engine, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        self.engine.dispose()


def unusable(error: DatabaseError) -> str:
    """Such as a full disk, as users are told."""
    return f"The data folder cannot be used: {error.orig}."


def _engine(file: Path) -> Engine:
    engine = create_engine(f"sqlite:///{file}", pool_size=5, max_overflow=-1)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: sqlite3.Connection, _record: Any) -> None:
    # Python's sqlite3 begins transactions late and not for every statement; we begin them ourselves.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    """A transaction that began by reading could not start to write once another has written."""
    is_writing = connection.get_execution_options().get("begins_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")
