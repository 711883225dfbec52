"""What an inpainting (9-channel) checkpoint sees beside the latents: the mask, and the picture without what it covers."""

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn.functional import interpolate

from underpaint.models.vae import Vae


def inpaint_conditioning(
    vae: Vae,
    image: UInt8[np.ndarray, "height width 3"],
    mask: Float[np.ndarray, "height width"],
    *,
    strength: float,
) -> Float[Tensor, "1 5 h w"]:
    """The mask, one value per latent cell, and the latents of the masked picture.

    `mask`: 1 = repaint, at the picture's size. `strength` (conditioning mask strength): how much of what the mask
    covers is hidden; at 1 all of it becomes mid-grey, at 0 nothing.
    """
    visible = 1 - strength * mask[..., None]
    masked = ((image / 127.5 - 1) * visible + 1) / 2
    latents = vae.encode(masked.astype(np.float32))
    return torch.cat([_mask_cells(mask, latents), latents], dim=1)


def blank_conditioning(vae: Vae, latents: Float[Tensor, "1 4 h w"]) -> Float[Tensor, "1 5 h w"]:
    """For text-to-image: everything is masked, and the masked picture is mid-grey. `latents` gives the shape."""
    height, width = (8 * side for side in latents.shape[2:])
    grey = vae.encode(np.full((height, width, 3), 0.5, np.float32))
    return torch.cat([torch.ones_like(grey[:, :1]), grey], dim=1)


def _mask_cells(mask: np.ndarray, latents: Tensor) -> Tensor:
    """Every cell takes the mask's value at its top left pixel (torch's nearest)."""
    pixels = torch.from_numpy(mask.astype(np.float32)).to(latents)[None, None]
    return interpolate(pixels, size=latents.shape[2:], mode="nearest")
