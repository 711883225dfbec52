"""The prompts and counts behind the builtin model's figures."""

import re
from dataclasses import replace

import numpy as np
import pytest

from training.asks import Aim, PairPrompt, fixed_errands, fixed_pairs, fixed_prompts
from training.census import SIDE_PX, count_of, count_pictures, indices, new_census
from training.courses import is_held_out_pair
from training.evaluate import errand_figures, pair_figures
from training.scenes import KINDS, VOCABULARY, random_pair


def test_pairs_are_held_out_balanced_and_fixed() -> None:
    pairs = fixed_pairs(60)
    assert pairs == fixed_pairs(60)
    for pair in pairs:
        first, second = pair.truth.items()
        assert is_held_out_pair(first, second)
        assert pair.text.index(first[0]) < pair.text.index(second[0])
    named = [kind for pair in pairs for kind in pair.truth]
    assert {named.count(kind) for kind in KINDS} == {20}


def test_prompts_use_known_words_only() -> None:
    texts = [p.text for p in (*fixed_prompts(60), *fixed_pairs(60), *fixed_errands(30, 64))]
    assert {word for text in texts for word in re.findall(r"[\w-]+", text)} <= set(VOCABULARY)


def test_prompts_stay_the_same_so_that_figures_can_be_compared() -> None:
    assert [p.text for p in fixed_prompts(3)] == [
        "a girl with a black dress on the sand, day",
        "a white cat on the grass, night",
        "a tree with yellow leaves on the sand, sunset",
    ]
    assert fixed_pairs(1)[0].text == "a brown cat and a tree with red leaves by the sea, day"


@pytest.mark.parametrize(
    ("seen", "kinds", "colours", "alone"),
    [
        ({"girl": "red", "cat": "white"}, 1, 1, 1),
        ({"girl": "white", "cat": "red"}, 1, 0, 0),
        ({"girl": "red"}, 0, 0, 0),
        ({"girl": "red", "cat": "white", "tree": "green"}, 1, 1, 0),
    ],
    ids=["as asked", "colours swapped", "one missing", "one too many"],
)
def test_pair_figures(seen: dict[str, str], kinds: int, colours: int, alone: int) -> None:
    prompt = PairPrompt("a girl with a red dress and a white cat", {"girl": "red", "cat": "white"})
    assert list(pair_figures([prompt], [seen]).values()) == [kinds, colours, alone]


def test_a_census_names_what_is_there() -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        count = count_of(random_pair(rng))
        assert len(count) == 2
        assert sum(index > 0 for index in indices(count)) == 2


def test_a_census_answers_for_pictures_of_any_size() -> None:
    pictures = [np.zeros((side, SIDE_PX, 3), np.uint8) for side in (64, 200)]
    assert len(count_pictures(new_census().eval(), pictures)) == 2


def test_errands_change_what_their_aim_says_and_nothing_else() -> None:
    judged = {Aim.OBJECT: {"kind", "colour"}, Aim.COLOUR: {"colour"}, Aim.BACKGROUND: {"sky", "ground"}}
    errands = fixed_errands(30, 64)
    again = fixed_errands(30, 64)
    for errand, same in zip(errands, again, strict=True):
        assert (errand.picture == same.picture).all()
        assert (errand.mask == same.mask).all()
        assert errand.mask.any()
        assert not errand.mask.all()
        assert errand.is_done(errand.truth)
        for question in judged[errand.aim]:
            assert not errand.is_done(replace(errand.truth, **{question: "something else"}))
    assert {errand.aim for errand in errands} == set(Aim)


def test_errand_figures() -> None:
    errands = fixed_errands(6, 64)
    seen = [errand.truth for errand in errands]
    seen[0] = replace(seen[0], kind="something else")
    assert errand_figures(errands, seen) == {
        "errand_object": 0.5,
        "errand_colour": 1.0,
        "errand_background": 1.0,
        "errands": pytest.approx(5 / 6),
    }
