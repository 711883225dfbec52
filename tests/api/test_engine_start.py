"""An engine that cannot be started: nothing is lost, and the user is told."""

import time

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.api.conftest import Stream, Studio, eventually, listening
from underpaint.folders import data_folder
from underpaint.server import runner as runner_module
from underpaint.server.app import create_app
from underpaint.server.runner import PAINTER_VARIABLE, Runner

BROKEN, CRASHING, SLEEPING = (
    f"tests.api.fake_engine:{name}" for name in ("BrokenPainter", "CrashingPainter", "SleepingPainter")
)


@pytest.fixture
def painter() -> str:
    return BROKEN


@pytest.fixture
def app(painter: str, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setenv(PAINTER_VARIABLE, painter)
    monkeypatch.setattr(runner_module, "RESTART_DELAYS_S", (0.0, 0.05, 60.0))
    monkeypatch.setattr(runner_module, "FAILS_AFTER", 2)
    return create_app()


def failing(studio: Studio) -> str:
    """Why, once the engine is said to fail."""
    status = eventually(
        lambda: (status := studio.get("/status"))["engine"] == "failing" and status, "the engine to fail"
    )
    assert status["engine_problem"]["code"] == "engine-died"
    return status["engine_problem"]["message"]


def test_an_engine_that_cannot_start_is_said_to_fail_and_why(studio: Studio):
    job_id = studio.enqueue()
    message = failing(studio)
    assert "The engine cannot start" in message
    assert "ImportError: libcudart.so.12: cannot open shared object file" in message
    assert "exit code 1" in message
    assert studio.job(job_id)["state"] == "queued"


def test_trying_again_at_once_goes_on_with_the_queue(studio: Studio):
    job_id = studio.enqueue()
    failing(studio)
    (data_folder() / "mended").touch()
    begun = time.monotonic()
    assert studio.client.post("/api/engine/restart").status_code == 204
    studio.wait_for(job_id, "done")
    assert time.monotonic() - begun < 30, "not only at the next regular attempt"
    status = studio.get("/status")
    assert (status["engine"], status["engine_problem"]) == ("ready", None)


def test_trying_again_in_vain_is_told_at_once(studio: Studio, app: FastAPI):
    failing(studio)
    runner: Runner = app.state.services.runner
    runner.restart()
    eventually(lambda: runner.health.problem is None, "another attempt")
    failing(studio)


def test_it_is_tried_again_without_being_asked(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(runner_module, "RESTART_DELAYS_S", (0.0, 0.05, 0.2))
    failing(studio)
    (data_folder() / "mended").touch()
    studio.wait_for(studio.enqueue(), "done")


def test_questions_are_answered_with_the_reason(studio: Studio, app: FastAPI):
    failing(studio)
    project = studio.post("/projects/sample")
    wish = {"request": {}, "stage": "prepared", "underpaintings": ["fill"]}
    path = f"/nodes/{project['head_id']}/underpaintings"
    assert studio.refused(path, wish) == (503, "engine-died")


@pytest.mark.parametrize("painter", [CRASHING])
def test_an_engine_that_crashes_while_it_starts_names_the_signal(studio: Studio):
    assert "SIGSEGV" in failing(studio)


@pytest.mark.parametrize("painter", [SLEEPING])
def test_an_engine_that_is_never_ready_is_ended(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(runner_module, "START_TIMEOUT_S", 0.5)
    studio.client.post("/api/engine/restart")  # the running attempt began with the longer time
    assert "not ready" in failing(studio)


def test_the_stream_tells_of_it(app: FastAPI):
    with listening(app) as port:
        stream = Stream(port, "/events")
        told = stream.until(lambda told: told.name == "engine" and told.data["state"] == "failing")
        assert "ImportError" in told[-1].data["problem"]["message"]
        stream.close()
        again = Stream(port, "/events")
        snapshot = again.until(lambda told: told.name == "snapshot")[-1].data
        assert (snapshot["engine"], snapshot["engine_problem"]) == ("failing", told[-1].data["problem"])
        again.close()


def test_a_server_whose_engine_fails_stops_in_time(app: FastAPI):
    with TestClient(app, base_url="http://127.0.0.1:7878") as client:
        failing(Studio(client))
        begun = time.monotonic()
    assert time.monotonic() - begun < 5
