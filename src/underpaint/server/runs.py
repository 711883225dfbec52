"""Jobs as the runner sees them: taken from the queue, their images recorded one by one, ended."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from underpaint.server.events import job_changed, result_recorded
from underpaint.server.job_views import (
    JobViews,
    first_position,
    queue_event,
    queue_row,
    result_rows,
    result_view,
    rows_in_order,
)
from underpaint.server.ledger import Change, Ledger
from underpaint.server.messages import ImageMade, MakeImages
from underpaint.server.progress import Live
from underpaint.server.schemas import JobState, Problem, ResultState
from underpaint.server.swatches import variety_of
from underpaint.server.tables import JobRow, ResultRow, now


class Runs:
    """What the runner writes. `seconds` is always the time of work that was not yet counted."""

    def __init__(self, ledger: Ledger, live: Live) -> None:
        self._ledger, self._views = ledger, JobViews(live)

    def recover(self) -> None:
        """Jobs that ran when the server ended go on first."""
        with self._ledger.change() as change:
            for row in change.session.scalars(select(JobRow).where(JobRow.state == JobState.RUNNING)):
                self._requeue(change.session, row)

    def take_next(self) -> MakeImages | None:
        """The next job of the queue, which now runs; None when there is none or the queue is paused."""
        with self._ledger.database.read() as session:
            if queue_row(session).is_paused or not rows_in_order(session, (JobState.QUEUED,)):
                return None
        with self._ledger.change() as change:
            waiting = rows_in_order(change.session, (JobState.QUEUED,))
            if queue_row(change.session).is_paused or not waiting:
                return None
            row = waiting[0]
            row.state, row.started_at = JobState.RUNNING, row.started_at or now()
            self._tell(change, row)
            return MakeImages(
                job_id=row.id,
                request=row.request,
                picture_sha256=row.picture_sha256,
                mask_sha256=row.mask_sha256,
                sketch_sha256=row.sketch_sha256,
                settled=_settled(change.session, row.id),
            )

    def standing(self, job_id: str) -> frozenset[int] | None:
        """The images that are done or skipped; None when the job shall not run any more."""
        with self._ledger.database.read() as session:
            row = session.get(JobRow, job_id)
            is_running = row is not None and row.state is JobState.RUNNING
            return _settled(session, job_id) if is_running else None

    def record(self, made: ImageMade, seconds: float) -> bool:
        """Writes down a finished image, once: whether this was the first time, and the job still runs."""
        with self._ledger.change() as change:
            session = change.session
            row = _running(session, made.job_id)
            if row is None or session.get(ResultRow, (made.job_id, made.index)) is not None:
                return False
            result = ResultRow(
                job_id=made.job_id,
                index=made.index,
                state=ResultState.DONE,
                picture=made.picture,
                recipe=made.recipe,
                changed_outside_px=made.changed_outside_px,
                change_delta_e=made.change_delta_e,
                seconds=made.seconds,
                swatch=made.swatch,
            )
            session.add(result)
            row.seconds += seconds
            row.crashed_at_image = None
            session.flush()
            row.variety_delta_e = variety_of(_swatches(session, row.id))
            session.flush()
            change.events = [result_recorded(row.id, result_view(row, made.index, result))]
            return True

    def finish(self, job_id: str, seconds: float) -> None:
        """All images are made or skipped."""
        with self._ledger.change() as change:
            if row := _running(change.session, job_id):
                self._end(change, row, JobState.DONE, None, seconds)

    def fail(self, job_id: str, problem: Problem, seconds: float) -> None:
        with self._ledger.change() as change:
            if row := _running(change.session, job_id):
                self._end(change, row, JobState.FAILED, problem, seconds)

    def crash(self, job_id: str, image: int, problem: Problem, seconds: float) -> None:
        """The engine died at this image: once may have been bad luck, twice is the image's fault."""
        with self._ledger.change() as change:
            row = _running(change.session, job_id)
            if row is None:
                return
            if row.crashed_at_image == image:
                self._end(change, row, JobState.FAILED, problem, seconds)
                return
            row.crashed_at_image = image
            row.seconds += seconds
            self._requeue(change.session, row)
            self._tell(change, row)

    def give_back(self, job_id: str, seconds: float) -> None:
        """The engine has left the job. It goes on first, unless users wanted it to stop."""
        with self._ledger.change() as change:
            row = change.session.get(JobRow, job_id)
            if row is None:
                return
            row.seconds += seconds
            if row.state is JobState.RUNNING:
                self._requeue(change.session, row)
            self._tell(change, row)  # whatever its state: a late step may have said that it runs

    def _requeue(self, session: Session, row: JobRow) -> None:
        row.state, row.was_resumed, row.position = JobState.QUEUED, True, first_position(session)

    def _end(
        self, change: Change, row: JobRow, state: JobState, problem: Problem | None, seconds: float
    ) -> None:
        row.state, row.error, row.finished_at = state, problem, now()
        row.seconds += seconds
        self._tell(change, row)

    def _tell(self, change: Change, row: JobRow) -> None:
        change.session.flush()
        change.events += [
            job_changed(self._views.job(change.session, row)),
            queue_event(change.session),
        ]


def _running(session: Session, job_id: str) -> JobRow | None:
    """The job, unless somebody stopped it."""
    row = session.get(JobRow, job_id)
    return row if row is not None and row.state is JobState.RUNNING else None


def _swatches(session: Session, job_id: str) -> list[bytes]:
    chosen = select(ResultRow.swatch).where(ResultRow.job_id == job_id).order_by(ResultRow.index)
    return [swatch for swatch in session.scalars(chosen) if swatch is not None]


def _settled(session: Session, job_id: str) -> frozenset[int]:
    return frozenset(row.index for row in result_rows(session, [job_id]))
