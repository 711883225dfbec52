import numpy as np
import torch

from tests.unit.models.tiny import golden
from underpaint.models.stable_diffusion import StableDiffusion


def test_latents_are_a1111s(tiny_sd1: StableDiffusion) -> None:
    case = golden("base")
    latents = tiny_sd1.vae.encode(case.picture("init"))
    torch.testing.assert_close(latents, case.arrays["init_latent"], rtol=0, atol=1e-5)


def test_pictures_are_a1111s(tiny_sd1: StableDiffusion) -> None:
    case = golden("base")
    decoded = tiny_sd1.vae.decode(case.arrays["final_latent"])
    difference = np.floor(255 * decoded) - case.picture("raw_0")
    assert np.abs(difference).max() <= 1


def test_bytes_and_floats_are_the_same_picture(tiny_sd1: StableDiffusion) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (16, 24, 3), dtype=np.uint8)
    before = picture.copy()
    latents = tiny_sd1.vae.encode(picture)
    assert latents.shape == (1, 4, 2, 3)
    assert torch.equal(latents, tiny_sd1.vae.encode(picture / 255))
    assert np.array_equal(picture, before)


def test_decoded_values_stay_between_0_and_1(tiny_sd1: StableDiffusion) -> None:
    generator = torch.Generator().manual_seed(0)
    picture = tiny_sd1.vae.decode(10 * torch.randn((1, 4, 2, 3), generator=generator))
    assert picture.shape == (16, 24, 3)
    assert picture.dtype == np.float32
    assert picture.min() == 0
    assert picture.max() == 1
