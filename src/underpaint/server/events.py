"""Who is told what happens: everyone who listens, without anyone waiting for a slow one."""

import asyncio
import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from underpaint.server.schemas import EngineState, Job, JobResult, Layer, Problem, Progress

MOST_WAITING = 256
"""A listener for whom more than this waits gets a snapshot instead."""

_any = TypeAdapter[Any](Any)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the table in docs/explanation/server.md."""

    name: str
    data: dict[str, Any]
    project_id: str | None = None
    """Only those who look at this project hear of it; None: everyone."""
    job_id: str | None = None
    replaces: str | None = None
    """An event with the same word here that still waits is out of date."""

    @property
    def encoded(self) -> bytes:
        """As it goes over the wire."""
        data = json.dumps(_any.dump_python(self.data, mode="json"), ensure_ascii=False, separators=(",", ":"))
        return f"event: {self.name}\ndata: {data}\n\n".encode()


def job_changed(job: Job) -> Event:
    return Event(name="job", data=_any.dump_python(job), job_id=job.id, replaces=f"job {job.id}")


def progressed(job_id: str, progress: Progress) -> Event:
    data = {"job_id": job_id, "progress": progress}
    return Event(name="progress", data=data, job_id=job_id, replaces=f"progress {job_id}")


def result_recorded(job_id: str, result: JobResult) -> Event:
    return Event(name="result", data={"job_id": job_id, "result": result}, job_id=job_id)


def queue_changed(is_paused: bool, order: list[str]) -> Event:
    return Event(name="queue", data={"is_paused": is_paused, "order": order}, replaces="queue")


def engine_changed(state: EngineState, problem: Problem | None = None) -> Event:
    """`problem`: why it fails."""
    return Event(name="engine", data={"state": state, "problem": problem}, replaces="engine")


def project_changed(project_id: str, client: str | None) -> Event:
    """`client`: the tab that changed it, from its `X-Client` header."""
    data = {"project_id": project_id, "client": client}
    return Event(name="project", data=data, project_id=project_id, replaces=f"project {project_id} {client}")


def draft_changed(
    project_id: str, node_id: str | None, client: str | None, *, layers: list[Layer], has_settings: bool
) -> Event:
    data = {"node_id": node_id, "layers": layers, "has_settings": has_settings, "client": client}
    return Event(name="draft", data=data, project_id=project_id)


class Subscription:
    """What waits for one listener. Filled from any thread, read on the event loop."""

    def __init__(self, project_id: str | None, job_id: str | None) -> None:
        self.needs_snapshot = True
        """At the start, and when more happened than could be told."""
        self.is_closed = False
        self._project_id, self._job_id = project_id, job_id
        self._waiting: dict[object, Event] = {}
        self._lock = threading.Lock()
        self._loop, self._is_woken = asyncio.get_running_loop(), asyncio.Event()

    def offer(self, event: Event) -> None:
        """Keeps an event that the listener wants to hear of."""
        if not self._wants(event):
            return
        with self._lock:
            key = event.replaces or object()
            self._waiting.pop(key, None)
            self._waiting[key] = event
            if len(self._waiting) > MOST_WAITING:
                self._waiting.clear()
                self.needs_snapshot = True
        self._loop.call_soon_threadsafe(self._is_woken.set)

    def close(self) -> None:
        self.is_closed = True
        self._loop.call_soon_threadsafe(self._is_woken.set)

    async def wait(self, timeout_s: float) -> list[Event]:
        """What has happened, as soon as something has; nothing when the time is over or the server stops."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._is_woken.wait()
        except TimeoutError:
            return []
        self._is_woken.clear()
        with self._lock:
            events = list(self._waiting.values())
            self._waiting.clear()
        return events

    def _wants(self, event: Event) -> bool:
        if self._job_id is not None:
            return event.job_id == self._job_id or event.name == "engine"
        return None in (self._project_id, event.project_id) or event.project_id == self._project_id


class Hub:
    """Passes events on to all subscriptions."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()
        self._lock = threading.Lock()
        self._is_closed = False

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._subscriptions)

    def publish(self, event: Event) -> None:
        """Tells everyone who wants to hear it; from any thread, and without waiting for anyone."""
        with self._lock:
            for subscription in self._subscriptions:
                subscription.offer(event)

    @contextmanager
    def subscribed(
        self, *, project_id: str | None = None, job_id: str | None = None
    ) -> Generator[Subscription]:
        """On the event loop: events of one job, of one project and the queue, or of everything."""
        subscription = Subscription(project_id, job_id)
        with self._lock:
            self._subscriptions.add(subscription)
            subscription.is_closed = self._is_closed
        try:
            yield subscription
        finally:
            with self._lock:
                self._subscriptions.discard(subscription)

    def close(self) -> None:
        """Ends all streams. uvicorn waits for open answers before it stops the app: call this before."""
        with self._lock:
            self._is_closed = True
            for subscription in self._subscriptions:
                subscription.close()
