"""The part of the engine process that makes pictures. Imports torch: only that process may import this."""

import gc
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image

from underpaint.describing import describe
from underpaint.errors import OutputError
from underpaint.geometry import Size
from underpaint.image.picture import Picture
from underpaint.image.resize import size_of
from underpaint.job import Job, prepare_job
from underpaint.models.captioner import Captioner, load_captioner
from underpaint.models.captioner_files import find_captioner
from underpaint.models.catalog import default_folders, find_model
from underpaint.models.preview import Preview, fit_preview
from underpaint.models.stable_diffusion import StableDiffusion, best_device, load
from underpaint.server.messages import (
    DescribePicture,
    ImageMade,
    MakeImages,
    Painting,
    PictureDescribed,
    PrepareViews,
    ViewsPrepared,
)
from underpaint.server.refusals import Conflict
from underpaint.server.strokes import Strokes
from underpaint.store import stored_mask, stored_picture, stored_sketch
from underpaint.underpaintings import Stage, prepared_views

WEBP_QUALITY = 90


class Painter:
    """Makes images with the library. Keeps the last model, and what the last job was prepared to."""

    def __init__(self) -> None:
        import_module("underpaint.models.networks")  # takes seconds: now, not with the first job
        self.device = best_device()
        self._model: tuple[str, StableDiffusion, Preview] | None = None
        self._job: tuple[MakeImages, Job] | None = None
        self._captioner: tuple[Path, Captioner] | None = None
        self._is_painting = False

    def paint(self, order: MakeImages) -> Iterator[Painting | ImageMade | None]:
        """Makes the images that are missing. Yields at least once per sampler step; None when there is nothing to
        tell. Not reading on stops it."""
        yield Painting(job_id=order.job_id, phase="loading", images=())
        self._is_painting = True
        try:
            model, preview = self._loaded(order.request.model)
            yield from Strokes(order, self._prepared(order, model), preview)
        finally:
            self._is_painting = False

    def views(self, question: PrepareViews) -> ViewsPrepared:
        """The underpaintings asked for, as small pictures of what the model would get."""
        if self._is_painting and self._model and self._model[0] != question.request.model:
            raise Conflict(
                f"The engine is busy with another model than {question.request.model}; wait until its job is done."
            )
        model, _ = self._loaded(question.request.model)
        seen = prepared_views(
            question.request,
            model,
            picture=_picture(question.picture_sha256),
            mask=None if question.mask is None else question.mask.pixels,
            sketch=None if question.sketch is None else question.sketch.pixels,
            underpaintings=question.underpaintings,
            stage=Stage(question.stage),
        )
        return ViewsPrepared(
            id=question.id,
            frame=seen.frame,
            working=seen.working,
            webps=tuple(_webp(view.image, question.longest_side_px) for view in seen.views),
        )

    def description(self, question: DescribePicture) -> PictureDescribed:
        """A prompt for the picture."""
        folder = find_captioner(None, default_folders())
        if self._captioner is None or self._captioner[0] != folder:
            self._captioner = None
            self._captioner = folder, load_captioner(folder, device=self.device)
        captioner = self._captioner[1]
        prompt = describe(_picture(question.picture_sha256), captioner)
        return PictureDescribed(id=question.id, prompt=prompt, captioner=captioner.name)

    def release_memory(self) -> None:
        """After running out of it: forgets everything that can be loaded again and is not at work."""
        self._captioner = None
        if not self._is_painting:
            self._model = self._job = None
        _picture.cache_clear()
        _layers.cache_clear()
        _collect_garbage()

    def _loaded(self, name: str) -> tuple[StableDiffusion, Preview]:
        if self._model is None or self._model[0] != name:
            file = find_model(name, default_folders())
            self._model = self._job = None  # two models need not fit into memory
            _collect_garbage()
            model = load(file, device=self.device)
            self._model = name, model, fit_preview(model.vae)
        return self._model[1], self._model[2]

    def _prepared(self, order: MakeImages, model: StableDiffusion) -> Job:
        """Kept for when the same job goes on after a skipped image."""
        key = replace(order, settled=frozenset())
        if self._job is None or self._job[0] != key:
            self._job = None
            mask, sketch = _layers(order.mask_sha256, order.sketch_sha256)
            pictures = () if order.picture_sha256 is None else (_picture(order.picture_sha256),)
            named = dict.fromkeys(unit.picture for unit in order.request.controls if unit.picture)
            self._job = (
                key,
                prepare_job(
                    order.request,
                    model,
                    pictures=pictures,
                    mask=mask,
                    sketch=sketch,
                    control_pictures=[_stored(sha256) for sha256 in named],
                ),
            )
        return self._job[1]


@lru_cache(maxsize=1)
def _picture(sha256: str) -> Picture:
    return _stored(sha256)


def _stored(sha256: str) -> Picture:
    picture = stored_picture(sha256)
    if picture is None:
        raise OutputError(f"The picture {sha256[:12]}… of this job is missing in the store, or damaged.")
    return picture


@lru_cache(maxsize=1)
def _layers(
    mask_sha256: str | None, sketch_sha256: str | None
) -> tuple[np.ndarray | None, np.ndarray | None]:
    mask = None if mask_sha256 is None else stored_mask(mask_sha256)
    sketch = None if sketch_sha256 is None else stored_sketch(sketch_sha256)
    if (mask is None) != (mask_sha256 is None) or (sketch is None) != (sketch_sha256 is None):
        raise OutputError("The mask or the sketch of this job is missing in the store, or damaged.")
    return mask, sketch


def _collect_garbage() -> None:
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _webp(pixels: np.ndarray, longest_side_px: int) -> bytes:
    """Exact at full size; scaled down it need not be."""
    size = size_of(pixels)
    scale = longest_side_px / max(size)
    if scale < 1:
        shown = Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))
        pixels = cv2.resize(pixels, shown, interpolation=cv2.INTER_AREA)
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "WEBP", lossless=scale >= 1, quality=WEBP_QUALITY, method=0)
    return buffer.getvalue()
