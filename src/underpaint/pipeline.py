"""The journey of a request: plan, prepare, encode, underpaint, sample, decode, composite, record.

`inpaint` yields what happened. Progress is reading it; cancelling is not reading on.
"""

import hashlib
import platform
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from underpaint import __version__
from underpaint.canvas import (
    PreparedCanvas,
    changed_outside,
    composite,
    latent_mask,
    prepare,
    soft_mask,
    without_canvas,
)
from underpaint.codec import validated
from underpaint.errors import InvalidRequest, UnsupportedFeature
from underpaint.geometry import Size
from underpaint.image.io import Picture, sha256_of_pixels
from underpaint.image.mask import bounding_box
from underpaint.models.memory import out_of_memory_explained
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.plan import Plan, plan
from underpaint.prompt.composition import split_composition
from underpaint.prompt.parser import unsupported_syntax
from underpaint.request import BatchSettings, ContentNoise, InpaintRequest, MaskedContent, PromptWeightRule
from underpaint.result import (
    BatchSampled,
    Event,
    ImageDone,
    Phase,
    PhaseStarted,
    Recipe,
    Result,
    Stepped,
    Underpainted,
)
from underpaint.sampling.denoiser import NoisePredictor, SigmaTable
from underpaint.sampling.guidance import Weighted, guided, of_equal_length
from underpaint.sampling.masking import blended
from underpaint.sampling.noise import BatchNoise, noise_stream, seeds_of_images
from underpaint.sampling.samplers import Sampling, Start


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A request whose seeds and sizes are decided, with everything its batches share."""

    request: InpaintRequest
    model: StableDiffusion
    plan: Plan
    pictures: tuple[Picture, ...]
    canvases: tuple[PreparedCanvas, ...]
    """One per input picture; none for text-to-image."""
    soft_mask: np.ndarray | None
    """uint8 (height, width) of the mask, inverted and blurred as asked."""
    recipe: Recipe
    """Of the first image; the others differ in index and seeds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A job in the model's terms."""

    predict: NoisePredictor
    sampling: Sampling
    init: Tensor | None
    """Clean latents of every canvas (canvases, 4, h, w), before the masked content's latent part."""
    mask: Tensor | None
    """(h, w), 1 = repaint."""


def inpaint(
    request: InpaintRequest,
    model: StableDiffusion,
    *,
    pictures: Sequence[Picture] = (),
    mask: np.ndarray | None = None,
) -> Iterator[Event]:
    """Yields the events of a job; every finished image is an `ImageDone`.

    `pictures`: none = text-to-image, one = the usual case, several = one per image of a batch (the batch size is
    then their number). `mask`: uint8 (height, width), 255 = repaint; None = image-to-image.
    """
    job = prepare_job(request, model, pictures, mask)
    with out_of_memory_explained():
        if not _has_something_to_do(job):
            yield from _unchanged(job)
            return
        encoded = encode(job)
        yield PhaseStarted(phase=Phase.ENCODE, batch=0)
        for batch in range(job.request.batch.count):
            yield from _run_batch(job, encoded, batch)


def prepare_job(
    request: InpaintRequest, model: StableDiffusion, pictures: Sequence[Picture], mask: np.ndarray | None
) -> Job:
    """Validates, draws open seeds, plans and prepares; raises before the model runs."""
    request = _checked(request, pictures, mask).with_seeds_drawn(random.SystemRandom())
    soft = None if mask is None else soft_mask(request, mask)
    plans = [_planned(request, model, picture.size, soft) for picture in pictures]
    shared = plans[0] if plans else _planned(request, model, None, None)
    request = replace(
        request, canvas=replace(request.canvas, width=shared.working.width, height=shared.working.height)
    )
    seeds, subseeds = seeds_of_images(request.noise, 1)
    return Job(
        request=request,
        model=model,
        plan=shared,
        pictures=tuple(pictures),
        canvases=tuple(
            prepare(request, one_plan, picture, soft)
            for one_plan, picture in zip(plans, pictures, strict=True)
        ),
        soft_mask=soft,
        recipe=Recipe(
            request=request,
            image_index=0,
            seed=seeds[0],
            subseed=subseeds[0],
            model_name=model.name,
            model_sha256=model.sha256,
            picture_sha256=tuple(picture.sha256 for picture in pictures),
            mask_sha256=None if mask is None else sha256_of_pixels(mask),
            versions=library_versions(),
        ),
    )


