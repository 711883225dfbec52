"""Drafts: settings and painted layers."""

import zlib
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.api.files import TILES, decoded, encoded, new_project, png, problem, unwired, upload, wire
from underpaint.geometry import Size
from underpaint.server import tiles
from underpaint.server.schemas import Layer

EMPTY = {"version": 0, "tiles": 0, "bounds": None, "cover": 0.0}


@pytest.fixture
def node_id(api: TestClient) -> str:
    """A node of 300x200 pixels: two tiles, neither of them whole."""
    return new_project(api, 300, 200)["head_id"]


def square(value: int = 255) -> np.ndarray:
    """A mask tile with 10 x 20 painted pixels."""
    pixels = np.zeros((256, 256), np.uint8)
    pixels[50:70, 30:40] = value
    return pixels


def put(api: TestClient, node_id: str, body: bytes, layer: str = "mask", **query: Any) -> Any:
    return api.put(f"/api/nodes/{node_id}/tiles/{layer}", content=body, headers=TILES, params=query)


# settings


def test_a_new_draft_has_the_settings_that_the_builtin_model_recommends_and_empty_layers(
    api: TestClient, node_id: str
):
    draft = api.get(f"/api/nodes/{node_id}/draft").json()
    assert (draft["node_id"], draft["underpainting"], draft["task"]) == (node_id, "original", "custom")
    assert (draft["mask"], draft["sketch"]) == (EMPTY, EMPTY)
    sampling = draft["request"]["sampling"]
    assert (sampling["steps"], sampling["sampler"], sampling["cfg_scale"]) == (25, "Euler a", 5.0)


def test_settings_are_saved_one_by_one(api: TestClient, node_id: str):
    path = f"/api/nodes/{node_id}/draft"
    api.patch(path, json={"underpainting": "fill"})
    api.patch(path, json={"request": {"sampling": {"steps": 9}, "canvas": {"width": 64}}})
    draft = api.patch(path, json={"task": "add"}).json()
    assert draft == api.get(path).json()
    assert (draft["underpainting"], draft["task"]) == ("fill", "add")
    assert (draft["request"]["sampling"]["steps"], draft["request"]["canvas"]["width"]) == (9, 64)


def test_a_project_without_a_picture_has_a_draft_too(api: TestClient):
    project = api.post("/api/projects/empty", json={}).json()
    path = f"/api/projects/{project['id']}/draft"
    assert api.patch(path, json={"request": {"prompt": {"positive": "sea"}}}).status_code == 200
    draft = api.get(path).json()
    assert (draft["node_id"], draft["mask"], draft["request"]["prompt"]["positive"]) == (None, EMPTY, "sea")
    assert problem(api.get("/api/projects/nobody/draft")) == (404, "not-found", None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"request": {"sampling": {"steps": 0}}}, "request.sampling.steps"),
        ({"request": {"sampling": {"steps": "many"}}}, "request.sampling.steps"),
        ({"request": {"sampling": {"step": 5}}}, "request.sampling.step"),
        ({"request": {"sampling": {"sampler": "Oiler"}}}, "request.sampling.sampler"),
        ({"request": {"canvas": {"width": 65}}}, "request.canvas.width"),
        ({"request": {"canvas": {"background": "red"}}}, "request.canvas.background"),
        ({"request": {"prompt": {"positive": "x" * 10_001}}}, "request.prompt.positive"),
        ({"request": {"noise": {"seed": -1}}}, "request.noise.seed"),
        ({"request": {"noise": {"seed": 2**32}}}, "request.noise.seed"),
        ({"request": {"rules": {"steps": "guess"}}}, "request.rules.steps"),
        ({"request": []}, "request"),
        ({"underpainting": "mud"}, "underpainting"),
        ({"tasks": "add"}, "tasks"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_refusal_names_the_setting(api: TestClient, node_id: str, change: dict[str, Any], field: str):
    before = api.get(f"/api/nodes/{node_id}/draft").json()
    answer = api.patch(f"/api/nodes/{node_id}/draft", json=change)
    assert problem(answer) == (422, "invalid-request", field)
    assert api.get(f"/api/nodes/{node_id}/draft").json() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"request": {"sampling": {"cfg_scale": NaN}}}',
        b'{"request": {"model": "\\ud800"}}',
        b"null",
        b"1",
    ],
    ids=["empty", "cut", "not UTF-8", "deep", "NaN", "surrogate", "null", "number"],
)
def test_bodies_that_are_no_settings(api: TestClient, node_id: str, body: bytes):
    headers = {"content-type": "application/json"}
    answer = api.patch(f"/api/nodes/{node_id}/draft", content=body, headers=headers)
    assert problem(answer)[:2] in ((422, "invalid-request"), (400, "invalid-request"))


