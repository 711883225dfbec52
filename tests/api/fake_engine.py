"""A painter for the engine process that needs no model and does what the prompt says.

Words in the prompt: `step_s=0.05` slows steps down; `crash@1` kills the engine at image 1, `crash-once@1` only the first
time; `fail@1`, `oom@1` and `bug@1` raise there; `hang@1` never goes on, and `freeze@1` stops the whole process (both
also with `-once`). Images depend on seed, picture and mask only.
"""

import os
import re
import signal
import threading
import time
from collections.abc import Generator
from io import BytesIO

import numpy as np
from PIL import Image

from underpaint.codec import to_json
from underpaint.errors import ModelFailure, ModelNotFound, OutOfMemory, OutputError
from underpaint.folders import data_folder
from underpaint.geometry import Box
from underpaint.image.picture import Picture
from underpaint.image.png import quick_png
from underpaint.result import Recipe
from underpaint.server.messages import (
    DescribePicture,
    ImageMade,
    MakeImages,
    Painting,
    PictureDescribed,
    PrepareViews,
    ViewsPrepared,
)
from underpaint.server.pictures import info_of
from underpaint.server.swatches import swatch
from underpaint.store import keep, stored_mask, stored_picture

SIDE_PX = 64
TELL_EVERY_S = 0.05


class FakePainter:
    """Paints what the mask covers in one colour, which the seed decides."""

    device = "cpu"

    def paint(self, order: MakeImages) -> Generator[Painting | ImageMade | None]:
        script = order.request.prompt.positive
        step_s = float(found[1]) if (found := re.search(r"step_s=([\d.]+)", script)) else 0.002
        yield Painting(job_id=order.job_id, phase="loading", images=())
        size = order.request.batch.size
        for batch in range(order.request.batch.count):
            missing = tuple(i for i in range(batch * size, (batch + 1) * size) if i not in order.settled)
            if missing:
                yield from self._batch(order, missing, script, step_s)

    def views(self, question: PrepareViews) -> ViewsPrepared:
        if question.request.prompt.positive == "no model":
            raise ModelNotFound("No model is called 'nobody'.")
        webps = tuple(_webp(len(each)) for each in question.underpaintings)
        return ViewsPrepared(
            id=question.id,
            frame=Box(0, 0, SIDE_PX, SIDE_PX),
            working=Box(0, 0, SIDE_PX, SIDE_PX).size,
            webps=webps,
        )

    def description(self, question: DescribePicture) -> PictureDescribed:
        picture = stored_picture(question.picture_sha256)
        if picture is None:
            raise OutputError("The picture is missing.")
        red, green, blue = picture.pixels[0, 0, :3]
        return PictureDescribed(id=question.id, prompt=f"a picture of {red} {green} {blue}", captioner="fake")

    def release_memory(self) -> None:
        pass

    def _batch(
        self, order: MakeImages, images: tuple[int, ...], script: str, step_s: float
    ) -> Generator[Painting | ImageMade | None]:
        job_id, steps, told_at = order.job_id, order.request.sampling.steps, 0.0
        started = time.perf_counter()
        yield Painting(job_id=job_id, phase="sample", images=images, steps=steps)
        for step in range(1, steps + 1):
            time.sleep(step_s)
            for image in images:
                _misbehave(script, image, job_id)
            is_due = time.perf_counter() - told_at >= TELL_EVERY_S or step == steps
            told_at = time.perf_counter() if is_due else told_at
            yield (
                Painting(
                    job_id=job_id, phase="sample", images=images, step=step, steps=steps, preview=_webp(step)
                )
                if is_due
                else None
            )
        yield Painting(job_id=job_id, phase="decode", images=images)
        for image in images:
            yield _made(order, image, time.perf_counter() - started)


class BrokenPainter(FakePainter):
    """Cannot be started before there is a file `mended` in the data folder."""

    def __init__(self) -> None:
        if not (data_folder() / "mended").exists():
            raise ImportError("libcudart.so.12: cannot open shared object file")


class CrashingPainter(FakePainter):
    """Takes its process along before it is ready."""

    def __init__(self) -> None:
        os.kill(os.getpid(), signal.SIGSEGV)


class SleepingPainter(FakePainter):
    """Is never ready."""

    def __init__(self) -> None:
        threading.Event().wait()


def _misbehave(script: str, image: int, job_id: str) -> None:
    mark = data_folder() / f"misbehaved-{job_id}"
    words = script.split()
    is_first = not mark.exists()

    def is_due(word: str) -> bool:
        return f"{word}@{image}" in words or (is_first and f"{word}-once@{image}" in words)

    if is_due("crash"):
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if is_due("hang"):
        mark.touch()
        threading.Event().wait()
    if is_due("freeze"):
        mark.touch()
        os.kill(os.getpid(), signal.SIGSTOP)
    if f"fail@{image}" in words:
        raise ModelFailure("The model answered with numbers that are not finite.")
    if f"oom@{image}" in words:
        raise OutOfMemory("The computer ran out of memory.")
    if f"bug@{image}" in words:
        raise ZeroDivisionError("a mistake")


def _made(order: MakeImages, index: int, seconds: float) -> ImageMade:
    assert order.request.noise.seed is not None
    seed = order.request.noise.seed + index
    colour = np.random.default_rng(seed).integers(0, 255, 3, dtype=np.uint8)
    if order.picture_sha256 is None:
        picture, mask = Picture(np.full((SIDE_PX, SIDE_PX, 3), colour)), None
    else:
        original = stored_picture(order.picture_sha256)
        if original is None:
            raise OutputError("The picture of this job is missing.")
        mask = None if order.mask_sha256 is None else stored_mask(order.mask_sha256)
        pixels = original.pixels.copy()
        pixels[..., :3][slice(None) if mask is None else mask > 0] = colour
        picture = Picture(pixels)
    recipe = Recipe(
        request=order.request,
        image_index=index,
        seed=seed,
        subseed=0,
        model_name="fake",
        model_sha256="0" * 64,
        device="cpu",
        picture_sha256=() if order.picture_sha256 is None else (order.picture_sha256,),
        mask_sha256=order.mask_sha256,
        sketch_sha256=order.sketch_sha256,
    )
    return ImageMade(
        job_id=order.job_id,
        index=index,
        picture=info_of(picture, keep(picture, png=quick_png(picture.pixels))),
        recipe=to_json(recipe),
        changed_outside_px=None if mask is None else 0,
        change_delta_e=None if mask is None else 12.5,
        swatch=swatch(picture, mask),
        seconds=seconds,
    )


def _webp(level: int) -> bytes:
    buffer = BytesIO()
    Image.fromarray(np.full((8, 8, 3), level % 256, np.uint8)).save(buffer, "WEBP")
    return buffer.getvalue()
