"""What the denoiser is shown, and what is kept from it."""

from itertools import combinations, product

import numpy as np
import pytest
import torch

from training.courses import Course, allowed_scene, example, is_held_out, is_held_out_pair
from training.curriculum import STAGES, Diet
from training.pool import CAPTIONS, Pool, Shape
from training.scenes import (
    FACED,
    KINDS,
    PART_COLOURS,
    Window,
    draw,
    kind_of,
    main_colour,
    pair_caption,
    random_detail,
    random_pair,
    random_scene,
)
from training.scenes.model import PARTS
from training.text import CONTEXT


def looks() -> list[tuple[str, str]]:
    return [(kind, colour) for kind in KINDS for colour in PART_COLOURS[PARTS[kind]]]


@pytest.mark.parametrize("course", Course, ids=lambda course: course.name.lower())
@pytest.mark.parametrize(("width", "height"), [(64, 64), (96, 128), (128, 96)])
def test_examples_have_the_size_and_captions_asked_for(course: Course, width: int, height: int) -> None:
    made = example(course, np.random.default_rng(3), width, height, captions=2)
    assert made.picture.shape == (height, width, 3)
    assert len(made.captions) == 2


def test_a_window_shows_what_the_whole_picture_shows_there() -> None:
    scene = random_pair(np.random.default_rng(4))
    part = draw(scene, 192, 128, Window(40, 24, 96, 64))
    whole = draw(scene, 192, 128)[24:88, 40:136]
    assert np.abs(part.astype(int) - whole).mean() < 0.1  # skia rounds gradients by where they begin


def test_details_look_at_their_part_inside_the_picture() -> None:
    rng = np.random.default_rng(5)
    for _ in range(60):
        seen = random_detail(rng, 96, 64)
        x, y, width, height = seen.window
        assert (width, height) == (96, 64)
        assert 0 <= x <= seen.width - width
        assert 0 <= y <= seen.height - height
        assert seen.subject in seen.scene.subjects


def test_pairs_are_two_kinds_that_their_captions_name() -> None:
    rng = np.random.default_rng(6)
    for _ in range(60):
        scene = random_pair(rng)
        first, second = scene.subjects
        assert kind_of(first) != kind_of(second)
        told = pair_caption(scene, rng).replace("gray", "grey")
        asked = [subject for subject in scene.subjects if kind_of(subject) != "girl"]
        assert all(main_colour(subject) in told for subject in asked)


def test_faces_are_shown_more_often_than_the_other_kinds() -> None:
    rng = np.random.default_rng(7)
    kinds = [kind_of(allowed_scene(Course.CLOSE, rng).subjects[0]) for _ in range(1200)]
    counts = {kind: kinds.count(kind) for kind in KINDS}
    faced, others = (
        [n for kind, n in counts.items() if (kind in FACED) is wanted] for wanted in (True, False)
    )
    assert min(faced) > 1.2 * max(others)
    assert min(others) > 0.3 * max(faced)


def test_an_eighth_of_the_combinations_is_held_out_in_either_order() -> None:
    met = [(a, b) for a, b in combinations(looks(), 2) if a[0] != b[0]]
    held = [is_held_out_pair(a, b) for a, b in met]
    assert held == [is_held_out_pair(b, a) for a, b in met]
    assert np.mean(held) == pytest.approx(1 / 8, abs=0.02)


def test_every_two_kinds_have_combinations_on_both_sides() -> None:
    for a, b in combinations(KINDS, 2):
        pairs = product(PART_COLOURS[PARTS[a]], PART_COLOURS[PARTS[b]])
        assert {is_held_out_pair((a, x), (b, y)) for x, y in pairs} == {True, False}


def test_scenes_of_one_subject_are_never_held_out() -> None:
    rng = np.random.default_rng(8)
    assert not any(is_held_out(random_scene(rng, easy=1.0)) for _ in range(50))


@pytest.mark.parametrize("name", STAGES)
def test_course_shares_always_add_up(name: str) -> None:
    for progress in (0.0, 0.3, 1.0):
        assert STAGES[name].course_shares(progress).sum() == pytest.approx(1)


def test_pools_forget_the_oldest_of_the_same_course() -> None:
    pool = Pool(Shape(2, 2), capacity=2)
    for value in (1, 2, 3):
        pool.add(
            [Course.PAIR], torch.full((1, 4, 2, 2), float(value)), torch.full((1, CAPTIONS, CONTEXT), value)
        )
    pool.add([Course.CLOSE], torch.full((1, 4, 2, 2), 9.0), torch.full((1, CAPTIONS, CONTEXT), 9))
    only_pairs = np.array([0.0, 0.0, 1.0, 0.0])
    latents, ids = pool.draw(40, only_pairs, np.random.default_rng(0))
    assert {2.0, 3.0} == set(latents.flatten().tolist())
    assert (ids[:, 0] == latents[:, 0, 0, 0]).all()


def test_pools_leave_out_courses_of_which_there_is_nothing_yet() -> None:
    pool = Pool(Shape(2, 2), capacity=2)
    pool.add([Course.CLOSE], torch.full((1, 4, 2, 2), 9.0), torch.full((1, CAPTIONS, CONTEXT), 9))
    latents, _ = pool.draw(20, np.full(len(Course), 1 / len(Course)), np.random.default_rng(0))
    assert (latents == 9).all()


@pytest.mark.parametrize("name", STAGES)
def test_diet_shares_always_add_up(name: str) -> None:
    assert sum(diet.share for diet in STAGES[name].diets) == pytest.approx(1)


def test_larger_batches_take_fewer_new_drawings_each() -> None:
    diet = Diet(Shape(8, 8), share=0.5, batch=8, capacity=100, fresh=3)
    assert diet.times(1) == diet
    assert diet.times(32) == Diet(Shape(8, 8), share=0.5, batch=256, capacity=512, fresh=48)
