"""Who may ask."""

import asyncio
import base64
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import ADDRESS
from tests.api.files import problem
from underpaint.server import password as passwords
from underpaint.server.app import create_app
from underpaint.server.password import Password
from underpaint.server.runner import Runner
from underpaint.server.security import security_headers
from underpaint.server.settings import ServerSettings


@pytest.fixture(autouse=True)
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Runner, "start", lambda _: None)
    monkeypatch.setattr(Runner, "stop", lambda _: None)


@pytest.mark.parametrize(
    "host", ["127.0.0.1:7878", "localhost:7878", "LOCALHOST", "[::1]:7878", "127.0.0.1:9999"]
)
def test_a_local_server_answers_to_its_own_names(api: TestClient, host: str):
    assert api.get("/api/projects", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:7878",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "192.168.0.9",
        "a b",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/projects", "/web/tokens.css"])
def test_a_name_that_somebody_points_here_is_refused(api: TestClient, host: str, path: str):
    assert problem(api.get(path, headers={"Host": host}))[:2] == (403, "forbidden")


def test_an_open_server_answers_to_addresses_and_allowed_names():
    settings = ServerSettings(host="0.0.0.0", password="secret", names=("Studio.lan",))
    api = TestClient(create_app(settings), base_url=ADDRESS)
    for host in ("192.168.0.9:7878", "[fe80::1]", "studio.LAN", "localhost"):
        assert problem(api.get("/api/projects", headers={"Host": host}))[:2] == (401, "unauthorized")
    assert problem(api.get("/api/projects", headers={"Host": "evil.example"}))[:2] == (403, "forbidden")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:3000"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1:7878", "Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_other_pages_may_neither_change_nor_read(api: TestClient, method: str, headers: dict[str, str]):
    path = "/api/projects/empty" if method == "POST" else "/api/projects"
    assert problem(api.request(method, path, headers=headers))[:2] == (403, "forbidden")
    assert api.get("/api/projects").json() == []


def test_our_own_page_and_programs_may(api: TestClient):
    own = {"Origin": "http://127.0.0.1:7878", "Sec-Fetch-Site": "same-origin"}
    for headers in (own, {}, {"Sec-Fetch-Site": "none"}):
        assert api.post("/api/projects/empty", headers=headers).status_code == 201


def test_a_link_to_the_page_may_lie_anywhere(api: TestClient):
    assert api.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_no_other_page_is_told_that_it_may(api: TestClient):
    preflight = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    answer = api.options("/api/projects/empty", headers=preflight)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("path", ["/", "/api/projects", "/api/nothing", "/web/tokens.css"])
def test_every_answer_has_the_headers(api: TestClient, path: str):
    headers = api.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "'unsafe-inline'" not in policy
    assert "'sha256-" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


def test_only_inline_scripts_are_allowed_by_hash():
    page = '<script src="/a.js"></script><script type="importmap">{}</script>'
    policy = security_headers(page)["Content-Security-Policy"]
    assert "script-src 'self' 'sha256-RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o='" in policy


# the password


def basic(password: str, user: str = "anyone") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.fixture
def locked() -> Any:
    with TestClient(create_app(ServerSettings(password="pässword: 7")), base_url=ADDRESS) as client:
        yield client


def test_nothing_is_shown_without_the_password(locked: TestClient):
    for path in ("/", "/api/projects", "/api/openapi.json", "/web/tokens.css", "/nothing"):
        answer = locked.get(path)
        assert problem(answer)[:2] == (401, "unauthorized")
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_the_password_opens_a_session(locked: TestClient):
    answer = locked.get("/api/projects", headers=basic("pässword: 7"))
    assert answer.status_code == 200
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert locked.get("/api/projects").status_code == 200  # by the cookie
    assert "Set-Cookie" not in locked.get("/api/projects").headers


@pytest.mark.parametrize(
    "headers",
    [
        basic("wrong"),
        basic(""),
        {"Authorization": "Basic !!!"},
        {"Authorization": "Bearer abc"},
        {"Authorization": "Basic " + base64.b64encode(b"no colon").decode()},
        {"Cookie": "underpaint_session=guess"},
        {"Cookie": "=;=;"},
    ],
)
def test_guesses_are_refused(locked: TestClient, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passwords, "SHORTEST_WAIT_S", 0.0)
    assert problem(locked.get("/api/projects", headers=headers))[:2] == (401, "unauthorized")


def test_guessing_becomes_slow(monkeypatch: pytest.MonkeyPatch):
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(passwords.asyncio, "sleep", sleep)

    async def guess() -> None:
        password = Password("secret")
        for _ in range(6):
            assert not await password.is_right(basic("wrong")["Authorization"])
        assert await password.is_right(basic("secret")["Authorization"])
        assert await password.is_right(basic("secret")["Authorization"])

    asyncio.run(guess())
    assert waited == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]


def test_the_password_is_nowhere_to_be_read():
    assert "secret" not in repr(ServerSettings(password="secret"))
    assert "secret" not in str(vars(Password("secret")))


# files of the server's disk


@pytest.mark.parametrize(
    "model", ["/etc/passwd", "../models/x.safetensors", "./storybook", "~/x.safetensors"]
)
def test_models_are_named_never_opened_by_path(api: TestClient, model: str):
    project = api.post("/api/projects/sample").json()
    settings = {"request": {"model": model}, "underpainting": "original", "task": "custom"}
    answer = api.post(f"/api/nodes/{project['head_id']}/inspect", json=settings)
    assert problem(answer) == (404, "model-not-found", "request.model")
    answer = api.post(f"/api/projects/{project['id']}/jobs", json={"node_id": project["head_id"], **settings})
    assert problem(answer) == (404, "model-not-found", "request.model")
