"""Drafts: what is being prepared on a node. Settings and two painted layers, saved at every stroke."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from PIL import Image
from sqlalchemy import delete, func, insert, literal, select
from sqlalchemy.orm import Session

from underpaint.geometry import Size
from underpaint.image.resize import resized_mask, size_of
from underpaint.models.catalog import builtin_models
from underpaint.models.recommended import recommended
from underpaint.request import InpaintRequest
from underpaint.server import tiles
from underpaint.server.inputs import DraftChange, Settings
from underpaint.server.refusals import NotFound
from underpaint.server.schemas import Draft, Frame, Layer, LayerInfo
from underpaint.server.tables import DraftRow, DraftTileRow, NodeRow, ProjectRow, now
from underpaint.server.tiles import TILE_PX, Tile


@dataclass(frozen=True, slots=True)
class NodeDraft:
    """A node with its draft."""

    node: NodeRow
    draft: DraftRow

    @property
    def size(self) -> Size:
        return Size(self.node.picture.width, self.node.picture.height)


def draft_of_node(session: Session, node_id: str) -> NodeDraft:
    """The draft of a node that is not deleted, in a project that is not."""
    found = session.execute(
        select(NodeRow, DraftRow)
        .join(DraftRow, DraftRow.node_id == NodeRow.id)
        .join(ProjectRow, ProjectRow.id == NodeRow.project_id)
        .where(NodeRow.id == node_id, NodeRow.deleted_at.is_(None), ProjectRow.deleted_at.is_(None))
    ).one_or_none()
    if found is None:
        raise NotFound(f"There is no picture {node_id!r}.")
    return NodeDraft(*found)


def draft_of_project(session: Session, project_id: str) -> DraftRow:
    """The draft for text-to-image of a project that is not deleted."""
    draft = session.scalars(
        select(DraftRow)
        .join(ProjectRow, ProjectRow.id == DraftRow.project_id)
        .where(DraftRow.project_id == project_id, DraftRow.node_id.is_(None), ProjectRow.deleted_at.is_(None))
    ).one_or_none()
    if draft is None:
        raise NotFound(f"There is no project {project_id!r}.")
    return draft


def first_settings() -> Settings:
    """Of a draft that takes over nobody's: the defaults, and what is recommended for their model, if it is there."""
    request = InpaintRequest()
    models = [model for model in builtin_models() if model.name == request.model]
    return Settings(request=recommended(models[0]).over(request) if models else request)


def new_draft(session: Session, project_id: str, node_id: str | None, settings: Settings) -> DraftRow:
    """An empty draft with these settings."""
    draft = DraftRow(
        project_id=project_id,
        node_id=node_id,
        request=settings.request,
        underpainting=settings.underpainting,
        task=settings.task,
    )
    session.add(draft)
    session.flush()
    return draft


def settings_of(draft: DraftRow) -> Settings:
    """The settings of a draft."""
    return Settings(request=draft.request, underpainting=draft.underpainting, task=draft.task)


def change_settings(draft: DraftRow, change: DraftChange | Settings) -> None:
    """Takes over what the change names."""
    if change.request is not None:
        draft.request = change.request
    if change.underpainting is not None:
        draft.underpainting = change.underpainting
    if change.task is not None:
        draft.task = change.task


def touch(session: Session, project_id: str) -> None:
    """Notes that a project was changed now."""
    project = session.get(ProjectRow, project_id)
    assert project is not None, "drafts belong to projects"
    project.updated_at = now()


def as_draft(session: Session, draft: DraftRow, size: Size | None) -> Draft:
    """A draft as the page gets it. `size`: of its picture; None without one."""
    return Draft(
        node_id=draft.node_id,
        request=draft.request,
        underpainting=draft.underpainting,
        task=draft.task,
        mask=layer_info(session, draft, Layer.MASK, size),
        sketch=layer_info(session, draft, Layer.SKETCH, size),
    )


# layers


def version_of(draft: DraftRow, layer: Layer) -> int:
    """Counts up with every change of the layer."""
    return draft.mask_version if layer is Layer.MASK else draft.sketch_version


