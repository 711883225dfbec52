"""Jobs through the API: order, cancel, skip, pause, retry."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import ADDRESS, Studio, done, eventually, fake_studio
from underpaint.server.app import create_app

SLOW = "step_s=0.1"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """One server for all tests here; every test leaves an empty queue."""
    with fake_studio(tmp_path_factory.mktemp("studio")), TestClient(create_app(), base_url=ADDRESS) as client:
        yield client


@pytest.fixture(autouse=True)
def own_data_folder(client: TestClient) -> None:
    """That of the one server."""


def test_a_job_runs_and_its_images_are_recorded(studio: Studio):
    job = studio.wait_for(studio.enqueue("a cat", count=3), "done")
    assert done(job) == [0, 1, 2]
    assert [result["seed"] for result in job["results"]] == [
        job["request"]["noise"]["seed"] + i for i in range(3)
    ]
    assert job["variety_delta_e"] > 0
    assert (job["seconds"] > 0, job["error"], job["progress"]) == (True, None, None)
    for result in job["results"]:
        answer = studio.client.get(f"/api/pictures/{result['picture']['sha256']}")
        assert answer.status_code == 200


def test_jobs_run_in_the_order_of_the_queue(studio: Studio):
    studio.post("/queue/pause")
    first, second, third, urgent = [
        studio.enqueue(name, is_next=name == "urgent") for name in ("first", "second", "third", "urgent")
    ]
    queue = studio.post(f"/jobs/{third}/move", {"before_id": second})
    order = [urgent, first, third, second]
    assert [job["id"] for job in queue["jobs"][:4]] == order
    studio.post("/queue/resume")
    ended = [studio.wait_for(job_id, "done") for job_id in order]
    assert [job["id"] for job in sorted(ended, key=lambda job: job["started_at"])] == order
    assert [job["id"] for job in studio.get("/queue")["jobs"][:4]] == order[::-1]


def test_a_cancelled_job_keeps_its_finished_images_and_the_next_one_runs(studio: Studio):
    job_id, after = studio.enqueue(SLOW, count=4), studio.enqueue()
    studio.wait_for_images(job_id, 1)
    studio.post(f"/jobs/{job_id}/cancel")
    studio.wait_for(after, "done")
    job = studio.job(job_id)
    assert job["state"] == "cancelled"
    assert 1 <= len(done(job)) < 4
    assert studio.refused(f"/jobs/{job_id}/cancel") == (409, "conflict")


def test_skipping_leaves_out_the_image_at_work(studio: Studio):
    job_id = studio.enqueue(SLOW, count=3)
    eventually(lambda: (studio.job(job_id)["progress"] or {}).get("image") == 1, "the second image")
    studio.post(f"/jobs/{job_id}/skip")
    job = studio.wait_for(job_id, "done")
    assert [result["state"] for result in job["results"]] == ["done", "skipped", "done"]
    job = studio.wait_for(studio.post(f"/jobs/{job_id}/retry")["id"], "done")
    assert done(job) == [0, 1, 2]
    assert studio.refused(f"/jobs/{job_id}/retry") == (409, "conflict")
    assert studio.refused(f"/jobs/{job_id}/skip") == (409, "conflict")


def test_the_last_image_is_skipped_once(studio: Studio):
    job_id = studio.enqueue("step_s=1", count=1)
    eventually(lambda: (studio.job(job_id)["progress"] or {}).get("step"), "a step")
    studio.post(f"/jobs/{job_id}/skip")
    assert studio.refused(f"/jobs/{job_id}/skip") == (409, "conflict")
    assert done(studio.wait_for(job_id, "done")) == []


@pytest.mark.parametrize("index", [-1, 10**20, 10**30])
def test_results_that_cannot_be_are_refused(studio: Studio, index: int):
    job_id = studio.enqueue()
    for verb in ("keep", "to-sketch"):
        assert studio.refused(f"/jobs/{job_id}/results/{index}/{verb}")[0] == 422
    assert studio.client.get(f"/api/jobs/{job_id}/results/{index}/file").status_code == 422


def test_skipping_with_a_batch_size_leaves_out_the_batch(studio: Studio):
    job_id = studio.enqueue(SLOW, count=2, size=2)
    eventually(lambda: (studio.job(job_id)["progress"] or {}).get("step"), "a step")
    studio.post(f"/jobs/{job_id}/skip")
    assert done(studio.wait_for(job_id, "done")) == [2, 3]


def test_a_paused_job_goes_on_with_the_next_image(studio: Studio):
    job_id, other = studio.enqueue(SLOW, count=3), studio.enqueue()
    studio.wait_for_images(job_id, 1)
    studio.post(f"/jobs/{job_id}/pause")
    studio.wait_for(other, "done")
    before = studio.job(job_id)
    assert before["state"] == "paused"
    studio.post(f"/jobs/{job_id}/resume")
    after = studio.wait_for(job_id, "done")
    assert done(after) == [0, 1, 2]
    assert after["results"][: len(done(before))] == before["results"][: len(done(before))]
    assert not after["was_resumed"]


def test_pausing_the_queue_stops_the_job_at_work_and_keeps_it_first(studio: Studio):
    first, second = studio.enqueue(SLOW, count=2), studio.enqueue()
    studio.wait_for(first, "running")
    assert studio.post("/queue/pause")["is_paused"]
    assert [job["id"] for job in studio.get("/queue")["jobs"][:2]] == [first, second]
    assert [studio.job(job_id)["state"] for job_id in (first, second)] == ["queued", "queued"]
    studio.post("/queue/resume")
    jobs = [studio.wait_for(job_id, "done") for job_id in (first, second)]
    assert jobs[0]["finished_at"] <= jobs[1]["started_at"]


@pytest.mark.parametrize(
    ("script", "code"), [("fail@1", "model-failure"), ("oom@1", "out-of-memory"), ("bug@1", "error")]
)
def test_a_failure_fails_that_job_and_nothing_else(studio: Studio, script: str, code: str):
    job_id, after = studio.enqueue(script, count=3), studio.enqueue()
    job = studio.wait_for(job_id, "failed")
    assert (job["error"]["code"], done(job)) == (code, [0])
    studio.wait_for(after, "done")
    job = studio.wait_for(studio.post(f"/jobs/{job_id}/retry")["id"], "failed")
    assert done(job) == [0]


def test_jobs_are_named_starred_and_put_aside(studio: Studio):
    job_id = studio.enqueue("a red barn")
    studio.wait_for(job_id, "done")
    assert studio.job(job_id)["name"] == "Red barn"
    path = f"/api/jobs/{job_id}"
    assert studio.client.patch(path, json={"name": "Barn"}).json()["name"] == "Barn"
    assert studio.client.patch(path, json={"is_dismissed": True}).json()["is_dismissed"]
    starred = studio.client.patch(f"{path}/results/0", json={"is_starred": True}).json()
    assert starred["results"][0]["is_starred"]
    assert studio.client.patch(f"{path}/results/7", json={"is_starred": True}).status_code == 404
    assert [job["id"] for job in studio.get(f"/jobs?project_id={studio.project_id}")] == [job_id]
    assert studio.get("/jobs?project_id=nobody") == []


def test_the_preview_of_the_image_at_work(studio: Studio):
    job_id = studio.enqueue(SLOW)
    answer = eventually(
        lambda: (found := studio.client.get(f"/api/jobs/{job_id}/preview")).status_code == 200 and found
    )
    assert (answer.headers["content-type"], answer.content[8:12]) == ("image/webp", b"WEBP")
    studio.wait_for(job_id, "done")
    assert studio.client.get(f"/api/jobs/{job_id}/preview").status_code == 200, (
        "a page may ask a little later"
    )
    assert studio.client.get("/api/jobs/nobody/preview").status_code == 404


@pytest.mark.parametrize(
    "path", ["cancel", "skip", "retry", "pause", "resume", "results/0/keep", "results/0/to-sketch"]
)
def test_a_job_that_is_not_there(studio: Studio, path: str):
    body = {"keeps_mask": True, "keeps_sketch": True} if path.endswith("keep") else None
    assert studio.refused(f"/jobs/nobody/{path}", body) == (404, "not-found")


def test_too_many_images_and_unknown_models_are_refused(studio: Studio, client: TestClient):
    order = studio.job(studio.enqueue())
    body = {name: order[name] for name in ("node_id", "request", "underpainting", "task")}
    path = f"/projects/{studio.project_id}/jobs"
    many = {**order["request"], "batch": {"size": 2, "count": 501}}
    assert studio.refused(path, {**body, "request": many}) == (422, "invalid-request")
    unknown = {**order["request"], "model": "nobody"}
    assert studio.refused(path, {**body, "request": unknown}) == (404, "model-not-found")
    assert studio.refused("/projects/nobody/jobs", body) == (404, "not-found")
    assert studio.refused(path, {**body, "node_id": "nobody"}) == (404, "not-found")
