"""The app with the fake engine: in this process for plain requests, behind uvicorn for streams."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from underpaint.codec import to_json
from underpaint.folders import DATA_VARIABLE
from underpaint.request import BatchSettings, InpaintRequest, PromptSettings, SamplingSettings
from underpaint.server.app import create_app
from underpaint.server.runner import PAINTER_VARIABLE, Runner

FAKE_PAINTER = "tests.api.fake_engine:FakePainter"
ADDRESS = "http://127.0.0.1:7878"
PATIENCE_S = 30.0


@contextmanager
def fake_studio(folder: Path) -> Generator[None]:
    """Folders of its own below `folder`, and no model."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_VARIABLE, str(folder / "data"))
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        patch.setenv(PAINTER_VARIABLE, FAKE_PAINTER)
        yield


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path) -> Iterator[None]:
    """For every test, and for the server it starts."""
    with fake_studio(tmp_path):
        yield


@pytest.fixture
def app() -> FastAPI:
    return create_app()


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """The API, without a network."""
    with TestClient(app, base_url=ADDRESS) as client:
        yield client


@pytest.fixture
def api(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The API without an engine, for what needs none; mistakes of ours come as answers with status 500."""
    monkeypatch.setattr(Runner, "start", lambda _: None)
    monkeypatch.setattr(Runner, "stop", lambda _: None)
    with TestClient(app, base_url=ADDRESS, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def studio(client: TestClient) -> "Studio":
    return Studio(client)


def eventually(is_so: Callable[[], Any], what: str = "it") -> Any:
    """Waits until it is true, and returns what it gave."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := is_so()):
        assert time.monotonic() < deadline, f"{what} did not happen within {PATIENCE_S} s"
        time.sleep(0.02)
    return found


class Studio:
    """What a page does, in words of these tests."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self._project_id: str | None = None

    @property
    def project_id(self) -> str:
        """A project without a picture."""
        self._project_id = self._project_id or self.post("/projects/empty", {})["id"]
        return self._project_id

    def get(self, path: str) -> Any:
        answer = self.client.get(f"/api{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.client.post(f"/api{path}", json=body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def refused(self, path: str, body: Any = None) -> tuple[int, str]:
        """Status and code of a request that must fail."""
        answer = self.client.post(f"/api{path}", json=body)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()["error"]["code"]

    def enqueue(self, script: str = "", *, count: int = 1, size: int = 1, **order: Any) -> str:
        """A text-to-image job; `script` is for the fake engine."""
        request = InpaintRequest(
            prompt=PromptSettings(positive=script),
            sampling=SamplingSettings(steps=5),
            batch=BatchSettings(size=size, count=count),
        )
        body = {
            "node_id": None,
            "request": to_json(request),
            "underpainting": "original",
            "task": "custom",
            **order,
        }
        return self.post(f"/projects/{self.project_id}/jobs", body)["id"]

    def job(self, job_id: str) -> Any:
        return self.get(f"/jobs/{job_id}")

    def wait_for(self, job_id: str, *states: str) -> Any:
        """The job, once it is in one of these states."""
        return eventually(lambda: (job := self.job(job_id))["state"] in states and job, f"{job_id} {states}")

    def wait_for_images(self, job_id: str, count: int) -> Any:
        """The job, once so many of its images are done."""

        def found() -> Any:
            job = self.job(job_id)
            return len(done(job)) >= count and job

        return eventually(found, f"{count} images")


def done(job: Any) -> list[int]:
    """Which images of a job are done."""
    return [result["index"] for result in job["results"] if result["state"] == "done"]


# streams


@dataclass(frozen=True)
class Told:
    """One event off the wire."""

    name: str
    data: Any


class Stream:
    """A page that listens."""

    def __init__(self, port: int, path: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        self._connection.request("GET", f"/api{path}")
        self.answer = self._connection.getresponse()

    def __iter__(self) -> Iterator[Told]:
        name = ""
        while line := self.answer.readline().decode():
            if line.startswith("event: "):
                name = line.removeprefix("event: ").strip()
            elif line.startswith("data: "):
                yield Told(name, json.loads(line.removeprefix("data: ")))

    def until(self, is_last: Callable[[Told], bool]) -> list[Told]:
        """Everything up to this event."""
        told: list[Told] = []
        for event in self:
            told.append(event)
            if is_last(event):
                return told
        raise AssertionError(f"the stream ended after {[event.name for event in told]}")

    def close(self) -> None:
        self.answer.close()
        self._connection.close()


@contextmanager
def listening(app: FastAPI) -> Generator[int]:
    """The app behind uvicorn, on the port it yields."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=3))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        eventually(lambda: server.started, "the start")
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        app.state.services.hub.close()
        server.should_exit = True
        thread.join()
