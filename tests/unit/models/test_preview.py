from types import SimpleNamespace

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from underpaint.models.preview import fit_preview
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.models.vae import Vae


class LinearAutoencoder:
    """Latents are the mean colour in [-1, 1], and a constant."""

    config = SimpleNamespace(scaling_factor=0.5)
    device = torch.device("cpu")

    def encode(self, image: Tensor) -> SimpleNamespace:
        means = avg_pool2d(image, 8)
        latents = torch.cat([means, torch.full_like(means[:, :1], 0.3)], dim=1)
        return SimpleNamespace(latent_dist=SimpleNamespace(mode=lambda: latents))


def test_a_linear_autoencoder_is_matched_exactly() -> None:
    vae = Vae(LinearAutoencoder())
    preview = fit_preview(vae)
    picture = np.zeros((16, 24, 3), dtype=np.uint8)
    picture[:8, :8] = (255, 0, 100)
    picture[8:, 16:] = (10, 200, 255)
    assert np.array_equal(preview(vae.encode(picture)), picture[::8, ::8])


def test_values_are_clamped_and_the_same_every_time(tiny_sd1: StableDiffusion) -> None:
    latents = 100 * torch.randn((1, 4, 3, 5), generator=torch.Generator().manual_seed(0))
    colours = fit_preview(tiny_sd1.vae)(latents)
    assert colours.shape == (3, 5, 3)
    assert colours.dtype == np.uint8
    assert {0, 255} <= set(colours.flat)
    assert np.array_equal(colours, fit_preview(tiny_sd1.vae)(latents))
