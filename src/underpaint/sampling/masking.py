"""Mask blending in latent space. Mask: 1 = repaint, of any shape that broadcasts, usually (images, 1, h, w)."""

from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from underpaint.request import SoftInpaintingSettings
from underpaint.sampling.denoiser import Denoiser, NoisePredictor

CHANNELS = -3
TINY_NORM = 1e-5


@runtime_checkable
class Blend(Protocol):
    """Puts repainted and original latents together; `level` is that of the model call."""

    def __call__(self, repainted: Tensor, original: Tensor, mask: Tensor, level: float) -> Tensor: ...


def blended(repainted: Tensor, original: Tensor, mask: Tensor) -> Tensor:
    """`repainted` where the mask is 1, `original` where it is 0."""
    return repainted * mask + original * (1 - mask)


def plain_blend(repainted: Tensor, original: Tensor, mask: Tensor, level: float) -> Tensor:
    """The same at every level."""
    return blended(repainted, original, mask)


def soft_blend(settings: SoftInpaintingSettings) -> Blend:
    """Soft inpainting's: partly masked cells open as the level falls, and blending does not make latents fainter."""
    detail = settings.transition_contrast

    def blend(repainted: Tensor, original: Tensor, mask: Tensor, level: float) -> Tensor:
        share = mask ** (level**settings.schedule_bias * settings.preservation_strength)
        mixed = blended(repainted, original, share)
        wanted = (_norm(original) ** detail * (1 - share) + _norm(repainted) ** detail * share) ** (
            1 / detail
        )
        return mixed * (wanted / (_norm(mixed) + TINY_NORM)).to(mixed.dtype)

    return blend


def _norm(latents: Tensor) -> Tensor:
    return torch.linalg.vector_norm(latents, dim=CHANNELS, keepdim=True, dtype=torch.float64)


def keep_unmasked(denoise: Denoiser, original: Tensor, mask: Tensor, blend: Blend = plain_blend) -> Denoiser:
    """Pins the clean estimate to `original` where the mask is 0, so any solver leaves those latents unchanged."""

    def pinned(x: Tensor, sigma: float) -> Tensor:
        return blend(denoise(x, sigma), original, mask, sigma)

    return pinned


def show_unmasked(
    predict: NoisePredictor, original: Tensor, mask: Tensor, blend: Blend = plain_blend
) -> NoisePredictor:
    """Shows the model the noise-free `original` where the mask is 0, as A1111's DDIM does."""

    def predict_blended(x: Tensor, timestep: float, level: float) -> Tensor:
        return predict(blend(x, original, mask, level), timestep, level)

    return predict_blended
