"""Changes of jobs: committed first, then told, in the same order for everyone."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from underpaint.server.database import Database
from underpaint.server.events import Event, Hub


@dataclass(slots=True)
class Change:
    """A transaction that is open, and what to tell once it is committed."""

    session: Session
    events: list[Event] = field(default_factory=list[Event])


class Ledger:
    """Writes about jobs; one at a time."""

    def __init__(self, database: Database, hub: Hub) -> None:
        self.database = database
        self._hub = hub
        self._lock = threading.Lock()

    @contextmanager
    def change(self) -> Generator[Change]:
        """Commits at the end and tells the events; on an error neither."""
        with self._lock:
            with self.database.write() as session:
                change = Change(session)
                yield change
            for event in change.events:
                self._hub.publish(event)
