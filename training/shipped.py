"""A model folder as it ships, run by Underpaint's own engine: what `evaluate` measures."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from training.asks import Aim, Errand
from training.options import count
from training.runs import device, worker_count
from training.sheets import Picture
from underpaint.image import picture
from underpaint.models.catalog import BUILTIN_MODEL, find_model
from underpaint.models.recommended import recommended
from underpaint.models.stable_diffusion import StableDiffusion, load
from underpaint.pipeline import inpaint
from underpaint.request import (
    CanvasSettings,
    InpaintRequest,
    NoiseSettings,
    PromptSettings,
)
from underpaint.result import ImageDone
from underpaint.tasks import PRESETS, Task, apply

TASKS = {Aim.OBJECT: Task.REPLACE, Aim.COLOUR: Task.REPLACE, Aim.BACKGROUND: Task.BACKGROUND}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How everything that is measured is painted."""

    size_px: int
    steps: int
    workers: int
    """Processes, each with a model of its own."""

    @classmethod
    def of(cls, options: Namespace) -> "Manner":
        """What was chosen on a command line with `manner_options`."""
        return cls(size_px=options.size, steps=options.steps, workers=options.workers)


def manner_options() -> ArgumentParser:
    """The options of a `Manner`, as a parent of other parsers."""
    parser = ArgumentParser(add_help=False)
    parser.add_argument(
        "--size", type=count, default=256, help="of pictures, in pixels; default: %(default)s"
    )
    parser.add_argument("--steps", type=count, default=25, help="default: %(default)s")
    parser.add_argument(
        "--workers", type=count, default=worker_count(), help="processes; one per core by default"
    )
    return parser


def paint_all(asked: Sequence[str | Errand], folder: Path, manner: Manner) -> list[Picture]:
    """A picture per prompt or errand, seeded by its place in the list; every worker paints a share of them."""
    numbered = list(enumerate(asked))
    with ProcessPoolExecutor(manner.workers, mp_context=get_context("spawn")) as executor:
        jobs = [
            executor.submit(_paint_share, numbered[i :: manner.workers], folder, manner)
            for i in range(manner.workers)
        ]
        painted = {seed: pixels for job in jobs for seed, pixels in job.result()}
    return [painted[seed] for seed, _ in numbered]


def _paint_share(
    numbered: list[tuple[int, str | Errand]], folder: Path, manner: Manner
) -> list[tuple[int, Picture]]:
    torch.set_num_threads(1)
    model = load_folder(folder, device().type)
    return [
        (
            seed,
            paint(model, asked, seed, size_px=manner.size_px, steps=manner.steps)
            if isinstance(asked, str)
            else repaint(model, asked, seed, steps=manner.steps),
        )
        for seed, asked in numbered
    ]


def load_folder(folder: Path, device: str) -> StableDiffusion:
    """The model in a folder, on a device."""
    return load(find_model(str(folder), []), device=device)


def paint(model: StableDiffusion, prompt: str, seed: int, *, size_px: int, steps: int) -> Picture:
    """One square picture from words alone, with the settings a newcomer gets."""
    canvas = CanvasSettings(width=size_px, height=size_px)
    request = replace(_asked(prompt, seed, steps), canvas=canvas)
    (painted,) = [event.result.picture for event in inpaint(request, model) if isinstance(event, ImageDone)]
    return painted.pixels


def repaint(model: StableDiffusion, errand: Errand, seed: int, *, steps: int) -> Picture:
    """The errand's picture, changed with the settings that its task fills in."""
    return repaint_as(errand_request(errand, seed, steps=steps), model, errand)


def errand_request(errand: Errand, seed: int, *, steps: int) -> InpaintRequest:
    """What a newcomer who chooses the task asks for."""
    return apply(PRESETS[TASKS[errand.aim]], _asked(errand.text, seed, steps))


def repaint_as(request: InpaintRequest, model: StableDiffusion, errand: Errand) -> Picture:
    """The errand's picture, changed as requested."""
    events = inpaint(request, model, pictures=[picture.Picture(errand.picture)], mask=errand.mask)
    (changed,) = [event.result.picture for event in events if isinstance(event, ImageDone)]
    return changed.pixels


def _asked(prompt: str, seed: int, steps: int) -> InpaintRequest:
    """What a newcomer asks for, but for the steps. Variants and fine-tunes are measured with what the shipped model
    recommends, too."""
    plain = InpaintRequest(prompt=PromptSettings(positive=prompt), noise=NoiseSettings(seed=seed, subseed=0))
    return replace(recommended(find_model(BUILTIN_MODEL, [])), steps=steps).over(plain)


def round_trip(model: StableDiffusion, pixels: Picture) -> np.ndarray:
    """The picture encoded and decoded again, float32 in [0, 1]."""
    return model.vae.decode(model.vae.encode(pixels))


def round_trip_psnr_db(model: StableDiffusion, pictures: Sequence[Picture]) -> float:
    """Mean PSNR of pictures encoded and decoded again."""
    errors = [np.mean((round_trip(model, p) - p / 255) ** 2) for p in pictures]
    return float(np.mean(-10 * np.log10(errors)))
