"""ControlNets over HTTP: listed, checked before a job waits, and carried along with projects."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from fastapi.testclient import TestClient
from safetensors.torch import save_file

from tests.api.conftest import Studio
from tests.api.files import new_project, noise, png, problem, upload
from tests.api.test_transfer import export, recipe
from underpaint.codec import to_json
from underpaint.image.png import encode_png
from underpaint.metadata import png_text
from underpaint.request import ControlPreprocessor, ControlUnit, InpaintRequest


@pytest.fixture(autouse=True)
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder with a ControlNet for the builtin model and one for Stable Diffusion 1, of which only the family
    counts here."""
    path = tmp_path / "models" / "controlnet" / "lines.safetensors"
    path.parent.mkdir(parents=True)
    save_file({"x.attn2.to_k.weight": torch.zeros(4, 128)}, path)
    save_file({"x.attn2.to_k.weight": torch.zeros(4, 768)}, path.with_stem("sd1"))
    path.with_stem("broken").touch()
    monkeypatch.setenv("UNDERPAINT_MODELS", str(tmp_path / "models"))
    return path


def with_unit(**unit: Any) -> dict[str, Any]:
    return {"controls": [{"model": "lines", **unit}]}


def order(api: TestClient, project: Any, request: dict[str, Any], *, from_picture: bool = True) -> Any:
    body = {
        "node_id": project["head_id"] if from_picture else None,
        "request": request,
        "underpainting": "original",
        "task": "custom",
    }
    return api.post(f"/api/projects/{project['id']}/jobs", json=body)


def test_controlnets_are_listed(api: TestClient):
    found = {each["name"]: each for each in api.get("/api/controlnets").json()}
    assert found["lines"] == {
        "name": "lines",
        "is_builtin": False,
        "fits": ["storybook", "storybook-inpainting"],
    }
    assert found["storybook-union"]["is_builtin"]
    assert found["sd1"]["fits"] == found["broken"]["fits"] == []


def test_a_job_carries_its_units_to_the_engine(studio: Studio):
    project = new_project(studio.client)
    picture = studio.client.post("/api/pictures", **upload(png(noise(20, 20)))).json()["sha256"]
    answer = order(studio.client, project, with_unit(picture=picture, weight=0.5, preprocessor="lineart"))
    assert answer.status_code == 201, answer.text
    job = studio.wait_for(answer.json()["id"], "done")
    unit = ControlUnit(model="lines", picture=picture, weight=0.5, preprocessor=ControlPreprocessor.LINEART)
    assert job["request"]["controls"] == [to_json(unit)]


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ({"model": "lanes"}, (404, "model-not-found", "request.controls[0].model")),
        ({"model": "sd1"}, (422, "invalid-request", "request.controls[0].model")),
        ({"model": "broken"}, (422, "unsupported-checkpoint", None)),
        ({"weight": 3}, (422, "invalid-request", "request.controls[0].weight")),
        ({"misspelt": 1}, (422, "invalid-request", "request.controls[0].misspelt")),
        ({"picture": "0" * 64}, (422, "invalid-request", "request.controls[0].picture")),
        ({"picture": "../x"}, (422, "invalid-request", "request.controls[0].picture")),
        ({"start": 0.6, "end": 0.5}, (422, "invalid-request", None)),
        ({"preprocessor": "inpaint"}, (422, "invalid-request", None)),
    ],
    ids=str,
)
def test_units_are_checked_before_a_job_waits(api: TestClient, unit: dict[str, Any], expected: object):
    project = new_project(api)
    assert problem(order(api, project, with_unit(**unit))) == expected
    assert api.get("/api/queue").json()["jobs"] == []


def test_a_path_of_the_servers_disk_is_no_name(api: TestClient, lines: Path):
    answer = order(api, new_project(api), with_unit(model=str(lines)))
    assert problem(answer) == (404, "model-not-found", "request.controls[0].model")


def test_text_to_image_needs_a_control_picture(api: TestClient):
    answer = order(api, new_project(api), with_unit(), from_picture=False)
    assert problem(answer) == (422, "invalid-request", None)
    assert "picture is missing" in answer.json()["error"]["message"]


def test_more_units_than_can_be(api: TestClient):
    answer = order(api, new_project(api), {"controls": [{"model": "lines"}] * 9})
    assert problem(answer) == (422, "invalid-request", "request.controls")


def test_control_pictures_come_along_with_a_project(
    api: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    project = new_project(api)
    picture = api.post("/api/pictures", **upload(png(noise(20, 20)))).json()["sha256"]
    path = f"/api/nodes/{project['head_id']}/draft"
    assert api.patch(path, json={"request": with_unit(picture=picture)}).status_code == 200
    data = export(api, project)
    monkeypatch.setenv("UNDERPAINT_DATA", str(tmp_path / "another"))
    assert api.get(f"/api/pictures/{picture}").status_code == 404
    assert api.post("/api/projects/import", **upload(data, "p.zip")).status_code == 201
    assert api.get(f"/api/pictures/{picture}").status_code == 200


def test_settings_from_a_file_leave_out_units_that_lack_something(api: TestClient):
    units = (
        ControlUnit(model="lines"),
        ControlUnit(model="gone"),
        ControlUnit(model="lines", picture="0" * 64),
    )
    of_file = recipe(request=replace(InpaintRequest(), controls=units), image_index=0)
    data = encode_png(np.zeros((8, 8, 3), np.uint8), text=png_text(of_file))
    found = api.post("/api/settings-from-file", **upload(data)).json()
    assert found["request"]["controls"] == [to_json(units[0])]
    assert [note for note in found["notes"] if "'gone'" in note]
    assert [note for note in found["notes"] if "control picture of 'lines'" in note]
