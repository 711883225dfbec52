"""Projects and their tree of pictures."""

import numpy as np
import pytest
from fastapi.testclient import TestClient

from tests.api.files import TILES, decoded, new_project, noise, png, problem, unwired, upload, wire
from underpaint.geometry import Size
from underpaint.server.drafts import scaled


def test_an_uploaded_picture_becomes_a_project_with_one_node(api: TestClient):
    pixels = noise(40, 30)
    answer = api.post("/api/projects", **upload(png(pixels), "holiday photos/girl.png"))
    project = answer.json()
    (node,) = project["nodes"]
    assert answer.status_code == 201
    assert (project["name"], node["name"], node["kind"]) == ("girl", "girl", "import")
    assert project["head_id"] == node["id"]
    assert (node["picture"]["width"], node["picture"]["height"], node["picture"]["bits"]) == (40, 30, 8)
    served = api.get(f"/api/pictures/{node['picture']['sha256']}")
    assert np.array_equal(decoded(served.content), pixels)
    assert api.get(f"/api/projects/{project['id']}").json() == project


def test_projects_are_listed_by_their_last_change(api: TestClient):
    first, second = new_project(api, name="first.png"), new_project(api, name="second.png")
    assert [each["name"] for each in api.get("/api/projects").json()] == ["second", "first"]
    api.patch(f"/api/nodes/{first['head_id']}/draft", json={"task": "add"})
    listed = api.get("/api/projects").json()
    assert [each["id"] for each in listed] == [first["id"], second["id"]]
    assert listed[0]["head_picture"] == first["nodes"][0]["picture"]
    assert listed[0]["node_count"] == 1


def test_sample_blank_and_empty_projects(api: TestClient):
    sample = api.post("/api/projects/sample").json()
    assert sample["nodes"][0]["picture"]["width"] == 768
    blank = api.post(
        "/api/projects/blank", json={"width": 3, "height": 2, "colour": "#ff8000", "name": "B"}
    ).json()
    picture = decoded(api.get(f"/api/pictures/{blank['nodes'][0]['picture']['sha256']}").content)
    assert np.array_equal(picture, np.full((2, 3, 3), (255, 128, 0)))
    assert (blank["name"], blank["nodes"][0]["kind"]) == ("B", "blank")
    for body in ({"name": "words"}, {}, None):
        empty = api.post("/api/projects/empty", json=body).json()
        assert (empty["head_id"], empty["nodes"]) == (None, [])
    assert api.get("/api/projects").json()[0]["head_picture"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"width": 0, "height": 5}, "width"),
        ({"width": 5, "height": 9000}, "height"),
        ({"width": 5, "height": 5, "colour": "red"}, "colour"),
        ({"width": 5, "height": 5, "color": "#ffffff"}, "color"),
        ({"width": 5}, "height"),
    ],
)
def test_a_blank_canvas_within_limits(api: TestClient, body: dict[str, object], field: str):
    assert problem(api.post("/api/projects/blank", json=body)) == (422, "invalid-request", field)


def test_a_project_changes_name_head_and_view(api: TestClient):
    project = new_project(api)
    other = api.post(f"/api/projects/{project['id']}/nodes", **upload(png(noise(8, 8)), "other.png")).json()
    assert (other["parent_id"], other["kind"]) == (None, "import")
    assert api.get(f"/api/projects/{project['id']}").json()["head_id"] == other["id"]
    change = {"name": "Girl 2", "head_id": project["head_id"], "view": {"zoom": 2.5, "tool": "brush"}}
    changed = api.patch(f"/api/projects/{project['id']}", json=change).json()
    assert {key: changed[key] for key in change} == change
    assert api.patch(f"/api/projects/{project['id']}", json={}).json()["name"] == "Girl 2"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": ""}, (422, "invalid-request", "name")),
        ({"name": "x" * 201}, (422, "invalid-request", "name")),
        ({"head_id": "nobody"}, (422, "invalid-request", "head_id")),
        ({"view": {"much": "x" * 300_000}}, (413, "too-large", None)),
        ({"colour": 1}, (422, "invalid-request", "colour")),
    ],
    ids=["no name", "long name", "unknown head", "large view", "unknown key"],
)
def test_changes_of_a_project_that_are_refused(api: TestClient, change: dict[str, object], expected: object):
    project = new_project(api)
    assert problem(api.patch(f"/api/projects/{project['id']}", json=change)) == expected
    assert api.get(f"/api/projects/{project['id']}").json() == project


def test_a_deleted_project_can_be_brought_back(api: TestClient):
    project = new_project(api)
    assert api.delete(f"/api/projects/{project['id']}").status_code == 204
    assert api.get("/api/projects").json() == []
    for path in (f"projects/{project['id']}", f"nodes/{project['head_id']}/draft"):
        assert problem(api.get(f"/api/{path}"))[:2] == (404, "not-found")
    assert api.post(f"/api/projects/{project['id']}/restore").json() == project
    assert api.get(f"/api/projects/{project['id']}").json() == project


def test_a_node_gets_a_name_and_a_star(api: TestClient):
    project = new_project(api)
    path = f"/api/nodes/{project['head_id']}"
    node = api.patch(path, json={"name": "better", "is_starred": True}).json()
    assert (node["name"], node["is_starred"]) == ("better", True)
    assert api.get(f"/api/projects/{project['id']}").json()["nodes"] == [node]
    assert problem(api.patch("/api/nodes/nobody", json={})) == (404, "not-found", None)


