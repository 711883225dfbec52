"""Jobs on a picture, and what becomes of their results."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from tests.api.conftest import ADDRESS, Studio, fake_studio
from underpaint.codec import to_json
from underpaint.image.png import encode_png
from underpaint.request import InpaintRequest, MaskSettings, SamplingSettings
from underpaint.server.app import create_app
from underpaint.server.swatches import swatch, variety_of

WIDTH, HEIGHT = 40, 30


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """One server for all tests here."""
    with fake_studio(tmp_path_factory.mktemp("studio")), TestClient(create_app(), base_url=ADDRESS) as client:
        yield client


@pytest.fixture(autouse=True)
def own_data_folder(client: TestClient) -> None:
    """That of the one server."""


@pytest.fixture
def project(studio: Studio) -> Any:
    """A grey picture with a square mask on it."""
    grey = encode_png(np.full((HEIGHT, WIDTH, 3), 90, np.uint8))
    project = studio.client.post("/api/projects", files={"file": ("grey.png", grey)}).json()
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[10:20, 10:20] = 255
    path = f"/api/nodes/{project['head_id']}/layers/mask.png"
    assert studio.client.put(path, files={"file": ("mask.png", encode_png(mask))}).status_code == 200
    return project


def run(studio: Studio, project: Any, **changes: Any) -> Any:
    request = InpaintRequest(sampling=SamplingSettings(steps=2), mask=MaskSettings(blur_x_px=0, blur_y_px=0))
    body = {
        "node_id": project["head_id"],
        "request": to_json(request),
        "underpainting": "original",
        "task": "replace",
        **changes,
    }
    return studio.wait_for(studio.post(f"/projects/{project['id']}/jobs", body)["id"], "done")


def pixels_of(answer: Any) -> np.ndarray:
    assert answer.status_code == 200, answer.text
    return np.array(Image.open(BytesIO(answer.content)))


def test_only_what_is_masked_changes(studio: Studio, project: Any):
    job = run(studio, project)
    (result,) = job["results"]
    assert (result["changed_outside_px"], result["change_delta_e"]) == (0, 12.5)
    after = pixels_of(studio.client.get(f"/api/pictures/{result['picture']['sha256']}"))
    changed = (after != 90).any(axis=2)
    assert changed[10:20, 10:20].all()
    assert changed.sum() == 100


def test_the_underpainting_decides_the_masked_content(studio: Studio, project: Any):
    assert run(studio, project, underpainting="fill")["request"]["canvas"]["content"] == "fill"
    assert run(studio, project, underpainting="sketch")["request"]["canvas"]["content"] == "original"


def test_a_kept_result_becomes_the_picture_that_is_worked_on(studio: Studio, project: Any):
    job = run(studio, project, name="Green square")
    path = f"/jobs/{job['id']}/results/0/keep"
    after = studio.post(path, {"keeps_mask": True, "keeps_sketch": False})
    child = next(node for node in after["nodes"] if node["id"] == after["head_id"])
    assert (child["parent_id"], child["kind"], child["name"]) == (project["head_id"], "edit", "Green square")
    assert child["kept_from"] == {"job_id": job["id"], "index": 0}
    assert child["recipe"]["seed"] == job["results"][0]["seed"]
    assert child["picture"] == job["results"][0]["picture"]
    draft = studio.get(f"/nodes/{child['id']}/draft")
    assert draft["mask"]["bounds"] == {"x": 10, "y": 10, "width": 10, "height": 10}
    assert draft["sketch"]["bounds"] is None
    assert studio.job(job["id"])["results"][0]["kept_as"] == child["id"]
    again = studio.post(path, {"keeps_mask": False, "keeps_sketch": False})
    assert (again["head_id"], len(again["nodes"])) == (child["id"], 2)


def test_a_picture_made_of_text_becomes_a_root(studio: Studio):
    job_id = studio.enqueue("a lake")
    studio.wait_for(job_id, "done")
    after = studio.post(f"/jobs/{job_id}/results/0/keep", {"keeps_mask": True, "keeps_sketch": True})
    (node,) = after["nodes"]
    assert (node["parent_id"], node["kind"], node["name"]) == (None, "generate", "Lake")
    assert studio.refused(f"/jobs/{job_id}/results/0/to-sketch") == (409, "conflict")


def test_what_was_repainted_becomes_the_sketch(studio: Studio, project: Any):
    job = run(studio, project)
    info = studio.post(f"/jobs/{job['id']}/results/0/to-sketch")
    assert info["bounds"] == {"x": 10, "y": 10, "width": 10, "height": 10}
    layer = pixels_of(studio.client.get(f"/api/nodes/{project['head_id']}/layers/sketch.png"))
    result = pixels_of(studio.client.get(f"/api/pictures/{job['results'][0]['picture']['sha256']}"))
    assert (layer[10:20, 10:20, :3] == result[10:20, 10:20]).all()
    assert (layer[..., 3] == 255).sum() == 100


def test_results_are_saved_as_files(studio: Studio, project: Any):
    job = run(studio, project, name="Square")
    path = f"/api/jobs/{job['id']}/results/0/file"
    png = studio.client.get(path)
    assert 'filename="Square 1.png"' in png.headers["content-disposition"]
    assert Image.open(BytesIO(png.content)).text["parameters"]
    assert "parameters" not in Image.open(BytesIO(studio.client.get(f"{path}?metadata=false").content)).info
    assert studio.client.get(f"{path}?format=jpeg").headers["content-type"] == "image/jpeg"
    assert studio.client.get(f"{path}?format=bmp").status_code == 422
    assert studio.client.get(f"/api/jobs/{job['id']}/results/1/file").status_code == 404


def test_a_job_of_another_projects_picture_is_refused(studio: Studio, project: Any):
    request = to_json(InpaintRequest())
    order = {"node_id": project["head_id"], "request": request, "underpainting": "fill", "task": "add"}
    assert studio.refused(f"/projects/{studio.project_id}/jobs", order) == (422, "invalid-request")


def test_swatches_hold_what_is_masked(picture: Any, mask: np.ndarray):
    assert len(swatch(picture, mask)) == 3 * 20 * 26
    assert len(swatch(picture, None)) == 3 * 56 * 72
    assert swatch(picture, np.zeros_like(mask)) == b""
    black, white = bytes(300), b"\xff" * 300
    assert variety_of([black, white]) == pytest.approx(100, abs=0.1)
    assert variety_of([black, black, white]) == pytest.approx(200 / 3, abs=0.1)
    assert [variety_of([black]), variety_of([black, b""]), variety_of([b"", b""])] == [None, None, None]
