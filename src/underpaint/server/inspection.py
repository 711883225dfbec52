"""What a job with some settings would do. Nothing runs, and it is quick on large pictures too."""

from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from underpaint.advice import Facts, LastRun, advise
from underpaint.canvas import soft_mask
from underpaint.facts import facts_of
from underpaint.geometry import Box, Size
from underpaint.image.mask import bounding_box
from underpaint.image.resize import size_of
from underpaint.models.glance import Glance, glance
from underpaint.plan import Plan, plan
from underpaint.request import InpaintArea, InpaintRequest, MaskSettings
from underpaint.sampling.counts import StepCount, StepsKnown, count_steps, resampled_steps
from underpaint.server import drafts, tiles
from underpaint.server.database import Database
from underpaint.server.drafts import NodeDraft
from underpaint.server.inputs import Settings
from underpaint.server.known_models import required_model
from underpaint.server.memory import Remembered
from underpaint.server.schemas import Frame, Inspection, JobState, Layer, NodeKind
from underpaint.server.tables import DraftRow, JobRow, NodeRow, ResultRow
from underpaint.traits import resamples

REMEMBERED_BYTES = 320 * 2**20
"""Of planes: mask, soft mask and what is sketched on, each 64 MiB at 8192x8192."""
MADE_HERE = (NodeKind.GENERATE, NodeKind.EDIT, NodeKind.EXTEND, NodeKind.BLEND)

