"""What happens, as server-sent events."""

from collections.abc import AsyncGenerator
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from underpaint.server import projects
from underpaint.server.events import Event, Subscription, job_changed
from underpaint.server.job_views import OPEN
from underpaint.server.refusals import NotFound
from underpaint.server.responses import answers
from underpaint.server.services import Services, Using

router = APIRouter(tags=["events"])
HEARTBEAT_S = 15.0
STREAM = {200: {"content": {"text/event-stream": {}}, "description": "See docs/explanation/server.md."}}
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get("/events", responses={**STREAM, **answers(404)}, response_class=StreamingResponse)
async def follow(services: Using, project_id: str | None = None) -> StreamingResponse:
    """A snapshot, then everything that happens in the queue and in a project (in all of them, without an id)."""
    await run_in_threadpool(_snapshot, services, project_id)  # a project that is not there fails here
    return StreamingResponse(_stream(services, project_id), media_type="text/event-stream", headers=HEADERS)


@router.get("/jobs/{job_id}/events", responses={**STREAM, **answers(404)}, response_class=StreamingResponse)
async def follow_job(services: Using, job_id: str) -> StreamingResponse:
    """A snapshot and the job, then everything that happens to it; ends with it."""
    await run_in_threadpool(services.runner.jobs.job, job_id)
    return StreamingResponse(_job_stream(services, job_id), media_type="text/event-stream", headers=HEADERS)


async def _stream(services: Services, project_id: str | None) -> AsyncGenerator[bytes]:
    with services.hub.subscribed(project_id=project_id) as subscription:
        while not subscription.is_closed:
            if subscription.needs_snapshot:
                subscription.needs_snapshot = False
                try:
                    snapshot = await run_in_threadpool(_snapshot, services, project_id)
                except NotFound:  # deleted meanwhile; who connects again is told so
                    return
                yield snapshot.encoded
            yield _joined(await subscription.wait(HEARTBEAT_S))


async def _job_stream(services: Services, job_id: str) -> AsyncGenerator[bytes]:
    with services.hub.subscribed(job_id=job_id) as subscription:
        while not subscription.is_closed:
            events = await _next_of_job(services, job_id, subscription)
            ends = [n for n, event in enumerate(events, 1) if _is_end(event)]
            yield _joined(events[: ends[0]] if ends else events)
            if ends:
                return


async def _next_of_job(services: Services, job_id: str, subscription: Subscription) -> list[Event]:
    if not subscription.needs_snapshot:
        return await subscription.wait(HEARTBEAT_S)
    subscription.needs_snapshot = False
    job = await run_in_threadpool(services.runner.jobs.job, job_id)
    return [await run_in_threadpool(_snapshot, services, None), job_changed(job)]


def _is_end(event: Event) -> bool:
    return event.name == "job" and event.data["state"] not in OPEN


def _joined(events: list[Event]) -> bytes:
    """A comment when there is nothing, to keep the line open and to notice when it is not."""
    return b"".join(event.encoded for event in events) or b": still here\n\n"


def _snapshot(services: Services, project_id: str | None) -> Event:
    """All that a page needs to know after it was away."""
    health = services.runner.health
    data: dict[str, Any] = {
        "queue": services.runner.jobs.queue(),
        "engine": health.state,
        "engine_problem": health.problem,
    }
    with services.database.read() as session:
        data["project"] = (
            None
            if project_id is None
            else projects.as_project(session, projects.project_row(session, project_id))
        )
    return Event(name="snapshot", data=data)
