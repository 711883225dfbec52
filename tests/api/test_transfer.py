"""Projects as zip files, files to save, and settings from files."""

import json
import zipfile
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image

from tests.api.files import TILES, decoded, new_project, noise, png, problem, upload, wire
from underpaint import store
from underpaint.codec import to_json
from underpaint.image.picture import Picture
from underpaint.image.png import encode_png, text_in_png
from underpaint.metadata import png_text
from underpaint.request import (
    BatchSettings,
    CanvasSettings,
    InpaintArea,
    InpaintRequest,
    NoiseSettings,
    Profile,
    PromptSettings,
    Rules,
    Sampler,
    SamplingSettings,
)
from underpaint.result import Recipe
from underpaint.server import projects
from underpaint.server.pictures import info_of
from underpaint.server.schemas import NodeKind, ResultRef

# a project with everything in it


def painted(value: int) -> np.ndarray:
    pixels = np.zeros((256, 256), np.uint8)
    pixels[3:9, 4:20] = value
    return pixels


def recipe(**changes: Any) -> Recipe:
    request = InpaintRequest(
        prompt=PromptSettings(positive="a white cat", negative="dog"),
        canvas=CanvasSettings(width=256, height=64),
        sampling=SamplingSettings(steps=7, sampler=Sampler.EULER_A),
        noise=NoiseSettings(seed=5, subseed=0),
        batch=BatchSettings(count=2),
    )
    values: dict[str, Any] = {
        "request": request,
        "image_index": 1,
        "seed": 6,
        "subseed": 0,
        "model_name": "storybook",
        "model_sha256": "a" * 64,
        "device": "cpu",
    }
    return Recipe(**{**values, **changes})


@pytest.fixture
def project(app: FastAPI, api: TestClient) -> Any:
    """A picture, one that was kept from a result, and an extension; with masks, a sketch, names and a star."""
    made = new_project(api, 300, 40, "holiday.png")
    root = made["head_id"]
    api.put(
        f"/api/nodes/{root}/tiles/mask", content=wire((0, 0, painted(255)), (1, 0, painted(9))), headers=TILES
    )
    sketch = np.dstack([painted(10), painted(20), painted(30), painted(200)])
    api.put(f"/api/nodes/{root}/tiles/sketch", content=wire((0, 0, sketch)), headers=TILES)
    api.patch(f"/api/nodes/{root}/draft", json={"request": {"prompt": {"positive": "sea"}}, "task": "add"})
    kept = _add_result(app, made["id"], root)
    api.patch(f"/api/nodes/{kept}", json={"is_starred": True, "name": "best"})
    api.post(f"/api/nodes/{kept}/extend", json={"top_px": 10})
    api.patch(f"/api/projects/{made['id']}", json={"head_id": kept, "view": {"zoom": 2}, "name": "Holiday"})
    return api.get(f"/api/projects/{made['id']}").json()


def _add_result(app: FastAPI, project_id: str, parent_id: str) -> str:
    picture, mask = Picture(noise(300, 40, 4)), painted(255)[:40, :].copy()
    info = info_of(picture, store.keep(picture))
    of_result = recipe(picture_sha256=(info.sha256,), mask_sha256=store.keep(mask))
    with app.state.services.database.write() as session:
        row = projects.project_row(session, project_id)
        return projects.add_node(
            session,
            row,
            kind=NodeKind.EDIT,
            name="result",
            picture=info,
            parent_id=parent_id,
            kept_from=ResultRef(job_id="abc", index=1),
            recipe=to_json(of_result),
        ).node.id


def without_ids(api: TestClient, project: Any) -> Any:
    """Everything about a project, with the place of nodes in the list instead of their ids."""
    places = {node["id"]: place for place, node in enumerate(project["nodes"])}
    nodes = [
        {
            **node,
            "id": places[node["id"]],
            "parent_id": places.get(node["parent_id"]),
            "project_id": None,
            "draft": {**api.get(f"/api/nodes/{node['id']}/draft").json(), "node_id": None},
            "layers": [
                api.get(f"/api/nodes/{node['id']}/layers/{layer}.png").content for layer in ("mask", "sketch")
            ],
            "pixels": api.get(f"/api/pictures/{node['picture']['sha256']}").content,
        }
        for node in project["nodes"]
    ]
    for node in nodes:
        for layer in ("mask", "sketch"):
            node["draft"][layer]["version"] = bool(node["draft"][layer]["tiles"])
    kept = {key: project[key] for key in ("name", "created_at", "view")}
    return {**kept, "head": places[project["head_id"]], "nodes": nodes}


