"""What the inpainting variant learns from."""

import numpy as np
import pytest
import torch

import training.repainting
from training import students
from training.courses import Course, allowed_scene
from training.data import to_pixels
from training.denoiser import Denoiser
from training.lessons import RepaintingLesson
from training.repainting import _about, loosened, repainting, scribble
from training.scenes import random_pair, subject_mask
from training.students import STUDENTS
from training.text import new_text_encoder, new_tokenizer
from training.vae import encode, new_vae


@pytest.mark.parametrize("course", Course, ids=lambda course: course.name.lower())
def test_a_repainting_has_a_mask_with_something_in_it(course: Course) -> None:
    rng = np.random.default_rng(1)
    for _ in range(12):
        made = repainting(course, rng, 96, 64, captions=2)
        assert made.picture.shape == (64, 96, 3)
        assert made.mask.shape == (64, 96)
        assert set(np.unique(made.mask)) <= {0, 255}
        assert made.mask.any()
        assert len(made.captions) == 2


def test_masks_are_of_every_kind() -> None:
    rng = np.random.default_rng(2)
    shares = [(repainting(Course.PAIR, rng, 64, 64, 1).mask > 0).mean() for _ in range(80)]
    assert max(shares) == 1
    assert min(shares) < 0.1
    assert sum(0.6 < share < 1 for share in shares) >= 2  # scenery


def test_a_loosened_mask_covers_the_subject() -> None:
    rng = np.random.default_rng(3)
    mask = np.zeros((64, 64), np.uint8)
    mask[20:40, 24:30] = 255
    for _ in range(20):
        assert (loosened(mask, rng)[mask > 0] == 255).all()


def test_scribbles_are_never_empty() -> None:
    rng = np.random.default_rng(4)
    assert all(scribble(rng, 80, 48).any() for _ in range(60))


def test_the_nine_channels_are_latents_mask_and_latents_of_what_is_left() -> None:
    torch.manual_seed(0)
    vae = new_vae().eval()
    pictures = torch.randint(0, 256, (2, 32, 48, 3), dtype=torch.uint8)
    masks = torch.zeros(2, 32, 48, dtype=torch.uint8)
    masks[0, :16] = masks[1] = 255
    channels = RepaintingLesson().encoded(vae, pictures, masks)
    assert channels.shape == (2, 9, 4, 6)
    assert torch.allclose(channels[:, :4], encode(vae, to_pixels(list(pictures.numpy()))), atol=2e-2)
    assert channels[0, 4].tolist() == [[1] * 6] * 2 + [[0] * 6] * 2
    assert torch.allclose(channels[1, 5:], encode(vae, torch.zeros(1, 3, 32, 48))[0], atol=2e-2)


def test_who_repaints_begins_as_who_paints(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    painter = Denoiser(new_text_encoder(new_tokenizer()))
    painted = {"average": {"values": painter.state_dict()}}
    monkeypatch.setattr(students, "needed_state", {"unet": painted}.__getitem__)
    wide = STUDENTS["inpaint"].build().unet.eval()
    x, states, t = torch.randn(1, 9, 8, 8), torch.randn(1, 77, 128), torch.tensor([500])
    with torch.no_grad():
        assert torch.allclose(
            wide(x, t, states).sample, painter.unet.eval()(x[:, :4], t, states).sample, atol=1e-5
        )


def test_a_subject_is_masked_in_many_shapes_and_always_covered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training.repainting, "SUBJECT_SHARE", 1.0)
    monkeypatch.setattr(training.repainting, "WHOLE_SHARE", 0.0)
    monkeypatch.setattr(training.repainting, "OTHER_SHAPE_SHARE", 1.0)
    excess: list[float] = []
    for seed in range(24):
        made = repainting(Course.CLOSE, np.random.default_rng(seed), 96, 96, 1)
        scene = allowed_scene(Course.CLOSE, np.random.default_rng(seed))
        subject = subject_mask(scene, 0, 96, 96) > 0
        assert (made.mask[subject] == 255).all()
        excess.append((made.mask > 0).sum() / subject.sum())
    assert min(excess) < 2
    assert max(excess) > 3


def test_who_is_swallowed_by_a_mask_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mask over both subjects must not ask for one alone."""
    monkeypatch.setattr(training.repainting, "NAMES_ONLY_SUBJECT_SHARE", 1.0)
    monkeypatch.setattr(training.repainting, "subject_caption", lambda *_: "the subject")
    monkeypatch.setattr(training.repainting, "scene_caption", lambda *_: "the scene")
    rng = np.random.default_rng(5)
    scene = random_pair(rng)
    subjects = [subject_mask(scene, i, 96, 96) for i in (0, 1)]
    alone = np.where(subjects[1] > 0, 0, subjects[0])
    assert _about(Course.PAIR, scene, subjects, 0, alone, rng) == "the subject"
    assert _about(Course.PAIR, scene, subjects, 0, np.maximum(*subjects), rng) == "the scene"
