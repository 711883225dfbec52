"""The prompts and counts behind the builtin model's figures."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training import recipe
from training.asks import Aim, Errand, PairPrompt, fixed_errands, fixed_pairs, fixed_prompts
from training.census import SIDE_PX, count_of, count_pictures, indices, new_census
from training.classifier import new_classifier
from training.courses import is_held_out_pair
from training.figures import Evaluation, errand_figures, errand_sheet, pair_figures, prefixed
from training.recipe import Ingredients
from training.scenes import KINDS, VOCABULARY, random_pair
from training.sheets import GAP_PX, Picture, marked
from training.shipped import Manner


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


def test_an_evaluation_is_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = Evaluation({"kind": 1.0}, {"": np.zeros((8, 8, 3), np.uint8)})
    second = Evaluation(prefixed("inpaint_", {"errands": 0.5}), {"-variant": np.ones((8, 8, 3), np.uint8)})
    (first | second).report(tmp_path / "runs", "evaluation")
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["kind", "1.000"],
        ["inpaint_errands", "0.500"],
    ]
    written = json.loads((tmp_path / "runs" / "evaluation.json").read_text())
    assert written == {"kind": 1.0, "inpaint_errands": 0.5}
    sheets = sorted(path.name for path in (tmp_path / "runs").glob("*.png"))
    assert sheets == ["evaluation-variant.png", "evaluation.png"]


def test_errand_sheets_show_what_was_to_be_changed_beside_each_painters_answer() -> None:
    errands = fixed_errands(2, 64)
    grey, white = ([np.full((64, 64, 3), tone, np.uint8)] * 2 for tone in (128, 255))
    sheet = errand_sheet(errands, grey, white)
    cell = 64 + GAP_PX
    assert sheet.shape[1] == 8 * cell
    assert (sheet[:64, :64] == marked(errands[0].picture, errands[0].mask)).all()
    assert (sheet[:64, cell : cell + 64] == 128).all()
    assert (sheet[:64, 2 * cell : 2 * cell + 64] == 255).all()
    assert (sheet[:64, 4 * cell : 4 * cell + 64] == 128).all()


def test_variants_are_measured_as_far_as_they_were_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def untouched(errands: list[Errand], folder: Path, manner: Manner) -> list[Picture]:
        return [errand.picture for errand in errands]

    def proven(*_: object) -> Evaluation:
        return Evaluation({"made_errands": 1.0}, {})

    monkeypatch.setattr(recipe, "paint_all", untouched)
    monkeypatch.setattr(recipe, "load_classifier", lambda: new_classifier().eval())
    monkeypatch.setattr(recipe, "prove", proven)
    ingredients = Ingredients(base=tmp_path, inpainting=tmp_path, lora=tmp_path / "ink.safetensors")
    errands, manner = fixed_errands(3, 64), Manner(size_px=64, steps=1, workers=1)
    without = recipe.evaluate_variants(ingredients, errands, manner)
    assert "inpaint_errands" in without.figures
    assert "made_errands" not in without.figures
    ingredients.lora.touch()
    assert recipe.evaluate_variants(ingredients, errands, manner).figures == {
        **without.figures,
        "made_errands": 1.0,
    }
