"""Pictures made without a model: blank, extended and blended ones."""

from importlib.resources import files

import numpy as np

from underpaint.errors import InvalidRequest
from underpaint.geometry import Size
from underpaint.image.compose import blended, extended_canvas
from underpaint.image.picture import Picture
from underpaint.server import drafts, projects
from underpaint.server.database import Database
from underpaint.server.drafts import NodeDraft
from underpaint.server.inputs import LARGEST_SIDE_PX, Blend, Extension
from underpaint.server.pictures import LARGEST_PX, keep_picture, picture_of
from underpaint.server.refusals import InvalidSetting, TooLarge
from underpaint.server.schemas import Layer, Node, NodeKind


def sample_picture() -> bytes:
    """The sample that comes with Underpaint, as a PNG file."""
    return (files("underpaint") / "builtin" / "samples" / "girl.png").read_bytes()


def blank_picture(width: int, height: int, colour: str) -> Picture:
    """A picture of one colour, `#rrggbb`."""
    return Picture(np.full((height, width, 3), list(bytes.fromhex(colour[1:])), np.uint8))


def extend(database: Database, node_id: str, extension: Extension) -> Node:
    """A child on a larger canvas; its mask covers what is new."""
    with database.read() as session:
        parent = drafts.draft_of_node(session, node_id)
    _check_extension(parent.size, extension)
    picture, mask = extended_canvas(
        picture_of(parent.node.picture.sha256),
        left=extension.left_px,
        top=extension.top_px,
        right=extension.right_px,
        bottom=extension.bottom_px,
        overlap_px=extension.overlap_px,
    )
    info = keep_picture(picture)
    with database.write() as session:
        parent = drafts.draft_of_node(session, node_id)
        child = projects.add_node(
            session,
            projects.project_row(session, parent.node.project_id),
            kind=NodeKind.EXTEND,
            name="Extended",
            picture=info,
            parent_id=node_id,
            settings=drafts.settings_of(parent.draft),
        )
        drafts.put_pixels(session, child.draft, Layer.MASK, mask)
        return projects.as_node(child.node)


def _check_extension(picture: Size, extension: Extension) -> None:
    size = Size(
        extension.left_px + picture.width + extension.right_px,
        extension.top_px + picture.height + extension.bottom_px,
    )
    if size == picture:
        raise InvalidRequest("Nothing is added on any side; give at least one of them some pixels.")
    if max(size) > LARGEST_SIDE_PX or size.area > LARGEST_PX:
        raise TooLarge(f"The picture would become {size}; take fewer pixels.")


def blend(database: Database, node_id: str, wish: Blend) -> Node:
    """A child that shows the node over another one, as far as opacity and mask say."""
    with database.read() as session:
        above = drafts.draft_of_node(session, node_id)
        below = _other(drafts.draft_of_node(session, wish.with_id), above)
        mask = drafts.layer_pixels(session, above.draft, Layer.MASK, above.size) if wish.uses_mask else None
    picture = blended(
        picture_of(below.node.picture.sha256), picture_of(above.node.picture.sha256), wish.opacity, mask
    )
    info = keep_picture(picture)
    with database.write() as session:
        above = drafts.draft_of_node(session, node_id)
        child = projects.add_node(
            session,
            projects.project_row(session, above.node.project_id),
            kind=NodeKind.BLEND,
            name="Blend",
            picture=info,
            parent_id=node_id,
            settings=drafts.settings_of(above.draft),
            blended_with_id=wish.with_id,
        )
        return projects.as_node(child.node)


def _other(other: NodeDraft, node: NodeDraft) -> NodeDraft:
    if other.node.project_id != node.node.project_id:
        raise InvalidSetting("Only pictures of one project can be blended.", "with_id")
    if other.size != node.size:
        raise InvalidSetting(
            f"Only pictures of one size can be blended; these have {node.size} and {other.size} pixels.",
            "with_id",
        )
    return other
