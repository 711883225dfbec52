"""The journey of a request: plan, prepare, encode, underpaint, sample, decode, composite, record.

`inpaint` yields what happened. Progress is reading it; cancelling is not reading on.
"""

import hashlib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from underpaint.canvas import PreparedCanvas, changed_outside, composite, latent_mask, without_canvas
from underpaint.errors import ModelFailure
from underpaint.image.picture import Picture
from underpaint.job import Job, prepare_job
from underpaint.models.memory import out_of_memory_explained
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.prompt.composition import split_composition
from underpaint.request import ContentNoise, InpaintRequest, MaskedContent, PromptWeightRule
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
from underpaint.sampling.denoiser import SigmaTable, adjusted_alphas
from underpaint.sampling.guidance import Weighted, guided, of_equal_length
from underpaint.sampling.masking import blended
from underpaint.sampling.noise import BatchNoise, noise_stream
from underpaint.sampling.samplers import Sampling, Start


def inpaint(
    request: InpaintRequest,
    model: StableDiffusion,
    *,
    pictures: Sequence[Picture] = (),
    mask: np.ndarray | None = None,
    sketch: np.ndarray | None = None,
) -> Iterator[Event]:
    """Yields the events of a request; every finished image is an `ImageDone`. Arguments as for `prepare_job`."""
    yield from run_job(prepare_job(request, model, pictures=pictures, mask=mask, sketch=sketch))


def run_job(job: Job, *, first_batch: int = 0) -> Iterator[Event]:
    """Yields the events of a prepared job. An interrupted job goes on from a later batch: its images do not depend
    on the batches before."""
    batches = range(first_batch, job.request.batch.count)
    if job.is_done_already:
        for batch in batches:
            yield from _unchanged(job, batch)
        return
    with out_of_memory_explained():
        yield PhaseStarted(phase=Phase.ENCODE, batch=first_batch)
        encoded = encode(job)
        for batch in batches:
            yield from _run_batch(job, encoded, batch)


def _unchanged(job: Job, batch: int) -> Iterator[Event]:
    for index in _images_of(job, batch):
        picture = job.pictures[index % len(job.pictures)]
        yield _image_done(job, index, picture, changed_outside_px=0)


def _images_of(job: Job, batch: int) -> range:
    size = job.request.batch.size
    return range(batch * size, (batch + 1) * size)


# encode


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedCanvases:
    """What lies on the canvases of a job, in latents."""

    init: Tensor
    """Clean latents of every canvas (canvases, 4, h, w), before the masked content's latent part."""
    mask: Tensor | None
    """(canvases, 1, h, w), 1 = repaint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A job in the model's terms."""

    positive: list[Weighted]
    negative: Tensor
    sampling: Sampling
    canvases: EncodedCanvases | None
    """None for text-to-image."""


def encode(job: Job) -> Encoded:
    """Text, pictures and masks in the model's terms."""
    positive, negative = _encoded_prompts(job.request, job.model)
    canvases = None
    if job.canvases:
        init = torch.cat([encoded_canvas(job.model, canvas) for canvas in job.canvases])
        canvases = EncodedCanvases(init=init, mask=latent_masks(job))
    return Encoded(positive=positive, negative=negative, sampling=sampling_of(job), canvases=canvases)


def sampling_of(job: Job) -> Sampling:
    """The job's sampler with the model's noise levels."""
    settings = job.request.sampling
    alphas = adjusted_alphas(
        torch.as_tensor(job.model.unet.alphas_cumprod), settings.noise_levels, rounds=settings.rounds_alphas
    )
    return Sampling(
        settings=settings, noise=job.request.noise, rules=job.request.rules, table=SigmaTable(alphas)
    )


def _encoded_prompts(request: InpaintRequest, model: StableDiffusion) -> tuple[list[Weighted], Tensor]:
    prompt = request.prompt
    lone_weight = request.rules.prompt_weight is PromptWeightRule.A1111

    def encoded(text: str) -> Tensor:
        return model.text.encode(text, clip_skip=prompt.clip_skip, emphasis=prompt.emphasis)

    parts = split_composition(prompt.positive, lone_weight=lone_weight)
    contexts = of_equal_length([encoded(part.text) for part in parts])
    weighted = [Weighted(context, part.weight) for context, part in zip(contexts, parts, strict=True)]
    return weighted, encoded(prompt.negative)


