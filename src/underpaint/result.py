"""What a run yields: events while it goes on, and a `Result` with its `Recipe` for every finished image."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from annotated_types import Interval

from underpaint.request import InpaintRequest, Matches, Seed, Sha256

if TYPE_CHECKING:
    from torch import Tensor

    from underpaint.canvas import PreparedCanvas
    from underpaint.image.picture import Picture


class Phase(StrEnum):
    ENCODE = "encode"
    SAMPLE = "sample"
    DECODE = "decode"


class NetworkKind(StrEnum):
    LORA = "lora"
    EMBEDDING = "embedding"
    CONTROLNET = "controlnet"

    @property
    def spelling(self) -> str:
        """As people write it."""
        return {NetworkKind.LORA: "LoRA", NetworkKind.CONTROLNET: "ControlNet"}.get(self, self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedNetwork:
    """A small network that changed the model for a job."""

    kind: NetworkKind
    name: str
    """As the prompt calls it; a ControlNet's own, without folder and ending."""
    sha256: Sha256
    """Of the whole file."""
    a1111_hash: Annotated[str, Matches(r"[0-9a-f]{8}(?:[0-9a-f]{4})?", "8 or 12 hexadecimal digits")]
    """By which A1111 knows it; for LoRAs, of the tensors alone, for ControlNets 8 digits of a part of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """All that is needed to make one image again; travels inside its PNG."""

    request: InpaintRequest
    """With seeds drawn and sizes decided."""
    image_index: Annotated[int, Interval(ge=0, le=64_000)]
    """Which image of the job: 0 … batch.total - 1."""
    seed: Seed
    subseed: Seed
    model_name: str
    model_sha256: Sha256
    device: Annotated[str, Matches(r"cpu|cuda", "cpu or cuda")]
    """Where the networks ran; the last digits of their answers depend on it."""
    picture_sha256: tuple[Sha256, ...] = ()
    mask_sha256: Sha256 | None = None
    sketch_sha256: Sha256 | None = None
    """None also when nothing of a sketch counted."""
    is_inpaint_model: bool = False
    """Whether the model saw mask and masked picture beside the latents."""
    networks: tuple[UsedNetwork, ...] = ()
    """LoRAs in the order of the prompt, then embeddings in A1111's: the parts of the prompt backwards, then the negative
    prompt, each naming its own. Then the ControlNets, one for each unit."""
    is_mask_empty: bool = False
    is_padded: bool = False
    """Prompt and negative prompt differ in length, and the shorter was filled up."""
    guides_late: bool = False
    """Calls at the start went without the negative prompt."""
    guides_less_at_end: bool = False
    """Calls below `negative_min_sigma` went without the negative prompt."""
    versions: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    picture: Picture
    recipe: Recipe
    changed_outside_px: int | None
    """Pixels outside the soft mask that differ from the input, counted; None when sizes differ or without mask."""
    mask: Picture | None = None
    """If asked for: grey, what the result was blended with."""
    cut_out: Picture | None = None
    """If asked for: RGBA, what was generated, transparent outside the mask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseStarted:
    phase: Phase
    batch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Underpainted:
    """The start of a batch, before any noise: what lies under the mask."""

    batch: int
    canvases: tuple[PreparedCanvas, ...]
    latents: Tensor
    """(images, 4, h, w), clean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    batch: int
    first_image: int
    images: int
    step: int
    """Steps done, from 1."""
    steps: int
    sigma: float
    denoised: Tensor
    """The current clean estimate (images, 4, h, w), for previews."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSampled:
    """The final latents of a batch (images, 4, h, w), before they are decoded."""

    batch: int
    latents: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageDone:
    index: int
    total: int
    result: Result


Event = PhaseStarted | Underpainted | Stepped | BatchSampled | ImageDone
