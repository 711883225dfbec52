"""Pictures: stored once under the sha256 of their pixels, and never changed."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import FileResponse

from underpaint.server import pictures
from underpaint.server.downloads import FOR_GOOD
from underpaint.server.responses import answers
from underpaint.server.schemas import PictureInfo
from underpaint.server.uploads import Upload, content_of, name_of

router = APIRouter(tags=["pictures"])
Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


def _file_answer(media_type: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {media_type: {}}, "description": "The file."}}


@router.post("/pictures", status_code=201, responses=answers(413, 422))
def import_picture(file: Upload) -> PictureInfo:
    """Stores a picture: upright, with its alpha, depth and colour profile."""
    return pictures.import_picture(content_of(file), name_of(file))


@router.get(
    "/pictures/{sha256}",
    responses={**_file_answer("image/png"), **answers(404, 422)},
    response_class=FileResponse,
)
def get_picture(sha256: Sha256) -> FileResponse:
    """A stored picture, whole."""
    return FileResponse(pictures.picture_file(sha256), media_type="image/png", headers=FOR_GOOD)


@router.get(
    "/pictures/{sha256}/thumbnail",
    responses={**_file_answer("image/webp"), **answers(404, 422)},
    response_class=FileResponse,
)
def get_thumbnail(sha256: Sha256, px: Annotated[int, Query(ge=32, le=4096)] = 256) -> FileResponse:
    """A small copy; its longest side has at most `px` pixels."""
    return FileResponse(pictures.thumbnail(sha256, px), media_type="image/webp", headers=FOR_GOOD)
