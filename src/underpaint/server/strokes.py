"""One job in the engine: the pipeline's events as what the server wants to hear. Imports torch."""

import time
from collections.abc import Iterator
from io import BytesIO
from typing import assert_never

import numpy as np
from PIL import Image

from underpaint.codec import to_json
from underpaint.image.measure import mean_delta_e
from underpaint.image.png import quick_png
from underpaint.job import Job
from underpaint.models.preview import Preview
from underpaint.models.stable_diffusion import LATENT_CELL_PX
from underpaint.pipeline import run_job
from underpaint.result import BatchSampled, Event, ImageDone, Phase, PhaseStarted, Stepped, Underpainted
from underpaint.server.messages import ImageMade, MakeImages, Painting
from underpaint.server.pictures import info_of
from underpaint.server.swatches import swatch
from underpaint.store import keep

PREVIEW_INTERVAL_S = 0.3
PREVIEW_QUALITY = 80


class Strokes:
    """Iterates over what happens while the missing images of a job are made; None: nothing worth telling."""

    def __init__(self, order: MakeImages, job: Job, preview: Preview) -> None:
        self._order, self._job, self._preview = order, job, preview
        self._told_at = self._lap_at = time.perf_counter()
        self._sampling_s = 0.0
        """Of the running batch, per image."""

    def __iter__(self) -> Iterator[Painting | ImageMade | None]:
        for event in self._events():
            match event:
                case PhaseStarted(phase=phase, batch=batch):
                    if phase is Phase.DECODE:
                        self._sampling_s = self._lap() / self._job.request.batch.size
                    yield self._painting(phase, batch)
                case Stepped():
                    yield self._step(event)
                case ImageDone() if event.index not in self._order.settled:
                    yield self._made(event)
                case ImageDone() | Underpainted() | BatchSampled():
                    yield None
                case _:
                    assert_never(event)

    def _events(self) -> Iterator[Event]:
        """Of the batches that hold a missing image. Each gap costs another encoding, which only skipping makes."""
        missing = [batch for batch in range(self._job.request.batch.count) if self._missing_in(batch)]
        while missing:
            done: list[int] = []
            for event in run_job(self._job, first_batch=missing[0]):
                batch = self._batch_of(event)
                if batch not in missing:
                    break
                done = [batch]
                yield event
            missing = [batch for batch in missing if batch > done[-1]]

    def _missing_in(self, batch: int) -> tuple[int, ...]:
        size = self._job.request.batch.size
        return tuple(i for i in range(batch * size, (batch + 1) * size) if i not in self._order.settled)

    def _batch_of(self, event: Event) -> int:
        return event.index // self._job.request.batch.size if isinstance(event, ImageDone) else event.batch

    def _painting(
        self, phase: Phase, batch: int, *, step: int = 0, steps: int = 0, preview: bytes | None = None
    ) -> Painting:
        return Painting(
            job_id=self._order.job_id,
            phase=phase.value,
            images=self._missing_in(batch),
            step=step,
            steps=steps,
            preview=preview,
        )

    def _step(self, event: Stepped) -> Painting | None:
        now = time.perf_counter()
        is_last = event.step == event.steps
        if now - self._told_at < PREVIEW_INTERVAL_S and not is_last and event.step != 1:
            return None
        self._told_at = now
        shown = self._missing_in(event.batch)[0] - event.first_image
        return self._painting(
            Phase.SAMPLE,
            event.batch,
            step=event.step,
            steps=event.steps,
            preview=self._webp(self._preview(event.denoised[shown : shown + 1])),
        )

    def _webp(self, cells: np.ndarray) -> bytes:
        """Without the filler around what is seen of the picture."""
        content = self._job.plan.content
        rows = slice(content.y // LATENT_CELL_PX, -(-content.bottom // LATENT_CELL_PX))
        columns = slice(content.x // LATENT_CELL_PX, -(-content.right // LATENT_CELL_PX))
        buffer = BytesIO()
        Image.fromarray(np.ascontiguousarray(cells[rows, columns])).save(
            buffer, "WEBP", quality=PREVIEW_QUALITY, method=0
        )
        return buffer.getvalue()

    def _made(self, event: ImageDone) -> ImageMade:
        result = event.result
        canvas = self._job.canvases[event.index % len(self._job.canvases)] if self._job.canvases else None
        is_comparable = canvas is not None and canvas.original.size == result.picture.size
        soft_mask = canvas.soft_mask if canvas is not None and is_comparable else None
        picture = result.picture
        sha256 = keep(picture, png=quick_png(picture.pixels, icc_profile=picture.icc_profile))
        return ImageMade(
            job_id=self._order.job_id,
            index=event.index,
            picture=info_of(picture, sha256),
            recipe=to_json(result.recipe),
            changed_outside_px=result.changed_outside_px,
            change_delta_e=(
                mean_delta_e(canvas.original, result.picture, soft_mask)
                if canvas is not None and is_comparable
                else None
            ),
            swatch=swatch(result.picture, soft_mask),
            seconds=self._sampling_s + self._lap(),
        )

    def _lap(self) -> float:
        """Seconds since the last time it was asked."""
        before, self._lap_at = self._lap_at, time.perf_counter()
        return self._lap_at - before