def test_every_tab_but_the_one_that_painted_hears_of_it(
    app: FastAPI, api: TestClient, node_id: str, monkeypatch: pytest.MonkeyPatch
):
    told: list[Any] = []
    monkeypatch.setattr(app.state.services.hub, "publish", told.append)
    api.patch(f"/api/nodes/{node_id}/draft", json={"task": "add"}, headers={"X-Client": "tab"})
    put(api, node_id, wire((0, 0, square())))
    settings, painted = [event.data for event in told]
    assert settings == {"node_id": node_id, "layers": [], "has_settings": True, "client": "tab"}
    assert painted == {"node_id": node_id, "layers": ["mask"], "has_settings": False, "client": None}


# tiles


def test_what_was_painted_comes_back(api: TestClient, node_id: str):
    info = put(api, node_id, wire((0, 0, square()))).json()
    assert info == {
        "version": 1,
        "tiles": 1,
        "bounds": {"x": 30, "y": 50, "width": 10, "height": 20},
        "cover": 200 / 60_000,
    }
    answer = api.get(f"/api/nodes/{node_id}/tiles/mask")
    assert (answer.headers["X-Version"], answer.headers["content-type"]) == ("1", TILES["content-type"])
    assert np.array_equal(unwired(answer.content)[0, 0], square().ravel())
    whole = decoded(api.get(f"/api/nodes/{node_id}/layers/mask.png").content)
    assert np.array_equal(whole, np.pad(square()[:200], [(0, 0), (0, 44)]))


def test_tiles_are_replaced_emptied_and_cleared(api: TestClient, node_id: str):
    put(api, node_id, wire((0, 0, square()), (1, 0, square())))
    assert put(api, node_id, wire((0, 0, b""))).json()["tiles"] == 1
    assert put(api, node_id, wire((1, 0, square(0)))).json()["tiles"] == 0
    put(api, node_id, wire((0, 0, square())))
    info = put(api, node_id, wire((1, 0, square())), replace=True).json()
    assert (info["tiles"], info["bounds"]["x"], info["version"]) == (1, 286, 5)
    assert put(api, node_id, b"", replace=True).json() == {**EMPTY, "version": 6}


def test_paint_outside_the_picture_does_not_count(api: TestClient, node_id: str):
    everywhere = np.full((256, 256), 255, np.uint8)
    info = put(api, node_id, wire((0, 0, everywhere), (1, 0, everywhere))).json()
    assert (info["cover"], info["bounds"]) == (1.0, {"x": 0, "y": 0, "width": 300, "height": 200})


def test_a_sketch_keeps_its_colours_and_counts_by_alpha(api: TestClient, node_id: str):
    paint = np.zeros((256, 256, 4), np.uint8)
    paint[..., 0] = 200
    paint[5:10, 5:10, 3] = 128
    assert put(api, node_id, wire((0, 0, paint)), "sketch").json()["cover"] == 25 / 60_000
    whole = decoded(api.get(f"/api/nodes/{node_id}/layers/sketch.png").content)
    assert np.array_equal(whole[:, :256], paint[:200])


