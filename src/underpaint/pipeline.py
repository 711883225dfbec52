"""The journey of a request: plan, prepare, encode, underpaint, sample, decode, composite, record.

`inpaint` yields what happened. Progress is reading it; cancelling is not reading on.
"""

import hashlib
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from underpaint.canvas import PreparedCanvas, changed_outside, composite, without_canvas
from underpaint.control_units import acts_at
from underpaint.controls import LoadedControl, loaded
from underpaint.encoding import Encoded, EncodedCanvases, empty_prompt, encode
from underpaint.errors import ModelFailure
from underpaint.image.picture import Picture
from underpaint.image.soft_inpainting import opacity_of_result
from underpaint.job import Job, prepare_job
from underpaint.models.controlnet import Control
from underpaint.models.memory import out_of_memory_explained
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.networks import laid_on
from underpaint.request import ContentNoise, InpaintRequest, MaskedContent
from underpaint.result import (
    BatchSampled,
    Event,
    ImageDone,
    Phase,
    PhaseStarted,
    Result,
    Stepped,
    Underpainted,
)
from underpaint.sampling.guidance import ConditionalPredictor, Omission, noting_omissions
from underpaint.sampling.masking import blended
from underpaint.sampling.noise import BatchNoise, noise_stream
from underpaint.sampling.samplers import Start
from underpaint.softening import cut_out_of, mask_picture, softened
from underpaint.traits import TRAITS

NetworksAt = Callable[[int], ConditionalPredictor]
"""What predicts noise at a model call, counted from 0."""


def inpaint(
    request: InpaintRequest,
    model: StableDiffusion,
    *,
    pictures: Sequence[Picture] = (),
    mask: np.ndarray | None = None,
    sketch: np.ndarray | None = None,
    control_pictures: Sequence[Picture] = (),
    folders: Sequence[Path] | None = None,
    allows_pickle: bool = False,
) -> Iterator[Event]:
    """Yields the events of a request; every finished image is an `ImageDone`. Arguments as for `prepare_job`."""
    job = prepare_job(
        request,
        model,
        pictures=pictures,
        mask=mask,
        sketch=sketch,
        control_pictures=control_pictures,
        folders=folders,
        allows_pickle=allows_pickle,
    )
    yield from run_job(job)


def run_job(job: Job, *, first_batch: int = 0) -> Iterator[Event]:
    """Yields the events of a prepared job. An interrupted job goes on from a later batch: its images do not depend
    on the batches before."""
    batches = range(first_batch, job.request.batch.count)
    if job.is_done_already:
        for batch in batches:
            yield from _unchanged(job, batch)
        return
    with out_of_memory_explained():
        empty = empty_prompt(job)
        controls = loaded(job.controls, job.model, job.steps)
        beside = [part for control in controls for part in control.controlnet.parts]
        with laid_on(job.model, job.networks, tiles=job.request.sampling.tiles, beside=beside):
            yield PhaseStarted(phase=Phase.ENCODE, batch=first_batch)
            encoded = encode(job, empty)
            for batch in batches:
                yield from _run_batch(job, encoded, controls, batch)


def _unchanged(job: Job, batch: int) -> Iterator[Event]:
    for index in _images_of(job, batch):
        picture = job.pictures[index % len(job.pictures)]
        yield _image_done(job, index, picture, changed_outside_px=0)


def _images_of(job: Job, batch: int) -> range:
    size = job.request.batch.size
    return range(batch * size, (batch + 1) * size)


# underpaint


def underpaint_latents(job: Job, canvases: EncodedCanvases, batch: int) -> Tensor:
    """The clean start of a batch, (images, 4, h, w): *original* and *fill* come from the canvas, the latent modes
    replace what the mask covers."""
    init = _for_each_image(job, canvases.init)
    if canvases.mask is None:
        return init
    mask = _for_each_image(job, canvases.mask)
    match job.request.canvas.content:
        case MaskedContent.ORIGINAL | MaskedContent.FILL:
            return init
        case MaskedContent.LATENT_NOISE:
            return blended(content_noise(job, batch).to(init), init, mask)
        case MaskedContent.LATENT_NOTHING:
            return init * (1 - mask)


