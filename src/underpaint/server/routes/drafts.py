"""Drafts: settings, mask and sketch of what is being prepared."""

from typing import Annotated

from fastapi import APIRouter, Body, Response

from underpaint.image.io import load_mask
from underpaint.image.png import quick_png
from underpaint.server import drafts, projects, tiles
from underpaint.server.events import draft_changed
from underpaint.server.inputs import DraftChange, Selection
from underpaint.server.layers import replace_layer, tell_layer
from underpaint.server.pictures import check_size
from underpaint.server.responses import answers
from underpaint.server.schemas import Draft, Layer, LayerInfo
from underpaint.server.selection import selected
from underpaint.server.services import Client, Services, Using
from underpaint.server.tiles import MEDIA_TYPE
from underpaint.server.uploads import Upload, content_of, name_of

router = APIRouter(tags=["drafts"])
TILES = {
    200: {
        "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        "description": "Tiles.",
    }
}
PNG = {200: {"content": {"image/png": {}}, "description": "A PNG file."}}


@router.get("/nodes/{node_id}/draft", responses=answers(404))
def get_draft(services: Using, node_id: str) -> Draft:
    """What is being prepared on a node."""
    with services.database.read() as session:
        found = drafts.draft_of_node(session, node_id)
        return drafts.as_draft(session, found.draft, found.size)


@router.patch("/nodes/{node_id}/draft", responses=answers(404, 422))
def change_draft(services: Using, node_id: str, change: DraftChange, client: Client = None) -> Draft:
    """Other settings."""
    with services.database.write() as session:
        found = drafts.draft_of_node(session, node_id)
        drafts.change_settings(found.draft, change)
        drafts.touch(session, found.node.project_id)
        draft = drafts.as_draft(session, found.draft, found.size)
    _tell_settings(services, found.node.project_id, node_id, client)
    return draft


@router.get("/projects/{project_id}/draft", responses=answers(404))
def get_project_draft(services: Using, project_id: str) -> Draft:
    """What is being prepared without a picture: text-to-image."""
    with services.database.read() as session:
        return drafts.as_draft(session, drafts.draft_of_project(session, project_id), None)


@router.patch("/projects/{project_id}/draft", responses=answers(404, 422))
def change_project_draft(
    services: Using, project_id: str, change: DraftChange, client: Client = None
) -> Draft:
    """Other settings for text-to-image."""
    with services.database.write() as session:
        row = drafts.draft_of_project(session, project_id)
        drafts.change_settings(row, change)
        drafts.touch(session, project_id)
        draft = drafts.as_draft(session, row, None)
    _tell_settings(services, project_id, None, client)
    return draft


@router.get("/nodes/{node_id}/tiles/{layer}", responses={**TILES, **answers(404)}, response_class=Response)
def get_tiles(services: Using, node_id: str, layer: Layer) -> Response:
    """The tiles of a layer that hold anything; the header X-Version says which version they are."""
    with services.database.read() as session:
        found = drafts.draft_of_node(session, node_id)
        body = tiles.encoded(drafts.layer_tiles(session, found.draft, layer))
        version = drafts.version_of(found.draft, layer)
    return Response(
        body, media_type=MEDIA_TYPE, headers={"X-Version": str(version), "Cache-Control": "no-store"}
    )


@router.put("/nodes/{node_id}/tiles/{layer}", responses=answers(404, 413, 422))
def put_tiles(
    services: Using,
    node_id: str,
    layer: Layer,
    body: Annotated[bytes, Body(media_type=MEDIA_TYPE)] = b"",
    replace: bool = False,
    client: Client = None,
) -> LayerInfo:
    """Saves what a stroke touched; with `replace` the layer is emptied first."""
    with services.database.read() as session:
        size = drafts.draft_of_node(session, node_id).size
    changed = tiles.decoded(body, layer, size)
    with services.database.write() as session:
        found = drafts.draft_of_node(session, node_id)
        drafts.put_tiles(session, found.draft, layer, changed, replaces=replace)
        drafts.touch(session, found.node.project_id)
        info = drafts.layer_info(session, found.draft, layer, size)
    tell_layer(services, found, layer, client)
    return info


@router.get("/nodes/{node_id}/layers/{layer}.png", responses={**PNG, **answers(404)}, response_class=Response)
def get_layer(services: Using, node_id: str, layer: Layer) -> Response:
    """A whole layer: the mask as grey, the sketch as RGBA."""
    with services.database.read() as session:
        found = drafts.draft_of_node(session, node_id)
        pixels = drafts.layer_pixels(session, found.draft, layer, found.size)
    return Response(quick_png(pixels), media_type="image/png", headers={"Cache-Control": "no-store"})


@router.put("/nodes/{node_id}/layers/mask.png", responses=answers(404, 413, 422))
def put_mask(services: Using, node_id: str, file: Upload, client: Client = None) -> LayerInfo:
    """Takes a mask from a file: its alpha, if it has any, else its brightness. Another size is scaled."""
    data, name = content_of(file), name_of(file)
    check_size(data, name)
    return replace_layer(services, node_id, Layer.MASK, load_mask(data, name=name), client)


@router.post("/nodes/{node_id}/selection", responses={**TILES, **answers(404, 422)}, response_class=Response)
def select(
    services: Using, node_id: str, selection: Annotated[Selection, Body(discriminator="kind")]
) -> Response:
    """The mask of a thing, found by its edges and colours. Nothing is saved."""
    with services.database.read() as session:
        sha256 = projects.node_row(session, node_id).picture.sha256
    found = tiles.tiles_of(selected(sha256, selection))
    body = tiles.encoded((tile.column, tile.row, tile.data) for tile in found)
    return Response(body, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def _tell_settings(services: Services, project_id: str, node_id: str | None, client: str | None) -> None:
    services.hub.publish(draft_changed(project_id, node_id, client, layers=[], has_settings=True))