def extension(api: TestClient, node_id: str, **sides: int) -> dict[str, object]:
    answer = api.post(f"/api/nodes/{node_id}/extend", json=sides)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_extending_keeps_the_picture_and_masks_what_is_new(api: TestClient):
    project = new_project(api)
    api.patch(f"/api/nodes/{project['head_id']}/draft", json={"request": {"prompt": {"positive": "sea"}}})
    node = extension(api, project["head_id"], left_px=10, bottom_px=5, overlap_px=4)
    assert (node["kind"], node["parent_id"]) == ("extend", project["head_id"])
    before, after = (
        decoded(api.get(f"/api/pictures/{sha256}").content)
        for sha256 in (project["nodes"][0]["picture"]["sha256"], node["picture"]["sha256"])
    )
    assert np.array_equal(after[:30, 10:], before)
    mask = decoded(api.get(f"/api/nodes/{node['id']}/layers/mask.png").content)
    expected = np.full((35, 50), 255, np.uint8)
    expected[:26, 14:] = 0
    assert np.array_equal(mask, expected)
    assert api.get(f"/api/nodes/{node['id']}/draft").json()["request"]["prompt"]["positive"] == "sea"
    assert api.get(f"/api/projects/{project['id']}").json()["head_id"] == node["id"]


def test_extensions_that_are_refused(api: TestClient):
    path = f"/api/nodes/{new_project(api)['head_id']}/extend"
    assert problem(api.post(path, json={}))[:2] == (422, "invalid-request")
    assert problem(api.post(path, json={"left_px": -1})) == (422, "invalid-request", "left_px")
    assert problem(api.post(path, json={"left_px": 8192, "right_px": 8192}))[:2] == (413, "too-large")


def test_blending_shows_one_picture_over_another_where_the_mask_is(api: TestClient):
    project = new_project(api)
    pixels = noise(40, 30, 4)[..., :3].copy()
    above = api.post(f"/api/projects/{project['id']}/nodes", **upload(png(pixels))).json()
    mask = np.zeros((256, 256), np.uint8)
    mask[:10, :10] = 255
    api.put(f"/api/nodes/{above['id']}/tiles/mask", content=wire((0, 0, mask)), headers=TILES)
    wish = {"with_id": project["head_id"], "opacity": 1.0, "uses_mask": True}
    node = api.post(f"/api/nodes/{above['id']}/blend", json=wish).json()
    below = decoded(api.get(f"/api/pictures/{project['nodes'][0]['picture']['sha256']}").content)
    found = decoded(api.get(f"/api/pictures/{node['picture']['sha256']}").content)
    assert np.array_equal(found[:10, :10], pixels[:10, :10])
    assert np.array_equal(found[10:], below[10:])
    assert (node["kind"], node["parent_id"], node["blended_with_id"]) == (
        "blend",
        above["id"],
        project["head_id"],
    )


def test_only_pictures_of_one_size_and_project_blend(api: TestClient):
    project, other = new_project(api), new_project(api)
    small = api.post(f"/api/projects/{project['id']}/nodes", **upload(png(noise(8, 8)))).json()
    path = f"/api/nodes/{project['head_id']}/blend"
    for with_id in (other["head_id"], small["id"]):
        assert problem(api.post(path, json={"with_id": with_id})) == (422, "invalid-request", "with_id")
    assert problem(api.post(path, json={"with_id": "nobody"})) == (404, "not-found", None)


def test_deleting_takes_everything_below_and_restoring_brings_it_back(api: TestClient):
    project = new_project(api)
    child = extension(api, project["head_id"], left_px=1)
    grandchild = extension(api, str(child["id"]), left_px=1)
    assert problem(api.delete(f"/api/nodes/{child['id']}"))[:2] == (409, "conflict")
    api.patch(f"/api/projects/{project['id']}", json={"head_id": project["head_id"]})
    assert set(api.delete(f"/api/nodes/{grandchild['id']}").json()) == {grandchild["id"]}
    assert api.delete(f"/api/nodes/{child['id']}").json() == [child["id"]]
    assert problem(api.post(f"/api/nodes/{grandchild['id']}/restore"))[:2] == (409, "conflict")
    assert [node["id"] for node in api.post(f"/api/nodes/{child['id']}/restore").json()] == [child["id"]]
    assert api.post(f"/api/nodes/{child['id']}/restore").json() == []
    assert [node["id"] for node in api.post(f"/api/nodes/{grandchild['id']}/restore").json()] == [
        grandchild["id"]
    ]
    assert len(api.get(f"/api/projects/{project['id']}").json()["nodes"]) == 3


def test_a_deleted_node_takes_nothing_more_with_it_when_it_returns(api: TestClient):
    project = new_project(api)
    child = extension(api, project["head_id"], left_px=1)
    extension(api, str(child["id"]), left_px=1)
    api.patch(f"/api/projects/{project['id']}", json={"head_id": project["head_id"]})
    assert len(api.delete(f"/api/nodes/{child['id']}").json()) == 2
    assert len(api.post(f"/api/nodes/{child['id']}/restore").json()) == 2


@pytest.mark.parametrize("channels", [None, 4])
def test_a_layer_at_another_size_keeps_its_shape(channels: int | None):
    layer = np.zeros((40, 60) if channels is None else (40, 60, 4), np.uint8)
    layer[10:20, 30:45] = 255
    found = scaled(layer, Size(120, 80))
    painted = found if channels is None else found[..., 3]
    assert painted[25:35, 65:85].min() == 255
    assert painted[:15].max() == 0
    assert unwired(b"") == {}
