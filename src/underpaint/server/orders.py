"""Drafts made into jobs, and results made into pictures to go on with."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from annotated_types import MaxLen
from sqlalchemy.orm import Session

from underpaint import store
from underpaint.canvas import soft_mask
from underpaint.control_units import check_units
from underpaint.image.blend import to_bytes
from underpaint.image.png import quick_png
from underpaint.image.resize import resized_mask
from underpaint.request import STRICT, InpaintRequest
from underpaint.server import drafts, projects
from underpaint.server.drafts import NodeDraft
from underpaint.server.events import project_changed
from underpaint.server.inputs import Id
from underpaint.server.inspection import job_mask
from underpaint.server.job_names import job_name
from underpaint.server.job_views import done_result, job_row
from underpaint.server.jobs import NewJob
from underpaint.server.known_models import require_controlnets, required_model
from underpaint.server.layers import replace_layer
from underpaint.server.pictures import picture_of
from underpaint.server.refusals import Conflict, InvalidSetting
from underpaint.server.schemas import Job, Layer, LayerInfo, Name, NodeKind, PictureInfo, Project, ResultRef
from underpaint.server.services import Services
from underpaint.server.tables import JobRow, NodeRow
from underpaint.tasks import Task, Underpainting


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A job wished for: these settings, with the mask and the sketch that the draft has now."""

    __pydantic_config__: ClassVar = STRICT

    node_id: Id | None
    """None: text-to-image."""
    request: InpaintRequest
    underpainting: Underpainting
    task: Task
    name: Name | None = None
    """None: the task, and the prompt's first words."""
    is_next: bool = False
    """Before everything that waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    __pydantic_config__: ClassVar = STRICT

    keeps_mask: bool
    keeps_sketch: bool
    name: Annotated[str, MaxLen(200)] | None = None


def place(services: Services, project_id: str, order: Order) -> Job:
    """Puts a job into the queue, with what it is made from in the store."""
    model = required_model(order.request.model)
    require_controlnets(order.request, model)
    _require_control_pictures(order.request)
    with services.database.read() as session:
        projects.project_row(session, project_id)
        picture, mask, sketch = (None, None, None)
        if order.node_id is not None:
            picture, mask, sketch = _layers(session, project_id, order.node_id, order)
    check_units(order.request, has_picture=picture is not None, has_mask=mask is not None)
    new = NewJob(
        project_id=project_id,
        node_id=order.node_id,
        name=projects.shortened(order.name or _name_of(order)),
        request=order.request,
        underpainting=order.underpainting,
        task=order.task,
        picture_sha256=picture and picture.sha256,
        mask_sha256=_kept(mask),
        sketch_sha256=_kept(sketch),
    )
    return services.runner.jobs.enqueue(new, is_next=order.is_next)


def _require_control_pictures(request: InpaintRequest) -> None:
    for i, unit in enumerate(request.controls):
        if unit.picture is not None and store.stored_file(unit.picture) is None:
            raise InvalidSetting(
                f"The control picture {unit.picture[:12]}… is not on this server; import it first.",
                f"request.controls[{i}].picture",
            )


def _name_of(order: Order) -> str:
    return job_name(order.task, order.request.prompt.positive, has_picture=order.node_id is not None)


def _layers(
    session: Session, project_id: str, node_id: str, order: Order
) -> tuple[PictureInfo, np.ndarray | None, np.ndarray | None]:
    found = drafts.draft_of_node(session, node_id)
    if found.node.project_id != project_id:
        raise InvalidSetting(f"The project has no picture {node_id!r}.", "node_id")
    mask = job_mask(drafts.layer_pixels(session, found.draft, Layer.MASK, found.size), order.request)
    sketch = None
    if order.underpainting is Underpainting.SKETCH and mask is not None:
        sketch = drafts.layer_pixels(session, found.draft, Layer.SKETCH, found.size)
    return found.node.picture, mask, sketch


def _kept(layer: np.ndarray | None) -> str | None:
    return None if layer is None else store.keep(layer, png=quick_png(layer))


def keep_result(services: Services, job_id: str, index: int, wish: Keeping, client: str | None) -> Project:
    """Makes a node of a result, which becomes the head; a result that was kept before becomes the head again."""

    def apply(session: Session, job: JobRow) -> None:
        row = projects.project_row(session, job.project_id)
        result = done_result(session, job.id, index)
        kept = session.get(NodeRow, result.kept_as) if result.kept_as else None
        if kept is not None and kept.deleted_at is None:
            projects.set_head(session, row, kept.id)
        else:
            result.kept_as = _new_node(session, job, index, wish).node.id

    job = services.runner.jobs.change(job_id, apply)
    services.hub.publish(project_changed(job.project_id, client))
    with services.database.read() as session:
        return projects.as_project(session, projects.project_row(session, job.project_id))


def _new_node(session: Session, job: JobRow, index: int, wish: Keeping) -> NodeDraft:
    result = done_result(session, job.id, index)
    assert result.picture is not None, "finished images have a picture"
    parent = None if job.node_id is None else drafts.draft_of_node(session, job.node_id)
    source = parent.draft if parent else drafts.draft_of_project(session, job.project_id)
    child = projects.add_node(
        session,
        projects.project_row(session, job.project_id),
        kind=NodeKind.EDIT if parent else NodeKind.GENERATE,
        name=wish.name or job.name,
        picture=result.picture,
        parent_id=job.node_id,
        settings=drafts.settings_of(source),
        kept_from=ResultRef(job_id=job.id, index=index),
        recipe=result.recipe,
    )
    if parent:
        drafts.copy_draft(session, parent, child, keeps_mask=wish.keeps_mask, keeps_sketch=wish.keeps_sketch)
    return child


def result_to_sketch(services: Services, job_id: str, index: int, client: str | None) -> LayerInfo:
    """Lays what a job repainted over its node's picture as a sketch."""
    with services.database.read() as session:
        job = job_row(session, job_id)
        result = done_result(session, job_id, index)
        if job.node_id is None:
            raise Conflict("This job had no picture to lay a sketch on.")
    assert result.picture is not None, "finished images have a picture"
    sketch = _repainted(job, result.picture.sha256)
    return replace_layer(services, job.node_id, Layer.SKETCH, sketch, client)


def _repainted(job: JobRow, sha256: str) -> np.ndarray:
    """RGBA of the result, opaque wherever the soft mask reached."""
    picture = picture_of(sha256)
    rgb = picture.rgb if picture.pixels.dtype == np.uint8 else to_bytes(picture.rgb)
    mask = None if job.mask_sha256 is None else store.stored_mask(job.mask_sha256)
    if mask is None:
        alpha = np.full(rgb.shape[:2], 255, np.uint8)
    else:
        reached = resized_mask(soft_mask(job.request, mask), picture.size)
        alpha = np.where(reached > 0, 255, 0).astype(np.uint8)
    return np.dstack([rgb, alpha])
