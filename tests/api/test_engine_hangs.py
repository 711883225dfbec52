"""An engine that hangs: whoever stops its job is not held up by it."""

import os
import signal
import threading
import time

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.api.conftest import ADDRESS, Studio, done, eventually
from underpaint.errors import Cancelled
from underpaint.request import InpaintRequest
from underpaint.server import patience
from underpaint.server.messages import EngineDied, Plane, PrepareViews
from underpaint.server.patience import Patience
from underpaint.server.runner import Runner
from underpaint.server.tables import new_id
from underpaint.tasks import Underpainting


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LEAST_S", 0.5)
    monkeypatch.setattr(patience, "UNMEASURED_S", 0.5)


@pytest.fixture
def runner(app: FastAPI, client: TestClient) -> Runner:
    assert client, "the app runs"
    return app.state.services.runner


def question(mask_px: int = 8) -> PrepareViews:
    """Of one tab; its mask does not get smaller when it is packed."""
    return PrepareViews(
        id=new_id(),
        asker="tab",
        request=InpaintRequest(),
        picture_sha256="0" * 64,
        mask=Plane.of(np.random.default_rng(0).integers(0, 255, (mask_px, mask_px), np.uint8)),
        sketch=None,
        underpaintings=(Underpainting.FILL,),
        stage="prepared",
        longest_side_px=384,
    )


def ask_aside(runner: Runner, asked: PrepareViews, errors: list[Exception]) -> threading.Thread:
    """Somebody who waits for the answer, and tells the error."""

    def ask() -> None:
        try:
            runner.ask(asked)
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


def hanging(studio: Studio, runner: Runner, script: str) -> tuple[str, int]:
    """A job that has hung at its second image, and the engine's process."""
    job_id = studio.enqueue(script, count=3)
    studio.wait_for_images(job_id, 1)
    assert runner.engine_pid
    return job_id, runner.engine_pid


@pytest.mark.parametrize("script", ["hang@1", "freeze@1"])
def test_a_hanging_job_can_be_cancelled_and_the_next_one_runs(studio: Studio, runner: Runner, script: str):
    job_id, hung = hanging(studio, runner, script)
    after = studio.enqueue()
    assert studio.post(f"/jobs/{job_id}/cancel")["state"] == "cancelled"
    studio.wait_for(after, "done")
    job = studio.job(job_id)
    assert (job["state"], done(job), job["error"], job["was_resumed"]) == ("cancelled", [0], None, False)
    assert runner.engine_pid != hung


def test_a_hanging_job_that_is_paused_goes_on_from_its_last_finished_image(studio: Studio, runner: Runner):
    job_id, _ = hanging(studio, runner, "hang-once@1")
    studio.post(f"/jobs/{job_id}/pause")
    eventually(lambda: studio.get("/status")["engine"] == "ready", "another engine")
    assert studio.job(job_id)["state"] == "paused"
    studio.post(f"/jobs/{job_id}/resume")
    assert done(studio.wait_for(job_id, "done")) == [0, 1, 2]


def test_skipping_the_image_that_hangs_goes_on_with_the_next(studio: Studio, runner: Runner):
    job_id, hung = hanging(studio, runner, "hang@1")
    studio.post(f"/jobs/{job_id}/skip")
    job = studio.wait_for(job_id, "done", "failed")
    assert [result["state"] for result in job["results"]] == ["done", "skipped", "done"]
    assert runner.engine_pid != hung


def test_a_server_with_a_hanging_engine_stops_in_time(app: FastAPI):
    with TestClient(app, base_url=ADDRESS) as client:
        studio = Studio(client)
        job_id, _ = hanging(studio, app.state.services.runner, "freeze-once@1")
        begun = time.monotonic()
    assert time.monotonic() - begun < 10
    with TestClient(app, base_url=ADDRESS) as client:
        assert done(Studio(client).wait_for(job_id, "done")) == [0, 1, 2]


def test_a_frozen_engine_that_is_sent_much_does_not_stop_the_queue(studio: Studio, runner: Runner):
    job_id, _ = hanging(studio, runner, "freeze@1")
    errors: list[Exception] = []
    thread = ask_aside(runner, question(mask_px=2048), errors)
    studio.post(f"/jobs/{job_id}/cancel")
    thread.join(timeout=30)
    assert isinstance(errors[0], EngineDied)
    studio.wait_for(studio.enqueue(), "done")


def test_an_idle_engine_that_hangs_is_started_again_on_demand(studio: Studio, runner: Runner):
    hung = eventually(lambda: studio.get("/status")["engine"] == "ready" and runner.engine_pid, "an engine")
    os.kill(hung, signal.SIGSTOP)
    assert studio.client.post("/api/engine/restart").status_code == 204
    studio.wait_for(studio.enqueue(), "done")
    assert runner.engine_pid != hung


def test_a_question_to_a_hanging_engine_gets_an_answer(studio: Studio, runner: Runner):
    hung = eventually(lambda: studio.get("/status")["engine"] == "ready" and runner.engine_pid, "an engine")
    os.kill(hung, signal.SIGSTOP)
    errors: list[Exception] = []
    ask_aside(runner, question(), errors).join(timeout=30)
    assert isinstance(errors[0], EngineDied)
    studio.wait_for(studio.enqueue(), "done")
    assert runner.engine_pid != hung


def test_starting_again_loses_nothing_of_a_running_job(studio: Studio, runner: Runner):
    job_id, _ = hanging(studio, runner, "hang-once@1")
    studio.client.post("/api/engine/restart")
    job = studio.wait_for(job_id, "done", "failed")
    assert (done(job), job["was_resumed"]) == ([0, 1, 2], True)


def test_newer_questions_void_older_ones_even_when_the_engine_hangs(studio: Studio, runner: Runner):
    """Each would hold one of the threads that answer requests."""
    os.kill(eventually(lambda: runner.engine_pid, "an engine"), signal.SIGSTOP)
    errors: list[Exception] = []
    threads: list[threading.Thread] = []
    for waiting in range(3):
        eventually(lambda waiting=waiting: len(errors) >= waiting - 1, "an older question to be void")
        threads.append(ask_aside(runner, question(), errors))
    for thread in threads[:2]:
        thread.join(timeout=10)
    assert [type(error) for error in errors] == [Cancelled, Cancelled]
    assert threads[2].is_alive()
    runner.restart()
    threads[2].join(timeout=10)
    assert isinstance(errors[2], EngineDied)


def test_patience_is_several_times_the_longest_step():
    now = 0.0
    watch = Patience(lambda: now)
    assert watch.left_s() is None, "nobody waits for it"
    now = 10.0
    watch.hear(is_step=True)
    now = 50.0
    watch.hear(is_step=True)
    watch.expect()
    assert watch.left_s() == patience.STEPS * 40


def test_patience_begins_anew_with_every_sign_of_life():
    now = 0.0
    watch = Patience(lambda: now)
    watch.expect()
    now = 0.4
    watch.hear()
    assert watch.left_s() is None, "it has obeyed"
    watch.expect(to_the_end=True)
    watch.hear()
    now = 0.6
    assert watch.left_s() == pytest.approx(0.3)
    now = 1.0
    assert watch.left_s() == 0
