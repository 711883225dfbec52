"""Jobs of a deleted project rest; when it is restored they go on where they were."""

from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.api.conftest import ADDRESS, Studio, done, eventually

SLOW = "step_s=0.1"


def deleted_at_work(studio: Studio) -> tuple[str, str, str]:
    """A job that ran, one that waited and one that was paused when their project was deleted."""
    running, waiting, paused = studio.enqueue(SLOW, count=3), studio.enqueue(), studio.enqueue()
    studio.post(f"/jobs/{paused}/pause")
    studio.wait_for_images(running, 1)
    assert studio.client.delete(f"/api/projects/{studio.project_id}").status_code == 204
    return running, waiting, paused


def test_the_job_at_work_stops_and_others_have_their_turn(studio: Studio):
    running, waiting, paused = deleted_at_work(studio)
    eventually(lambda: studio.get("/status")["engine"] == "ready", "the engine to be free")
    assert [studio.job(job_id)["state"] for job_id in (running, waiting, paused)] == [
        "queued",
        "queued",
        "paused",
    ]
    assert len(done(studio.job(running))) < 3
    assert studio.get("/queue")["jobs"] == studio.get("/jobs") == []
    other = Studio(studio.client)
    other.wait_for(other.enqueue(), "done")
    assert studio.job(waiting)["state"] == "queued"


def test_a_restored_project_goes_on_where_it_was(studio: Studio):
    running, waiting, paused = deleted_at_work(studio)
    before = studio.job(running)["results"][0]
    eventually(lambda: studio.get("/status")["engine"] == "ready", "the engine to be free")
    studio.post(f"/projects/{studio.project_id}/restore")
    ended = studio.wait_for(running, "done")
    assert (done(ended), ended["results"][0]) == ([0, 1, 2], before)
    assert studio.wait_for(waiting, "done")["started_at"] >= ended["finished_at"], (
        "it was at work, so it is first"
    )
    assert studio.job(paused)["state"] == "paused"


def test_undoing_at_once_loses_nothing(studio: Studio):
    running, waiting, _ = deleted_at_work(studio)
    studio.post(f"/projects/{studio.project_id}/restore")
    assert done(studio.wait_for(running, "done")) == [0, 1, 2]
    studio.wait_for(waiting, "done")


def test_it_is_so_after_a_restart_too(app: FastAPI):
    with TestClient(app, base_url=ADDRESS) as client:
        studio = Studio(client)
        running, *_ = deleted_at_work(studio)
    with TestClient(app, base_url=ADDRESS) as client:
        other = Studio(client)
        other.wait_for(other.enqueue(), "done")
        assert other.job(running)["state"] == "queued"
        other.post(f"/projects/{studio.project_id}/restore")
        assert done(other.wait_for(running, "done")) == [0, 1, 2]
