"""What would lie under the mask, as small pictures: asked of the engine once, then found in the user's cache."""

import hashlib
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from underpaint import __version__
from underpaint.atomic import write_atomically
from underpaint.codec import to_json
from underpaint.errors import OutputError
from underpaint.folders import cache_folder
from underpaint.geometry import Box, Size
from underpaint.image.picture import sha256_of_pixels
from underpaint.request import BatchSettings, InpaintRequest, MaskedContent, PromptSettings
from underpaint.server.known_models import required_model
from underpaint.server.messages import Plane, PrepareViews
from underpaint.server.refusals import NotFound
from underpaint.server.runner import Runner
from underpaint.server.schemas import Frame, PreparedPreview, PreviewStage, Underpaintings
from underpaint.server.tables import new_id
from underpaint.tasks import Underpainting

CACHE_BYTES = 256 * 2**20
URL = "/api/previews/"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wish:
    """Underpaintings of a draft, as they would be now."""

    asker: str
    """A newer question of the same asker makes one void that still waits: it fails as cancelled."""
    request: InpaintRequest
    picture_sha256: str
    mask: np.ndarray | None
    sketch: np.ndarray | None
    underpaintings: Sequence[Underpainting]
    stage: PreviewStage
    longest_side_px: int


def underpaintings(runner: Runner, wish: Wish) -> Underpaintings:
    """Previews from the cache, or from the engine, which answers between two steps of a running job."""
    key = _key(wish)
    ids = {each: _digest([key, each, _sketch_sha256(wish, each)]) for each in wish.underpaintings}
    seen = _remembered(key)
    missing = [each for each in wish.underpaintings if not _file(ids[each]).exists()]
    if seen is None or missing:
        answer = runner.ask(_question(wish, missing or wish.underpaintings[:1]))
        for each, webp in zip(missing, answer.webps, strict=False):
            _keep(_file(ids[each]), webp)
        seen = answer.frame, answer.working
        _keep(_frame_file(key), json.dumps(seen).encode())
        _prune()
    frame, working = seen
    return Underpaintings(
        frame=Frame(x=frame.x, y=frame.y, width=frame.width, height=frame.height),
        working_width=working.width,
        working_height=working.height,
        previews=[
            PreparedPreview(underpainting=each, url=f"{URL}{ids[each]}") for each in wish.underpaintings
        ],
    )


def preview_file(preview_id: str) -> Path:
    """The WebP file of a preview."""
    file = _file(preview_id)
    if not re.fullmatch(r"[0-9a-f]{64}", preview_id) or not file.exists():
        raise NotFound("This preview is not kept any more; ask for it again.")
    return file


def _question(wish: Wish, missing: Sequence[Underpainting]) -> PrepareViews:
    needs_sketch = wish.sketch is not None and Underpainting.SKETCH in missing
    return PrepareViews(
        id=new_id(),
        asker=wish.asker,
        request=wish.request,
        picture_sha256=wish.picture_sha256,
        mask=None if wish.mask is None else Plane.of(wish.mask),
        sketch=Plane.of(wish.sketch) if needs_sketch and wish.sketch is not None else None,
        underpaintings=tuple(missing),
        stage=wish.stage.value,
        longest_side_px=wish.longest_side_px,
    )


# what a preview depends on


def _key(wish: Wish) -> str:
    """Of everything but which underpainting it is, and the sketch, which only one of them shows."""
    model = required_model(wish.request.model).path
    return _digest(
        [
            __version__,
            [str(model), model.stat().st_mtime_ns],
            to_json(_deciding(wish.request)),
            wish.picture_sha256,
            None if wish.mask is None else sha256_of_pixels(wish.mask),
            wish.stage,
            wish.longest_side_px,
        ]
    )


def _deciding(request: InpaintRequest) -> InpaintRequest:
    """Without what does not show before the model is asked, so that typing a prompt makes nothing anew."""
    canvas = replace(request.canvas, content=MaskedContent.ORIGINAL)
    return replace(request, prompt=PromptSettings(), batch=BatchSettings(), canvas=canvas, controls=())


def _sketch_sha256(wish: Wish, underpainting: Underpainting) -> str | None:
    if underpainting is not Underpainting.SKETCH or wish.sketch is None:
        return None
    return sha256_of_pixels(wish.sketch)


def _digest(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


# the cache


def _folder() -> Path:
    return cache_folder() / "previews"


def _file(preview_id: str) -> Path:
    return _folder() / f"{preview_id}.webp"


def _frame_file(key: str) -> Path:
    return _folder() / f"{key}.json"


def _remembered(key: str) -> tuple[Box, Size] | None:
    file = _frame_file(key)
    if not file.exists():
        return None
    frame, working = json.loads(file.read_bytes())
    return Box(*frame), Size(*working)


def _keep(file: Path, data: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"Cannot make the folder {file.parent}: {error.strerror}.") from error
    write_atomically(file, data)


def _prune() -> None:
    """Removes what was made longest ago, until the rest fits."""
    files: list[tuple[float, int, Path]] = []
    for file in _folder().glob("[0-9a-f]*"):
        with suppress(FileNotFoundError):  # somebody else prunes too
            status = file.stat()
            files.append((status.st_mtime, status.st_size, file))
    surplus = sum(size for _, size, _ in files) - CACHE_BYTES
    for _, size, file in sorted(files):
        if surplus <= 0:
            return
        file.unlink(missing_ok=True)
        surplus -= size
