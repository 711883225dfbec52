"""How much a request may send, and what its JSON may hold."""

import json
import re
from typing import NoReturn

from fastapi import Request
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from underpaint.errors import InvalidRequest
from underpaint.server.responses import failure
from underpaint.server.settings import MIB, ServerSettings

UPLOADS = ("multipart/form-data", "application/vnd.underpaint.tiles")
"""Content types that bring pictures."""
PROJECT_IMPORT = "/api/projects/import"


_JSON = re.compile(r"\s*application/([^;]+\+)?json\s*(;|$)", re.IGNORECASE)
"""What FastAPI reads as JSON."""


class BodyLimit:
    """Refuses bodies that are too large: by their announced length before anything is read, else as soon as they are."""

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self._limit(scope["path"], headers.get("content-type", ""))
        announced = headers.get("content-length", "0")
        if not announced.isdecimal():
            await failure(400, "invalid-request", "Content-Length is not a number.")(scope, receive, send)
        elif int(announced) > limit:
            await failure(413, "too-large", _message(limit))(scope, receive, send)
        else:
            await self._app(scope, _counted(receive, limit), send)

    def _limit(self, path: str, content_type: str) -> int:
        if not content_type.startswith(UPLOADS):
            return self._settings.max_body_bytes
        is_project = path == PROJECT_IMPORT
        return self._settings.max_project_bytes if is_project else self._settings.max_upload_bytes


def _counted(receive: Receive, limit: int) -> Receive:
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise HTTPException(413, _message(limit))
        return message

    return counted


def _message(limit: int) -> str:
    return f"That is too much at once: this server takes up to {limit / MIB:.4g} MB."


async def plain_json(request: Request) -> None:
    """For every route: refuses JSON that cannot be given back, with numbers that JSON does not have or text that is
    not Unicode."""
    if not _JSON.match(request.headers.get("content-type", "")):
        return
    try:
        value = json.loads(await request.body(), parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise InvalidRequest("The body holds characters that are not valid Unicode.") from error
    except ValueError:  # not JSON at all: the route says so
        return


def _no_number(name: str) -> NoReturn:
    raise InvalidRequest(f"{name} is not a number that JSON knows.")
