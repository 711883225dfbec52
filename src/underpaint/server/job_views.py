"""Jobs out of the database, as the page sees them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from underpaint.request import NoiseSettings
from underpaint.server.events import Event, queue_changed
from underpaint.server.progress import Live
from underpaint.server.refusals import NotFound
from underpaint.server.schemas import Job, JobResult, JobState, Queue, ResultState
from underpaint.server.tables import JobRow, ProjectRow, QueueRow, ResultRow

MOST_FINISHED = 50
"""So many finished jobs are part of the queue that is shown."""
WAITING = (JobState.QUEUED, JobState.PAUSED)
OPEN = (JobState.RUNNING, *WAITING)


def job_row(session: Session, job_id: str) -> JobRow:
    """The job of this id."""
    row = session.get(JobRow, job_id)
    if row is None:
        raise NotFound("There is no such job, or no longer.")
    return row


def result_rows(session: Session, job_ids: Iterable[str]) -> list[ResultRow]:
    """The images of these jobs that are done or skipped, in order."""
    chosen = select(ResultRow).where(ResultRow.job_id.in_(job_ids))
    return list(session.scalars(chosen.order_by(ResultRow.job_id, ResultRow.index)))


def done_result(session: Session, job_id: str, index: int) -> ResultRow:
    """A finished image of a job."""
    row = session.get(ResultRow, (job_id, index))
    if row is None or row.state is not ResultState.DONE:
        raise NotFound(f"The job has no finished image {index}.")
    return row


def rows_in_order(session: Session, states: Sequence[JobState]) -> list[JobRow]:
    """Jobs in these states, those that run sooner first. Jobs of deleted projects rest until they are restored."""
    chosen = select(JobRow).where(JobRow.state.in_(states), is_of_kept_project())
    return list(session.scalars(chosen.order_by(JobRow.position, JobRow.created_at, JobRow.id)))


def is_of_kept_project() -> ColumnElement[bool]:
    return JobRow.project_id.in_(select(ProjectRow.id).where(ProjectRow.deleted_at.is_(None)))


def first_position(session: Session) -> int:
    """Before all open jobs."""
    return (session.scalar(select(func.min(JobRow.position)).where(JobRow.state.in_(OPEN))) or 0) - 1


def last_position(session: Session) -> int:
    """Behind all open jobs."""
    return (session.scalar(select(func.max(JobRow.position)).where(JobRow.state.in_(OPEN))) or 0) + 1


def queue_row(session: Session) -> QueueRow:
    """The settings of the queue."""
    return session.get_one(QueueRow, 1)


def queue_event(session: Session) -> Event:
    """The order of the open jobs, to be published."""
    running, waiting = rows_in_order(session, (JobState.RUNNING,)), rows_in_order(session, WAITING)
    return queue_changed(queue_row(session).is_paused, [row.id for row in (*running, *waiting)])


def result_view(job: JobRow, index: int, result: ResultRow | None) -> JobResult:
    """One image of a job; None: still to be made."""
    seed = seed_of_image(job.request.noise, index)
    if result is None:
        return JobResult(index=index, state=ResultState.WAITING, seed=seed)
    return JobResult(
        index=index,
        state=result.state,
        seed=seed,
        picture=result.picture,
        changed_outside_px=result.changed_outside_px,
        change_delta_e=result.change_delta_e,
        seconds=result.seconds,
        is_starred=result.is_starred,
        kept_as=result.kept_as,
    )


def seed_of_image(noise: NoiseSettings, index: int) -> int:
    """As `sampling.noise.seeds_of_images`, which needs torch: variations keep the seed and count the subseed up."""
    assert noise.seed is not None, "jobs have their seeds drawn"
    return noise.seed if noise.subseed_strength else noise.seed + index


class JobViews:
    """Makes jobs of rows, with the progress of the running one."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def job(self, session: Session, row: JobRow) -> Job:
        return self.jobs(session, [row])[0]

    def jobs(self, session: Session, rows: Sequence[JobRow]) -> list[Job]:
        """In the order of the rows."""
        settled: dict[str, dict[int, ResultRow]] = defaultdict(dict)
        for result in result_rows(session, [row.id for row in rows]):
            settled[result.job_id][result.index] = result
        return [self._job(row, settled[row.id]) for row in rows]

    def queue(self, session: Session) -> Queue:
        """All open jobs and the last finished ones."""
        finished = (
            select(JobRow)
            .where(JobRow.state.not_in(OPEN), is_of_kept_project())
            .order_by(JobRow.finished_at.desc(), JobRow.id)
            .limit(MOST_FINISHED)
        )
        rows = [
            *rows_in_order(session, (JobState.RUNNING,)),
            *rows_in_order(session, WAITING),
            *session.scalars(finished),
        ]
        return Queue(is_paused=queue_row(session).is_paused, jobs=self.jobs(session, rows))

    def _job(self, row: JobRow, settled: dict[int, ResultRow]) -> Job:
        return Job(
            id=row.id,
            project_id=row.project_id,
            node_id=row.node_id,
            name=row.name,
            state=row.state,
            position=row.position,
            request=row.request,
            underpainting=row.underpainting,
            task=row.task,
            results=[result_view(row, index, settled.get(index)) for index in range(row.request.batch.total)],
            created_at=row.created_at,
            started_at=row.started_at,
            finished_at=row.finished_at,
            seconds=row.seconds,
            error=row.error,
            was_resumed=row.was_resumed,
            is_dismissed=row.is_dismissed,
            variety_delta_e=row.variety_delta_e,
            progress=self._live.progress(row.id) if row.state is JobState.RUNNING else None,
        )
