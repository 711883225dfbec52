"""Requests as the experiments make them: the studio's defaults, except for what is named."""

from underpaint.models.catalog import BUILTIN_MODEL
from underpaint.request import (
    CanvasSettings,
    ControlUnit,
    InpaintArea,
    InpaintRequest,
    MaskedContent,
    MaskMode,
    MaskSettings,
    NoiseSettings,
    Rules,
    Sampler,
    SamplingSettings,
)

ORIGINAL, FILL = MaskedContent.ORIGINAL, MaskedContent.FILL
NOISE, NOTHING = MaskedContent.LATENT_NOISE, MaskedContent.LATENT_NOTHING
WHOLE, ONLY_MASKED = InpaintArea.WHOLE_PICTURE, InpaintArea.ONLY_MASKED
STEPS = 10
"""The guide's own number."""

CFG_SCALE = 4.0
"""That of `underpaint demo`: the builtin model needs less than large ones."""


def ask(
    content: MaskedContent = ORIGINAL,
    strength: float = 0.75,
    *,
    steps: int = STEPS,
    area: InpaintArea = WHOLE,
    padding_px: int = 32,
    blur_px: float = 4,
    mode: MaskMode = MaskMode.MASKED,
    sampler: Sampler = Sampler.DPMPP_2M,
    multiplier: float = 1.0,
    rules: Rules | None = None,
    model: str = BUILTIN_MODEL,
    conditioning: float = 1.0,
    controls: tuple[ControlUnit, ...] = (),
) -> InpaintRequest:
    """A request without prompt and seed."""
    return InpaintRequest(
        model=model,
        mask=MaskSettings(
            mode=mode, blur_x_px=blur_px, blur_y_px=blur_px, conditioning_strength=conditioning
        ),
        canvas=CanvasSettings(content=content, area=area, padding_px=padding_px),
        sampling=SamplingSettings(
            denoising_strength=strength, steps=steps, sampler=sampler, cfg_scale=CFG_SCALE
        ),
        noise=NoiseSettings(multiplier=multiplier),
        controls=controls,
        rules=rules or Rules(),
    )
