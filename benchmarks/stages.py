"""What lies between request and result, compared with what A1111 had there: pictures, masks, noise, texts, levels.

A run can end right by chance, or wrong for many reasons; these say where. No denoising is done for them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from underpaint.canvas import PreparedCanvas, latent_mask
from underpaint.encoding import Encoded, encode
from underpaint.image.io import load_picture
from underpaint.job import Job
from underpaint.networks import laid_on
from underpaint.pipeline import content_noise, start_of_batch
from underpaint.request import MaskedContent, Sampler
from underpaint.sampling.samplers import Start
from underpaint.sampling.timesteps import TIMESTEPS
from underpaint.traits import TRAITS

LATENT_TOLERANCE = 1e-4
TEXT_TOLERANCE = 1e-5
LEVEL_TOLERANCE = 1e-4
"""Of sigmas relative, of timesteps in thousandths."""
NOISE_TOLERANCE = 1e-6
PIXEL_TOLERANCE = 0


def stage_problems(folder: Path, job: Job, record: dict[str, Any]) -> Iterator[str]:
    """Where a stage of the job is another than the one that lies in the folder of a case."""
    arrays = load_file(folder / "arrays.safetensors")
    crop = list(job.plan.paste) if job.plan.is_cropped else None
    if crop != record["paste_to"]:
        yield f"the crop is {crop}, not {record['paste_to']}"
    for i, canvas in enumerate(job.canvases):
        yield from canvas_problems(folder, canvas, i)
    with laid_on(job.model, job.networks, tiles=job.request.sampling.tiles):
        encoded = encode(job)
    starts = [start_of_batch(job, encoded.canvases, batch) for batch in range(job.request.batch.count)]
    yield from differing(arrays, latents_of(job, encoded, starts), LATENT_TOLERANCE)
    yield from differing(arrays, noise_of(job, starts), NOISE_TOLERANCE)
    yield from differing(arrays, texts_of(encoded), TEXT_TOLERANCE)
    yield from level_problems(arrays, job, encoded, starts)


def canvas_problems(folder: Path, canvas: PreparedCanvas, index: int) -> Iterator[str]:
    """Pictures around the model, equal to the byte."""
    prepared = folder / f"prepared_{index}.png"
    if prepared.exists():
        yield from pixel_problems("prepared picture", canvas.image, load_picture(prepared).pixels)
    if index:  # recorded for the first picture only
        return
    mask, overlay = folder / "mask_for_overlay.png", folder / "overlay.png"
    if mask.exists() and canvas.mask_for_overlay is not None:
        yield from pixel_problems("overlay mask", canvas.mask_for_overlay, load_picture(mask).pixels[..., 0])
    if overlay.exists() and canvas.overlay is not None:
        theirs = load_picture(overlay).pixels
        if (
            theirs.shape != canvas.overlay.shape
        ):  # ours is of the crop: the rest of the picture shows as it is
            theirs = theirs[canvas.plan.crop.rows, canvas.plan.crop.columns]
        yield from pixel_problems("overlay", canvas.overlay, theirs)


def pixel_problems(what: str, ours: np.ndarray, theirs: np.ndarray) -> Iterator[str]:
    if ours.shape != theirs.shape:
        yield f"{what} has the shape {ours.shape}, not {theirs.shape}"
    elif (difference := int(np.abs(ours.astype(int) - theirs).max())) > PIXEL_TOLERANCE:
        yield f"{what} differs by {difference}"


def latents_of(job: Job, encoded: Encoded, starts: list[Start]) -> dict[str, Tensor]:
    """Latents, masks and conditioning by the names they are recorded under."""
    found: dict[str, Tensor] = {}
    if starts[0].init is not None:
        found["init_latent"] = starts[0].init
    if job.canvases and job.canvases[0].mask is not None:
        mask = latent_mask(job.canvases[0].mask, job.request.latent_mask_rule)
        found["nmask"] = torch.from_numpy(mask).expand(4, -1, -1)
    if encoded.seen is not None:
        found["image_conditioning"] = encoded.seen.expand(job.request.batch.size, -1, -1, -1)
    return found


def noise_of(job: Job, starts: list[Start]) -> dict[str, Tensor]:
    """The noise of all images before the multiplier, that of masked content, and the first later draw."""
    found = {"noise": torch.cat([start.noise for start in starts]) / job.request.noise.multiplier}
    if job.request.canvas.content is MaskedContent.LATENT_NOISE:
        found["fill_noise"] = content_noise(job, 0)
    if not TRAITS[job.request.sampling.sampler].is_brownian:
        found["step_noise_first"] = starts[0].stream.following()
    return found


def texts_of(encoded: Encoded) -> dict[str, Tensor]:
    """The texts' vectors: by part and stretch of the prompt, by stretch of the negative prompt."""
    return {
        **{
            f"cond.{i}.{k}": context
            for i, text in enumerate(encoded.texts.positive)
            for k, (context,) in enumerate(text.contexts)
        },
        **{f"uncond.{k}": context for k, (context,) in enumerate(encoded.texts.negative.contexts)},
    }


def differing(theirs: dict[str, Tensor], ours: dict[str, Tensor], tolerance: float) -> Iterator[str]:
    """Arrays that both have and that differ."""
    for name in sorted(ours.keys() & theirs.keys()):
        if ours[name].shape != theirs[name].shape:
            yield f"{name} has the shape {tuple(ours[name].shape)}, not {tuple(theirs[name].shape)}"
        elif not (difference := (ours[name] - theirs[name]).abs().max().item()) <= tolerance:
            yield f"{name} differs by {difference:.2g}"


def level_problems(
    arrays: dict[str, Tensor], job: Job, encoded: Encoded, starts: list[Start]
) -> Iterator[str]:
    """The first input of the sampler, and the sigma, or timestep, of every model call."""
    sampling = encoded.sampling
    if not job.request.sampling.churn:  # which adds noise before the first call
        yield from differing(arrays, {"call_x_first": sampling.initial(starts[0])}, 10 * LATENT_TOLERANCE)
    if job.request.sampling.sampler is Sampler.DPM_ADAPTIVE:
        return  # its levels depend on what the network answers
    levels: list[float] = []
    guidance = sampling.guidance(from_picture=bool(job.canvases))

    def predict(x: Tensor, timestep: float, level: float, call: int) -> Tensor:
        levels.append(level)
        return torch.stack([x, x]) if guidance.shows_unguided else x

    for start in starts:
        list(sampling.run(predict, start))
    theirs = arrays["call_sigma"].double()
    ours = torch.tensor(levels, dtype=torch.float64)
    if ours.shape != theirs.shape:
        yield f"{len(ours)} model calls, not {len(theirs)}"
        return
    scale = TIMESTEPS if TRAITS[job.request.sampling.sampler].walks_timesteps else theirs
    if not (difference := ((ours - theirs) / scale).abs().max().item()) <= LEVEL_TOLERANCE:
        yield f"the levels of the model calls differ by {difference:.2g}"
