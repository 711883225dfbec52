"""The mask library: masks that can be used on any picture."""

from fastapi import APIRouter
from sqlalchemy import select

from underpaint import store
from underpaint.server import drafts
from underpaint.server.inputs import MaskToSave, MaskUse
from underpaint.server.layers import replace_layer
from underpaint.server.refusals import InvalidSetting, NotFound
from underpaint.server.responses import answers
from underpaint.server.schemas import Layer, LayerInfo, PictureInfo, SavedMask
from underpaint.server.services import Client, Using
from underpaint.server.tables import SavedMaskRow

router = APIRouter(tags=["masks"])


@router.get("/masks")
def list_masks(services: Using) -> list[SavedMask]:
    """All saved masks, newest first."""
    with services.database.read() as session:
        newest = select(SavedMaskRow).order_by(SavedMaskRow.created_at.desc(), SavedMaskRow.id)
        return [_saved(row) for row in session.scalars(newest)]


@router.post("/masks", status_code=201, responses=answers(404, 422))
def save_mask(services: Using, wish: MaskToSave) -> SavedMask:
    """Keeps the mask of a node under a name."""
    with services.database.read() as session:
        found = drafts.draft_of_node(session, wish.node_id)
        pixels = drafts.layer_pixels(session, found.draft, Layer.MASK, found.size)
    if not pixels.any():
        raise InvalidSetting("Nothing is masked there, so there is nothing to save.", "node_id")
    width, height = found.size
    info = PictureInfo(sha256=store.keep(pixels), width=width, height=height, has_alpha=False, bits=8)
    with services.database.write() as session:
        row = SavedMaskRow(name=wish.name, picture=info)
        session.add(row)
        session.flush()
        return _saved(row)


@router.delete("/masks/{mask_id}", status_code=204, responses=answers(404))
def delete_mask(services: Using, mask_id: str) -> None:
    """Forgets a saved mask."""
    with services.database.write() as session:
        row = session.get(SavedMaskRow, mask_id)
        if row is None:
            raise NotFound(f"There is no mask {mask_id!r}.")
        session.delete(row)


@router.post("/masks/{mask_id}/apply", responses=answers(404, 422))
def apply_mask(services: Using, mask_id: str, use: MaskUse, client: Client = None) -> LayerInfo:
    """Puts a saved mask in place of a node's, scaled to its size."""
    with services.database.read() as session:
        row = session.get(SavedMaskRow, mask_id)
    pixels = None if row is None else store.stored_mask(row.picture.sha256)
    if pixels is None:
        raise NotFound(f"There is no mask {mask_id!r}.")
    return replace_layer(services, use.node_id, Layer.MASK, pixels, client)


def _saved(row: SavedMaskRow) -> SavedMask:
    return SavedMask(id=row.id, name=row.name, picture=row.picture, created_at=row.created_at)
