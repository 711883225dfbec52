import numpy as np
import pytest
import torch

from underpaint.models.inpaint_conditioning import blank_conditioning, inpaint_conditioning
from underpaint.models.stable_diffusion import StableDiffusion


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)


@pytest.fixture
def mask() -> np.ndarray:
    mask = np.zeros((64, 64))
    mask[8:24, 16:40] = 1
    return mask


def test_the_mask_is_sampled_at_the_cells_top_left_pixels(
    tiny_sd1: StableDiffusion, image: np.ndarray, mask: np.ndarray
) -> None:
    mask[32, 32], mask[41, 41] = 1, 1
    cells = inpaint_conditioning(tiny_sd1.vae, image, mask, strength=1.0)[0, 0]
    expected = torch.zeros(8, 8)
    expected[1:3, 2:5] = 1
    expected[4, 4] = 1
    assert torch.equal(cells, expected)


def test_what_is_masked_is_seen_as_mid_grey(
    tiny_sd1: StableDiffusion, image: np.ndarray, mask: np.ndarray
) -> None:
    seen = inpaint_conditioning(tiny_sd1.vae, image, mask, strength=1.0)[:, 1:]
    grey = image.astype(np.float32) / 255
    grey[mask == 1] = 0.5
    torch.testing.assert_close(seen, tiny_sd1.vae.encode(grey), atol=1e-4, rtol=0)


def test_at_strength_0_the_whole_picture_is_seen(
    tiny_sd1: StableDiffusion, image: np.ndarray, mask: np.ndarray
) -> None:
    seen = inpaint_conditioning(tiny_sd1.vae, image, mask, strength=0.0)[:, 1:]
    torch.testing.assert_close(seen, tiny_sd1.vae.encode(image), atol=1e-4, rtol=0)


def test_without_a_picture_all_is_masked(tiny_sd1: StableDiffusion) -> None:
    seen = blank_conditioning(tiny_sd1.vae, torch.zeros(1, 4, 8, 4))
    assert seen.shape == (1, 5, 8, 4)
    assert (seen[:, 0] == 1).all()
