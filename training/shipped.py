"""A model folder as it ships, run by Underpaint's own engine: what `evaluate` measures."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from training.asks import Aim, Errand
from training.sheets import Picture
from underpaint.image import picture
from underpaint.models.catalog import find_model
from underpaint.models.stable_diffusion import StableDiffusion, load
from underpaint.pipeline import inpaint
from underpaint.request import (
    CanvasSettings,
    InpaintRequest,
    NoiseSettings,
    PromptSettings,
    Sampler,
    SamplingSettings,
)
from underpaint.result import ImageDone
from underpaint.tasks import PRESETS, Task, apply

CFG_SCALE = 5.0
TASKS = {Aim.OBJECT: Task.REPLACE, Aim.COLOUR: Task.REPLACE, Aim.BACKGROUND: Task.BACKGROUND}


def load_folder(folder: Path, device: str) -> StableDiffusion:
    """The model that `export` wrote there."""
    return load(find_model(str(folder), []), device=device)


def paint(model: StableDiffusion, prompt: str, seed: int, *, size_px: int, steps: int) -> Picture:
    """One square picture from words alone, with the settings a newcomer gets."""
    request = InpaintRequest(
        prompt=PromptSettings(positive=prompt),
        canvas=CanvasSettings(width=size_px, height=size_px),
        sampling=SamplingSettings(steps=steps, cfg_scale=CFG_SCALE, sampler=Sampler.DPMPP_2M),
        noise=NoiseSettings(seed=seed, subseed=0),
    )
    (painted,) = [event.result.picture for event in inpaint(request, model) if isinstance(event, ImageDone)]
    return painted.pixels


def repaint(model: StableDiffusion, errand: Errand, seed: int, *, steps: int) -> Picture:
    """The errand's picture, changed with the settings that its task fills in."""
    request = apply(
        PRESETS[TASKS[errand.aim]],
        InpaintRequest(
            prompt=PromptSettings(positive=errand.text),
            sampling=SamplingSettings(steps=steps, cfg_scale=CFG_SCALE, sampler=Sampler.DPMPP_2M),
            noise=NoiseSettings(seed=seed, subseed=0),
        ),
    )
    events = inpaint(request, model, pictures=[picture.Picture(errand.picture)], mask=errand.mask)
    (changed,) = [event.result.picture for event in events if isinstance(event, ImageDone)]
    return changed.pixels


def round_trip_psnr_db(model: StableDiffusion, pictures: Sequence[Picture]) -> float:
    """Mean PSNR of pictures encoded and decoded again."""
    errors = [np.mean((model.vae.decode(model.vae.encode(p)) - p / 255) ** 2) for p in pictures]
    return float(np.mean(-10 * np.log10(errors)))
