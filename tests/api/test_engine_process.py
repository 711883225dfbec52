"""Server and engine as processes of their own: what is left when the server goes."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.victim import Victim
from tests.api.conftest import FAKE_PAINTER, eventually
from underpaint.codec import to_json
from underpaint.request import BatchSettings, InpaintRequest, PromptSettings


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Victim]:
    """With a job at work."""
    server = Victim(tmp_path, FAKE_PAINTER)
    server.start()
    server.wait_until_it_answers()
    project_id = server.ask("/projects/empty", {})["id"]
    request = InpaintRequest(prompt=PromptSettings(positive="step_s=0.2"), batch=BatchSettings(count=50))
    order = {"node_id": None, "request": to_json(request), "underpainting": "original", "task": "custom"}
    server.ask(f"/projects/{project_id}/jobs", order)
    eventually(lambda: server.ask("/status")["engine"] == "busy", "the job")
    yield server
    server.kill_server()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return b"--multiprocessing-fork" in Path(f"/proc/{pid}/cmdline").read_bytes()


def test_the_engine_ends_when_the_server_is_killed(server: Victim):
    engine = server.engine_pid()
    assert engine is not None
    assert is_alive(engine)
    server.kill_server()
    eventually(lambda: not is_alive(engine), "the engine's end")


def test_a_signal_stops_everything_and_the_job_is_queued_again(server: Victim):
    engine = server.engine_pid()
    assert engine is not None
    assert server.stop() < 10
    assert not is_alive(engine)
    with sqlite3.connect(server.data / "underpaint.db") as database:
        states = database.execute("SELECT state, was_resumed FROM jobs").fetchall()
    database.close()
    assert states == [("queued", 1)]
