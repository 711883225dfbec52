"""Projects and their nodes: a tree of pictures that never change, and the one that is worked on."""

import json
from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from underpaint.server import drafts
from underpaint.server.drafts import NodeDraft, first_settings
from underpaint.server.inputs import Settings
from underpaint.server.refusals import Conflict, InvalidSetting, NotFound, TooLarge
from underpaint.server.schemas import Node, NodeKind, PictureInfo, Project, ProjectSummary, ResultRef
from underpaint.server.tables import NodeRow, ProjectRow, new_id, now

LARGEST_VIEW_BYTES = 256 * 1024
LONGEST_NAME = 200


def project_row(session: Session, project_id: str) -> ProjectRow:
    """A project that is not deleted."""
    project = session.get(ProjectRow, project_id)
    if project is None or project.deleted_at is not None:
        raise NotFound(f"There is no project {project_id!r}.")
    return project


def node_row(session: Session, node_id: str) -> NodeRow:
    """A node that is not deleted, in a project that is not."""
    return drafts.draft_of_node(session, node_id).node


def summaries(session: Session) -> list[ProjectSummary]:
    """All projects, the one changed last first."""
    counts = (
        select(NodeRow.project_id, func.count().label("nodes"))
        .where(NodeRow.deleted_at.is_(None))
        .group_by(NodeRow.project_id)
        .subquery()
    )
    found = session.execute(
        select(ProjectRow, counts.c.nodes, NodeRow)
        .outerjoin(counts, counts.c.project_id == ProjectRow.id)
        .outerjoin(NodeRow, NodeRow.id == ProjectRow.head_id)
        .where(ProjectRow.deleted_at.is_(None))
        .order_by(ProjectRow.updated_at.desc(), ProjectRow.id)
    )
    rows = cast("Iterable[tuple[ProjectRow, int | None, NodeRow | None]]", found)
    return [
        ProjectSummary(
            id=project.id,
            name=project.name,
            created_at=project.created_at,
            updated_at=project.updated_at,
            node_count=nodes or 0,
            head_picture=None if head is None else head.picture,
        )
        for project, nodes, head in rows
    ]


def as_project(session: Session, project: ProjectRow) -> Project:
    """A project with its nodes, oldest first."""
    rows = session.scalars(
        select(NodeRow)
        .where(NodeRow.project_id == project.id, NodeRow.deleted_at.is_(None))
        .order_by(NodeRow.created_at, NodeRow.id)
    )
    return Project(
        id=project.id,
        name=project.name,
        created_at=project.created_at,
        updated_at=project.updated_at,
        head_id=project.head_id,
        view=project.view,
        nodes=[as_node(row) for row in rows],
    )


def as_node(row: NodeRow) -> Node:
    """A node as the page gets it."""
    kept_from = None
    if row.kept_job_id is not None and row.kept_index is not None:
        kept_from = ResultRef(job_id=row.kept_job_id, index=row.kept_index)
    return Node(
        id=row.id,
        project_id=row.project_id,
        parent_id=row.parent_id,
        kind=row.kind,
        name=row.name,
        is_starred=row.is_starred,
        picture=row.picture,
        created_at=row.created_at,
        kept_from=kept_from,
        recipe=row.recipe,
        blended_with_id=row.blended_with_id,
    )


# making


def create_project(session: Session, name: str, settings: Settings | None = None) -> ProjectRow:
    """A project without nodes, with a draft for text-to-image."""
    project = ProjectRow(name=shortened(name), view={})
    session.add(project)
    session.flush()
    drafts.new_draft(session, project.id, None, settings or first_settings())
    return project


def add_node(
    session: Session,
    project: ProjectRow,
    *,
    kind: NodeKind,
    name: str,
    picture: PictureInfo,
    parent_id: str | None = None,
    settings: Settings | None = None,
    kept_from: ResultRef | None = None,
    recipe: dict[str, Any] | None = None,
    blended_with_id: str | None = None,
    node_id: str | None = None,
) -> NodeDraft:
    """A new node with an empty draft; it becomes the head."""
    node = NodeRow(
        id=node_id or new_id(),
        project_id=project.id,
        parent_id=parent_id,
        kind=kind,
        name=shortened(name),
        picture=picture,
        kept_job_id=kept_from and kept_from.job_id,
        kept_index=kept_from and kept_from.index,
        recipe=recipe,
        blended_with_id=blended_with_id,
    )
    session.add(node)
    session.flush()
    draft = drafts.new_draft(session, project.id, node.id, settings or first_settings())
    project.head_id = node.id
    project.updated_at = now()
    return NodeDraft(node, draft)


def shortened(name: str) -> str:
    """A name of a length that names may have, without what cannot be shown."""
    printable = "".join(character for character in name if character.isprintable()).strip()
    return printable[:LONGEST_NAME] or "Untitled"


# changing


def set_head(session: Session, project: ProjectRow, node_id: str) -> None:
    """Makes a node of the project the one that is worked on."""
    node = session.get(NodeRow, node_id)
    if node is None or node.project_id != project.id or node.deleted_at is not None:
        raise InvalidSetting(f"The project has no picture {node_id!r}.", "head_id")
    project.head_id = node_id


def set_view(project: ProjectRow, view: dict[str, Any]) -> None:
    """Keeps what the page wants to find again."""
    if len(json.dumps(view)) > LARGEST_VIEW_BYTES:
        raise TooLarge(f"A view may have up to {LARGEST_VIEW_BYTES // 1024} kB.")
    project.view = view


def delete_project(project: ProjectRow) -> None:
    """Puts a project aside; `restore_project` brings it back."""
    project.deleted_at = now()


def restore_project(session: Session, project_id: str) -> ProjectRow:
    """Brings a deleted project back."""
    project = session.get(ProjectRow, project_id)
    if project is None:
        raise NotFound(f"There is no project {project_id!r}.")
    project.deleted_at = None
    return project


def delete_node(session: Session, node: NodeRow) -> list[str]:
    """Puts a node and everything below it aside; their ids."""
    project = project_row(session, node.project_id)
    removed = [row for row in _below(session, node) if row.deleted_at is None]
    if project.head_id in {row.id for row in removed}:
        raise Conflict("The picture that is worked on is among these; work on another one first.")
    moment = now()
    for row in removed:
        row.deleted_at = moment
    project.updated_at = moment
    return [row.id for row in removed]


def restore_node(session: Session, node_id: str) -> list[NodeRow]:
    """Brings back what was deleted together with a node."""
    node = session.get(NodeRow, node_id)
    if node is None:
        raise NotFound(f"There is no picture {node_id!r}.")
    project = project_row(session, node.project_id)
    if node.deleted_at is None:
        return []
    parent = session.get(NodeRow, node.parent_id) if node.parent_id else None
    if parent is not None and parent.deleted_at is not None:
        raise Conflict("The picture it was made from is deleted too; restore that one.")
    restored = [row for row in _below(session, node) if row.deleted_at == node.deleted_at]
    for row in restored:
        row.deleted_at = None
    project.updated_at = now()
    return restored


def _below(session: Session, node: NodeRow) -> Iterable[NodeRow]:
    """The node and all its descendants, parents first."""
    rows = session.scalars(
        select(NodeRow).where(NodeRow.project_id == node.project_id).order_by(NodeRow.created_at)
    ).all()
    children: dict[str | None, list[NodeRow]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    found = [node]
    for row in found:
        found += children.get(row.id, [])
    return found
