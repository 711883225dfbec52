"""The queue as a whole."""

from fastapi import APIRouter

from underpaint.server.schemas import Queue
from underpaint.server.services import Using

router = APIRouter(tags=["jobs"])


@router.get("/queue")
def get_queue(services: Using) -> Queue:
    """The running job, those that wait, and the last finished ones."""
    return services.runner.jobs.queue()


@router.post("/queue/pause")
def pause_queue(services: Using) -> Queue:
    """Starts nothing more. The job at work stops within a step and goes on there later."""
    return services.runner.jobs.set_paused(True)


@router.post("/queue/resume")
def resume_queue(services: Using) -> Queue:
    """Goes on."""
    return services.runner.jobs.set_paused(False)
