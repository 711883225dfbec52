"""Measures the facts that advice goes by. Cheap on large pictures: what need not be exact is measured on a small copy."""

from dataclasses import replace
from math import ceil

import cv2
import numpy as np

from underpaint.advice import Facts, LastRun
from underpaint.canvas import soft_mask
from underpaint.geometry import Size
from underpaint.image.mask import bounding_box, inverted
from underpaint.image.resize import resized_mask
from underpaint.plan import Plan
from underpaint.request import InpaintRequest, MaskMode
from underpaint.sampling.counts import count_steps
from underpaint.tasks import Task, Underpainting

MEASURED_PX = 1024
"""Longest side of the copy on which a mask's form is measured."""
SAMPLED_PX = 4_000_000
"""Of larger sketches only every second, third, … row and column is looked at."""
SPECK_SHARE = 0.01
"""Parts of the mask below this share of it do not count."""


def facts_of(
    request: InpaintRequest,
    plan: Plan,
    *,
    native_px: int,
    picture: Size | None = None,
    mask: np.ndarray | None = None,
    soft: np.ndarray | None = None,
    sketch: np.ndarray | None = None,
    task: Task = Task.CUSTOM,
    underpainting: Underpainting | None = None,
    is_inpaint_model: bool = False,
    steps: int | None = None,
    last_run: LastRun | None = None,
    edits_since_import: int = 0,
) -> Facts:
    """Facts about a request and its pixels: `mask` (uint8, as painted) and `sketch` as for `prepare_job`.

    `soft` saves time where `soft_mask(request, mask)` is at hand, `steps` where they are counted already. Without an `underpainting` it is the request's content, over a sketch if there is one.
    """
    facts = Facts(
        task=task,
        underpainting=underpainting or _underpainting(request, sketch),
        picture=picture,
        native_px=native_px,
        working=plan.working,
        frame=None if picture is None else plan.crop,
        runs_steps=_steps(request, picture) if steps is None else steps,
        is_inpaint_model=is_inpaint_model,
        last_run=last_run,
        edits_since_import=edits_since_import,
    )
    if picture is None or mask is None:
        return facts
    if soft is None:
        soft = soft_mask(request, mask)
    painted = inverted(mask) if request.mask.mode is MaskMode.NOT_MASKED else mask
    found = _with_mask(facts, plan, resized_mask(painted, picture), resized_mask(soft, picture), sketch)
    if found.mask_narrow_px == 0:
        return found
    grown_px = 2 * request.mask.grow_px * picture.width / mask.shape[1]
    return replace(found, mask_narrow_px=found.mask_narrow_px + grown_px)


def _steps(request: InpaintRequest, picture: Size | None) -> int:
    return count_steps(request.sampling, request.rules, from_picture=picture is not None).steps


def _underpainting(request: InpaintRequest, sketch: np.ndarray | None) -> Underpainting:
    named = Underpainting(request.canvas.content.value)
    return Underpainting.SKETCH if named is Underpainting.ORIGINAL and sketch is not None else named


def _with_mask(
    facts: Facts, plan: Plan, painted: np.ndarray, soft: np.ndarray, sketch: np.ndarray | None
) -> Facts:
    box = bounding_box(soft)
    seen = soft[plan.crop.rows, plan.crop.columns]
    narrow_px, parts = _form(painted)
    cover, outside = (0.0, 0.0) if sketch is None else _sketch_shares(sketch, soft)
    return replace(
        facts,
        has_mask=True,
        mask_box=box,
        mask_cover=float(np.count_nonzero(soft)) / soft.size,
        mask_cover_of_frame=float(np.count_nonzero(seen)) / max(seen.size, 1),
        mask_narrow_px=narrow_px,
        mask_parts=parts,
        has_sketch=cover > 0 or outside > 0,
        sketch_cover_of_mask=cover,
        sketch_outside_mask=outside,
    )


def _form(painted: np.ndarray) -> tuple[float, int]:
    """The diameter in pixels of the largest circle inside the mask, and its separate parts without specks."""
    box = bounding_box(painted)
    if box is None:
        return 0.0, 0
    scale = max(max(box.size) / MEASURED_PX, 1.0)
    part = np.ascontiguousarray(painted[box.rows, box.columns])
    if scale > 1:
        size = Size(max(round(box.width / scale), 1), max(round(box.height / scale), 1))
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    inside = np.pad((part >= min(128, int(part.max()))).astype(np.uint8), 1)
    # From pixel centre to the nearest outer pixel's centre: half a pixel less reaches the edge between them.
    radius = float(cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE).max()) - 0.5
    count, _, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
    areas = stats[1:count, cv2.CC_STAT_AREA]
    return 2 * radius * scale, int(np.count_nonzero(areas >= SPECK_SHARE * areas.sum()))


def _sketch_shares(sketch: np.ndarray, soft: np.ndarray) -> tuple[float, float]:
    """How much of the mask is painted on, and how much of the paint lies outside it."""
    step = ceil((soft.size / SAMPLED_PX) ** 0.5) if soft.size > SAMPLED_PX else 1
    is_painted, is_masked = sketch[::step, ::step, 3] > 0, soft[::step, ::step] > 0
    both, painted, masked = (
        np.count_nonzero(each) for each in (is_painted & is_masked, is_painted, is_masked)
    )
    return both / max(masked, 1), (painted - both) / max(painted, 1)
