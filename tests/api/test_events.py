"""Server-sent events, over a real socket."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx2
import pytest
from fastapi import FastAPI

from tests.api.conftest import PATIENCE_S, Stream, Studio, Told, listening
from underpaint.server.events import MOST_WAITING, Event
from underpaint.server.routes.events import follow

SLOW = "step_s=0.1"


@pytest.fixture
def port(app: FastAPI) -> Iterator[int]:
    with listening(app) as port:
        yield port


@pytest.fixture
def page(port: int) -> Iterator[Studio]:
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as client:
        yield Studio(client)


@pytest.fixture
def listen(port: int) -> Iterator[Callable[[str], Stream]]:
    """Opens streams, and closes them after the test."""
    with ExitStack() as streams:

        def opened(path: str = "/events") -> Stream:
            stream = Stream(port, path)
            streams.callback(stream.close)
            return stream

        yield opened


def is_state(job_id: str, *states: str):
    return lambda told: (
        told.name == "job" and (told.data["id"], told.data["state"]) in {(job_id, state) for state in states}
    )


def test_two_pages_hear_the_same(page: Studio, listen: Callable[..., Stream]):
    streams = [listen(), listen(f"/events?project_id={page.project_id}")]
    job_id = page.enqueue("step_s=0.05", count=2)
    heard = [stream.until(is_state(job_id, "done")) for stream in streams]
    for told in heard:
        assert told[0].name == "snapshot"
        states = [event.data["state"] for event in told if event.name == "job"]
        assert states[-2:] == ["running", "done"]
        results = [event.data["result"]["index"] for event in told if event.name == "result"]
        assert results == [0, 1]
        shares = [event.data["progress"]["share"] for event in told if event.name == "progress"]
        assert shares == sorted(shares)
        assert shares[-1] > 0.9
        assert {"queue", "engine"} <= {event.name for event in told}
    assert heard[0][0].data["project"] is None
    assert heard[1][0].data["project"]["id"] == page.project_id


def test_who_comes_back_first_gets_what_was_missed(page: Studio, listen: Callable[..., Stream]):
    job_id = page.enqueue(SLOW, count=3)
    first = listen()
    first.until(lambda told: told.name == "result")
    first.close()
    page.wait_for_images(job_id, 2)
    second = listen()
    snapshot = second.until(lambda told: told.name == "snapshot")[-1].data
    (job,) = snapshot["queue"]["jobs"]
    assert [result["state"] for result in job["results"]][:2] == ["done", "done"]
    assert job["progress"]["images"] == 3
    second.until(is_state(job_id, "done"))


def test_the_stream_of_a_job_ends_with_it(page: Studio, listen: Callable[..., Stream]):
    job_id = page.enqueue(count=2)
    page.enqueue()
    told = list(listen(f"/jobs/{job_id}/events"))
    assert [event.name for event in told[:2]] == ["snapshot", "job"]
    assert is_state(job_id, "done")(told[-1])
    ids = {event.data["id"] for event in told if event.name == "job"}
    assert ids == {job_id}
    after = list(listen(f"/jobs/{job_id}/events"))
    assert [event.name for event in after] == ["snapshot", "job"]


def test_events_of_other_projects_stay_there(page: Studio, listen: Callable[..., Stream]):
    mine, other = page.project_id, page.post("/projects/empty", {})["id"]
    stream = listen(f"/events?project_id={mine}")
    stream.until(lambda told: told.name == "snapshot")
    for project_id in (other, mine):
        page.client.patch(f"/api/projects/{project_id}", json={"name": "New"}, headers={"X-Client": "tab 7"})
    told = stream.until(lambda told: told.name == "project")
    assert told == [Told("project", {"project_id": mine, "client": "tab 7"})]


def test_streams_of_what_is_not_there(page: Studio):
    for path in ("/events?project_id=nobody", "/jobs/nobody/events"):
        answer = page.client.get(f"/api{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not-found")


def test_who_fell_behind_while_the_project_was_deleted_is_told_no_more(page: Studio, app: FastAPI):
    services = app.state.services

    async def told() -> list[bytes]:
        stream = (await follow(services, page.project_id)).body_iterator
        seen = [bytes(await anext(stream))]
        await asyncio.to_thread(page.client.delete, f"/api/projects/{page.project_id}")
        for _ in range(MOST_WAITING + 1):
            services.hub.publish(Event(name="queue", data={}))
        return seen + [bytes(part) async for part in stream]

    first, *others = asyncio.run(told())
    assert first.startswith(b"event: snapshot")
    assert not any(part.startswith(b"event: snapshot") for part in others)


def test_a_page_that_goes_away_is_forgotten(page: Studio, listen: Callable[..., Stream], app: FastAPI):
    hub = app.state.services.hub
    streams = [listen() for _ in range(3)]
    for stream in streams:
        stream.until(lambda told: told.name == "snapshot")
    assert hub.listeners == 3
    for stream in streams:
        stream.close()
    page.wait_for(page.enqueue("step_s=0.05", count=2), "done")
    assert hub.listeners == 0


def test_a_stopping_server_ends_the_streams(app: FastAPI):
    with listening(app) as port:
        stream = Stream(port, "/events")
        stream.until(lambda told: told.name == "snapshot")
    assert [told.name for told in stream if told.name != "engine"] == []
    stream.close()


def test_pages_hear_that_jobs_of_a_deleted_project_are_gone_and_back(
    page: Studio, listen: Callable[..., Stream]
):
    job_id = page.enqueue("step_s=0.2", count=20)
    page.wait_for(job_id, "running")
    stream = listen()
    page.client.delete(f"/api/projects/{page.project_id}")
    gone = stream.until(lambda told: told.name == "queue")
    assert gone[-1].data["order"] == []
    page.post(f"/projects/{page.project_id}/restore")
    back = stream.until(lambda told: told.name == "queue" and told.data["order"] == [job_id])
    assert any(is_state(job_id, "queued")(told) for told in back)
    page.post(f"/jobs/{job_id}/cancel")