def _for_each_image(job: Job, of_canvases: Tensor) -> Tensor:
    return of_canvases.repeat(job.request.batch.size // len(of_canvases), 1, 1, 1)


def content_noise(job: Job, batch: int) -> Tensor:
    """The noise that *latent noise* lays under the mask, (images, 4, h, w)."""
    match job.request.rules.content_noise:
        case ContentNoise.SHARED:
            seeds = job.seeds_of_batch(0)[0]
        case ContentNoise.INDEPENDENT:
            seeds = [_independent_seed(seed) for seed in job.seeds_of_batch(batch)[0]]
    streams = [noise_stream(job.request.noise.source, seed) for seed in seeds]
    return torch.stack([stream.randn(job.latent_shape) for stream in streams])


def _independent_seed(seed: int) -> int:
    """A seed whose stream has nothing to do with the stream of `seed`."""
    digest = hashlib.sha256(f"underpaint content noise {seed}".encode()).digest()
    return int.from_bytes(digest[:7], "big")


def underpainting(event: Underpainted, model: StableDiffusion) -> list[Picture]:
    """What lies under the mask of every image of a batch, decoded and put into its picture."""
    with out_of_memory_explained():
        return [
            composite(event.canvases[i % len(event.canvases)], model.vae.decode(event.latents[i : i + 1]))
            for i in range(len(event.latents))
        ]


# sample, decode, composite, record


def _run_batch(job: Job, encoded: Encoded, controls: Sequence[LoadedControl], batch: int) -> Iterator[Event]:
    start = start_of_batch(job, encoded.canvases, batch)
    if start.init is not None:
        yield Underpainted(batch=batch, canvases=job.canvases, latents=start.init)
    yield PhaseStarted(phase=Phase.SAMPLE, batch=batch)
    omissions: set[Omission] = set()
    predict_at = _networks(job, encoded, controls)
    latents = yield from _sampled(job, encoded, predict_at, start, batch, omissions)
    yield BatchSampled(batch=batch, latents=latents)
    yield PhaseStarted(phase=Phase.DECODE, batch=batch)
    for place, index in enumerate(_images_of(job, batch)):
        done = _finished(job, index, latents[place : place + 1], _opacity(job, start, latents, place))
        yield _with_omissions(done, omissions)


def _opacity(job: Job, start: Start, latents: Tensor, place: int) -> np.ndarray | None:
    """Of soft inpainting: uint8 (h, w), how much of an image of the batch to show, by latent cells."""
    soft = job.request.soft_inpainting
    if not soft.enabled or start.init is None or start.mask is None:
        return None
    distance = torch.linalg.vector_norm(latents[place] - start.init[place], dim=0)
    return opacity_of_result(
        distance.cpu().numpy(),
        start.mask[place, 0].cpu().numpy(),
        scale=soft.preservation_strength,
        mask_influence=soft.mask_influence,
        threshold=soft.difference_threshold,
        contrast=soft.difference_contrast,
    )


def start_of_batch(job: Job, canvases: EncodedCanvases | None, batch: int) -> Start:
    """Where the sampling of a batch starts: its noise and its underpainting."""
    seeds, subseeds = job.seeds_of_batch(batch)
    request = job.request
    stream = BatchNoise(request.noise, seeds, subseeds, job.latent_shape, request.rules.subseed_blend)
    return Start(
        noise=stream.first().to(job.model.device) * request.noise.multiplier,
        init=None if canvases is None else underpaint_latents(job, canvases, batch),
        mask=None if canvases is None or canvases.mask is None else _for_each_image(job, canvases.mask),
        seeds=seeds,
        stream=stream,
    )


def _sampled(
    job: Job, encoded: Encoded, predict_at: NetworksAt, start: Start, batch: int, omissions: set[Omission]
) -> Generator[Event, None, Tensor]:
    """Yields the steps of a batch and returns its final latents (images, 4, h, w). Adds to `omissions` why calls went
    without the negative prompt."""
    images, from_picture = job.request.batch.size, start.init is not None
    guidance = encoded.sampling.guidance(from_picture=from_picture)
    guided = encoded.predictor(predict_at, from_picture=from_picture)
    predict = noting_omissions(guided, guidance, omissions)
    latents = encoded.sampling.initial(start)
    steps = encoded.sampling.planned_steps(from_picture=from_picture)
    for step in encoded.sampling.run(predict, start):
        latents = step.x
        yield Stepped(
            batch=batch,
            first_image=batch * images,
            images=images,
            step=step.index + 1,
            steps=steps,
            sigma=step.sigma,
            denoised=step.denoised,
        )
    if not torch.isfinite(latents).all():
        raise ModelFailure(
            f"{job.model.name} answered with numbers that are not finite; the checkpoint may be damaged, or settings "
            "such as the CFG scale are far outside what it was made for."
        )
    if start.init is None or start.mask is None or job.request.soft_inpainting.enabled:
        return latents
    return blended(latents, start.init, start.mask)


def _networks(job: Job, encoded: Encoded, controls: Sequence[LoadedControl]) -> NetworksAt:
    """The UNet, with what it sees beside the latents and with the ControlNets that act at a model call."""
    predict = job.model.unet.predict_noise
    if encoded.seen is not None:
        predict = partial(predict, seen=_for_each_image(job, encoded.seen))
    at_work = [(each.unit, _read(job, each)) for each in controls]
    steps, calls_per_step = job.steps, TRAITS[job.request.sampling.sampler].calls_per_step

    def predict_at(call: int) -> ConditionalPredictor:
        step = min(call // calls_per_step, steps - 1)  # samplers that choose their calls may make more
        acting = [control for unit, control in at_work if acts_at(unit, step, steps)]
        return partial(predict, controls=acting) if acting else predict

    return predict_at


def _read(job: Job, control: LoadedControl) -> Control:
    """What a ControlNet sees of each image's picture."""
    seen = control.controlnet.read(control.pictures)
    return Control(control.controlnet, _for_each_image(job, seen), control.unit.weight)


def _finished(job: Job, index: int, latents: Tensor, opacity: np.ndarray | None) -> ImageDone:
    decoded = job.model.vae.decode(latents)
    if not np.isfinite(decoded).all():
        raise ModelFailure(f"The autoencoder of {job.model.name} answered with numbers that are not finite.")
    if not job.canvases:
        return _image_done(job, index, without_canvas(job.request, decoded), changed_outside_px=None)
    canvas = job.canvases[index % len(job.canvases)]
    shown = canvas if opacity is None else softened(canvas, opacity)
    picture = composite(shown, decoded)
    is_comparable = canvas.soft_mask is not None and picture.size == canvas.original.size
    changed = changed_outside(canvas, canvas.original, picture) if is_comparable else None
    done = _image_done(job, index, picture, changed_outside_px=changed)
    return replace(done, result=replace(done.result, **_extras(job, shown, decoded)))


def _with_omissions(done: ImageDone, omissions: set[Omission]) -> ImageDone:
    recipe = replace(
        done.result.recipe,
        guides_late=Omission.EARLY in omissions,
        guides_less_at_end=Omission.LOW in omissions,
    )
    return replace(done, result=replace(done.result, recipe=recipe))


def _extras(job: Job, canvas: PreparedCanvas, decoded: np.ndarray) -> dict[str, Picture]:
    wanted = job.request.extras
    if canvas.blend_mask is None:
        return {}
    return {
        **({"mask": mask_picture(canvas)} if wanted.mask else {}),
        **({"cut_out": cut_out_of(canvas, decoded)} if wanted.cut_out else {}),
    }


def _image_done(job: Job, index: int, picture: Picture, *, changed_outside_px: int | None) -> ImageDone:
    result = Result(picture=picture, recipe=job.recipe_of(index), changed_outside_px=changed_outside_px)
    return ImageDone(index=index, total=job.request.batch.total, result=result)
