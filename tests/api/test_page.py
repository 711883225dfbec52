"""The page, as the server sends it."""

import re

import pytest
from fastapi.testclient import TestClient

from underpaint.server.routes.page import WEB, index_html


def test_the_page_is_at_the_root_and_always_fresh(api: TestClient):
    answer = api.get("/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.text == index_html()
    unchanged = api.get("/", headers={"If-None-Match": answer.headers["etag"]})
    assert unchanged.status_code in (200, 304)


@pytest.mark.parametrize(
    ("path", "media_type"),
    [("vendor/preact.js", "text/javascript"), ("tokens.css", "text/css")],
)
def test_files_have_the_types_that_browsers_insist_on(api: TestClient, path: str, media_type: str):
    answer = api.get(f"/web/{path}")
    assert answer.headers["content-type"].startswith(media_type)
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.content == (WEB / path).read_bytes()
    assert api.get(f"/web/{path}", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_everything_the_page_names_is_there(api: TestClient):
    named = re.findall(r'(?:src|href)="(/[^"]+)"|"(/web/[^"]+\.js)"', index_html())
    for address in {first or second for first, second in named}:
        assert api.get(address).status_code == 200, address


@pytest.mark.parametrize(
    "path", ["/web/", "/web", "/web/%2e%2e/app.py", "/web/..%2fapp.py", "/server/app.py"]
)
def test_nothing_else_is_served(api: TestClient, path: str):
    assert api.get(path).status_code == 404
