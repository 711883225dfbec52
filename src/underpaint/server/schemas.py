"""What travels between server and browser, and is kept: plain frozen values. Pixels never travel inside them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from annotated_types import Interval, MaxLen

from underpaint.advice import Advice
from underpaint.models.recommended import Recommended
from underpaint.request import STRICT, InpaintRequest, Seed
from underpaint.sampling.counts import StepsKnown
from underpaint.tasks import Task, Underpainting

Name = Annotated[str, MaxLen(200)]
ImageIndex = Annotated[int, Interval(ge=0, lt=64_000)]
"""Of an image in its job, from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A rectangle in pixels of the picture."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureInfo:
    """A stored picture; its pixels are at `/api/pictures/{sha256}`."""

    sha256: str
    width: int
    height: int
    has_alpha: bool
    bits: int
    """Per channel: 8 or 16."""
    notes: list[str] = field(default_factory=list[str])
    """What import did to it: turned as its EXIF says, converted from CMYK, …"""


# projects and nodes


class NodeKind(StrEnum):
    IMPORT = "import"
    BLANK = "blank"
    GENERATE = "generate"
    EDIT = "edit"
    EXTEND = "extend"
    BLEND = "blend"


class Layer(StrEnum):
    """What can be painted on."""

    MASK = "mask"
    SKETCH = "sketch"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRef:
    """Which result a node was kept from."""

    job_id: str
    index: ImageIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One state of the picture. Its picture never changes; names and stars may."""

    id: str
    project_id: str
    parent_id: str | None
    kind: NodeKind
    name: Name
    is_starred: bool
    picture: PictureInfo
    created_at: str
    """ISO 8601, UTC."""
    kept_from: ResultRef | None = None
    recipe: dict[str, Any] | None = None
    """Of the result it was kept from, as in the PNG."""
    blended_with_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSummary:
    id: str
    name: Name
    created_at: str
    updated_at: str
    node_count: int
    head_picture: PictureInfo | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    id: str
    name: Name
    created_at: str
    updated_at: str
    head_id: str | None
    """The node that is worked on; None until a first picture is made."""
    view: dict[str, Any]
    """The page's own: zoom, pan, tool, panels. The server only keeps it."""
    nodes: list[Node]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerInfo:
    """A painted layer of a draft."""

    version: int
    """Counts up with every change."""
    tiles: int
    """Tiles that hold anything."""
    bounds: Frame | None
    """Around everything painted; None when empty."""
    cover: float
    """Share of the picture's pixels that are painted, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is being prepared on a node: settings, mask and sketch. Saved at every stroke."""

    node_id: str | None
    """None: the draft of a project without a picture (text-to-image)."""
    request: InpaintRequest
    underpainting: Underpainting
    task: Task
    mask: LayerInfo
    sketch: LayerInfo


# jobs


class JobState(StrEnum):
    QUEUED = "queued"
    PAUSED = "paused"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ResultState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why something failed; the same shape everywhere: `{"error": {...}}`."""

    code: str
    message: str
    field: str | None = None
    """Path of the offending setting, such as `request.sampling.steps`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    index: int
    state: ResultState
    seed: Seed
    picture: PictureInfo | None = None
    changed_outside_px: int | None = None
    """Counted on the finished picture; None without a mask."""
    change_delta_e: float | None = None
    """Mean CIE76 difference to the node's picture where the mask is."""
    seconds: float | None = None
    is_starred: bool = False
    kept_as: str | None = None
    """Node made from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    phase: str
    """loading, encode, sample or decode."""
    image: int
    """Images finished or skipped before this one; 0 while the first is made."""
    images: int
    step: int
    steps: int
    share: float
    """Of the whole job, 0 to 1."""
    eta_s: float | None
    """None until one step has been timed."""
    preview: int
    """Version of `/api/jobs/{id}/preview`; 0 = none yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    id: str
    project_id: str
    node_id: str | None
    name: Name
    state: JobState
    position: int
    """In the queue; smaller runs first."""
    request: InpaintRequest
    """With seeds drawn."""
    underpainting: Underpainting
    task: Task
    results: list[JobResult]
    created_at: str
    started_at: str | None = None
    finished_at: str | None = None
    seconds: float = 0.0
    """Spent running, over all starts."""
    error: Problem | None = None
    was_resumed: bool = False
    """Went on after a restart."""
    is_dismissed: bool = False
    """Its results were put aside by the user; nothing is deleted."""
    variety_delta_e: float | None = None
    """Mean CIE76 difference between its finished results where the mask is; None below two."""
    progress: Progress | None = None
    """While it runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    is_paused: bool
    jobs: list[Job]
    """Running first, then queued and paused by position, then the last 50 finished."""


# what the page asks before a job


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What a job with these settings would do; nothing runs."""

    frame: Frame | None
    """What the model sees, in pixels of the picture; None without a picture."""
    working_width: int
    working_height: int
    runs_steps: int
    """Of `of_steps`, as the denoising strength leaves them."""
    steps_known: StepsKnown
    of_steps: int
    resampled_steps: int
    """The first of those that run, which resampling takes again `sampling.resampling` times: the `steps` of the job's
    progress count them as often."""
    mask_cover: float
    """Share of the picture under the soft mask."""
    mask_cover_of_frame: float
    advice: list[Advice]
    """Most urgent first."""
    notes: list[str]


class PreviewStage(StrEnum):
    """How far along the underpainting is shown; the values of `underpaint.underpaintings.Stage`, which needs torch."""

    PREPARED = "prepared"
    FIRST_STEP = "first-step"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedPreview:
    """One underpainting as the model would get it, cut to the frame."""

    underpainting: Underpainting
    url: str
    """A WebP or PNG with alpha nowhere; size = working size, or smaller when `px` asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Underpaintings:
    frame: Frame
    working_width: int
    working_height: int
    previews: list[PreparedPreview]


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a captioner sees in a picture."""

    prompt: str
    captioner: str
    """Its name."""


# things around


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    name: str
    kind: str
    is_builtin: bool
    is_inpaint_model: bool
    recommended: Recommended
    """Sampling settings; null where nothing is recommended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlNetInfo:
    name: str
    is_builtin: bool
    fits: list[str]
    """Models of its family."""


class EngineState(StrEnum):
    STARTING = "starting"
    READY = "ready"
    BUSY = "busy"
    RESTARTING = "restarting"
    FAILING = "failing"
    """It could not be started three times, or the data folder cannot be used; it is tried again now and then. Jobs
    wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    version: str
    engine: EngineState
    engine_problem: Problem | None
    """Why the engine fails, while it does."""
    device: str | None
    """cpu or cuda, once the engine knows."""
    models_folder: str
    captioner: str | None
    """Who describes pictures; None: nobody can."""
    samplers: list[str]
    schedulers: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    __pydantic_config__: ClassVar = STRICT

    name: Name
    request: InpaintRequest
    underpainting: Underpainting
    task: Task


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedMask:
    id: str
    name: Name
    picture: PictureInfo
    created_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSettings:
    """Settings found in a result file."""

    request: InpaintRequest
    source: str
    """underpaint or a1111."""
    notes: list[str]
    picture: PictureInfo | None
    """The picture it was made from, when this server still has it."""
    mask: PictureInfo | None
