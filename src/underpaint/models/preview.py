"""Latents to small pictures without the decoder: colours are nearly linear in Stable Diffusion's latents."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn.functional import avg_pool2d

from underpaint.models.vae import Vae

SAMPLE_PX = 256
DISCS = 240
SMALLEST_RADIUS_PX, LARGEST_RADIUS_PX = 8, 64


@dataclass(frozen=True, slots=True)
class Preview:
    """The linear map from a latent cell to the mean colour of its 8×8 pixels; one per autoencoder."""

    matrix: Float[Tensor, "5 3"]
    """Rows: the four latent channels, then the constant."""

    def __call__(self, latents: Float[Tensor, "1 4 h w"]) -> UInt8[np.ndarray, "h w 3"]:
        """One pixel per latent cell."""
        colours = _with_constant(latents.float().cpu()) @ self.matrix
        height, width = latents.shape[2:]
        return (colours.clamp(0, 1) * 255).round().byte().reshape(height, width, 3).numpy()


def fit_preview(vae: Vae) -> Preview:
    """Least squares over one made-up picture and its latents, the same every time; costs one encoding of 256×256."""
    picture = _fallen_leaves()
    latents = vae.encode(picture.permute(1, 2, 0).numpy()).cpu()
    cells = avg_pool2d(picture, SAMPLE_PX // latents.shape[-1])
    return Preview(
        torch.linalg.lstsq(_with_constant(latents), cells.permute(1, 2, 0).reshape(-1, 3)).solution
    )


def _with_constant(latents: Tensor) -> Tensor:
    """(cells, 5): every cell's four numbers and a 1."""
    cells = latents.permute(0, 2, 3, 1).reshape(-1, 4)
    return torch.cat([cells, torch.ones(len(cells), 1)], dim=1)


def _fallen_leaves() -> Float[Tensor, "3 px px"]:
    """Discs of all colours and many sizes, one over the other: flat areas and edges in about the proportion of
    photographs (the "dead leaves" of Lee, Mumford & Huang 2001). Smooth gradients instead fit half as well."""
    generator = torch.Generator().manual_seed(0)
    y, x = torch.meshgrid(torch.arange(SAMPLE_PX), torch.arange(SAMPLE_PX), indexing="ij")
    picture = torch.rand((3, 1, 1), generator=generator).expand(3, SAMPLE_PX, SAMPLE_PX)
    for _ in range(DISCS):
        centre_x, centre_y, size, *colour = torch.rand(6, generator=generator)
        radius = SMALLEST_RADIUS_PX * (LARGEST_RADIUS_PX / SMALLEST_RADIUS_PX) ** size
        is_inside = (x - centre_x * SAMPLE_PX) ** 2 + (y - centre_y * SAMPLE_PX) ** 2 < radius**2
        picture = torch.where(is_inside, torch.stack(colour)[:, None, None], picture)
    return picture
