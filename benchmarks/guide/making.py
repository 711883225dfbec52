"""Makes the shots of experiments with Underpaint's own engine, and keeps them, so that an interrupted run goes on.

A shot is kept under a hash of everything that decides it: request, pixels, networks, and the engine's own code.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from benchmarks.guide.claims import EXPERIMENTS
from benchmarks.guide.experiment import Arm, Experiment, Gallery, Shot
from benchmarks.guide.loading import remembered
from benchmarks.guide.networks import BUILTIN_ONLY, networks_beside
from benchmarks.guide.progress import Portion, cost, portions
from benchmarks.guide.stage import Stage
from underpaint.atomic import write_atomically
from underpaint.codec import to_json
from underpaint.image.io import load_picture, read_png_text
from underpaint.image.picture import Picture, sha256_of_pixels
from underpaint.image.png import encode_png
from underpaint.job import prepare_job
from underpaint.metadata import png_text
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.pipeline import run_job, underpainting
from underpaint.request import InpaintRequest
from underpaint.result import ImageDone, Recipe, Stepped, Underpainted

ENGINE = Path(__file__).parents[2] / "src" / "underpaint"
NOT_ENGINE = {"cli", "server"}
SHOT_KEY = "guide"


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes shots with the models that requests name, and looks for them in a folder first."""

    models: Callable[[str], StableDiffusion]
    folder: Path
    new: list[Arm] = field(default_factory=list[Arm])
    """What was made, and not kept already."""

    def shots(self, arms: Sequence[Arm], stage: Stage, seed: int) -> list[Shot]:
        """The shots of one seed, in the order of arms."""
        return [self.shot(arm, stage, seed) for arm in arms]

    def shot(self, arm: Arm, stage: Stage, seed: int) -> Shot:
        """The kept shot, or a new one."""
        start = stage.picture if arm.after is None else self.shot(arm.after, stage, seed).pixels
        request = asked(arm, stage, seed)
        path = self.folder / f"{self._key(arm, request, stage, start)}.png"
        if not path.exists():
            write_atomically(path, _file(self._made(arm, request, stage, seed, start)))
            self.new.append(arm)
        return _kept(path, arm, stage, seed)

    def _key(self, arm: Arm, request: InpaintRequest, stage: Stage, start: np.ndarray) -> str:
        pixels = (start, _region(arm, stage), _sketch(arm, stage))
        decisive = {
            "engine": engine_digest(),
            "model": self.models(request.model).sha256,
            "networks": {network.name: network.sha256 for network in networks_beside(arm)},
            "request": to_json(request),
            "pixels": [None if p is None else sha256_of_pixels(p) for p in pixels],
            "take": arm.take,
            "is_underpainting": arm.is_underpainting,
        }
        return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()

    def _made(
        self, arm: Arm, request: InpaintRequest, stage: Stage, seed: int, start: np.ndarray
    ) -> tuple[Shot, Recipe]:
        started, steps = time.process_time(), 0
        model = self.models(request.model)
        job = prepare_job(
            request,
            model,
            pictures=[Picture(start)],
            mask=_region(arm, stage),
            sketch=_sketch(arm, stage),
            folders=BUILTIN_ONLY,
        )
        picture = job.pictures[0]
        for event in run_job(job):
            match event:
                case Underpainted() if arm.is_underpainting:
                    (picture,) = underpainting(event, model)
                    break
                case Stepped():
                    steps += 1
                case ImageDone(result=result):
                    picture = result.picture
                case _:
                    pass
        shot = Shot(
            arm=arm,
            seed=seed,
            stage=stage,
            pixels=picture.pixels,
            steps=steps,
            seconds=time.process_time() - started,
        )
        return shot, job.recipe_of(0)


EDIT_SEEDS = 1000
"""Later edits of a chain count up from another seed, as nobody repaints with the same noise again and again."""


def asked(arm: Arm, stage: Stage, seed: int) -> InpaintRequest:
    """The arm's request with prompt and seed."""
    request, seed = arm.request, seed + EDIT_SEEDS * (len(arm.chain) - 1)
    lora = "" if arm.lora is None else f" <lora:{arm.lora}:1>"
    return replace(
        request,
        prompt=replace(request.prompt, positive=stage.prompts[arm.prompt] + lora),
        noise=replace(request.noise, seed=seed, subseed=0),
    )


def _region(arm: Arm, stage: Stage) -> np.ndarray | None:
    return None if arm.mask is None else stage.regions[arm.mask]


def _sketch(arm: Arm, stage: Stage) -> np.ndarray | None:
    return None if arm.sketch is None else stage.sketches[arm.sketch]


def _file(made: tuple[Shot, Recipe]) -> bytes:
    """A result like any other, with what was counted beside its recipe."""
    shot, recipe = made
    counted = {"steps": shot.steps, "seconds": round(shot.seconds, 3)}
    return encode_png(shot.pixels, text={**png_text(recipe), SHOT_KEY: json.dumps(counted)})


def _kept(path: Path, arm: Arm, stage: Stage, seed: int) -> Shot:
    counted = json.loads(read_png_text(path)[SHOT_KEY])
    return Shot(arm=arm, seed=seed, stage=stage, pixels=load_picture(path).pixels, **counted)


@cache
def engine_digest() -> str:
    """Of the code that decides pictures: everything but command line and server."""
    digest = hashlib.sha256()
    for file in sorted(ENGINE.rglob("*.py")):
        if file.relative_to(ENGINE).parts[0] not in NOT_ENGINE:
            digest.update(file.read_bytes())
    return digest.hexdigest()


# Many seeds, several processes


def painted(
    experiments: Sequence[Experiment], seeds: Sequence[int], folder: Path, workers: int
) -> Generator[tuple[Portion, float]]:
    """Makes what is missing, and yields every portion of the work when its shots are there, with the model calls that
    it took. Every take has processes of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    work = list(portions(experiments, seeds))
    for take in sorted({portion.take for portion in work}):
        with _crew(workers) as pool:
            jobs = {
                pool.submit(make_portion, portion, folder): portion
                for portion in work
                if portion.take == take
            }
            for job in as_completed(jobs):
                yield jobs[job], job.result()


@contextmanager
def _crew(workers: int) -> Generator[ProcessPoolExecutor]:
    """Processes of one torch thread each; they are dismissed at the end, and what they are at is not waited for."""
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def make_portion(portion: Portion, folder: Path) -> float:
    """Makes what is missing of a portion of the work, and tells the model calls that it took."""
    torch.set_num_threads(1)
    experiment, maker = EXPERIMENTS[portion.experiment], Maker(remembered, folder)
    arms = [arm for arm in experiment.arms if arm.take == portion.take]
    maker.shots(arms, experiment.stage(portion.seed), portion.seed)
    return sum(cost(arm) for arm in maker.new)


def gallery(maker: Maker, experiment: Experiment, seeds: Sequence[int]) -> Gallery:
    """All shots of an experiment; those that are not there yet are made here."""
    shots: dict[str, list[Shot]] = {arm.label: [] for arm in experiment.arms}
    for seed in seeds:
        stage = experiment.stage(seed)
        for shot in maker.shots(experiment.arms, stage, seed):
            shots[shot.arm.label].append(shot)
    return shots


def cores() -> int:
    """How many processes pay off."""
    return len(os.sched_getaffinity(0))
