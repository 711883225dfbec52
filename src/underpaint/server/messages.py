"""What server and engine say to each other over their pipe. Pictures are named by sha256; the store holds them."""

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from underpaint.errors import StudioError
from underpaint.geometry import Box, Size
from underpaint.request import InpaintRequest
from underpaint.server.schemas import PictureInfo, Problem
from underpaint.tasks import Underpainting


class EngineDied(StudioError):
    """The machine or the user: the process that makes pictures ended in the middle of something."""

    code = "engine-died"


@dataclass(frozen=True, slots=True)
class Plane:
    """A painted layer, small enough for the pipe: most of it is empty."""

    shape: tuple[int, ...]
    deflated: bytes

    @classmethod
    def of(cls, pixels: np.ndarray) -> "Plane":
        """Of uint8 pixels."""
        assert pixels.dtype == np.uint8
        return cls(pixels.shape, zlib.compress(np.ascontiguousarray(pixels).data, level=1))

    @property
    def pixels(self) -> np.ndarray:
        return np.frombuffer(zlib.decompress(self.deflated), np.uint8).reshape(self.shape)


# to the engine


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeImages:
    """Make the images of a job that are not `settled` yet, in order."""

    job_id: str
    request: InpaintRequest
    picture_sha256: str | None
    mask_sha256: str | None
    sketch_sha256: str | None
    settled: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipImages:
    """Go on with the next image that is not among these."""

    job_id: str
    images: frozenset[int]


@dataclass(frozen=True, slots=True)
class StopJob:
    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareViews:
    """Show what would lie under the mask; answered between two steps of a running job."""

    id: str
    asker: str
    """A newer question of the same asker makes an older one void."""
    request: InpaintRequest
    picture_sha256: str
    mask: Plane | None
    sketch: Plane | None
    underpaintings: tuple[Underpainting, ...]
    stage: str
    """A value of `underpaintings.Stage`."""
    longest_side_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribePicture:
    """Say what is in a picture; answered between two steps of a running job."""

    id: str
    asker: str
    """As in `PrepareViews`."""
    picture_sha256: str


@dataclass(frozen=True, slots=True)
class Exit:
    pass


Question = PrepareViews | DescribePicture
Command = MakeImages | SkipImages | StopJob | Question | Exit


# from the engine


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineReady:
    device: str


@dataclass(frozen=True, slots=True)
class EngineFailed:
    """It cannot be started, and ends."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Painting:
    """How far the images of one batch are."""

    job_id: str
    phase: str
    """loading, encode, sample or decode."""
    images: tuple[int, ...]
    """Those being made."""
    step: int = 0
    steps: int = 0
    preview: bytes | None = None
    """WebP of the first of them, one pixel per latent cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageMade:
    """An image that is in the store."""

    job_id: str
    index: int
    picture: PictureInfo
    recipe: dict[str, Any]
    changed_outside_px: int | None
    change_delta_e: float | None
    swatch: bytes
    """RGB of some of its masked pixels, the same places for every image of the job."""
    seconds: float


@dataclass(frozen=True, slots=True)
class JobDone:
    job_id: str


@dataclass(frozen=True, slots=True)
class JobStopped:
    job_id: str


@dataclass(frozen=True, slots=True)
class JobFailed:
    job_id: str
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewsPrepared:
    id: str
    frame: Box
    working: Size
    webps: tuple[bytes, ...]
    """In the order asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureDescribed:
    id: str
    prompt: str
    captioner: str
    """Its name."""


@dataclass(frozen=True, slots=True)
class QuestionFailed:
    id: str
    problem: Problem


Answer = ViewsPrepared | PictureDescribed
JobReply = Painting | ImageMade | JobDone | JobStopped | JobFailed
Reply = EngineReady | EngineFailed | JobReply | Answer | QuestionFailed