def layer_info(session: Session, draft: DraftRow, layer: Layer, size: Size | None) -> LayerInfo:
    """What is painted on a layer, added up over its tiles."""
    row = DraftTileRow
    count, painted_px, left, top, right, bottom = session.execute(
        select(
            func.count(),
            func.sum(row.painted_px),
            func.min(row.column * TILE_PX + row.left_px),
            func.min(row.row * TILE_PX + row.top_px),
            func.max(row.column * TILE_PX + row.right_px),
            func.max(row.row * TILE_PX + row.bottom_px),
        ).where(row.draft_id == draft.id, row.layer == layer)
    ).one()
    version = version_of(draft, layer)
    if not count or size is None:
        return LayerInfo(version=version, tiles=0, bounds=None, cover=0.0)
    bounds = Frame(x=left, y=top, width=right - left, height=bottom - top)
    return LayerInfo(version=version, tiles=count, bounds=bounds, cover=painted_px / size.area)


def layer_tiles(session: Session, draft: DraftRow, layer: Layer) -> list[tuple[int, int, bytes]]:
    """Columns, rows and deflated pixels of the tiles that hold anything."""
    row = DraftTileRow
    found = session.execute(
        select(row.column, row.row, row.data)
        .where(row.draft_id == draft.id, row.layer == layer)
        .order_by(row.row, row.column)
    )
    return [(column, line, data) for column, line, data in found]


def layer_pixels(session: Session, draft: DraftRow, layer: Layer, size: Size) -> np.ndarray:
    """The whole layer: uint8 (height, width) for the mask, (height, width, 4) for the sketch."""
    return tiles.assembled(layer_tiles(session, draft, layer), layer, size)


def put_tiles(
    session: Session, draft: DraftRow, layer: Layer, changed: Iterable[Tile], *, replaces: bool = False
) -> None:
    """Puts tiles into a layer, emptied first if they replace it all; one change, one version."""
    row = DraftTileRow
    of_layer = (row.draft_id == draft.id, row.layer == layer)
    if replaces:
        session.execute(delete(row).where(*of_layer))
    values: list[dict[str, Any]] = []
    for tile in changed:
        if not replaces:
            session.execute(delete(row).where(*of_layer, row.column == tile.column, row.row == tile.row))
        if tile.data:
            values.append({"draft_id": draft.id, "layer": layer, **_values(tile)})
    if values:
        session.execute(insert(row), values)
    _count_up(draft, layer)


def _values(tile: Tile) -> dict[str, Any]:
    left, top, right, bottom = tile.box.edges
    return {
        "column": tile.column,
        "row": tile.row,
        "data": tile.data,
        "painted_px": tile.painted_px,
        "left_px": left,
        "top_px": top,
        "right_px": right,
        "bottom_px": bottom,
    }


def _count_up(draft: DraftRow, layer: Layer) -> None:
    if layer is Layer.MASK:
        draft.mask_version += 1
    else:
        draft.sketch_version += 1


def put_pixels(session: Session, draft: DraftRow, layer: Layer, pixels: np.ndarray) -> None:
    """Replaces a layer by these pixels, of the picture's size."""
    put_tiles(session, draft, layer, tiles.tiles_of(pixels), replaces=True)


def copy_draft(
    session: Session, source: NodeDraft, target: NodeDraft, *, keeps_mask: bool, keeps_sketch: bool
) -> None:
    """Gives `target` the settings of `source` and, if asked, its layers, scaled where the pictures' sizes differ."""
    change_settings(target.draft, settings_of(source.draft))
    for layer, is_kept in ((Layer.MASK, keeps_mask), (Layer.SKETCH, keeps_sketch)):
        if not is_kept:
            continue
        if source.size == target.size:
            _copy_tiles(session, source.draft, target.draft, layer)
        else:
            pixels = layer_pixels(session, source.draft, layer, source.size)
            put_pixels(session, target.draft, layer, scaled(pixels, target.size))


def _copy_tiles(session: Session, source: DraftRow, target: DraftRow, layer: Layer) -> None:
    row = DraftTileRow
    session.execute(delete(row).where(row.draft_id == target.id, row.layer == layer))
    columns = [row.layer, row.column, row.row, row.data, row.painted_px]
    edges = [row.left_px, row.top_px, row.right_px, row.bottom_px]
    rows = select(literal(target.id), *columns, *edges).where(row.draft_id == source.id, row.layer == layer)
    session.execute(insert(row).from_select([row.draft_id, *columns, *edges], rows))
    _count_up(target, layer)


def scaled(pixels: np.ndarray, size: Size) -> np.ndarray:
    """A whole layer at another size."""
    if size_of(pixels) == size:
        return pixels
    if pixels.ndim == 2:
        return resized_mask(pixels, size)
    shrinks = size.area < size_of(pixels).area
    premultiplied = np.array(Image.fromarray(pixels).convert("RGBa"))
    resized = cv2.resize(premultiplied, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.array(Image.frombytes("RGBa", size, resized.tobytes()).convert("RGBA"))
