"""Every route fails in the one shape, whatever is wrong."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from tests.api.conftest import ADDRESS
from tests.api.files import noise, png, problem, upload
from underpaint import errors
from underpaint.server import projects, refusals, responses
from underpaint.server.app import create_app


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every route of the API."""
    for path, methods in create_app().openapi()["paths"].items():
        for method, description in methods.items():
            yield method.upper(), path, description


OPERATIONS = list(operations())
WITH_IDS = [(method, path) for method, path, _ in OPERATIONS if "_id}" in path]
WITH_BODIES = [
    (method, path)
    for method, path, description in OPERATIONS
    if "requestBody" in description and "empty" not in path
]
FILLED = {"layer": "mask", "index": "0", "sha256": "0" * 64, "verb": "cancel"}


def filled(path: str) -> str:
    """The path, with ids that nothing has."""
    return re.sub(r"{(\w+?)(:path)?}", lambda found: FILLED.get(found[1], "nobody"), path)


def body_for(method: str, path: str) -> dict[str, Any]:
    """Arguments of a request that is right but for its ids."""
    settings = {"request": {}, "underpainting": "original", "task": "custom"}
    bodies: dict[str, Any] = {
        "/api/projects/{project_id}/jobs": {"node_id": None, **settings},
        "/api/nodes/{node_id}/inspect": settings,
        "/api/nodes/{node_id}/underpaintings": {
            "request": {},
            "stage": "prepared",
            "underpaintings": None,
            "px": 64,
        },
        "/api/nodes/{node_id}/selection": {"kind": "region", "x": 0, "y": 0},
        "/api/nodes/{node_id}/extend": {"left_px": 1},
        "/api/nodes/{node_id}/blend": {"with_id": "nobody"},
        "/api/jobs/{job_id}/move": {"before_id": None},
        "/api/jobs/{job_id}/results/{index}": {"is_starred": True},
        "/api/jobs/{job_id}/results/{index}/keep": {"keeps_mask": True, "keeps_sketch": False},
        "/api/masks/{mask_id}/apply": {"node_id": "nobody"},
    }
    if path.endswith(("nodes", "mask.png")):
        return upload(png(noise(1, 1)))
    if path.endswith("{layer}") and method == "PUT":
        return {"content": b"", "headers": {"content-type": "application/vnd.underpaint.tiles"}}
    return {"json": bodies.get(path, {})} if method in ("POST", "PUT", "PATCH") else {}


@pytest.mark.parametrize(("method", "path"), WITH_IDS, ids=[" ".join(route) for route in WITH_IDS])
def test_what_is_not_there_is_404(api: TestClient, method: str, path: str):
    answer = api.request(method, filled(path), **body_for(method, path))
    assert problem(answer)[:2] == (404, "not-found")


@pytest.mark.parametrize(("method", "path"), WITH_BODIES, ids=[" ".join(route) for route in WITH_BODIES])
def test_bodies_of_another_kind_are_422(api: TestClient, method: str, path: str):
    answer = api.request(method, filled(path), json=["nothing", "of", "the", "kind"])
    assert problem(answer)[:2] == (422, "invalid-request")


@pytest.mark.parametrize("path", sorted({path for _, path, _ in OPERATIONS}))
def test_methods_that_a_route_does_not_have_are_405(api: TestClient, path: str):
    answer = api.request("TRACE", filled(path))
    assert problem(answer)[:2] == (405, "method-not-allowed")


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/nothing", "/nothing", "/web/nothing.js", "/web/../app.py"]
)
def test_unknown_addresses_are_404(api: TestClient, path: str):
    assert problem(api.get(path))[:2] == (404, "not-found")


def test_our_own_mistakes_are_500_and_go_to_the_servers_log(
    app: FastAPI, api: TestClient, monkeypatch: pytest.MonkeyPatch
):
    def fail(_: object) -> None:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr(projects, "summaries", fail)
    answer = api.get("/api/projects")
    assert problem(answer)[:2] == (500, "error")
    assert "secret" not in answer.text
    assert "default-src" in answer.headers["Content-Security-Policy"]
    with pytest.raises(ZeroDivisionError):  # uvicorn logs what comes out of the app
        TestClient(app, base_url=ADDRESS).get("/api/projects")


def test_a_full_disk_is_told(api: TestClient, monkeypatch: pytest.MonkeyPatch):
    def fail(_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(projects, "summaries", fail)
    assert problem(api.get("/api/projects"))[:2] == (507, "output-error")


def all_errors(cls: type[errors.StudioError]) -> Iterator[type[errors.StudioError]]:
    for below in cls.__subclasses__():
        if below.__module__ in (errors.__name__, refusals.__name__):
            yield below
        yield from all_errors(below)


@pytest.mark.parametrize("cls", sorted(set(all_errors(errors.StudioError)), key=lambda cls: cls.__name__))
def test_every_error_has_a_status(cls: type[errors.StudioError]):
    assert cls.code in responses.STATUS


def test_a_refusal_becomes_its_status(app: FastAPI, api: TestClient):
    @app.get("/conflict")
    def conflict() -> None:
        raise refusals.Conflict("Not now.")

    assert problem(api.get("/conflict")) == (409, "conflict", None)