def _checked(request: InpaintRequest, pictures: Sequence[Picture], mask: np.ndarray | None) -> InpaintRequest:
    validated(request)
    if mask is not None and not pictures:
        raise InvalidRequest("A mask needs a picture to inpaint; give one, or leave out the mask.")
    for text in (request.prompt.positive, request.prompt.negative):
        if found := unsupported_syntax(text):
            raise UnsupportedFeature(
                f"The prompt uses {found}, which this version does not support; remove it."
            )
    if len(pictures) <= 1:
        return request
    if len(pictures) > request.batch.size:
        raise InvalidRequest(f"{len(pictures)} pictures do not fit a batch of {request.batch.size}.")
    return replace(request, batch=BatchSettings(size=len(pictures), count=request.batch.count))


def _planned(
    request: InpaintRequest, model: StableDiffusion, picture: Size | None, soft: np.ndarray | None
) -> Plan:
    return plan(
        request,
        picture=picture,
        mask_box=None if soft is None else bounding_box(soft),
        mask_size=None if soft is None else Size(soft.shape[1], soft.shape[0]),
        native_px=model.native_px,
    )


def _has_something_to_do(job: Job) -> bool:
    """False for an empty mask, and for the original under strength 0: then the input's bytes are the answer."""
    if not job.plan.repaints:
        return False
    is_original = job.canvases and job.request.canvas.content is MaskedContent.ORIGINAL
    steps = sampling_of(job).planned_steps(from_picture=True)
    return not (is_original and job.canvases[0].keeps_original_size and steps == 0)


def _unchanged(job: Job) -> Iterator[Event]:
    for index in range(job.request.batch.total):
        picture = job.pictures[index % len(job.pictures)]
        yield _image_done(job, index, picture, changed_outside_px=0)