_planes: Remembered[tuple[object, ...], np.ndarray] = Remembered(REMEMBERED_BYTES, lambda plane: plane.nbytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Everything about a node that the answer depends on."""

    size: Size
    mask: np.ndarray | None
    """uint8 (height, width); None: image-to-image."""
    soft: np.ndarray | None
    sketch: np.ndarray | None
    last_run: LastRun | None
    edits_since_import: int


def inspect(database: Database, node_id: str, settings: Settings) -> Inspection:
    """Frame, working size, steps and advice for a job on a node."""
    seen = glance(required_model(settings.request.model))
    with database.read() as session:
        question = _question(session, node_id, settings.request)
    planned = plan(
        settings.request,
        picture=question.size,
        mask_box=None if question.soft is None else bounding_box(question.soft),
        mask_size=None if question.soft is None else size_of(question.soft),
        native_px=seen.native_px,
    )
    request = settings.request
    count = count_steps(request.sampling, request.rules, from_picture=True)
    facts = _facts(settings, question, planned, seen, count.steps)
    return _answer(settings, count, planned, facts)


def job_mask(mask: np.ndarray, request: InpaintRequest) -> np.ndarray | None:
    """The mask a job gets: none, which means image-to-image, where nothing is painted and all of the picture is in
    view."""
    is_whole = request.canvas.area is InpaintArea.WHOLE_PICTURE
    return None if is_whole and not mask.any() else mask


def layers_of(
    session: Session, found: NodeDraft, request: InpaintRequest
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Mask and sketch as a job would get them now; no sketch where nothing is sketched."""
    mask = job_mask(_mask(session, found.draft, found.size), request)
    if mask is None or not drafts.layer_info(session, found.draft, Layer.SKETCH, found.size).tiles:
        return mask, None
    return mask, drafts.layer_pixels(session, found.draft, Layer.SKETCH, found.size)


def _question(session: Session, node_id: str, request: InpaintRequest) -> Question:
    found = drafts.draft_of_node(session, node_id)
    mask = job_mask(_mask(session, found.draft, found.size), request)
    return Question(
        size=found.size,
        mask=mask,
        soft=None if mask is None else _soft(found.draft, mask, request),
        sketch=_sketch(session, found.draft, found.size),
        last_run=_last_run(session, node_id),
        edits_since_import=_edits_since_import(session, found.node),
    )


def _facts(settings: Settings, question: Question, planned: Plan, seen: Glance, steps: int) -> Facts:
    return facts_of(
        settings.request,
        planned,
        native_px=seen.native_px,
        is_inpaint_model=seen.is_inpaint_model,
        picture=question.size,
        mask=question.mask,
        soft=question.soft,
        sketch=question.sketch,
        task=settings.task,
        underpainting=settings.underpainting,
        steps=steps,
        last_run=question.last_run,
        edits_since_import=question.edits_since_import,
    )


def _answer(settings: Settings, count: StepCount, planned: Plan, facts: Facts) -> Inspection:
    notes = [] if planned.repaints else ["Nothing is masked; the picture stays as it is."]
    return Inspection(
        frame=frame_of(planned.crop),
        working_width=planned.working.width,
        working_height=planned.working.height,
        runs_steps=count.steps if planned.repaints else 0,
        steps_known=count.known if planned.repaints else StepsKnown.EXACT,
        of_steps=settings.request.sampling.steps,
        resampled_steps=_resampled(settings.request, count, planned, facts),
        mask_cover=facts.mask_cover,
        mask_cover_of_frame=facts.mask_cover_of_frame,
        advice=advise(settings.request, facts),
        notes=notes,
    )


def _resampled(request: InpaintRequest, count: StepCount, planned: Plan, facts: Facts) -> int:
    has_mask = planned.has_mask and planned.repaints
    if not resamples(
        request.sampling, request.rules, has_mask=has_mask, is_inpaint_model=facts.is_inpaint_model
    ):
        return 0
    return resampled_steps(request.sampling, request.rules, count.steps)


def frame_of(box: Box) -> Frame:
    """A box as the page gets it."""
    return Frame(x=box.x, y=box.y, width=box.width, height=box.height)


# pixels, kept per version of their layer


def _mask(session: Session, draft: DraftRow, size: Size) -> np.ndarray:
    key = ("mask", draft.id, draft.mask_version)
    return _planes.get(key, lambda: drafts.layer_pixels(session, draft, Layer.MASK, size))


def _soft(draft: DraftRow, mask: np.ndarray, request: InpaintRequest) -> np.ndarray:
    settings: MaskSettings = request.mask
    return _planes.get(("soft", draft.id, draft.mask_version, settings), lambda: soft_mask(request, mask))


def _sketch(session: Session, draft: DraftRow, size: Size) -> np.ndarray | None:
    """(height, width, 4) with the sketch's alpha in every channel, of which only that is looked at; None when nothing
    is sketched."""
    key = ("sketch", draft.id, draft.sketch_version)
    alpha = _planes.get(key, lambda: _sketch_alpha(session, draft, size))
    return np.broadcast_to(alpha[..., None], (*alpha.shape, 4)) if alpha.size else None


def _sketch_alpha(session: Session, draft: DraftRow, size: Size) -> np.ndarray:
    found = drafts.layer_tiles(session, draft, Layer.SKETCH)
    return tiles.assembled_alpha(found, size) if found else np.empty((0, 0), np.uint8)


# what happened on the node before


def _last_run(session: Session, node_id: str) -> LastRun | None:
    """The newest finished job on the node."""
    done = (JobRow.node_id == node_id, JobRow.state == JobState.DONE)
    job = session.scalars(select(JobRow).where(*done).order_by(JobRow.finished_at.desc()).limit(1)).first()
    if job is None:
        return None
    results = session.scalars(select(ResultRow).where(ResultRow.job_id == job.id)).all()
    changes = [result.change_delta_e for result in results if result.change_delta_e is not None]
    return LastRun(
        denoising_strength=job.request.sampling.denoising_strength,
        underpainting=job.underpainting,
        images=sum(result.picture is not None for result in results),
        change_delta_e=sum(changes) / len(changes) if changes else None,
        variety_delta_e=job.variety_delta_e,
    )


def _edits_since_import(session: Session, node: NodeRow) -> int:
    """How many pictures made here lie between this one, counted, and the one it began with."""
    parents = session.execute(
        select(NodeRow.id, NodeRow.parent_id, NodeRow.kind).where(NodeRow.project_id == node.project_id)
    )
    by_id = {found: (parent, kind) for found, parent, kind in parents}
    edits, current = 0, node.id
    while current in by_id:
        parent, kind = by_id[current]
        edits += kind in MADE_HERE
        if parent is None:
            break
        current = parent
    return edits
