"""How far the running job is. Kept in memory only: after a restart it is measured anew."""

import time
from collections.abc import Callable, Iterable

from underpaint.server.messages import MakeImages, Painting
from underpaint.server.patience import Patience
from underpaint.server.schemas import Progress


class Pace:
    """The progress of one run of a job, from what the engine tells."""

    def __init__(
        self,
        images: int,
        batch_size: int,
        settled: Iterable[int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._images, self._batch_size, self._clock = images, batch_size, clock
        self._settled = set(settled)
        self._painting: Painting | None = None
        self._began_at: float | None = None
        """When the first step of this run began."""
        self._done_before = 0.0
        """Batches of this run before the one at work, broken off ones in part."""
        self._share, self._steps = 0.0, 0
        """Of the batch at work."""
        self._preview = 0

    @property
    def making(self) -> tuple[int, ...]:
        """The images at work."""
        return self._painting.images if self._painting else ()

    def settle(self, images: Iterable[int]) -> None:
        """These are done or skipped."""
        self._settled.update(images)

    def hear(self, painting: Painting) -> Progress:
        """Takes in how far the batch at work is."""
        if painting.images != self.making:
            self._done_before, self._share = self._done_before + self._share, 0.0
        self._painting = painting
        if painting.phase == "sample":
            self._began_at = self._began_at or self._clock()
            self._share = painting.step / painting.steps if painting.steps else 0.0
            self._steps = painting.steps or self._steps
        elif painting.phase == "decode":
            self._share = 1.0
        self._preview += painting.preview is not None
        return self._progress(painting)

    def _progress(self, painting: Painting) -> Progress:
        waiting = self._images - len(self._settled)
        making = len(set(painting.images) - self._settled)
        return Progress(
            phase=painting.phase,
            image=len(self._settled),
            images=self._images,
            step=self._steps if painting.phase == "decode" else painting.step,
            steps=self._steps,
            share=(len(self._settled) + making * self._share) / self._images,
            eta_s=self._eta_s(-(-waiting // self._batch_size)),
            preview=self._preview,
        )

    def _eta_s(self, waiting_batches: int) -> float | None:
        done = self._done_before + self._share
        if self._began_at is None or not done:
            return None
        per_batch_s = (self._clock() - self._began_at) / done
        return per_batch_s * max(waiting_batches - self._share, 0.0)


class Live:
    """Progress and preview of the job that runs, for whoever asks. Written by one thread, read by any."""

    def __init__(self) -> None:
        self._now: tuple[str, Progress] | None = None
        self._preview: tuple[str, bytes] | None = None

    def tell(self, job_id: str, progress: Progress, preview: bytes | None) -> None:
        self._now = job_id, progress
        if preview is not None:
            self._preview = job_id, preview

    def forget(self) -> None:
        """The job is over. Its last preview stays until there is another: whoever was told of it may come for it now."""
        self._now = None

    def progress(self, job_id: str) -> Progress | None:
        now = self._now
        return now[1] if now and now[0] == job_id else None

    def preview(self, job_id: str) -> bytes | None:
        """WebP."""
        last = self._preview
        return last[1] if last and last[0] == job_id else None


class Run:
    """One job at work."""

    def __init__(self, order: MakeImages) -> None:
        batch = order.request.batch
        self.job_id, self.settled = order.job_id, set(order.settled)
        self.pace = Pace(batch.total, batch.size, order.settled)
        self.patience = Patience()
        self.is_stopping = False
        self._counted_at = time.monotonic()

    @property
    def image(self) -> int:
        """The one at work."""
        return self.pace.making[0] if self.pace.making else len(self.settled)

    def settle(self, images: frozenset[int]) -> None:
        """These are done or skipped."""
        self.settled |= images
        self.pace.settle(images)

    def uncounted_s(self) -> float:
        """Seconds since this was last asked."""
        before, self._counted_at = self._counted_at, time.monotonic()
        return self._counted_at - before
