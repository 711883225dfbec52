"""What the ControlNet learns from, and what it is at first."""

import numpy as np
import pytest
import torch

from training import students
from training.courses import Course
from training.denoiser import ControlledDenoiser, Denoiser, new_control, new_unet
from training.lessons import Controlled, folded, stacked, unfolded
from training.students import STUDENTS
from training.text import new_text_encoder, new_tokenizer
from training.vae import new_vae
from underpaint.image.control import HOLE


def test_control_pictures_survive_the_folding() -> None:
    controls = torch.rand(2, 16, 24, 3)
    channels = folded(controls)
    assert channels.shape == (2, 192, 2, 3)
    assert torch.equal(unfolded(channels).movedim(1, -1), controls)


def test_half_of_the_control_pictures_are_lines_and_half_have_a_hole() -> None:
    torch.manual_seed(0)
    vae = new_vae().eval()
    lesson, rng = Controlled(), np.random.default_rng(1)
    drawings = [lesson.drawing(Course.CLOSE, rng, 32, 48, 2) for _ in range(24)]
    assert [len(drawing.captions) for drawing in drawings] == [2] * 24
    examples = lesson.encoded(vae, *stacked(drawings))
    assert examples.shape == (24, Controlled.channels, 6, 4)
    controls = unfolded(examples[:, 4:])
    has_hole = (controls == HOLE).flatten(1).any(1)
    is_grey = (controls[:, 0] == controls[:, 1]).flatten(1).all(1)
    assert (has_hole ^ is_grey | (controls == HOLE).flatten(1).all(1)).all()
    assert 4 < int(has_hole.sum()) < 20


def test_an_untrained_controlnet_changes_nothing_and_is_all_that_learns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch.manual_seed(0)
    painter = Denoiser(new_text_encoder(new_tokenizer()))
    monkeypatch.setattr(
        students, "needed_state", {"unet": {"average": {"values": painter.state_dict()}}}.__getitem__
    )
    student = STUDENTS["control"].build().eval()
    assert isinstance(student, ControlledDenoiser)
    x, t, states, control = (
        torch.randn(1, 4, 8, 8),
        torch.tensor([500]),
        torch.randn(1, 77, 128),
        torch.rand(1, 192, 8, 8),
    )
    with torch.no_grad():
        ours = student.velocity(x, control, t, states)
        assert torch.allclose(ours, painter.eval().velocity(x, x[:, :0], t, states), atol=1e-5)
    student.text_encoder.requires_grad_(False)
    assert {name.split(".")[0] for name, p in student.named_parameters() if p.requires_grad} == {"control"}
    assert all(p.requires_grad for p in student.control.parameters())


def test_a_controlnet_begins_with_the_layers_it_shares_with_the_unet() -> None:
    torch.manual_seed(0)
    unet = new_unet()
    theirs, ours = unet.state_dict(), new_control(unet).state_dict()
    shared = theirs.keys() & ours.keys()
    assert {name.split(".")[0] for name in shared} == {
        "conv_in",
        "time_embedding",
        "down_blocks",
        "mid_block",
    }
    assert all(torch.equal(ours[name], theirs[name]) for name in shared)
