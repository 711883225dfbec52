"""The judge that ships beside the experiments."""

import numpy as np
import pytest

from benchmarks.guide.judge import (
    IGNORED,
    NOTHING,
    SIDE_PX,
    THINGS,
    WEIGHTS,
    PlaceExam,
    accuracy,
    load_judge,
    own_accuracy,
    sights,
)
from benchmarks.guide.look import cut, look_at
from benchmarks.guide.stages import beside_the_house, dress, empty_place, removal
from training.scenes import COLOURS
from underpaint.geometry import Box


def test_it_is_small_and_knows_how_good_it_is() -> None:
    assert WEIGHTS.stat().st_size < 1_000_000
    assert set(own_accuracy()) == {"thing", "colour", "nothing"}
    measured = accuracy(load_judge(), seed=31, batches=4)
    assert min(measured.values()) > 0.93


def test_it_sees_what_stands_on_the_stages() -> None:
    pictures = [
        look_at(dress(0).picture, dress(0).regions["girl"], SIDE_PX),
        look_at(removal(2).picture, removal(2).regions["girl"], SIDE_PX),
        look_at(beside_the_house(1).picture, beside_the_house(1).regions["house"], SIDE_PX),
        look_at(empty_place(3).picture, empty_place(3).regions["mask"], SIDE_PX),
        look_at(removal(5).drawn["land"], removal(5).regions["mask"], SIDE_PX),
    ]
    seen = [sight.thing for sight in sights(load_judge(), pictures)]
    assert seen == ["girl", "girl", "house", NOTHING, NOTHING]


def test_questions_have_answers() -> None:
    exam = PlaceExam(5)
    answers = [exam.question()[1] for _ in range(60)]
    assert {THINGS[thing] for thing, _ in answers if thing != IGNORED} >= {NOTHING, "girl", "tree"}
    assert all(colour == IGNORED for thing, colour in answers if thing == 0)
    assert {colour for _, colour in answers} <= {IGNORED, *range(len(COLOURS))}


@pytest.mark.parametrize("box", [Box(0, 0, 10, 10), Box(90, 90, 10, 10), Box(0, 40, 100, 20)])
def test_a_look_at_the_border_stays_inside(box: Box) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (100, 100, 3), dtype=np.uint8)
    assert cut(pixels, box, 0.5, 32).shape == (32, 32, 3)