def export(api: TestClient, project: Any) -> bytes:
    answer = api.get(f"/api/projects/{project['id']}/export")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    return answer.content


def test_a_project_comes_back_as_it_was(api: TestClient, project: Any):
    answer = api.post("/api/projects/import", **upload(export(api, project), "holiday.zip"))
    assert answer.status_code == 201, answer.text
    again = answer.json()
    assert again["id"] != project["id"]
    assert not {node["id"] for node in again["nodes"]} & {node["id"] for node in project["nodes"]}
    assert without_ids(api, again) == without_ids(api, project)


def test_a_project_comes_back_on_another_computer(
    api: TestClient, project: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
):
    data, before = export(api, project), without_ids(api, project)
    monkeypatch.setenv("UNDERPAINT_DATA", str(tmp_path / "another"))
    again = api.post("/api/projects/import", **upload(data)).json()
    assert without_ids(api, again) == before
    assert store.stored_mask(again["nodes"][1]["recipe"]["mask_sha256"]) is not None


def test_nothing_is_left_behind_by_an_export(api: TestClient, project: Any, tmp_path: Any):
    export(api, project)
    assert list((tmp_path / "data" / "exports").iterdir()) == []


def test_an_empty_project_can_be_moved_too(api: TestClient):
    project = api.post("/api/projects/empty", json={"name": "words"}).json()
    again = api.post("/api/projects/import", **upload(export(api, project))).json()
    assert (again["name"], again["nodes"], again["head_id"]) == ("words", [], None)


@pytest.mark.parametrize("damage", ["no file", "flipped bit"])
def test_all_but_a_lost_picture_is_moved(app: FastAPI, api: TestClient, project: Any, damage: str):
    root, kept, extended = project["nodes"]
    api.patch(f"/api/projects/{project['id']}", json={"head_id": kept["id"]})
    file = store.stored_file(kept["picture"]["sha256"])
    assert file is not None
    if damage == "no file":
        file.unlink()
    else:
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
    again = api.post("/api/projects/import", **upload(export(api, project))).json()
    first, second = again["nodes"]
    assert [first["picture"]["sha256"], second["picture"]["sha256"]] == [
        root["picture"]["sha256"],
        extended["picture"]["sha256"],
    ]
    assert second["parent_id"] == first["id"] == again["head_id"]
    assert '"best"' in first["picture"]["notes"][-1]


def test_an_unusually_packed_zip_is_refused(api: TestClient):
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("manifest.json", "{}")
    answer = api.post("/api/projects/import", **upload(buffer.getvalue()))
    assert problem(answer)[:2] == (422, "unreadable-image")


# zip files of somebody else