@pytest.mark.parametrize(
    "body",
    [
        wire((2, 0, square())),
        wire((0, 1, square())),
        wire((0, 0, square()))[:-3],
        wire((0, 0, square())) + b"\0\0\0",
        wire((0, 0, b"no zlib")),
        wire((0, 0, zlib.compress(b"short"))),
        wire((0, 0, zlib.compress(bytes(2**26)))),
        wire((0, 0, zlib.compress(square().tobytes()) + b"more")),
        wire((0, 0, zlib.compress(square().tobytes())[:-2])),
        wire((0, 0, np.zeros((256, 256, 4), np.uint8))),
    ],
    ids=[
        "right of it",
        "below it",
        "cut",
        "half a header",
        "no zlib",
        "short",
        "bomb",
        "trailing",
        "no end",
        "sketch",
    ],
)
def test_tiles_that_are_refused_change_nothing(api: TestClient, node_id: str, body: bytes):
    assert problem(put(api, node_id, body))[:2] == (422, "invalid-request")
    assert api.get(f"/api/nodes/{node_id}/draft").json()["mask"] == EMPTY


def test_tiles_of_nothing(api: TestClient, node_id: str):
    assert problem(put(api, "nobody", b"")) == (404, "not-found", None)
    assert problem(put(api, node_id, b"", "glaze"))[:2] == (422, "invalid-request")
    assert api.get(f"/api/nodes/{node_id}/tiles/mask").content == b""


@given(
    width=st.integers(1, 600),
    height=st.integers(1, 600),
    seed=st.integers(0, 2**16),
    layer=st.sampled_from(Layer),
)
def test_any_layer_survives_being_cut_into_tiles(width: int, height: int, seed: int, layer: Layer):
    rng = np.random.default_rng(seed)
    pixels = np.zeros((height, width) if layer is Layer.MASK else (height, width, 4), np.uint8)
    left, top = rng.integers(0, width), rng.integers(0, height)
    part = pixels[top : top + 50, left : left + 50]
    part[:] = rng.integers(1, 256, part.shape)
    size = Size(width, height)
    cut = [(tile.column, tile.row, tile.data) for tile in tiles.tiles_of(pixels)]
    sent = tiles.decoded(tiles.encoded(cut), layer, size)
    again = tiles.assembled([(tile.column, tile.row, tile.data) for tile in sent], layer, size)
    assert np.array_equal(again, pixels)
    assert sum(tile.painted_px for tile in sent) == np.count_nonzero(
        pixels if pixels.ndim == 2 else pixels[..., 3]
    )


# masks from files, and the library


def test_a_mask_comes_from_grey_from_alpha_and_at_any_size(api: TestClient, node_id: str):
    path = f"/api/nodes/{node_id}/layers/mask.png"
    grey = np.zeros((200, 300), np.uint8)
    grey[20:40, 30:60] = 200
    info = api.put(path, **upload(png(grey))).json()
    assert info["bounds"] == {"x": 30, "y": 20, "width": 30, "height": 20}
    assert np.array_equal(decoded(api.get(path).content), grey)
    rgba = np.zeros((100, 150, 4), np.uint8)
    rgba[10:20, 15:30, 3] = 255
    info = api.put(path, **upload(png(rgba))).json()
    assert abs(info["cover"] - 0.01) < 0.002
    broken = api.put(path, **upload(png(grey)[:-30], "mask.png"))
    assert problem(broken)[:2] == (422, "unreadable-image")
    assert "mask.png" in broken.json()["error"]["message"]


def test_a_saved_mask_fits_any_picture(api: TestClient, node_id: str):
    assert problem(api.post("/api/masks", json={"node_id": node_id, "name": "none"}))[2] == "node_id"
    put(api, node_id, wire((0, 0, square())))
    saved = api.post("/api/masks", json={"node_id": node_id, "name": "box"}).json()
    assert (saved["name"], saved["picture"]["width"]) == ("box", 300)
    assert api.get("/api/masks").json() == [saved]
    other = new_project(api, 600, 400)["head_id"]
    info = api.post(f"/api/masks/{saved['id']}/apply", json={"node_id": other}).json()
    assert abs(info["cover"] - 200 / 60_000) < 0.002
    assert api.delete(f"/api/masks/{saved['id']}").status_code == 204
    for answer in (
        api.delete(f"/api/masks/{saved['id']}"),
        api.post(f"/api/masks/{saved['id']}/apply", json={"node_id": other}),
        api.post("/api/masks", json={"node_id": "nobody", "name": "x"}),
    ):
        assert problem(answer) == (404, "not-found", None)


