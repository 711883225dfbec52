"""Tasks: what someone wants to do, as values for settings that exist."""

from dataclasses import dataclass, replace
from enum import StrEnum

from underpaint.request import InpaintArea, InpaintRequest, MaskedContent, MaskMode

WHOLE, ONLY_MASKED = InpaintArea.WHOLE_PICTURE, InpaintArea.ONLY_MASKED


class Underpainting(StrEnum):
    """What lies under the mask: the four masked contents, and the picture with the sketch painted over it."""

    SKETCH = "sketch"
    ORIGINAL = "original"
    FILL = "fill"
    LATENT_NOISE = "latent-noise"
    LATENT_NOTHING = "latent-nothing"

    @property
    def content(self) -> MaskedContent:
        """The masked content of the request; the sketch goes under *original*."""
        return MaskedContent.ORIGINAL if self is Underpainting.SKETCH else MaskedContent(self.value)


class Task(StrEnum):
    FIX_DETAIL = "fix-detail"
    ADD = "add"
    REPLACE = "replace"
    BACKGROUND = "background"
    EXTEND = "extend"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPreset:
    """Values a task fills in; what is None stays as it is."""

    task: Task
    name: str
    description: str
    underpainting: Underpainting | None = None
    denoising_strength: float | None = None
    area: InpaintArea | None = None
    padding_px: int | None = None
    grow_px: int | None = None
    blur_px: float | None = None
    mask_mode: MaskMode | None = None
    resampling: int | None = None
    needs_picture: bool = True


PRESETS: dict[Task, TaskPreset] = {
    preset.task: preset
    for preset in (
        TaskPreset(
            task=Task.FIX_DETAIL,
            name="Fix detail",
            description="Redraw what is there, sharper: eyes, hands, a face.",
            underpainting=Underpainting.ORIGINAL,
            denoising_strength=0.35,
            area=ONLY_MASKED,
            padding_px=32,
            grow_px=0,
            blur_px=4,
            mask_mode=MaskMode.MASKED,
            resampling=0,
        ),
        TaskPreset(
            task=Task.ADD,
            name="Add",
            description="Something that is not there yet, in the tones around it.",
            underpainting=Underpainting.FILL,
            denoising_strength=0.75,
            area=ONLY_MASKED,
            padding_px=32,
            grow_px=0,
            blur_px=4,
            mask_mode=MaskMode.MASKED,
            resampling=0,
        ),
        TaskPreset(
            task=Task.REPLACE,
            name="Replace",
            description="Something else in its place; nothing of it stays.",
            underpainting=Underpainting.LATENT_NOISE,
            denoising_strength=1.0,
            area=ONLY_MASKED,
            padding_px=48,
            grow_px=6,
            blur_px=4,
            mask_mode=MaskMode.MASKED,
            resampling=1,
        ),
        TaskPreset(
            task=Task.BACKGROUND,
            name="Background",
            description="Another scene around what is masked.",
            underpainting=Underpainting.LATENT_NOTHING,
            denoising_strength=1.0,
            area=WHOLE,
            grow_px=4,
            blur_px=4,
            mask_mode=MaskMode.NOT_MASKED,
            resampling=1,
        ),
        TaskPreset(
            task=Task.EXTEND,
            name="Extend",
            description="Go on beyond the picture's edge.",
            underpainting=Underpainting.FILL,
            denoising_strength=0.85,
            area=ONLY_MASKED,
            padding_px=256,
            grow_px=0,
            blur_px=8,
            mask_mode=MaskMode.MASKED,
            resampling=0,
        ),
        TaskPreset(
            task=Task.CUSTOM,
            name="Custom",
            description="Your own values; nothing is filled in.",
            needs_picture=False,
        ),
    )
}
"""What each task fills in, in the order to show them.

Strengths are those of the guide this tool is built after: detail at 0.5 or lower with only the masked part in view,
fill and the latent contents from 0.7 on, a sketch at 0.4. *Extend* sees 256 px of the picture beside the new area,
because a narrow strip alone tells too little.
"""

ADD_OVER_SKETCH = replace(
    PRESETS[Task.ADD],
    description="Something that is not there yet; the sketch gives it shape and colour.",
    underpainting=Underpainting.SKETCH,
    denoising_strength=0.4,
)
"""Paint decides shape and colour, and is lost at a strength that a fill needs."""

ZONES: dict[Underpainting, dict[InpaintArea, tuple[float, float]]] = {
    Underpainting.SKETCH: dict.fromkeys(InpaintArea, (0.35, 0.60)),
    Underpainting.ORIGINAL: {ONLY_MASKED: (0.25, 0.50), WHOLE: (0.70, 0.95)},
    Underpainting.FILL: dict.fromkeys(InpaintArea, (0.70, 0.95)),
    Underpainting.LATENT_NOISE: dict.fromkeys(InpaintArea, (0.75, 1.0)),
    Underpainting.LATENT_NOTHING: dict.fromkeys(InpaintArea, (0.80, 1.0)),
}


def preset(task: Task, *, has_sketch: bool = False) -> TaskPreset:
    """What a task fills in; *add* goes by whether anything is sketched."""
    return ADD_OVER_SKETCH if task is Task.ADD and has_sketch else PRESETS[task]


def zone(underpainting: Underpainting, area: InpaintArea) -> tuple[float, float]:
    """The lowest and highest denoising strength that usually works."""
    return ZONES[underpainting][area]


def apply(preset: TaskPreset, request: InpaintRequest) -> InpaintRequest:
    """The request with the task's values filled in. Prompt, size, sampler and seed stay."""
    canvas, mask, sampling = request.canvas, request.mask, request.sampling
    if preset.underpainting is not None:
        canvas = replace(canvas, content=preset.underpainting.content)
    if preset.area is not None:
        canvas = replace(canvas, area=preset.area)
    if preset.padding_px is not None:
        canvas = replace(canvas, padding_px=preset.padding_px)
    if preset.grow_px is not None:
        mask = replace(mask, grow_px=preset.grow_px)
    if preset.blur_px is not None:
        mask = replace(mask, blur_x_px=preset.blur_px, blur_y_px=preset.blur_px)
    if preset.mask_mode is not None:
        mask = replace(mask, mode=preset.mask_mode)
    if preset.denoising_strength is not None:
        sampling = replace(sampling, denoising_strength=preset.denoising_strength)
    if preset.resampling is not None:
        sampling = replace(sampling, resampling=preset.resampling)
    return replace(request, canvas=canvas, mask=mask, sampling=sampling)
