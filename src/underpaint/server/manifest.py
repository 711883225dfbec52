"""What the zip file of a project says about it; the pixels lie beside it.

manifest.json                 tree, recipes and settings, as `Manifest`
pictures/<sha256>.png         the pictures of nodes, and what their recipes were made from
layers/<node id>/mask.tiles   as on the wire; `sketch.tiles` likewise
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from pydantic import TypeAdapter, ValidationError

from underpaint.errors import InvalidRequest, UnreadableImage
from underpaint.metadata import recipe_from_json
from underpaint.request import STRICT
from underpaint.result import Recipe
from underpaint.server.inputs import Settings
from underpaint.server.responses import explained
from underpaint.server.schemas import Layer, Name, Node

FORMAT = 1
FILE_NAME = "manifest.json"
ENTRY = re.compile(r"manifest\.json|pictures/[0-9a-f]{64}\.png|layers/[0-9a-f]{1,64}/(mask|sketch)\.tiles")
"""Names of everything that may lie in the zip file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEntry:
    __pydantic_config__: ClassVar = STRICT

    node: Node
    draft: Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    __pydantic_config__: ClassVar = STRICT

    format: int
    name: Name
    created_at: str
    head_id: str | None
    draft: Settings
    """For text-to-image."""
    view: dict[str, Any] = field(default_factory=dict[str, Any])
    nodes: list[NodeEntry] = field(default_factory=list[NodeEntry])
    """Parents come before their children."""


_adapter = TypeAdapter(Manifest)


def written(manifest: Manifest) -> bytes:
    """The manifest as it lies in the zip file."""
    return _adapter.dump_json(manifest, indent=1)


def read(data: bytes) -> Manifest:
    """The manifest of a zip file, once everything in it is known to fit together."""
    try:
        manifest = _adapter.validate_json(data)
    except ValidationError as error:
        message, _ = explained({**error.errors()[0], "loc": ("manifest", *error.errors()[0]["loc"])})
        raise UnreadableImage(f"The manifest of the project cannot be read: {message}") from error
    if manifest.format != FORMAT:
        raise UnreadableImage(
            f"The project has format {manifest.format}; this version reads {FORMAT}. Update Underpaint."
        )
    _check_tree(manifest)
    return manifest


def recipe_of(node: Node) -> Recipe | None:
    """The recipe of a node, checked."""
    if node.recipe is None:
        return None
    try:
        return recipe_from_json(node.recipe)
    except InvalidRequest as error:
        raise UnreadableImage(f"The recipe of the picture {node.name!r} is damaged: {error}") from error


def picture_entry(sha256: str) -> str:
    return f"pictures/{sha256}.png"


def layer_entry(node_id: str, layer: Layer) -> str:
    return f"layers/{node_id}/{layer}.tiles"


def _check_tree(manifest: Manifest) -> None:
    for when in (manifest.created_at, *(entry.node.created_at for entry in manifest.nodes)):
        _check_date(when)
    known: set[str] = set()
    for entry in manifest.nodes:
        node = entry.node
        if node.id in known or not re.fullmatch(r"[0-9a-f]{1,64}", node.id):
            raise UnreadableImage(f"The project has a picture with the wrong id {node.id!r}.")
        if node.parent_id is not None and node.parent_id not in known:
            raise UnreadableImage(f"The project lacks what the picture {node.name!r} was made from.")
        known.add(node.id)
    if manifest.head_id is not None and manifest.head_id not in known:
        raise UnreadableImage("The project lacks the picture that was worked on.")


def _check_date(text: str) -> None:
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise UnreadableImage(f"The project has the wrong date {text!r}.") from error