# selection


@pytest.fixture
def disc_id(api: TestClient) -> str:
    """A red disc on green, of radius 40 around 100, 80."""
    y, x = np.mgrid[:160, :200]
    inside = (x - 100) ** 2 + (y - 80) ** 2 <= 40**2
    pixels = np.where(inside[..., None], (220, 40, 30), (30, 160, 60)).astype(np.uint8)
    return api.post("/api/projects", **upload(png(pixels))).json()["head_id"]


@pytest.mark.parametrize(
    "selection",
    [
        {"kind": "region", "x": 100, "y": 80},
        {"kind": "region", "x": 100, "y": 80, "radius_px": 60},
        {"kind": "box", "x": 55, "y": 35, "width": 90, "height": 90},
        {"kind": "edge", "points": [[100, 40], [140, 80], [100, 120], [60, 80]]},
    ],
    ids=lambda selection: selection["kind"],
)
def test_a_thing_is_selected_as_tiles_of_a_mask(api: TestClient, disc_id: str, selection: dict[str, Any]):
    answer = api.post(f"/api/nodes/{disc_id}/selection", json=selection)
    assert answer.headers["content-type"] == TILES["content-type"]
    found = unwired(answer.content)[0, 0].reshape(256, 256)[:160, :200] > 127
    y, x = np.mgrid[:160, :200]
    disc = (x - 100) ** 2 + (y - 80) ** 2 <= 40**2
    assert (found & disc).sum() / (found | disc).sum() > 0.9
    assert api.get(f"/api/nodes/{disc_id}/draft").json()["mask"] == EMPTY


@pytest.mark.parametrize(
    "selection",
    [
        {"kind": "region", "x": 200, "y": 0},
        {"kind": "region", "x": -1, "y": 0},
        {"kind": "region", "x": 1},
        {"kind": "box", "x": 190, "y": 0, "width": 20, "height": 5},
        {"kind": "edge", "points": [[0, 0], [1, 1]]},
        {"kind": "lasso"},
        {},
    ],
)
def test_selections_that_are_refused(api: TestClient, disc_id: str, selection: dict[str, Any]):
    assert problem(api.post(f"/api/nodes/{disc_id}/selection", json=selection))[:2] == (
        422,
        "invalid-request",
    )


# presets


def test_presets_are_kept_replaced_and_forgotten(api: TestClient):
    preset = {"name": "hair/long & red", "request": {}, "underpainting": "fill", "task": "replace"}
    path = "/api/presets/hair%2Flong%20%26%20red"
    saved = api.put(path, json=preset).json()
    assert (saved["name"], saved["request"]["sampling"]["steps"]) == (preset["name"], 20)
    api.put(path, json={**preset, "task": "add"})
    assert [found["task"] for found in api.get("/api/presets").json()] == ["add"]
    assert problem(api.put("/api/presets/other", json=preset)) == (422, "invalid-request", "name")
    assert problem(api.put(path, json={**preset, "extra": 1})) == (422, "invalid-request", "extra")
    assert api.delete(path).status_code == 204
    assert problem(api.delete(path)) == (404, "not-found", None)
    assert api.get("/api/presets").json() == []


def test_a_mask_file_may_be_a_jpeg(api: TestClient, node_id: str):
    white = encoded(Image.new("L", (300, 200), 255), "JPEG")
    assert api.put(f"/api/nodes/{node_id}/layers/mask.png", **upload(white)).json()["cover"] == 1.0
