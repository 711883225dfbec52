"""Nodes: named, starred, deleted; and made from others by extending and blending."""

from fastapi import APIRouter

from underpaint.server import drafts, edits, projects
from underpaint.server.events import project_changed
from underpaint.server.inputs import Blend, Extension, NodeChange
from underpaint.server.responses import answers
from underpaint.server.schemas import Node
from underpaint.server.services import Client, Using

router = APIRouter(tags=["nodes"])


@router.patch("/nodes/{node_id}", responses=answers(404, 422))
def change_node(services: Using, node_id: str, change: NodeChange, client: Client = None) -> Node:
    """Another name, or a star."""
    with services.database.write() as session:
        row = projects.node_row(session, node_id)
        if change.name is not None:
            row.name = projects.shortened(change.name)
        if change.is_starred is not None:
            row.is_starred = change.is_starred
        drafts.touch(session, row.project_id)
    services.hub.publish(project_changed(row.project_id, client))
    return projects.as_node(row)


@router.delete("/nodes/{node_id}", responses=answers(404, 409))
def delete_node(services: Using, node_id: str, client: Client = None) -> list[str]:
    """Puts a node and everything made from it aside, unless the node that is worked on is among them."""
    with services.database.write() as session:
        row = projects.node_row(session, node_id)
        removed = projects.delete_node(session, row)
    services.hub.publish(project_changed(row.project_id, client))
    return removed


@router.post("/nodes/{node_id}/restore", responses=answers(404, 409))
def restore_node(services: Using, node_id: str, client: Client = None) -> list[Node]:
    """Brings back a node, and what was deleted with it."""
    with services.database.write() as session:
        rows = projects.restore_node(session, node_id)
    if rows:
        services.hub.publish(project_changed(rows[0].project_id, client))
    return [projects.as_node(row) for row in rows]


@router.post("/nodes/{node_id}/extend", status_code=201, responses=answers(404, 413, 422))
def extend_node(services: Using, node_id: str, extension: Extension, client: Client = None) -> Node:
    """A child on a larger canvas, with its edge repeated outwards and a mask over everything new."""
    node = edits.extend(services.database, node_id, extension)
    services.hub.publish(project_changed(node.project_id, client))
    return node


@router.post("/nodes/{node_id}/blend", status_code=201, responses=answers(404, 422))
def blend_node(services: Using, node_id: str, blend: Blend, client: Client = None) -> Node:
    """A child that shows this node over another one of the same size."""
    node = edits.blend(services.database, node_id, blend)
    services.hub.publish(project_changed(node.project_id, client))
    return node
