"""Lessons, and the loop that gives them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from training import runs, students, text, unet, vae
from training.courses import Course
from training.curriculum import STAGES, Diet
from training.denoiser import Denoiser
from training.lessons import Painting, Restyled, stacked
from training.pool import Shape
from training.runs import Worker
from training.scenes import InkPen, Look
from training.students import STUDENTS
from training.text import new_text_encoder, new_tokenizer
from training.unet import UNetTrainer
from training.vae import new_vae


@pytest.fixture
def checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Untrained networks."""
    torch.manual_seed(0)
    painter = Denoiser(new_text_encoder(new_tokenizer()))
    states = {
        "unet": {"average": {"values": painter.state_dict()}},
        "decoder": {"average": {"values": new_vae().state_dict()}},
        "text": {"model": painter.text_encoder.state_dict()},
    }
    monkeypatch.setattr(runs, "RUNS", tmp_path)
    for module in (students, vae, text):
        monkeypatch.setattr(module, "needed_state", states.get)
    monkeypatch.setattr(unet, "load_state", {}.get)


def test_only_scenes_with_someone_who_looks_different_are_restyled() -> None:
    lesson, rng = Restyled(Look(pen=InkPen), ("cat",)), np.random.default_rng(0)
    drawings = [lesson.drawing(Course.CLOSE, rng, 32, 32, 3) for _ in range(6)]
    assert all("cat" in " ".join(drawing.captions) for drawing in drawings)


def test_a_painting_is_its_latents() -> None:
    torch.manual_seed(0)
    autoencoder = new_vae().eval()
    drawings = [Painting().drawing(Course.PAIR, np.random.default_rng(0), 48, 32, 1)]
    assert Painting().encoded(autoencoder, *stacked(drawings)).shape == (1, 4, 4, 6)


@pytest.mark.usefixtures("checkpoints")
@pytest.mark.parametrize("name", STUDENTS)
def test_every_student_takes_a_lesson(name: str) -> None:
    stage = next(stage for stage in STAGES.values() if stage.student == name)
    stage = replace(stage, diets=(Diet(Shape(4, 4), 1.0, batch=2, capacity=8, fresh=1),))
    trainer = UNetTrainer(Worker(0, 1), stage)
    before = {n: p.detach().clone() for n, p in trainer.denoiser.named_parameters() if p.requires_grad}
    trainer._fill_pools()
    losses = [float(trainer._train_on_next(share=0.5)) for _ in range(2)]
    assert np.isfinite(losses).all()
    assert any(not torch.equal(p, before[n]) for n, p in trainer.denoiser.named_parameters() if n in before)