def encode(job: Job) -> Encoded:
    """Text, pictures and mask in the model's terms."""
    request, model = job.request, job.model
    positive, negative = _encoded_prompts(request, model)
    mask = job.canvases[0].mask if job.canvases else None
    return Encoded(
        predict=guided(model.unet.predict_noise, positive, negative, request.sampling.cfg_scale),
        sampling=sampling_of(job),
        init=torch.cat([_encoded_canvas(model, canvas) for canvas in job.canvases]) if job.canvases else None,
        mask=None
        if mask is None
        else torch.from_numpy(latent_mask(mask, request.rules.latent_mask)).to(model.device),
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


def sampling_of(job: Job) -> Sampling:
    """The sampler of a job's request on its model's noise levels."""
    request = job.request
    return Sampling(
        settings=request.sampling,
        noise=request.noise,
        rules=request.rules,
        table=SigmaTable(job.model.unet.alphas_cumprod),
    )


def _encoded_canvas(model: StableDiffusion, canvas: PreparedCanvas) -> Tensor:
    latents = model.vae.encode(canvas.image)
    size = canvas.plan.latents
    if latents.shape[2:] == (size.height, size.width):
        return latents
    return interpolate(latents, size=(size.height, size.width), mode="bilinear", antialias=False)


def underpaint_latents(job: Job, encoded: Encoded, batch: int) -> Tensor:
    """The clean start of a batch, (images, 4, h, w): *original* and *fill* come from the canvas, the latent modes
    replace what the mask covers."""
    assert encoded.init is not None, "text-to-image has nothing to underpaint"
    images = job.request.batch.size
    init = encoded.init.repeat(images // len(encoded.init), 1, 1, 1)
    if encoded.mask is None:
        return init
    match job.request.canvas.content:
        case MaskedContent.ORIGINAL | MaskedContent.FILL:
            return init
        case MaskedContent.LATENT_NOISE:
            return blended(content_noise(job, batch).to(init), init, encoded.mask)
        case MaskedContent.LATENT_NOTHING:
            return init * (1 - encoded.mask)


def underpainting(event: Underpainted, model: StableDiffusion) -> list[Picture]:
    """What lies under the mask of every image of a batch, decoded and put into its picture."""
    with out_of_memory_explained():
        return [
            composite(event.canvases[i % len(event.canvases)], model.vae.decode(event.latents[i : i + 1]))
            for i in range(len(event.latents))
        ]


def content_noise(job: Job, batch: int) -> Tensor:
    """The noise that *latent noise* lays under the mask, (images, 4, h, w)."""
    images, shape = job.request.batch.size, _latent_shape(job)
    match job.request.rules.content_noise:
        case ContentNoise.SHARED:
            seeds = _seeds_of_batch(job, 0)[0]
        case ContentNoise.INDEPENDENT:
            seeds = [_independent_seed(seed) for seed in _seeds_of_batch(job, batch)[0]]
    assert len(seeds) == images
    return torch.stack([noise_stream(job.request.noise.source, seed).randn(shape) for seed in seeds])


def _independent_seed(seed: int) -> int:
    """A seed whose stream has nothing to do with the stream of `seed`."""
    digest = hashlib.sha256(f"underpaint content noise {seed}".encode()).digest()
    return int.from_bytes(digest[:7], "big")


def _run_batch(job: Job, encoded: Encoded, batch: int) -> Iterator[Event]:
    images = job.request.batch.size
    init = None if encoded.init is None else underpaint_latents(job, encoded, batch)
    if init is not None:
        yield Underpainted(batch=batch, canvases=job.canvases, latents=init)
    start = _start(job, init, encoded.mask, batch)
    latents = encoded.sampling.initial(start)
    steps = encoded.sampling.planned_steps(from_picture=init is not None)
    yield PhaseStarted(phase=Phase.SAMPLE, batch=batch)
    for step in encoded.sampling.run(encoded.predict, start):
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
    if init is not None and encoded.mask is not None:
        latents = blended(latents, init, encoded.mask)
    yield BatchSampled(batch=batch, latents=latents)
    yield PhaseStarted(phase=Phase.DECODE, batch=batch)
    for i in range(images):
        yield _finished(job, batch * images + i, latents[i : i + 1])


def _start(job: Job, init: Tensor | None, mask: Tensor | None, batch: int) -> Start:
    seeds, subseeds = _seeds_of_batch(job, batch)
    stream = BatchNoise(job.request.noise, seeds, subseeds, _latent_shape(job))
    noise = stream.first().to(job.model.device) * job.request.noise.multiplier
    return Start(noise=noise, init=init, mask=mask, seeds=seeds, stream=stream)


def _seeds_of_batch(job: Job, batch: int) -> tuple[list[int], list[int]]:
    size = job.request.batch.size
    images = slice(batch * size, (batch + 1) * size)
    seeds, subseeds = seeds_of_images(job.request.noise, job.request.batch.total)
    return seeds[images], subseeds[images]


def _latent_shape(job: Job) -> tuple[int, int, int]:
    size = job.plan.latents
    return 4, size.height, size.width


def _finished(job: Job, index: int, latents: Tensor) -> ImageDone:
    decoded = job.model.vae.decode(latents)
    if not job.canvases:
        return _image_done(job, index, without_canvas(job.request, decoded), changed_outside_px=None)
    canvas = job.canvases[index % len(job.canvases)]
    picture = composite(canvas, decoded)
    return _image_done(job, index, picture, changed_outside_px=_measured(job, index, picture))


def _measured(job: Job, index: int, picture: Picture) -> int | None:
    before = job.pictures[index % len(job.pictures)]
    if job.soft_mask is None or picture.size != before.size:
        return None
    return changed_outside(job.canvases[index % len(job.canvases)], before, picture)


def _image_done(job: Job, index: int, picture: Picture, *, changed_outside_px: int | None) -> ImageDone:
    total = job.request.batch.total
    seeds, subseeds = seeds_of_images(job.request.noise, total)
    recipe = replace(job.recipe, image_index=index, seed=seeds[index], subseed=subseeds[index])
    result = Result(picture=picture, recipe=recipe, changed_outside_px=changed_outside_px)
    return ImageDone(index=index, total=total, result=result)


def library_versions() -> dict[str, str]:
    """What a recipe names, so that a different picture years later can be explained."""
    libraries = (
        "torch",
        "diffusers",
        "transformers",
        "numpy",
        "pillow",
        "opencv-python-headless",
        "torchsde",
    )
    return {
        "underpaint": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in libraries},
    }
