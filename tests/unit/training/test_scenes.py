"""The drawn scenes that the builtin model learns from."""

import re

import numpy as np
import pytest

from training.scenes import (
    KINDS,
    PART_COLOURS,
    VOCABULARY,
    caption,
    draw,
    from_json,
    labels,
    part_mask,
    random_scene,
    sample_scene,
    subject_mask,
    to_json,
)
from training.scenes.model import Scene


def scenes(count: int, *, easy: float = 0.5) -> list[Scene]:
    rng = np.random.default_rng(7)
    return [random_scene(rng, easy=easy) for _ in range(count)]


def test_a_scene_alone_decides_its_picture() -> None:
    for scene in scenes(6):
        assert np.array_equal(draw(scene, 96, 64), draw(from_json(to_json(scene)), 96, 64))


@pytest.mark.parametrize(("width", "height"), [(64, 64), (256, 192), (128, 320)])
def test_pictures_have_the_size_asked_for(width: int, height: int) -> None:
    (scene,) = scenes(1)
    assert draw(scene, width, height).shape == (height, width, 3)


def test_every_word_of_a_caption_is_in_the_vocabulary() -> None:
    rng = np.random.default_rng(1)
    words = {word for scene in scenes(400) for word in re.findall(r"[\w-]+", caption(scene, rng))}
    assert words <= {part for word in VOCABULARY for part in (word, *word.split("-"))} | set(VOCABULARY)


def test_labels_name_the_main_subject() -> None:
    for scene in scenes(100):
        label = labels(scene)
        assert label.kind in KINDS
        assert label.colour in PART_COLOURS[label.part]
        assert label.colour == getattr(scene.subjects[0], label.part)


def test_masks_cover_what_they_name() -> None:
    scene = sample_scene()
    girl, dress = subject_mask(scene, 0, 384, 256), part_mask(scene, 0, "dress", 384, 256)
    assert 0 < (dress > 0).sum() < (girl > 0).sum()
    blue = draw(scene, 384, 256)[dress == 255].astype(int)
    assert (blue[:, 2] > blue[:, 0]).mean() > 0.9
