"""What lies under the mask, for every underpainting, before a job runs: exactly what the pipeline would use."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from torch import Tensor

from underpaint.canvas import prepare, soft_mask, used_sketch
from underpaint.encoding import EncodedCanvases, encoded_canvas, latent_masks, sampling_of
from underpaint.geometry import Box, Size
from underpaint.image.blend import decoded_bytes
from underpaint.image.picture import Picture, sha256_of_pixels
from underpaint.job import Job, prepare_job
from underpaint.models.memory import out_of_memory_explained
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.networks import JobNetworks, laid_on
from underpaint.pipeline import start_of_batch
from underpaint.request import BatchSettings, InpaintRequest, MaskedContent
from underpaint.tasks import Underpainting


class Stage(StrEnum):
    """How far along the underpainting is shown."""

    PREPARED = "prepared"
    """As the encoder gets it; for the latent contents, their start decoded."""
    FIRST_STEP = "first-step"
    """With the noise of the denoising strength on it, decoded: what the model sees at its first call."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreparedView:
    underpainting: Underpainting
    image: np.ndarray
    """uint8 (height, width, 3) of the working size; for latent upscale, *prepared* has the size that is encoded."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreparedViews:
    frame: Box
    """What the model sees, in pixels of the picture."""
    working: Size
    views: tuple[PreparedView, ...]


def prepared_views(
    request: InpaintRequest,
    model: StableDiffusion,
    *,
    picture: Picture,
    mask: np.ndarray | None = None,
    sketch: np.ndarray | None = None,
    underpaintings: Sequence[Underpainting] = tuple(Underpainting),
    stage: Stage = Stage.PREPARED,
) -> PreparedViews:
    """The first image's underpaintings, in the order asked for. Pixels and mask as for `prepare_job`.

    The request's own masked content does not matter. An open seed counts as 0, so that what is shown stands still.
    *Prepared* runs no network but for the latent contents; a canvas that several share is encoded once.
    """
    job = prepare_job(_of_one_image(request), model, pictures=[picture], mask=mask, sketch=sketch)
    soft = None if mask is None else soft_mask(request, mask)
    # no text is encoded and nothing is denoised: of all that changes the model, tiling alone counts
    with out_of_memory_explained(), laid_on(model, JobNetworks(), tiles=request.sampling.tiles):
        shown = _Views(stage)
        views = [
            PreparedView(underpainting=each, image=shown.image(_variant(job, each, soft, sketch)))
            for each in underpaintings
        ]
    return PreparedViews(frame=job.plan.crop, working=job.plan.working, views=tuple(views))


def _of_one_image(request: InpaintRequest) -> InpaintRequest:
    """With seeds that stand still, and masked content *original*, which every sketch can be checked with. ControlNets
    do not change what lies under the mask."""
    noise = replace(request.noise, seed=request.noise.seed or 0, subseed=request.noise.subseed or 0)
    canvas = replace(request.canvas, content=MaskedContent.ORIGINAL)
    return replace(request, noise=noise, canvas=canvas, batch=BatchSettings(), controls=())


def _variant(
    job: Job, underpainting: Underpainting, soft: np.ndarray | None, sketch: np.ndarray | None
) -> Job:
    """The job with another underpainting; the plan stays, because it does not depend on that."""
    request = replace(job.request, canvas=replace(job.request.canvas, content=underpainting.content))
    picture, is_sketched = job.pictures[0], underpainting is Underpainting.SKETCH
    used = used_sketch(request, picture.size, soft, sketch if is_sketched else None)
    return replace(job, request=request, canvases=(prepare(request, job.plan, picture, soft, used),))


class _Views:
    """Makes images of jobs, and remembers what was encoded."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._latents: dict[str, Tensor] = {}

    def image(self, job: Job) -> np.ndarray:
        canvas = job.canvases[0]
        is_of_pixels = job.request.canvas.content in (MaskedContent.ORIGINAL, MaskedContent.FILL)
        if self._stage is Stage.PREPARED and (is_of_pixels or canvas.mask is None):
            return canvas.image
        start = start_of_batch(job, self._encoded(job), batch=0)
        assert start.init is not None, "there is a picture"
        latents = start.init if self._stage is Stage.PREPARED else sampling_of(job).first_input(start)
        return decoded_bytes(job.model.vae.decode(latents), job.request.rules.pixel_rounding)

    def _encoded(self, job: Job) -> EncodedCanvases:
        canvas = job.canvases[0]
        key = sha256_of_pixels(canvas.image)
        if key not in self._latents:
            self._latents[key] = encoded_canvas(job.model, canvas)
        return EncodedCanvases(init=self._latents[key], mask=latent_masks(job))
