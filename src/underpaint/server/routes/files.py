"""Files in and out: pictures to save, whole projects, settings from results."""

import tempfile
from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from underpaint.errors import OutputError
from underpaint.folders import data_folder
from underpaint.server import drafts, projects, transfer
from underpaint.server.downloads import FileFormat, attachment, download
from underpaint.server.file_settings import settings_of_file
from underpaint.server.responses import answers
from underpaint.server.schemas import FileSettings, Project
from underpaint.server.services import Using
from underpaint.server.sweeping import EXPORTS
from underpaint.server.uploads import Upload, content_of, name_of

router = APIRouter(tags=["files"])
PICTURE_TYPES = ("image/png", "image/jpeg", "image/webp")
PICTURE = {200: {"content": {media_type: {} for media_type in PICTURE_TYPES}, "description": "The file."}}
ZIP = {200: {"content": {"application/zip": {}}, "description": "The project."}}


@router.get("/nodes/{node_id}/file", responses={**PICTURE, **answers(404, 422)}, response_class=Response)
def save_node(
    services: Using, node_id: str, format: FileFormat = FileFormat.PNG, metadata: bool = True
) -> Response:
    """The picture of a node as a file to save, with the recipe it was made with if `metadata` says so."""
    with services.database.read() as session:
        node = drafts.draft_of_node(session, node_id).node
        project = projects.project_row(session, node.project_id)
    recipe = node.recipe if metadata else None
    made = download(node.picture.sha256, f"{project.name} – {node.name}", format, recipe=recipe)
    return Response(made.content, media_type=made.media_type, headers=made.headers)


@router.get("/projects/{project_id}/export", responses={**ZIP, **answers(404)}, response_class=FileResponse)
def export_project(services: Using, project_id: str) -> FileResponse:
    """The project as a zip file: tree, pictures, recipes, settings and painted layers."""
    with services.database.read() as session:
        projects.project_row(session, project_id)
    file = _new_export()
    try:
        with file.open("wb") as opened:
            name = transfer.export_project(services.database, project_id, opened)
    except OSError as error:
        file.unlink()
        raise OutputError(f"Cannot write {file}: {error.strerror}.") from error
    except BaseException:
        file.unlink()
        raise
    headers = {"Content-Disposition": attachment(name, ".zip"), "Cache-Control": "no-store"}
    return FileResponse(
        file, media_type="application/zip", headers=headers, background=BackgroundTask(file.unlink)
    )


@router.post("/projects/import", status_code=201, responses=answers(413, 422))
def import_project(services: Using, file: Upload) -> Project:
    """A new project from a zip file that `export` made."""
    most_bytes = services.settings.max_project_bytes
    return transfer.import_project(services.database, file.file, name_of(file), most_bytes=most_bytes)


@router.post("/settings-from-file", responses=answers(413, 422))
def read_settings(file: Upload) -> FileSettings:
    """The settings in a result file of Underpaint, or of A1111 and its relatives."""
    return settings_of_file(content_of(file), name_of(file))


def _new_export() -> Path:
    folder = data_folder() / EXPORTS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(suffix=".zip", dir=folder)
    except OSError as error:
        raise OutputError(f"Cannot write into {folder}: {error.strerror}.") from error
    with open(descriptor, "wb"):
        return Path(name)
