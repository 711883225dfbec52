"""Questions before a job."""

from fastapi import APIRouter
from fastapi.responses import FileResponse

from underpaint.server import drafts, inspection, previews
from underpaint.server.downloads import FOR_GOOD
from underpaint.server.inputs import Settings, UnderpaintingsWish
from underpaint.server.known_models import required_model
from underpaint.server.messages import DescribePicture
from underpaint.server.previews import Wish
from underpaint.server.responses import answers
from underpaint.server.schemas import Description, Inspection, Underpaintings
from underpaint.server.services import Client, Using
from underpaint.server.tables import new_id
from underpaint.tasks import Underpainting

router = APIRouter(tags=["questions"])
WEBP = {200: {"content": {"image/webp": {}}, "description": "The preview."}}


@router.post("/nodes/{node_id}/inspect", responses=answers(404, 422))
def inspect_settings(services: Using, node_id: str, settings: Settings) -> Inspection:
    """What a job with these settings would see and do, and what is worth knowing before it runs."""
    return inspection.inspect(services.database, node_id, settings)


@router.post("/nodes/{node_id}/underpaintings", responses=answers(404, 409, 422))
def show_underpaintings(
    services: Using, node_id: str, wish: UnderpaintingsWish, client: Client = None
) -> Underpaintings:
    """What would lie under the mask, for each underpainting. A newer question of the same tab voids one that waits."""
    required_model(wish.request.model)
    with services.database.read() as session:
        found = drafts.draft_of_node(session, node_id)
        mask, sketch = inspection.layers_of(session, found, wish.request)
    return previews.underpaintings(
        services.runner,
        Wish(
            asker=client or new_id(),
            request=wish.request,
            picture_sha256=found.node.picture.sha256,
            mask=mask,
            sketch=sketch,
            underpaintings=wish.underpaintings or list(Underpainting),
            stage=wish.stage,
            longest_side_px=wish.px,
        ),
    )


@router.post("/nodes/{node_id}/describe", responses=answers(404, 409, 422))
def describe_node(services: Using, node_id: str, client: Client = None) -> Description:
    """A prompt for the picture: what the captioner sees in it. A newer question of the same tab voids one that waits."""
    with services.database.read() as session:
        picture_sha256 = drafts.draft_of_node(session, node_id).node.picture.sha256
    question = DescribePicture(id=new_id(), asker=client or new_id(), picture_sha256=picture_sha256)
    told = services.runner.ask(question)
    return Description(prompt=told.prompt, captioner=told.captioner)


@router.get("/previews/{preview_id}", responses={**WEBP, **answers(404)}, response_class=FileResponse)
def get_preview_file(preview_id: str) -> FileResponse:
    """A preview that `underpaintings` made."""
    return FileResponse(previews.preview_file(preview_id), media_type="image/webp", headers=FOR_GOOD)
