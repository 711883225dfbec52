"""What the decoder is taught of zeros, and where training goes on."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

from training import runs
from training.runs import Worker, save_state
from training.vae import BROWN, Trainer, new_vae, train_vae


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


def saved(name: str, step: int) -> Trainer:
    """A trainer whose checkpoint of that name was left after so many steps."""
    vae = new_vae()
    for part, parameter in vae.named_parameters():
        parameter.requires_grad_(name == "vae" or not part.startswith(("encoder.", "quant_conv.")))
    trainer = Trainer(vae, Worker(0, 1), name, (64,))
    state = {
        "model": vae.state_dict(),
        "average": trainer.average.state_dict(),
        "optimizer": trainer.optimizer.state_dict(),
        "step": step,
    }
    save_state(name, state)
    return trainer


@pytest.mark.parametrize(
    ("steps", "expected"),
    [({"decoder": 400}, 0), ({"decoder": 400, "vae": 5}, 5)],
    ids=["decoder", "decoder and vae"],
)
def test_the_autoencoder_goes_on_from_a_decoder_that_has_learned(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, steps: dict[str, int], expected: int
) -> None:
    monkeypatch.setattr(runs, "RUNS", tmp_path)
    *_, last = [saved(name, step) for name, step in steps.items()]
    done: list[Trainer] = []

    def keep(trainer: Trainer) -> None:
        done.append(trainer)

    monkeypatch.setattr(Trainer, "_report", keep)
    train_vae(Worker(0, 1), minutes=1e-9)
    assert [trainer.step for trainer in done] == [expected]
    start, end = last.vae.state_dict(), done[0].vae.state_dict()
    assert all(torch.equal(start[name].cpu(), value.cpu()) for name, value in end.items())
