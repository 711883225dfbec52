"""The tables. Pixels lie in the store, named by sha256, except for the tiles of drafts."""

import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import JSON, Dialect, Enum, ForeignKey, Index, LargeBinary, MetaData, TypeDecorator, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from underpaint.request import InpaintRequest
from underpaint.server.schemas import JobState, Layer, NodeKind, PictureInfo, Problem, ResultState
from underpaint.tasks import Task, Underpainting

T = TypeVar("T")


def new_id() -> str:
    """A short random id."""
    return secrets.token_hex(6)


def now() -> str:
    """This moment: ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Value(TypeDecorator[T]):
    """A frozen dataclass as JSON; its limits are checked when it is read."""

    impl = JSON
    cache_ok = True

    def __init__(self, cls: type[T]) -> None:
        super().__init__(none_as_null=True)
        self.cls = cls
        self._adapter = TypeAdapter(cls)

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:
        return None if value is None else self._adapter.dump_python(value, mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:
        return None if value is None else self._adapter.validate_python(value)


def choice(cls: type[StrEnum]) -> Enum:
    """A column that holds one of the values of `cls` as text."""
    return Enum(cls, native_enum=False, length=20, values_callable=lambda members: [m.value for m in members])


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class ProjectRow(Base):
    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    created_at: Mapped[str] = mapped_column(default=now)
    updated_at: Mapped[str] = mapped_column(default=now)
    head_id: Mapped[str | None] = mapped_column(
        ForeignKey("nodes.id", use_alter=True, deferrable=True, initially="DEFERRED")
    )
    view: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    deleted_at: Mapped[str | None]
    """Deleted projects stay until they are purged, so that deleting can be undone."""


class NodeRow(Base):
    __tablename__ = "nodes"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"))
    kind: Mapped[NodeKind] = mapped_column(choice(NodeKind))
    name: Mapped[str]
    is_starred: Mapped[bool] = mapped_column(default=False)
    picture: Mapped[PictureInfo] = mapped_column(Value(PictureInfo))
    created_at: Mapped[str] = mapped_column(default=now)
    kept_job_id: Mapped[str | None]
    kept_index: Mapped[int | None]
    recipe: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    blended_with_id: Mapped[str | None]
    deleted_at: Mapped[str | None]


class DraftRow(Base):
    """What is being prepared on a node, or in a project without a picture (`node_id` is None)."""

    __tablename__ = "drafts"
    __table_args__ = (
        Index("uq_drafts_without_node", "project_id", unique=True, sqlite_where=text("node_id IS NULL")),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    node_id: Mapped[str | None] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"), unique=True)
    request: Mapped[InpaintRequest] = mapped_column(Value(InpaintRequest))
    underpainting: Mapped[Underpainting] = mapped_column(choice(Underpainting))
    task: Mapped[Task] = mapped_column(choice(Task))
    mask_version: Mapped[int] = mapped_column(default=0)
    sketch_version: Mapped[int] = mapped_column(default=0)


class DraftTileRow(Base):
    """One 256-px tile of a painted layer; tiles without paint have no row."""

    __tablename__ = "draft_tiles"

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    layer: Mapped[Layer] = mapped_column(choice(Layer), primary_key=True)
    column: Mapped[int] = mapped_column("tile_column", primary_key=True)
    row: Mapped[int] = mapped_column("tile_row", primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    """zlib-deflated pixels, as on the wire."""
    painted_px: Mapped[int]
    """Pixels that hold anything, and the edges of the box around them, within the tile."""
    left_px: Mapped[int]
    top_px: Mapped[int]
    right_px: Mapped[int]
    bottom_px: Mapped[int]


class JobRow(Base):
    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    node_id: Mapped[str | None] = mapped_column(ForeignKey("nodes.id", ondelete="SET NULL"))
    name: Mapped[str]
    state: Mapped[JobState] = mapped_column(choice(JobState), index=True)
    position: Mapped[int]
    request: Mapped[InpaintRequest] = mapped_column(Value(InpaintRequest))
    underpainting: Mapped[Underpainting] = mapped_column(choice(Underpainting))
    task: Mapped[Task] = mapped_column(choice(Task))
    picture_sha256: Mapped[str | None]
    """What the job was made from; the files are in the store."""
    mask_sha256: Mapped[str | None]
    sketch_sha256: Mapped[str | None]
    created_at: Mapped[str] = mapped_column(default=now)
    started_at: Mapped[str | None]
    finished_at: Mapped[str | None]
    seconds: Mapped[float] = mapped_column(default=0.0)
    error: Mapped[Problem | None] = mapped_column(Value(Problem))
    was_resumed: Mapped[bool] = mapped_column(default=False)
    is_dismissed: Mapped[bool] = mapped_column(default=False)
    variety_delta_e: Mapped[float | None]
    crashed_at_image: Mapped[int | None]
    """The image that was being made when the engine last died."""


class ResultRow(Base):
    """One image that is done or skipped; written once. Images that are still to be made have no row."""

    __tablename__ = "results"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    index: Mapped[int] = mapped_column("image_index", primary_key=True)
    state: Mapped[ResultState] = mapped_column(choice(ResultState))
    picture: Mapped[PictureInfo | None] = mapped_column(Value(PictureInfo))
    recipe: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """As in the PNG."""
    changed_outside_px: Mapped[int | None]
    change_delta_e: Mapped[float | None]
    seconds: Mapped[float | None]
    swatch: Mapped[bytes | None] = mapped_column(deferred=True)
    """Some of its masked pixels; see swatches.py."""
    is_starred: Mapped[bool] = mapped_column(default=False)
    kept_as: Mapped[str | None] = mapped_column(ForeignKey("nodes.id", ondelete="SET NULL"))


class PresetRow(Base):
    __tablename__ = "presets"

    name: Mapped[str] = mapped_column(primary_key=True)
    request: Mapped[InpaintRequest] = mapped_column(Value(InpaintRequest))
    underpainting: Mapped[Underpainting] = mapped_column(choice(Underpainting))
    task: Mapped[Task] = mapped_column(choice(Task))


class SavedMaskRow(Base):
    __tablename__ = "saved_masks"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    picture: Mapped[PictureInfo] = mapped_column(Value(PictureInfo))
    created_at: Mapped[str] = mapped_column(default=now)


class QueueRow(Base):
    """Settings of the queue; one row."""

    __tablename__ = "queue"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    is_paused: Mapped[bool] = mapped_column(default=False)
