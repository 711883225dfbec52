"""A project as one zip file, and back; `manifest.py` says what lies in it. Nothing is unpacked to the disk by name."""

import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from underpaint import store
from underpaint.errors import InvalidRequest, UnreadableImage
from underpaint.geometry import Size
from underpaint.request import InpaintRequest
from underpaint.server import drafts, manifest, projects, tiles
from underpaint.server.database import Database
from underpaint.server.drafts import NodeDraft
from underpaint.server.manifest import Manifest, NodeEntry
from underpaint.server.pictures import keep_file
from underpaint.server.refusals import TooLarge
from underpaint.server.schemas import Layer, Node, PictureInfo, Project
from underpaint.server.tables import DraftRow, NodeRow, ProjectRow, new_id

MOST_ENTRIES = 100_000
LARGEST_MANIFEST_BYTES = 256 * 2**20
UNPACKED_AT_MOST = 200
"""Times the size of the zip file; pictures are compressed already, so more means that somebody made a bomb."""
UNREADABLE = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, UnicodeDecodeError)
"""What the standard library raises for damaged zip files."""
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Of compression: those that every zip program writes unasked."""


def export_project(database: Database, project_id: str, file: IO[bytes]) -> str:
    """Writes a project as a zip file; returns its name."""
    with database.read() as session, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        project = projects.project_row(session, project_id)
        found = _manifest_of(session, project)
        archive.writestr(manifest.FILE_NAME, manifest.written(found), zipfile.ZIP_DEFLATED)
        for sha256 in _pictures_of(found):
            stored = store.stored_file(sha256)
            if stored is not None:
                archive.write(stored, manifest.picture_entry(sha256))
        for entry in found.nodes:
            draft = drafts.draft_of_node(session, entry.node.id).draft
            for layer in Layer:
                if painted := drafts.layer_tiles(session, draft, layer):
                    archive.writestr(manifest.layer_entry(entry.node.id, layer), tiles.encoded(painted))
        return project.name


def import_project(database: Database, file: IO[bytes], name: str, *, most_bytes: int) -> Project:
    """Makes a project of a zip file, with new ids. `most_bytes`: what it may have unpacked."""
    with _opened(file, name, most_bytes) as archive:
        found = manifest.read(_content(archive, manifest.FILE_NAME, LARGEST_MANIFEST_BYTES))
        pictures = {sha256: _import_picture(archive, sha256) for sha256 in _pictures_of(found)}
        entries = _with_pictures(found.nodes, pictures)
        painted = {
            (entry.node.id, layer): _layer(archive, entry.node, layer) for entry in entries for layer in Layer
        }
    with database.write() as session:
        project = _add(session, replace(found, nodes=entries, head_id=_kept_head(found, entries)), painted)
        return projects.as_project(session, project)


# out


def _manifest_of(session: Session, project: ProjectRow) -> Manifest:
    rows = session.execute(
        select(NodeRow, DraftRow)
        .join(DraftRow, DraftRow.node_id == NodeRow.id)
        .where(NodeRow.project_id == project.id, NodeRow.deleted_at.is_(None))
        .order_by(NodeRow.created_at, NodeRow.id)
    )
    entries = [
        NodeEntry(node=projects.as_node(node), draft=drafts.settings_of(draft)) for node, draft in rows
    ]
    return Manifest(
        format=manifest.FORMAT,
        name=project.name,
        created_at=project.created_at,
        head_id=project.head_id,
        view=project.view,
        draft=drafts.settings_of(drafts.draft_of_project(session, project.id)),
        nodes=_parents_first(entries),
    )


def _parents_first(entries: list[NodeEntry]) -> list[NodeEntry]:
    children: dict[str | None, list[NodeEntry]] = {}
    for entry in entries:
        children.setdefault(entry.node.parent_id, []).append(entry)
    ordered = list(children.get(None, []))
    for entry in ordered:
        ordered += children.get(entry.node.id, [])
    return ordered


def _pictures_of(found: Manifest) -> list[str]:
    """Every picture, mask and sketch that the nodes, their recipes and the drafts name, once."""
    named: list[str | None] = []
    for entry in found.nodes:
        named.append(entry.node.picture.sha256)
        if recipe := manifest.recipe_of(entry.node):
            named += [*recipe.picture_sha256, recipe.mask_sha256, recipe.sketch_sha256]
            named += _control_pictures(recipe.request)
    for settings in (found.draft, *(entry.draft for entry in found.nodes)):
        named += _control_pictures(settings.request)
    return list(dict.fromkeys(sha256 for sha256 in named if sha256 is not None))


def _control_pictures(request: InpaintRequest) -> list[str | None]:
    return [unit.picture for unit in request.controls]


# in


@contextmanager
def _opened(file: IO[bytes], name: str, most_bytes: int) -> Generator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            _check_entries(archive.infolist(), name, most_bytes)
            yield archive
    except UNREADABLE as error:
        raise UnreadableImage(f"{name} is not a zip file that can be read: {error}.") from error


def _check_entries(entries: list[zipfile.ZipInfo], name: str, most_bytes: int) -> None:
    unpacked, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    if len(entries) > MOST_ENTRIES or unpacked > most_bytes or unpacked > UNPACKED_AT_MOST * packed:
        raise TooLarge(
            f"{name} would unpack to {unpacked} bytes in {len(entries)} files; that is no project."
        )
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names):
        raise UnreadableImage(f"{name} holds two files of the same name.")
    for entry in entries:
        if not manifest.ENTRY.fullmatch(entry.filename):
            raise UnreadableImage(f"{name} holds {entry.filename!r}, which is no part of a project.")
        if entry.compress_type not in METHODS:
            raise UnreadableImage(f"{name} is packed in an unusual way; pack it again as a plain zip file.")
        if entry.flag_bits & 1:
            raise UnreadableImage(f"{name} is encrypted; projects are not.")


def _content(archive: zipfile.ZipFile, entry: str, most_bytes: int) -> bytes:
    try:
        info = archive.getinfo(entry)
    except KeyError as error:
        raise UnreadableImage(f"The project lacks {entry}.") from error
    if info.file_size > most_bytes:
        raise TooLarge(f"{entry} has {info.file_size} bytes; that is too much.")
    return archive.read(info)


def _import_picture(archive: zipfile.ZipFile, sha256: str) -> PictureInfo | None:
    """Stores a picture, mask or sketch; None where it was lost, or is damaged."""
    entry = manifest.picture_entry(sha256)
    if not _has(archive, entry):
        return None
    try:
        return keep_file(_content(archive, entry, 2**32), sha256, entry)
    except UnreadableImage:
        return None


def _has(archive: zipfile.ZipFile, entry: str) -> bool:
    return entry in archive.NameToInfo


def _with_pictures(entries: list[NodeEntry], pictures: dict[str, PictureInfo | None]) -> list[NodeEntry]:
    """With what the pictures are, whatever the manifest says of them. What was made from a lost one hangs on what that
    was made from; the first picture has a note of the loss."""
    kept: list[NodeEntry] = []
    stands_for: dict[str | None, str | None] = {None: None}
    lost: list[str] = []
    for entry in entries:
        node, picture = entry.node, pictures[entry.node.picture.sha256]
        parent_id = stands_for[node.parent_id]
        stands_for[node.id] = parent_id if picture is None else node.id
        if picture is None:
            lost.append(f'"{node.name}"')
        else:
            picture = replace(picture, notes=node.picture.notes)
            kept.append(replace(entry, node=replace(node, picture=picture, parent_id=parent_id)))
    if not lost:
        return kept
    if not kept:
        raise UnreadableImage("All pictures of the project are lost or damaged.")
    return [_noted(kept[0], f"Lost or damaged in the file: {', '.join(lost)}."), *kept[1:]]


def _noted(entry: NodeEntry, note: str) -> NodeEntry:
    picture = entry.node.picture
    return replace(entry, node=replace(entry.node, picture=replace(picture, notes=[*picture.notes, note])))


def _kept_head(found: Manifest, kept: list[NodeEntry]) -> str | None:
    """The picture that was worked on, or the nearest before it that was not lost, or the first."""
    kept_ids = {entry.node.id for entry in kept}
    parents = {entry.node.id: entry.node.parent_id for entry in found.nodes}
    head_id = found.head_id
    while head_id is not None and head_id not in kept_ids:
        head_id = parents[head_id]
    return kept[0].node.id if head_id is None and kept else head_id


def _layer(archive: zipfile.ZipFile, node: Node, layer: Layer) -> list[tiles.Tile]:
    entry = manifest.layer_entry(node.id, layer)
    if not _has(archive, entry):
        return []
    try:
        size = Size(node.picture.width, node.picture.height)
        return tiles.decoded(_content(archive, entry, 2**32), layer, size)
    except InvalidRequest as error:
        raise UnreadableImage(f"{entry} of the project is damaged: {error}") from error


def _add(session: Session, found: Manifest, painted: dict[tuple[str, Layer], list[tiles.Tile]]) -> ProjectRow:
    ids = {entry.node.id: new_id() for entry in found.nodes}
    project = projects.create_project(session, found.name, found.draft)
    project.created_at = found.created_at
    projects.set_view(project, found.view)
    for entry in found.nodes:
        added = _add_node(session, project, entry, ids)
        for layer in Layer:
            if layer_tiles := painted[entry.node.id, layer]:
                drafts.put_tiles(session, added.draft, layer, layer_tiles)
    project.head_id = None if found.head_id is None else ids[found.head_id]
    return project


def _add_node(session: Session, project: ProjectRow, entry: NodeEntry, ids: dict[str, str]) -> NodeDraft:
    node = entry.node
    added = projects.add_node(
        session,
        project,
        kind=node.kind,
        name=node.name,
        picture=node.picture,
        parent_id=None if node.parent_id is None else ids[node.parent_id],
        settings=entry.draft,
        kept_from=node.kept_from,
        recipe=node.recipe,
        blended_with_id=None if node.blended_with_id is None else ids.get(node.blended_with_id),
        node_id=ids[node.id],
    )
    added.node.created_at, added.node.is_starred = node.created_at, node.is_starred
    return added
