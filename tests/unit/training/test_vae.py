"""What the decoder is taught of zeros."""

from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

from training.runs import Worker
from training.vae import BROWN, Trainer, new_vae


def decoded(latents: Tensor, elsewhere: float) -> SimpleNamespace:
    """Brown where latents are zero, one tone elsewhere."""
    is_zero = (latents == 0).all(1, keepdim=True).float()
    cells = is_zero * torch.tensor(BROWN)[:, None, None] + (1 - is_zero) * elsewhere
    return SimpleNamespace(sample=cells.repeat_interleave(8, 2).repeat_interleave(8, 3))


@pytest.fixture
def trainer() -> Trainer:
    return Trainer(new_vae(), Worker(0, 1), "decoder", (64,))


def test_zeros_are_brown_alone_and_within_a_picture(trainer: Trainer) -> None:
    trainer.vae = SimpleNamespace(decode=lambda latents: decoded(latents, elsewhere=1.0))
    assert trainer._zero_latents_loss(torch.ones(2, 4, 8, 16)) == pytest.approx(0, abs=1e-6)


def test_a_picture_that_shines_through_is_noticed(trainer: Trainer) -> None:
    def only_alone(latents: Tensor) -> SimpleNamespace:
        shining = torch.where((latents == 0).all((1, 2, 3), keepdim=True), latents, 1.0)
        return decoded(shining, elsewhere=1.0)

    trainer.vae = SimpleNamespace(decode=only_alone)
    assert float(trainer._zero_latents_loss(torch.ones(2, 4, 8, 8))) > 1
