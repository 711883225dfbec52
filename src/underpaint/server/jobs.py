"""Jobs as their users see them: put into the queue, ordered, paused, stopped, looked at.

The database is the truth. What is changed here about a running job, the runner notices and tells the engine.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from underpaint.request import InpaintRequest
from underpaint.server import projects
from underpaint.server.events import job_changed
from underpaint.server.job_views import (
    OPEN,
    WAITING,
    JobViews,
    done_result,
    first_position,
    is_of_kept_project,
    job_row,
    last_position,
    queue_event,
    queue_row,
    result_rows,
    rows_in_order,
)
from underpaint.server.ledger import Ledger
from underpaint.server.progress import Live
from underpaint.server.refusals import Conflict, InvalidSetting, NotFound
from underpaint.server.schemas import Job, JobState, Queue, ResultState
from underpaint.server.tables import JobRow, ResultRow, now
from underpaint.tasks import Task, Underpainting

MOST_IMAGES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """What is put into the queue. Its picture, mask and sketch are in the store."""

    project_id: str
    node_id: str | None
    name: str
    request: InpaintRequest
    underpainting: Underpainting
    task: Task
    picture_sha256: str | None
    mask_sha256: str | None
    sketch_sha256: str | None
    """None unless the underpainting is the sketch."""


class Jobs:
    """The queue. Whatever changes is published before a method returns."""

    def __init__(self, ledger: Ledger, live: Live, notice: Callable[[], None]) -> None:
        self._ledger, self._views = ledger, JobViews(live)
        self._notice = notice
        """Tells the runner that something is different now."""

    # looking

    def job(self, job_id: str) -> Job:
        with self._ledger.database.read() as session:
            return self._views.job(session, job_row(session, job_id))

    def of_project(self, project_id: str | None) -> list[Job]:
        """All jobs (of one project), newest first."""
        chosen = select(JobRow).order_by(JobRow.created_at.desc(), JobRow.id)
        if project_id is not None:
            chosen = chosen.where(JobRow.project_id == project_id)
        with self._ledger.database.read() as session:
            return self._views.jobs(session, session.scalars(chosen.where(is_of_kept_project())).all())

    def queue(self) -> Queue:
        with self._ledger.database.read() as session:
            return self._views.queue(session)

    # changing

    def enqueue(self, new: NewJob, *, is_next: bool) -> Job:
        """Draws open seeds and puts the job at the end of the queue, or at its front."""
        if new.request.batch.total > MOST_IMAGES:
            raise InvalidSetting(
                f"A job can make {MOST_IMAGES} images at most, not {new.request.batch.total}.",
                "request.batch.count",
            )
        request = replace(
            new.request, canvas=replace(new.request.canvas, content=new.underpainting.content)
        ).with_seeds_drawn(random.SystemRandom())
        with self._ledger.change() as change:
            session = change.session
            row = JobRow(
                project_id=new.project_id,
                node_id=new.node_id,
                name=new.name,
                state=JobState.QUEUED,
                position=first_position(session) if is_next else last_position(session),
                request=request,
                underpainting=new.underpainting,
                task=new.task,
                picture_sha256=new.picture_sha256,
                mask_sha256=new.mask_sha256,
                sketch_sha256=new.sketch_sha256,
            )
            session.add(row)
            session.flush()
            view = self._views.job(session, row)
            change.events = [job_changed(view), queue_event(session)]
        self._notice()
        return view

    def update(self, job_id: str, *, name: str | None = None, is_dismissed: bool | None = None) -> Job:
        def change(_: Session, row: JobRow) -> None:
            row.name = row.name if name is None else name
            row.is_dismissed = row.is_dismissed if is_dismissed is None else is_dismissed

        return self.change(job_id, change)

    def star(self, job_id: str, index: int, is_starred: bool) -> Job:
        def change(session: Session, row: JobRow) -> None:
            done_result(session, row.id, index).is_starred = is_starred

        return self.change(job_id, change)

    def cancel(self, job_id: str) -> Job:
        """Finished images stay."""
        return self._moved(job_id, OPEN, JobState.CANCELLED, "cancelled")

    def pause(self, job_id: str) -> Job:
        return self._moved(job_id, (JobState.QUEUED, JobState.RUNNING), JobState.PAUSED, "paused")

    def resume(self, job_id: str) -> Job:
        return self._moved(job_id, (JobState.PAUSED,), JobState.QUEUED, "resumed")

    def retry(self, job_id: str) -> Job:
        """Makes what is missing: images that failed, were never begun, or were skipped."""

        def change(session: Session, row: JobRow) -> None:
            skipped = [r for r in result_rows(session, [row.id]) if r.state is ResultState.SKIPPED]
            if row.state in OPEN:
                raise Conflict(f"A job that is {row.state} need not be tried again.")
            if row.state is JobState.DONE and not skipped:
                raise Conflict("All images of this job are made; none is missing.")
            for result in skipped:
                session.delete(result)
            row.state, row.position = JobState.QUEUED, last_position(session)
            row.error = row.finished_at = row.crashed_at_image = None

        return self.change(job_id, change)

    def skip(self, job_id: str) -> Job:
        """Leaves out the images at work; the engine goes on with the next."""

        def change(session: Session, row: JobRow) -> None:
            if row.state is not JobState.RUNNING:
                raise Conflict(f"Only an image at work can be skipped; this job is {row.state}.")
            settled = {result.index for result in result_rows(session, [row.id])}
            first = next((i for i in range(row.request.batch.total) if i not in settled), None)
            if first is None:
                raise Conflict("The last image was skipped already.")
            size = row.request.batch.size
            for index in range(first, first - first % size + size):
                if index not in settled:
                    session.add(ResultRow(job_id=row.id, index=index, state=ResultState.SKIPPED))

        return self.change(job_id, change)

    def move(self, job_id: str, before_id: str | None) -> Queue:
        """Puts a waiting job before another one, or at the end."""
        with self._ledger.change() as change:
            session = change.session
            rows = [row for row in rows_in_order(session, WAITING) if row.id != job_id]
            moved, ids = job_row(session, job_id), [row.id for row in rows]
            if moved.state not in WAITING:
                raise Conflict(f"Only waiting jobs can be moved; this one is {moved.state}.")
            if before_id is not None and before_id not in ids:
                raise NotFound("The job to put it before is not waiting in the queue.")
            rows.insert(len(ids) if before_id is None else ids.index(before_id), moved)
            for position, row in enumerate(rows):
                row.position = position
            session.flush()
            change.events = [queue_event(session)]
            return self._views.queue(session)

    def set_paused(self, is_paused: bool) -> Queue:
        """Pausing also stops the job at work; it stays first in the queue and goes on where it was."""
        with self._ledger.change() as change:
            session = change.session
            queue_row(session).is_paused = is_paused
            stopped = rows_in_order(session, (JobState.RUNNING,)) if is_paused else []
            for row in stopped:
                row.state, row.position = JobState.QUEUED, first_position(session)
            session.flush()
            change.events = [job_changed(view) for view in self._views.jobs(session, stopped)]
            change.events.append(queue_event(session))
            queue = self._views.queue(session)
        self._notice()
        return queue

    def delete_project(self, project_id: str) -> None:
        """Puts a project aside. Its jobs rest: the one at work stops within a step and is first when it comes back."""
        with self._ledger.change() as change:
            session = change.session
            running = [
                row for row in rows_in_order(session, (JobState.RUNNING,)) if row.project_id == project_id
            ]
            for row in running:
                row.state, row.position = JobState.QUEUED, first_position(session)
            projects.delete_project(projects.project_row(session, project_id))
            session.flush()
            change.events = [queue_event(session)]
        self._notice()

    def restore_project(self, project_id: str) -> None:
        """Brings a project back, and its jobs into the queue."""
        with self._ledger.change() as change:
            session = change.session
            projects.restore_project(session, project_id)
            session.flush()
            rows = [row for row in rows_in_order(session, WAITING) if row.project_id == project_id]
            change.events = [job_changed(view) for view in self._views.jobs(session, rows)]
            change.events.append(queue_event(session))
        self._notice()

    def change(self, job_id: str, apply: Callable[[Session, JobRow], None]) -> Job:
        """Does something about a job in one transaction."""
        with self._ledger.change() as change:
            session = change.session
            row = job_row(session, job_id)
            apply(session, row)
            session.flush()
            view = self._views.job(session, row)
            change.events = [job_changed(view), queue_event(session)]
        self._notice()
        return view

    def _moved(self, job_id: str, states: Sequence[JobState], to: JobState, word: str) -> Job:
        def change(_: Session, row: JobRow) -> None:
            if row.state not in states:
                raise Conflict(f"A job that is {row.state} cannot be {word}.")
            row.state = to
            if to is JobState.CANCELLED:
                row.finished_at = now()

        return self.change(job_id, change)