def changed(data: bytes, change: Any) -> bytes:
    """The zip file with its entries, by name, changed."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def in_manifest(change: Any) -> Any:
    def apply(entries: dict[str, bytes]) -> None:
        manifest = json.loads(entries["manifest.json"])
        change(manifest)
        entries["manifest.json"] = json.dumps(manifest).encode()

    return apply


def in_node(**values: Any) -> Any:
    return in_manifest(lambda manifest: manifest["nodes"][1]["node"].update(values))


def in_pictures(content: bytes) -> Any:
    def apply(entries: dict[str, bytes]) -> None:
        entries.update({name: content for name in entries if name.startswith("pictures/")})

    return apply


def first_layer(content: bytes) -> Any:
    return lambda entries: entries.update({next(n for n in entries if n.startswith("layers/")): content})


@pytest.mark.parametrize(
    "change",
    [
        lambda entries: entries.update({"../../evil.py": b"x"}),
        lambda entries: entries.update({"/etc/evil": b"x"}),
        lambda entries: entries.update({"pictures/../../evil.png": b"x"}),
        lambda entries: entries.update({"run.exe": b"x"}),
        lambda entries: entries.pop("manifest.json"),
        lambda entries: entries.update({"manifest.json": b"{"}),
        lambda entries: entries.update({"manifest.json": b"[]"}),
        lambda entries: [entries.pop(name) for name in list(entries) if name.startswith("pictures/")],
        in_pictures(b"<script>"),
        in_pictures(png(noise(2, 2))),
        first_layer(b"broken"),
        first_layer(wire((200, 0, painted(1)))),
        in_manifest(lambda manifest: manifest.update(format=99)),
        in_manifest(lambda manifest: manifest.update(head_id="0" * 12)),
        in_manifest(lambda manifest: manifest.update(extra=1)),
        in_manifest(lambda manifest: manifest["nodes"].reverse()),
        in_manifest(lambda manifest: manifest["nodes"].append(manifest["nodes"][0])),
        in_node(parent_id="0" * 12),
        in_node(id="../up"),
        in_node(recipe={"request": {}}),
        in_node(kind="spell"),
        in_node(kept_from={"job_id": "abc", "index": 10**30}),
        in_node(created_at="yesterday"),
        in_manifest(lambda manifest: manifest["nodes"][0]["draft"]["request"]["sampling"].update(steps=0)),
    ],
    ids=[
        "traversal",
        " absolute",
        " inside",
        " program",
        " no manifest",
        " no JSON",
        " a list",
        " no pictures",
        " no picture",
        " another picture",
        "broken tiles",
        " tile outside",
        " future format",
        " unknown head",
        " unknown key",
        " children first",
        " twice",
        " unknown parent",
        "id as path",
        " bad recipe",
        " unknown kind",
        " huge index",
        " no date",
        " bad settings",
    ],
)
def test_other_zip_files_are_refused_whole(api: TestClient, project: Any, change: Any, tmp_path: Any):
    data = changed(export(api, project), change)
    assert problem(api.post("/api/projects/import", **upload(data, "evil.zip")))[:2] == (
        422,
        "unreadable-image",
    )
    assert len(api.get("/api/projects").json()) == 1
    assert not list(tmp_path.rglob("evil*"))


def zipped(*entries: tuple[str, bytes], **options: Any) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def with_encryption_flag(data: bytes) -> bytes:
    directory = data.index(b"PK\x01\x02")
    return data[: directory + 8] + b"\x01" + data[directory + 9 :]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "unreadable-image"),
        (b"PK\x03\x04 nothing", "unreadable-image"),
        (png(noise(3, 3)), "unreadable-image"),
        (zipped(), "unreadable-image"),
        (zipped(("manifest.json", b"{}"))[:-30], "unreadable-image"),
        (with_encryption_flag(zipped(("manifest.json", b"{}"))), "unreadable-image"),
        (zipped(("manifest.json", bytes(10**8)), compression=zipfile.ZIP_DEFLATED), "too-large"),
    ],
    ids=["empty", "almost", "a picture", "no entries", "cut", "encrypted", "bomb"],
)
def test_files_that_are_no_project(api: TestClient, data: bytes, code: str):
    answer = api.post("/api/projects/import", **upload(data, "project.zip"))
    assert problem(answer)[1] == code
    assert api.get("/api/projects").json() == []


def test_damage_inside_is_noticed(api: TestClient, project: Any):
    data = bytearray(export(api, project))
    data[data.index(b"IDAT") + 20] ^= 0xFF
    assert problem(api.post("/api/projects/import", **upload(bytes(data))))[:2] == (422, "unreadable-image")


# files to save


@pytest.mark.parametrize(("file_format", "suffix"), [("png", "png"), ("jpeg", "jpg"), ("webp", "webp")])
def test_a_picture_is_saved_in_any_format(api: TestClient, project: Any, file_format: str, suffix: str):
    answer = api.get(f"/api/nodes/{project['head_id']}/file", params={"format": file_format})
    assert answer.headers["content-type"] == f"image/{file_format}"
    assert f'filename="Holiday _ best.{suffix}"' in answer.headers["Content-Disposition"]
    image = Image.open(BytesIO(answer.content))
    assert (image.format, image.size) == (file_format.upper(), (300, 40))
    assert image.mode == ("RGB" if file_format == "jpeg" else "RGBA")


def test_a_saved_png_has_the_bytes_of_the_command_line_and_its_recipe(api: TestClient, project: Any):
    path = f"/api/nodes/{project['head_id']}/file"
    of_result = recipe(
        picture_sha256=(project["nodes"][1]["picture"]["sha256"],),
        mask_sha256=project["nodes"][1]["recipe"]["mask_sha256"],
    )
    assert api.get(path).content == encode_png(noise(300, 40, 4), text=png_text(of_result))
    bare = api.get(path, params={"metadata": False}).content
    assert text_in_png(bare) == {}
    assert np.array_equal(decoded(bare), noise(300, 40, 4))


def test_names_of_any_kind_are_safe_in_headers(api: TestClient):
    project = new_project(api)
    api.patch(f"/api/projects/{project['id']}", json={"name": 'a"b\r\nSet-Cookie: x=1 猫'})
    header = api.get(f"/api/nodes/{project['head_id']}/file").headers["Content-Disposition"]
    assert 'filename="a_b' in header
    assert "%E7%8C%AB" in header
    assert problem(api.get("/api/nodes/nobody/file")) == (404, "not-found", None)
    assert problem(api.get(f"/api/nodes/{project['head_id']}/file?format=exe"))[2] == "format"


# settings from files


def test_settings_come_from_our_own_files(api: TestClient, project: Any):
    data = api.get(f"/api/nodes/{project['head_id']}/file").content
    found = api.post("/api/settings-from-file", **upload(data)).json()
    assert (found["source"], found["notes"]) == ("underpaint", [])
    assert found["request"] == to_json(
        InpaintRequest(
            prompt=PromptSettings(positive="a white cat", negative="dog"),
            canvas=CanvasSettings(width=256, height=64),
            sampling=SamplingSettings(steps=7, sampler=Sampler.EULER_A),
            noise=NoiseSettings(seed=6, subseed=0),
            batch=BatchSettings(count=2),
        )
    )
    assert found["picture"]["sha256"] == project["nodes"][1]["picture"]["sha256"]
    assert found["mask"]["width"] == 256


@pytest.mark.parametrize("file_format", ["jpeg", "webp"])
def test_settings_come_from_lossy_files_too(api: TestClient, project: Any, file_format: str):
    data = api.get(f"/api/nodes/{project['head_id']}/file", params={"format": file_format}).content
    found = api.post("/api/settings-from-file", **upload(data)).json()
    assert found["request"]["prompt"] == {
        **found["request"]["prompt"],
        "positive": "a white cat",
        "negative": "dog",
    }
    assert (found["request"]["sampling"]["steps"], found["request"]["noise"]["seed"]) == (7, 6)
    assert found["request"]["rules"] == to_json(Rules())


A1111_TEXT = """a castle, (sky:1.2)
Negative prompt: blurry
Steps: 31, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 5.5, Seed: 77, Size: 512x768, Model hash: 0123456789, \
Model: dream, Denoising strength: 0.6, Clip skip: 2, Mask blur: 6, Inpaint area: Only masked, Masked area padding: 48, \
Masked content: latent noise, Tiling: True, Version: v1.10.1"""


def test_settings_come_from_a1111s_files(api: TestClient):
    data = encode_png(noise(8, 8), text={"parameters": A1111_TEXT})
    found = api.post("/api/settings-from-file", **upload(data)).json()
    request = found["request"]
    assert found["source"] == "a1111"
    assert request["prompt"]["positive"] == "a castle, (sky:1.2)"
    assert (request["prompt"]["negative"], request["prompt"]["clip_skip"]) == ("blurry", 2)
    assert (request["sampling"]["steps"], request["sampling"]["scheduler"]) == (31, "Karras")
    assert (request["noise"]["seed"], request["noise"]["source"]) == (77, "nv")
    assert (request["mask"]["blur_x_px"], request["canvas"]["padding_px"]) == (6, 48)
    assert (request["canvas"]["area"], request["canvas"]["content"]) == (
        InpaintArea.ONLY_MASKED,
        "latent-noise",
    )
    assert request["rules"] == to_json(Profile.a1111())
    assert "names no source of noise" in found["notes"][0]
    assert found["notes"][-1] == "The model 'dream' is not on this server; 'storybook' stands in for it."


@pytest.mark.parametrize(
    "data",
    [
        png(noise(4, 4)),
        encode_png(noise(4, 4), text={"underpaint": "{"}),
        b"text",
        b"",
    ],
    ids=["no settings", "damaged", "no picture", "empty"],
)
def test_files_without_settings(api: TestClient, data: bytes):
    answer = api.post("/api/settings-from-file", **upload(data, "old.png"))
    assert problem(answer)[:2] == (422, "unreadable-image")


@pytest.mark.parametrize("steps", ["many", "900"], ids=["no number", "out of range"])
def test_values_that_cannot_be_used_are_told_and_left_out(api: TestClient, steps: str):
    text = f"x\nSteps: {steps}, Sampler: Euler, CFG scale: 4, Seed: 1"
    data = encode_png(noise(4, 4), text={"parameters": text})
    found = api.post("/api/settings-from-file", **upload(data)).json()
    assert f"Steps: {steps} is not taken over" in found["notes"][0]
    assert found["request"]["sampling"]["cfg_scale"] == 4
