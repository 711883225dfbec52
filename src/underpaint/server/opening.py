"""A project made from a file: before the server starts, or by a server that runs."""

import json
import secrets
import urllib.error
import urllib.request
from pathlib import Path

from underpaint.errors import InvalidRequest, OutputError, UnreadableImage
from underpaint.folders import data_folder
from underpaint.server import projects
from underpaint.server.database import Database
from underpaint.server.pictures import import_picture
from underpaint.server.schemas import NodeKind

ANSWER_TIMEOUT_S = 300
"""For the import of a large picture."""


def project_of_file(path: Path) -> str:
    """The id of a new project of this picture."""
    picture = import_picture(_content(path), str(path))
    database = Database(data_folder())
    try:
        database.migrate()
        with database.write() as session:
            project = projects.create_project(session, path.stem)
            projects.add_node(session, project, kind=NodeKind.IMPORT, name=path.stem, picture=picture)
            return project.id
    finally:
        database.close()


def project_at(address: str, path: Path) -> str:
    """The id of a new project of this picture in the server at this address, which asks for no password."""
    boundary = secrets.token_hex(16)
    name = path.name.replace("\\", "%5C").replace('"', "%22")
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode(errors="replace") + _content(path) + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    request = urllib.request.Request(f"{address}api/projects", body, headers)
    straight = urllib.request.build_opener(
        urllib.request.ProxyHandler({})
    )  # proxies know nothing of this computer
    try:
        with straight.open(request, timeout=ANSWER_TIMEOUT_S) as answer:
            return json.load(answer)["id"]
    except urllib.error.HTTPError as refusal:
        raise InvalidRequest(json.load(refusal)["error"]["message"]) from refusal
    except OSError as error:
        raise OutputError(f"The studio at {address} does not answer: {error}.") from error


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableImage(f"Cannot read {path}: {error.strerror}.") from error
