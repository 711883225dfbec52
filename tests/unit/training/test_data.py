"""What the autoencoder learns from."""

import numpy as np
import pytest
import torch

from training import data
from training.data import CropStream
from training.sheets import Picture

SIZE, BATCHES = 32, 40


def half_a_sky(scene: object, width: int, height: int, look: object) -> Picture:
    """Nothing at the left, noise at the right."""
    pixels = np.full((height, width, 3), 128, np.uint8)
    pixels[:, width // 2 :] = np.random.default_rng(0).integers(0, 256, (height, width - width // 2, 3))
    return pixels


def test_crops_look_where_there_is_something_to_see(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "draw", half_a_sky)
    batches = CropStream(seed=1).batches(3 * SIZE**2, [SIZE])
    pixels = torch.cat([next(batches) for _ in range(BATCHES)])
    assert pixels.shape == (3 * BATCHES, 3, SIZE, SIZE)
    is_plain = pixels.std((1, 2, 3)) == 0
    assert is_plain.float().mean() < 0.1
