"""The page: the files of `server/web`, as they are."""

import mimetypes
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

WEB = Path(str(files("underpaint"))) / "server" / "web"
FRESH = {"Cache-Control": "no-cache"}
"""Browsers ask at every start whether a file has changed, so that an update is seen at once."""

# Some systems tell Python other types for these, and browsers run no module that is not JavaScript.
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("text/css", ".css")
mimetypes.add_type("image/svg+xml", ".svg")
mimetypes.add_type("application/manifest+json", ".webmanifest")

router = APIRouter(include_in_schema=False)


class WebFiles(StaticFiles):
    """The page's modules, styles and icons."""

    def __init__(self) -> None:
        super().__init__(directory=WEB)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(FRESH)
        return response


@router.get("/", response_class=FileResponse)
def page() -> FileResponse:
    """The studio."""
    return FileResponse(WEB / "index.html", headers=FRESH)


@router.get("/favicon.ico", response_class=FileResponse)
def icon() -> FileResponse:
    """For browsers that do not look into the page first."""
    return FileResponse(WEB / "pictures" / "icon.svg", media_type="image/svg+xml", headers=FRESH)


def index_html() -> str:
    """The page's HTML."""
    return (WEB / "index.html").read_text(encoding="utf-8")
