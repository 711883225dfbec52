"""What the page asks before a job."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import Studio
from tests.api.files import TILES, new_project, problem, wire
from tests.conftest import TINY_MODEL
from underpaint.image.io import load_picture
from underpaint.models import captioner_files
from underpaint.server import inspection

SETTINGS = {"request": {}, "underpainting": "original", "task": "custom"}


@pytest.fixture
def node_id(api: TestClient) -> str:
    """800x600 pixels with a mask of 100x100 at 300, 300."""
    node_id = new_project(api, 800, 600)["head_id"]
    pixels = np.zeros((256, 256), np.uint8)
    pixels[44:144, 44:144] = 255
    api.put(f"/api/nodes/{node_id}/tiles/mask", content=wire((1, 1, pixels)), headers=TILES)
    return node_id


def inspected(api: TestClient, node_id: str, **request: Any) -> Any:
    answer = api.post(f"/api/nodes/{node_id}/inspect", json={**SETTINGS, "request": request})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_file_that_recommends_nonsense_keeps_no_model_off_the_list(
    api: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("UNDERPAINT_MODELS", str(tmp_path))
    shutil.copy(TINY_MODEL, tmp_path / "dusk.safetensors")
    (tmp_path / "dusk.recommended.toml").write_text("steps = 1" + 400 * "0")
    *_, dusk = api.get("/api/models").json()
    assert (dusk["name"], dusk["recommended"]["steps"]) == ("dusk", None)
    assert "dusk.recommended.toml does not hold recommended settings" in caplog.text


def test_the_frame_lies_around_the_soft_mask(api: TestClient, node_id: str):
    found = inspected(
        api,
        node_id,
        canvas={"area": "only-masked", "padding_px": 20, "width": 256, "height": 256},
        mask={"blur_x_px": 0, "blur_y_px": 0},
        sampling={"steps": 10, "denoising_strength": 0.5},
    )
    assert found["frame"] == {"x": 280, "y": 280, "width": 140, "height": 140}
    assert (found["working_width"], found["working_height"]) == (256, 256)
    assert (found["runs_steps"], found["steps_known"], found["of_steps"]) == (5, "exact", 10)
    assert found["mask_cover"] == 10_000 / 480_000
    assert found["mask_cover_of_frame"] == 10_000 / 140**2
    blurred = inspected(api, node_id, canvas={"area": "only-masked", "padding_px": 20})
    assert blurred["frame"]["x"] < 280


def test_another_stroke_changes_the_answer(api: TestClient, node_id: str):
    before = inspected(api, node_id, mask={"blur_x_px": 0, "blur_y_px": 0})
    api.put(
        f"/api/nodes/{node_id}/tiles/mask",
        content=wire((0, 0, np.full((256, 256), 9, np.uint8))),
        headers=TILES,
    )
    after = inspected(api, node_id, mask={"blur_x_px": 0, "blur_y_px": 0})
    assert after["mask_cover"] == pytest.approx(before["mask_cover"] + 65536 / 480_000)


def test_planes_are_worked_out_once(api: TestClient, node_id: str, monkeypatch: pytest.MonkeyPatch):
    inspected(api, node_id)
    monkeypatch.setattr(inspection, "soft_mask", None)
    monkeypatch.setattr(inspection.tiles, "assembled", None)
    inspected(api, node_id, sampling={"steps": 3})


@pytest.mark.parametrize(
    ("sampler", "expected"),
    [("Euler", (10, "exact")), ("DPM fast", (5, "exact")), ("DPM adaptive", (10, "adaptive"))],
)
def test_steps_are_those_of_the_sampler(api: TestClient, node_id: str, sampler: str, expected: object):
    """Of all samplers: tests/unit/sampling/test_counts.py."""
    settings = {"sampler": sampler, "steps": 25, "denoising_strength": 0.4}
    found = inspected(api, node_id, canvas={"area": "only-masked"}, sampling=settings)
    assert (found["runs_steps"], found["steps_known"]) == expected


def test_resampled_steps_are_told_where_they_are_taken(api: TestClient, node_id: str):
    sampling = {"steps": 25, "denoising_strength": 0.8, "resampling": 1}
    found = inspected(api, node_id, sampling=sampling)
    assert (found["runs_steps"], found["resampled_steps"]) == (20, 7)
    assert inspected(api, node_id, sampling=sampling | {"resampling": 0})["resampled_steps"] == 0
    seeing = inspected(api, node_id, model="storybook-inpainting", sampling=sampling)
    assert seeing["resampled_steps"] == 0
    unmasked = new_project(api)["head_id"]
    assert inspected(api, unmasked, canvas={"area": "whole"}, sampling=sampling)["resampled_steps"] == 0


def test_nothing_masked_is_said(api: TestClient):
    node_id = new_project(api)["head_id"]
    found = inspected(api, node_id, canvas={"area": "only-masked"})
    assert (found["mask_cover"], found["runs_steps"]) == (0.0, 0)
    assert found["notes"] == ["Nothing is masked; the picture stays as it is."]
    assert "nothing-masked" in {advice["code"] for advice in found["advice"]}
    assert inspected(api, node_id, canvas={"area": "whole"})["runs_steps"] > 0  # image-to-image


def test_advice_comes_with_a_changed_request(api: TestClient, node_id: str):
    found = inspected(
        api, node_id, canvas={"content": "latent-nothing"}, sampling={"denoising_strength": 0.1}
    )
    fixes = [
        advice["fix"]["request"] for advice in found["advice"] if advice["fix"] and advice["fix"]["request"]
    ]
    assert fixes
    assert all(inspected(api, node_id, **request) for request in fixes)


def test_questions_that_are_refused(api: TestClient, node_id: str):
    path = f"/api/nodes/{node_id}/inspect"
    model = {**SETTINGS, "request": {"model": "storyboek"}}
    answer = api.post(path, json=model)
    assert problem(answer) == (404, "model-not-found", "request.model")
    assert "'storybook'" in answer.json()["error"]["message"]
    steps = {**SETTINGS, "request": {"sampling": {"steps": 999}}}
    assert problem(api.post(path, json=steps)) == (422, "invalid-request", "request.sampling.steps")


def test_models_tasks_and_status(api: TestClient):
    models = api.get("/api/models").json()
    assert models[0] == {
        "name": "storybook",
        "kind": "folder",
        "is_builtin": True,
        "is_inpaint_model": False,
        "recommended": {"steps": 25, "sampler": "Euler a", "scheduler": None, "cfg_scale": 5.0},
    }
    assert api.post("/api/models/rescan").json() == models
    assert {task["task"] for task in api.get("/api/tasks").json()} >= {"add", "extend", "custom"}
    status = api.get("/api/status").json()
    assert (status["engine"], status["device"]) == ("starting", None)
    assert "Euler a" in status["samplers"]
    assert status["captioner"] == "storybook-captioner"


def test_without_a_captioner_the_status_says_so(
    api: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(captioner_files, "builtin_folder", lambda: tmp_path)
    assert api.get("/api/status").json()["captioner"] is None
    (tmp_path / "data" / "models" / "captioner" / "mine").mkdir(parents=True)
    (tmp_path / "data" / "models" / "captioner" / "mine" / "config.json").write_text("{}")
    assert api.get("/api/status").json()["captioner"] == "mine"


def test_a_picture_is_described(studio: Studio):
    node_id = new_project(studio.client, 80, 60)["head_id"]
    node = studio.client.get(f"/api/nodes/{node_id}/file").content
    red, green, blue = load_picture(node).pixels[0, 0, :3]
    assert studio.post(f"/nodes/{node_id}/describe") == {
        "prompt": f"a picture of {red} {green} {blue}",
        "captioner": "fake",
    }


def test_underpaintings_come_as_small_pictures(studio: Studio):
    client = studio.client
    node_id = new_project(client, 80, 60)["head_id"]
    client.put(
        f"/api/nodes/{node_id}/tiles/mask",
        content=wire((0, 0, np.full((256, 256), 255, np.uint8))),
        headers=TILES,
    )
    wish = {"request": {"canvas": {"area": "only-masked"}}, "underpaintings": ["fill", "original"], "px": 64}
    found = studio.post(f"/nodes/{node_id}/underpaintings", wish)
    assert [each["underpainting"] for each in found["previews"]] == ["fill", "original"]
    for preview in found["previews"]:
        answer = client.get(preview["url"])
        assert answer.headers["content-type"] == "image/webp"
        assert "immutable" in answer.headers["cache-control"]
    assert len(studio.post(f"/nodes/{node_id}/underpaintings", {"request": {}})["previews"]) == 5


def test_previews_that_are_refused(api: TestClient, node_id: str):
    path = f"/api/nodes/{node_id}/underpaintings"
    assert problem(api.post(path, json={"request": {}, "px": 1})) == (422, "invalid-request", "px")
    assert problem(api.post(path, json={"request": {}, "underpaintings": ["mud"]}))[2] == "underpaintings[0]"
    model = {"request": {"model": "/etc/passwd"}}
    assert problem(api.post(path, json=model)) == (404, "model-not-found", "request.model")
    assert problem(api.get(f"/api/previews/{'0' * 64}")) == (404, "not-found", None)
