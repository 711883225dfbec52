"""What a page sends. Unknown keys are refused; limits are part of the types."""

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Interval, Len, MaxLen, MinLen

from underpaint.request import STRICT, InpaintRequest, Matches
from underpaint.server.schemas import Name, PreviewStage
from underpaint.tasks import Task, Underpainting

LARGEST_SIDE_PX = 16384
Side = Annotated[int, Interval(ge=1, le=LARGEST_SIDE_PX)]
Coordinate = Annotated[int, Interval(ge=0, lt=LARGEST_SIDE_PX)]
Margin = Annotated[int, Interval(ge=0, le=8192)]
GivenName = Annotated[str, MinLen(1), MaxLen(200)]
Id = Annotated[str, MaxLen(64)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyProject:
    __pydantic_config__: ClassVar = STRICT

    name: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlankProject:
    __pydantic_config__: ClassVar = STRICT

    width: Annotated[int, Interval(ge=1, le=8192)]
    height: Annotated[int, Interval(ge=1, le=8192)]
    colour: Annotated[str, Matches(r"#[0-9a-fA-F]{6}", "a colour as #rrggbb")] = "#ffffff"
    name: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectChange:
    """What is None stays as it is."""

    __pydantic_config__: ClassVar = STRICT

    name: GivenName | None = None
    head_id: Id | None = None
    view: dict[str, Any] | None = None
    """The page's own; replaces what was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeChange:
    """What is None stays as it is."""

    __pydantic_config__: ClassVar = STRICT

    name: GivenName | None = None
    is_starred: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftChange:
    """What is None stays as it is."""

    __pydantic_config__: ClassVar = STRICT

    request: InpaintRequest | None = None
    underpainting: Underpainting | None = None
    task: Task | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The part of a draft that is settings."""

    __pydantic_config__: ClassVar = STRICT

    request: InpaintRequest = field(default_factory=InpaintRequest)
    underpainting: Underpainting = Underpainting.ORIGINAL
    task: Task = Task.CUSTOM


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionSelection:
    """The thing under a pixel."""

    __pydantic_config__: ClassVar = STRICT

    kind: Literal["region"]
    x: Coordinate
    y: Coordinate
    radius_px: Annotated[int, Interval(ge=1, le=LARGEST_SIDE_PX)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxSelection:
    """The thing inside a box drawn loosely around it."""

    __pydantic_config__: ClassVar = STRICT

    kind: Literal["box"]
    x: Coordinate
    y: Coordinate
    width: Side
    height: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeSelection:
    """The inside of an outline that follows edges through these points."""

    __pydantic_config__: ClassVar = STRICT

    kind: Literal["edge"]
    points: Annotated[list[tuple[Coordinate, Coordinate]], Len(3, 64)]


Selection = RegionSelection | BoxSelection | EdgeSelection


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """How far the canvas grows on each side."""

    __pydantic_config__: ClassVar = STRICT

    left_px: Margin = 0
    top_px: Margin = 0
    right_px: Margin = 0
    bottom_px: Margin = 0
    overlap_px: Annotated[int, Interval(ge=0, le=1024)] = 16
    """How far the mask reaches back into the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blend:
    __pydantic_config__: ClassVar = STRICT

    with_id: Id
    """The node that shows where this one does not."""
    opacity: Annotated[float, Interval(ge=0, le=1)] = 1.0
    uses_mask: bool = False
    """Only where the node's mask is painted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderpaintingsWish:
    """Which underpaintings to show, and how."""

    __pydantic_config__: ClassVar = STRICT

    request: InpaintRequest
    stage: PreviewStage = PreviewStage.PREPARED
    underpaintings: Annotated[list[Underpainting], Len(1, len(Underpainting))] | None = None
    """None: all of them."""
    px: Annotated[int, Interval(ge=32, le=2048)] = 384
    """Longest side of a preview."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskToSave:
    __pydantic_config__: ClassVar = STRICT

    node_id: Id
    name: GivenName


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskUse:
    __pydantic_config__: ClassVar = STRICT

    node_id: Id
