"""The engine process and the database below it: what a crash costs, and what it does not."""

import errno
import os
import signal
import sqlite3
import time
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.api.conftest import ADDRESS, Studio, done, eventually
from underpaint.server import runner as runner_module
from underpaint.server.database import Database
from underpaint.server.runner import Runner
from underpaint.server.runs import Runs
from underpaint.server.tables import Base

SLOW = "step_s=0.1"


@pytest.fixture
def runner(app: FastAPI, client: TestClient) -> Runner:
    assert client, "the app runs"
    return app.state.services.runner


def kill(runner: Runner) -> int:
    """kill -9 of the engine, as soon as there is one."""
    pid = eventually(lambda: runner.engine_pid, "an engine")
    os.kill(pid, signal.SIGKILL)
    return pid


def test_a_killed_engine_goes_on_with_the_next_image(studio: Studio, runner: Runner):
    job_id, after = studio.enqueue(SLOW, count=3), studio.enqueue()
    before = studio.wait_for_images(job_id, 1)
    killed = kill(runner)
    job = studio.wait_for(job_id, "done")
    assert done(job) == [0, 1, 2]
    assert job["was_resumed"]
    assert job["results"][0] == before["results"][0]
    assert runner.engine_pid != killed
    studio.wait_for(after, "done")


def test_an_idle_engine_that_is_killed_is_started_again(studio: Studio, runner: Runner):
    eventually(lambda: studio.get("/status")["engine"] == "ready", "the start")
    killed = kill(runner)
    eventually(lambda: runner.engine_pid not in (None, killed), "another engine")
    studio.wait_for(studio.enqueue(), "done")


def test_a_full_disk_is_told_and_the_queue_goes_on_when_there_is_room(
    studio: Studio, runner: Runner, monkeypatch: pytest.MonkeyPatch
):
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(runner_module, "AFTER_ERROR_S", 0.1)

    def fail(*_: object) -> bool:
        raise full

    with monkeypatch.context() as patched:
        patched.setattr(Runs, "record", fail)
        job_id = studio.enqueue(count=2)
        status = eventually(
            lambda: (status := studio.get("/status"))["engine"] == "failing" and status, "the disk to be full"
        )
        assert "No space left on device" in status["engine_problem"]["message"]
    assert done(studio.wait_for(job_id, "done")) == [0, 1]
    assert studio.get("/status")["engine_problem"] is None


def test_an_image_that_crashes_the_engine_once_is_made(studio: Studio):
    job = studio.wait_for(studio.enqueue("crash-once@1", count=3), "done", "failed")
    assert (job["state"], done(job)) == ("done", [0, 1, 2])


def test_an_image_that_crashes_the_engine_twice_fails_its_job_and_nothing_else(studio: Studio):
    job_id, after = studio.enqueue("crash@1", count=3), studio.enqueue()
    job = studio.wait_for(job_id, "failed")
    assert (job["error"]["code"], done(job)) == ("engine-died", [0])
    assert "image 2" in job["error"]["message"]
    assert "memory" in job["error"]["message"]
    studio.wait_for(after, "done")


def test_a_restarted_server_goes_on_where_it_was(app: FastAPI):
    with TestClient(app, base_url=ADDRESS) as client:
        studio = Studio(client)
        running, waiting = studio.enqueue(SLOW, count=4), studio.enqueue()
        before = studio.wait_for_images(running, 2)
        started = time.monotonic()
    assert time.monotonic() - started < 10
    with TestClient(app, base_url=ADDRESS) as client:
        studio = Studio(client)
        job = studio.wait_for(running, "done")
        assert done(job) == [0, 1, 2, 3]
        assert job["was_resumed"]
        assert job["results"][:2] == before["results"][:2]
        assert studio.wait_for(waiting, "done")["started_at"] >= job["finished_at"]


def test_a_database_of_this_version_has_the_tables_of_the_code(tmp_path: Path):
    database = Database(tmp_path)
    database.migrate()
    with database.engine.connect() as connection:
        assert not compare_metadata(MigrationContext.configure(connection), Base.metadata)
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    database.close()
    assert pragmas == ["wal", 2, 1]


def test_a_migration_that_is_cut_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    database = Database(tmp_path)
    monkeypatch.setattr("alembic.op.create_index", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        database.migrate()
    database.close()
    with sqlite3.connect(tmp_path / "underpaint.db") as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() in ([], [("alembic_version",)])
    connection.close()
