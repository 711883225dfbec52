"""The commands that serve: starting, stopping, and what they refuse."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import FAKE_PAINTER, PATIENCE_S
from tests.api.files import noise, png
from underpaint.server.database import FILE_NAME, Database
from underpaint.server.lock import locked, running_in
from underpaint.server.projects import summaries
from underpaint.server.runner import PAINTER_VARIABLE

ROOT = Path(__file__).parents[2]


class Command:
    """`underpaint serve` or `studio` in a process of its own."""

    def __init__(self, *arguments: str, data: Path, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "underpaint", *arguments, "--data", str(data)],
            env={
                **os.environ,
                PAINTER_VARIABLE: FAKE_PAINTER,
                "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def address(self) -> str:
        """Where it serves, once it says so."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line.startswith("Underpaint is at http://"), line + self.end()[1]
        return line.split()[3]

    def end(self) -> tuple[int, str]:
        """Exit code and everything said since."""
        out, err = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, out + err


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "studio data"


@pytest.fixture
def server(data: Path) -> Iterator[Command]:
    command = Command("serve", "--port", "0", data=data)
    yield command
    command.process.kill()
    command.process.communicate()


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_server_serves_until_it_is_stopped(server: Command, sent: signal.Signals, code: int):
    address = server.address()
    with urllib.request.urlopen(f"{address}api/events") as stream:  # an open stream must not hold it up
        assert stream.readline() == b"event: snapshot\n"
        server.process.send_signal(sent)
        found, said = server.end()
    assert found == code
    assert said.rstrip() == "Stopped."
    assert "Traceback" not in said


def test_a_second_server_on_the_same_folder_is_refused(server: Command, data: Path):
    server.address()
    code, said = Command("serve", "--port", "0", data=data).end()
    assert code == 2
    assert "Another server works with" in said
    assert "Traceback" not in said


def test_serve_refuses_a_port_in_use_and_studio_takes_another(data: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, said = Command("serve", "--port", port, data=data).end()
        assert (code, f"port {port}" in said) == (2, True)
        studio = Command("studio", "--port", port, "--no-browser", data=data)
        address = studio.address()
        assert f":{port}/" not in address
        studio.process.send_signal(signal.SIGTERM)
        assert studio.end()[0] == 0


def test_studio_makes_a_project_of_a_picture(data: Path, tmp_path: Path):
    (tmp_path / "girl.png").write_bytes(png(noise(9, 8)))
    studio = Command("studio", str(tmp_path / "girl.png"), "--port", "0", "--no-browser", data=data)
    address = studio.address()
    studio.process.send_signal(signal.SIGTERM)
    assert studio.end()[0] == 0
    with Database(data).read() as session:
        (project,) = summaries(session)
    assert (project.name, address.partition("#")[2]) == ("girl", project.id)


def test_studio_opens_a_picture_in_the_studio_that_runs(server: Command, data: Path, tmp_path: Path):
    address = server.address()
    picture = tmp_path / 'Kätzchen "eins".png'
    picture.write_bytes(png(noise(9, 8)))
    again = Command("studio", str(picture), "--no-browser", data=data, http_proxy="http://127.0.0.1:9")
    place = again.address()
    assert again.end()[0] == 0
    with Database(data).read() as session:
        (project,) = summaries(session)
    assert place == f"{address}#{project.id}"
    assert project.name.startswith("Kätzchen")


def test_studio_without_a_picture_finds_the_studio_that_runs(server: Command, data: Path):
    address = server.address()
    again = Command("studio", "--no-browser", data=data)
    assert again.address() == address
    assert again.end()[0] == 0


def test_what_the_running_studio_refuses_is_one_sentence(server: Command, data: Path):
    server.address()
    code, said = Command("studio", str(ROOT / "README.md"), "--no-browser", data=data).end()
    assert (code, "README.md" in said, "Traceback" in said) == (2, True, False)


def test_studio_names_a_running_server_that_asks_for_a_password(data: Path, tmp_path: Path):
    server = Command("serve", "--port", "0", data=data, UNDERPAINT_PASSWORD="secret")
    address = server.address()
    (tmp_path / "girl.png").write_bytes(png(noise(9, 8)))
    code, said = Command("studio", str(tmp_path / "girl.png"), data=data).end()
    assert (code, address in said, "password" in said) == (0, True, True)
    server.process.send_signal(signal.SIGTERM)
    assert server.end()[0] == 0


def test_the_address_of_a_killed_server_is_forgotten(server: Command, data: Path):
    server.address()
    server.process.kill()
    server.process.wait()
    with locked(data):
        assert running_in(data) is None


def test_jobs_that_go_on_are_told_at_the_end(server: Command, data: Path):
    address = server.address()
    project = asked(address, "projects/empty", {})
    slow = {"prompt": {"positive": "step_s=0.5"}}
    job = {"node_id": None, "request": slow, "underpainting": "original", "task": "fix-detail"}
    for _ in range(2):
        asked(address, f"projects/{project['id']}/jobs", job)
    server.process.send_signal(signal.SIGTERM)
    code, said = server.end()
    assert (code, "go on at the next start" in said) == (0, True)


def asked(address: str, path: str, content: dict[str, Any]) -> dict[str, Any]:
    """The server's answer to JSON."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}api/{path}", json.dumps(content).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("serve", "--host", "0.0.0.0"), "needs a password"),
        (("serve", "--password", ""), "password is empty"),
        (("serve", "--host", "nowhere.invalid", "--password", "x"), "not an address"),
        (("serve", "--models", "/no/such/folder"), "There is no folder"),
        (("serve", "--port", "70000"), "--port"),
        (("studio", "/no/such/picture.png"), "Cannot read"),
        (("studio", str(ROOT / "README.md")), "README.md"),
    ],
    ids=["open", "empty password", "host", "models", "port", "no picture", "not a picture"],
)
def test_mistakes_are_one_sentence(data: Path, arguments: tuple[str, ...], words: str):
    code, said = Command(*arguments, data=data).end()
    assert code == 2
    assert words in said
    assert "Traceback" not in said


def test_a_folder_that_cannot_be_used(tmp_path: Path):
    (tmp_path / "file").write_text("no folder")
    code, said = Command("serve", "--port", "0", data=tmp_path / "file").end()
    assert (code, "Cannot use the data folder" in said) == (2, True)


def _newer(file: Path) -> None:
    Database(file.parent).migrate()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [(lambda file: file.write_bytes(b"no database" * 200), "is damaged"), (_newer, "newer Underpaint")],
    ids=["damaged", "newer"],
)
def test_a_database_that_cannot_be_used_is_explained_in_one_line(
    data: Path, spoil: Callable[[Path], object], words: str
):
    data.mkdir()
    spoil(data / FILE_NAME)
    code, said = Command("serve", data=data).end()
    assert code != 0
    assert words in said
    assert FILE_NAME in said
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1


def test_an_open_server_asks_for_the_password_of_the_environment(data: Path):
    server = Command("serve", "--host", "0.0.0.0", "--port", "0", data=data, UNDERPAINT_PASSWORD="secret")
    address = server.address()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{address}api/status")
    server.process.send_signal(signal.SIGTERM)
    code, said = server.end()
    assert code == 0
    assert "secret" not in said