def encoded_canvas(model: StableDiffusion, canvas: PreparedCanvas) -> Tensor:
    """The clean latents (1, 4, h, w) of a canvas, of its working size."""
    latents = model.vae.encode(canvas.image)
    size = canvas.plan.latents
    if latents.shape[2:] == (size.height, size.width):
        return latents
    return interpolate(latents, size=(size.height, size.width), mode="bilinear", antialias=False)


def latent_masks(job: Job) -> Tensor | None:
    """The masks of all canvases (canvases, 1, h, w), 1 = repaint; all of them have one, or none has."""
    rule = job.request.rules.latent_mask
    masks = [latent_mask(canvas.mask, rule) for canvas in job.canvases if canvas.mask is not None]
    return torch.from_numpy(np.stack(masks))[:, None].to(job.model.device) if masks else None


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


def _run_batch(job: Job, encoded: Encoded, batch: int) -> Iterator[Event]:
    start = start_of_batch(job, encoded.canvases, batch)
    if start.init is not None:
        yield Underpainted(batch=batch, canvases=job.canvases, latents=start.init)
    yield PhaseStarted(phase=Phase.SAMPLE, batch=batch)
    latents = yield from _sampled(job, encoded, start, batch)
    yield BatchSampled(batch=batch, latents=latents)
    yield PhaseStarted(phase=Phase.DECODE, batch=batch)
    for index, image in zip(_images_of(job, batch), latents.split(1), strict=True):
        yield _finished(job, index, image)


def start_of_batch(job: Job, canvases: EncodedCanvases | None, batch: int) -> Start:
    """Where the sampling of a batch starts: its noise and its underpainting."""
    seeds, subseeds = job.seeds_of_batch(batch)
    stream = BatchNoise(job.request.noise, seeds, subseeds, job.latent_shape)
    return Start(
        noise=stream.first().to(job.model.device) * job.request.noise.multiplier,
        init=None if canvases is None else underpaint_latents(job, canvases, batch),
        mask=None if canvases is None or canvases.mask is None else _for_each_image(job, canvases.mask),
        seeds=seeds,
        stream=stream,
    )


def _sampled(job: Job, encoded: Encoded, start: Start, batch: int) -> Generator[Event, None, Tensor]:
    """Yields the steps of a batch and returns its final latents (images, 4, h, w)."""
    images = job.request.batch.size
    predict = guided(
        job.model.unet.predict_noise,
        encoded.positive,
        encoded.negative,
        encoded.sampling.guidance(from_picture=start.init is not None),
    )
    latents = encoded.sampling.initial(start)
    steps = encoded.sampling.planned_steps(from_picture=start.init is not None)
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
    if start.init is None or start.mask is None:
        return latents
    return blended(latents, start.init, start.mask)


def _finished(job: Job, index: int, latents: Tensor) -> ImageDone:
    decoded = job.model.vae.decode(latents)
    if not np.isfinite(decoded).all():
        raise ModelFailure(f"The autoencoder of {job.model.name} answered with numbers that are not finite.")
    if not job.canvases:
        return _image_done(job, index, without_canvas(job.request, decoded), changed_outside_px=None)
    canvas = job.canvases[index % len(job.canvases)]
    picture = composite(canvas, decoded)
    is_comparable = canvas.soft_mask is not None and picture.size == canvas.original.size
    changed = changed_outside(canvas, canvas.original, picture) if is_comparable else None
    return _image_done(job, index, picture, changed_outside_px=changed)


def _image_done(job: Job, index: int, picture: Picture, *, changed_outside_px: int | None) -> ImageDone:
    result = Result(picture=picture, recipe=job.recipe_of(index), changed_outside_px=changed_outside_px)
    return ImageDone(index=index, total=job.request.batch.total, result=result)
