"""A model folder as it ships, run by Underpaint's own engine: what `evaluate` measures."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from training.sheets import Picture
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

CFG_SCALE = 5.0


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
    (picture,) = [event.result.picture for event in inpaint(request, model) if isinstance(event, ImageDone)]
    return picture.pixels


def round_trip_psnr_db(model: StableDiffusion, pictures: Sequence[Picture]) -> float:
    """Mean PSNR of pictures encoded and decoded again."""
    errors = [np.mean((model.vae.decode(model.vae.encode(p)) - p / 255) ** 2) for p in pictures]
    return float(np.mean(-10 * np.log10(errors)))
