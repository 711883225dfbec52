"""What this server can do: its state, its models, the tasks of the page."""

import logging

from fastapi import APIRouter

from underpaint import __version__
from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.captioner_files import list_captioners
from underpaint.models.catalog import ModelFile, default_folders
from underpaint.models.glance import glance
from underpaint.models.recommended import Recommended, recommended
from underpaint.request import Sampler, Scheduler
from underpaint.server.known_models import controlnets_and_models, known_models
from underpaint.server.schemas import ControlNetInfo, ModelInfo, Status
from underpaint.server.services import Using
from underpaint.tasks import PRESETS, TaskPreset

logger = logging.getLogger(__name__)
router = APIRouter(tags=["studio"])


@router.get("/status")
def get_status(services: Using) -> Status:
    """Version, engine and choices."""
    health, captioners = services.runner.health, list_captioners(default_folders())
    return Status(
        version=__version__,
        engine=health.state,
        engine_problem=health.problem,
        device=services.runner.device,
        models_folder=str(default_folders()[0]),
        captioner=captioners[0].name if captioners else None,
        samplers=[sampler.value for sampler in Sampler],
        schedulers=[scheduler.value for scheduler in Scheduler],
    )


@router.post("/engine/restart", status_code=204)
def restart_engine(services: Using) -> None:
    """Ends the engine, should there be one, and starts it at once. The job at work goes on from its last finished
    image."""
    services.runner.restart()


@router.get("/models")
def get_models() -> list[ModelInfo]:
    """The builtin models, then every model found in the model folders."""
    return [_info(model) for model in known_models()]


def _info(model: ModelFile) -> ModelInfo:
    """A file that cannot be read is listed all the same: the engine says what is wrong when it is used."""
    try:
        is_inpaint_model = glance(model).is_inpaint_model
    except UnsupportedCheckpoint:
        is_inpaint_model = False
    try:
        found = recommended(model)
    except UnsupportedCheckpoint as error:
        logger.warning("%s", error)
        found = Recommended()
    return ModelInfo(
        name=model.name,
        kind=model.kind.value,
        is_builtin=model.is_builtin,
        is_inpaint_model=is_inpaint_model,
        recommended=found,
    )


@router.post("/models/rescan")
def rescan_models() -> list[ModelInfo]:
    """Looks into the model folders again."""
    return get_models()


@router.get("/controlnets")
def get_controlnets() -> list[ControlNetInfo]:
    """Every ControlNet found beside the model folders, the builtin ones first."""
    return [
        ControlNetInfo(name=file.name, is_builtin=file.is_builtin, fits=fits)
        for file, fits in controlnets_and_models()
    ]


@router.get("/tasks")
def get_tasks() -> list[TaskPreset]:
    """What somebody may want to do, as values for settings."""
    return list(PRESETS.values())
