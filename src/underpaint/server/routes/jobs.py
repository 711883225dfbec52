"""Jobs: ordered, watched, stopped; and what becomes of their results."""

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Response

from underpaint.request import STRICT
from underpaint.server import orders
from underpaint.server.downloads import FileFormat, download
from underpaint.server.inputs import GivenName, Id
from underpaint.server.job_views import done_result, job_row
from underpaint.server.orders import Keeping, Order
from underpaint.server.refusals import NotFound
from underpaint.server.responses import answers
from underpaint.server.schemas import ImageIndex, Job, LayerInfo, Project, Queue
from underpaint.server.services import Client, Using

router = APIRouter(tags=["jobs"])
WEBP = {200: {"content": {"image/webp": {}}, "description": "The picture so far."}}
FILE = {
    200: {
        "content": {f"image/{each}": {} for each in FileFormat},
        "description": "The file.",
    }
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobChange:
    """What is None stays as it is."""

    __pydantic_config__: ClassVar = STRICT

    name: GivenName | None = None
    is_dismissed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    __pydantic_config__: ClassVar = STRICT

    before_id: Id | None
    """The job that then runs right after it; None puts it at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Star:
    __pydantic_config__: ClassVar = STRICT

    is_starred: bool


@router.post("/projects/{project_id}/jobs", status_code=201, responses=answers(404, 422))
def create_job(services: Using, project_id: str, order: Order) -> Job:
    """Puts a job into the queue. Open seeds are drawn now; mask and sketch are those that the draft has now."""
    return orders.place(services, project_id, order)


@router.get("/jobs")
def list_jobs(services: Using, project_id: str | None = None) -> list[Job]:
    """All jobs, of one project if it is named, newest first."""
    return services.runner.jobs.of_project(project_id)


@router.get("/jobs/{job_id}", responses=answers(404))
def get_job(services: Using, job_id: str) -> Job:
    """A job with its results and how far it is."""
    return services.runner.jobs.job(job_id)


@router.patch("/jobs/{job_id}", responses=answers(404, 422))
def change_job(services: Using, job_id: str, change: JobChange) -> Job:
    """Another name; results put aside, or back."""
    return services.runner.jobs.update(job_id, name=change.name, is_dismissed=change.is_dismissed)


@router.post("/jobs/{job_id}/cancel", responses=answers(404, 409))
def cancel_job(services: Using, job_id: str) -> Job:
    """Stops it for good, within a step if it runs. Finished images stay."""
    return services.runner.jobs.cancel(job_id)


@router.post("/jobs/{job_id}/skip", responses=answers(404, 409))
def skip_image(services: Using, job_id: str) -> Job:
    """Leaves out the image at work (with a batch size, those that are made together) and goes on with the next."""
    return services.runner.jobs.skip(job_id)


@router.post("/jobs/{job_id}/retry", responses=answers(404, 409))
def retry_job(services: Using, job_id: str) -> Job:
    """Puts it into the queue again for the images that are missing."""
    return services.runner.jobs.retry(job_id)


@router.post("/jobs/{job_id}/pause", responses=answers(404, 409))
def pause_job(services: Using, job_id: str) -> Job:
    """Stops it for now, within a step if it runs."""
    return services.runner.jobs.pause(job_id)


@router.post("/jobs/{job_id}/resume", responses=answers(404, 409))
def resume_job(services: Using, job_id: str) -> Job:
    """Lets it wait for its turn again."""
    return services.runner.jobs.resume(job_id)


@router.post("/jobs/{job_id}/move", responses=answers(404, 409, 422))
def move_job(services: Using, job_id: str, place: Place) -> Queue:
    """Another place in the queue."""
    return services.runner.jobs.move(job_id, place.before_id)


@router.get("/jobs/{job_id}/preview", responses={**WEBP, **answers(404)}, response_class=Response)
def get_preview(services: Using, job_id: str) -> Response:
    """The image at work, guessed from its latents, one pixel for eight; only what the model sees of the picture."""
    webp = services.runner.live.preview(job_id)
    if webp is None:
        raise NotFound("Nothing of this job is to be seen yet, or it does not run.")
    return Response(webp, media_type="image/webp", headers={"Cache-Control": "no-store"})


@router.patch("/jobs/{job_id}/results/{index}", responses=answers(404, 422))
def change_result(services: Using, job_id: str, index: ImageIndex, change: Star) -> Job:
    """With a star, or without."""
    return services.runner.jobs.star(job_id, index, change.is_starred)


@router.post("/jobs/{job_id}/results/{index}/keep", responses=answers(404, 409, 422))
def keep_result(
    services: Using, job_id: str, index: ImageIndex, wish: Keeping, client: Client = None
) -> Project:
    """Goes on with a result: it becomes a node below the one it was made from, and is worked on from now on."""
    return orders.keep_result(services, job_id, index, wish, client)


@router.post("/jobs/{job_id}/results/{index}/to-sketch", responses=answers(404, 409, 422))
def result_to_sketch(services: Using, job_id: str, index: ImageIndex, client: Client = None) -> LayerInfo:
    """What was repainted becomes the sketch of the job's node."""
    return orders.result_to_sketch(services, job_id, index, client)


@router.get(
    "/jobs/{job_id}/results/{index}/file", responses={**FILE, **answers(404, 422)}, response_class=Response
)
def save_result(
    services: Using,
    job_id: str,
    index: ImageIndex,
    format: FileFormat = FileFormat.PNG,
    metadata: bool = True,
) -> Response:
    """A result as a file to save, with its recipe inside unless `metadata` is false."""
    with services.database.read() as session:
        job, result = job_row(session, job_id), done_result(session, job_id, index)
    assert result.picture is not None, "finished images have a picture"
    name = f"{job.name} {index + 1}"
    made = download(result.picture.sha256, name, format, recipe=result.recipe if metadata else None)
    return Response(made.content, media_type=made.media_type, headers=made.headers)
