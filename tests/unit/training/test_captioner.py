"""What the captioner learns from: descriptions that say what is seen, and can be read back; and its folder."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from training import captioner_folder
from training.captioner import new_captioner
from training.captioner_folder import export_captioner
from training.captioner_lessons import LOOKS, PLACES, SHAPES, CaptionLesson, looks_of, random_view
from training.describing import (
    CELLS,
    SKETCH_SCALE,
    SPECIAL,
    START,
    Told,
    covered,
    described,
    new_tokenizer,
    tokenize,
    told,
    visible,
)
from training.scenes import Cat, Girl, House, Scene, kind_of

GIRL = Girl(hair="red", dress="orange", eyes="green", x=0.7)
CAT = Cat(fur="orange", x=0.3)
SCENE = Scene(sky="night", ground="snow", view="scene", subjects=(GIRL, CAT))


@pytest.mark.parametrize(
    ("scene", "text"),
    [
        (SCENE, "an orange cat and a girl with red hair and an orange dress in the snow, night"),
        (
            replace(SCENE, view="face", subjects=(GIRL,)),
            "close-up of a girl with red hair and green eyes in the snow, night",
        ),
        (replace(SCENE, view="face", subjects=(CAT,)), "close-up of an orange cat in the snow, night"),
        (replace(SCENE, ground="sea", sky="sunset", subjects=()), "by the sea, sunset"),
    ],
    ids=["from left to right", "face", "face of a cat", "scenery"],
)
def test_descriptions(scene: Scene, text: str) -> None:
    assert described(scene, visible(scene, covered(scene, 128, 128))) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "an orange cat and a girl with red hair and a blue dress in the snow, night",
            Told({"cat": "orange", "girl": "blue"}, "night", "snow"),
        ),
        ("a girl with a white dress on the grass, day", Told({"girl": "white"}, "day", "grass")),
        ("close-up of a girl with red hair and green eyes", Told({"girl": "red"}, None, None)),
        (
            "a bush with pink leaves and a house with an orange roof and a tree with red leaves",
            Told({"bush": "pink", "house": "orange", "tree": "red"}, None, None),
        ),
        ("by the sea, sunset", Told({}, "sunset", "sea")),
        ("", Told({}, None, None)),
    ],
)
def test_descriptions_are_read_back(text: str, said: Told) -> None:
    assert told(text) == said


def test_who_is_hidden_goes_unmentioned() -> None:
    house = House(roof="red", x=0.5, depth=0.9, scale=1.2)
    cat = Cat(fur="black", x=0.5, depth=0.0, scale=0.3)
    scene = replace(SCENE, subjects=(cat, house))
    assert visible(scene, covered(scene, 128, 128)) == [house]


def test_cells_show_what_covers_most_of_them() -> None:
    looks = looks_of(SCENE, covered(SCENE, 192, 128)).reshape(CELLS, CELLS)
    assert {LOOKS[i] for i in looks[:, : CELLS // 2].flat} == {"", "orange cat"}
    assert {LOOKS[i] for i in looks[:, CELLS // 2 :].flat} == {"", "orange girl"}


def test_the_tokenizer_knows_every_word_and_gives_the_text_back() -> None:
    tokenizer, rng = new_tokenizer(), np.random.default_rng(1)
    scenes = [random_view(rng) for _ in range(40)]
    texts = [described(s, visible(s, covered(s, 64, 64))) for s in scenes]
    ids = tokenize(tokenizer, texts)
    assert (ids[:, 0] == START).all()
    assert not (ids == SPECIAL.index("[UNK]")).any()
    read = tokenizer.batch_decode(ids, skip_special_tokens=True)
    assert [text.replace(" - ", "-") for text in read] == texts


def test_a_lesson_is_the_same_for_the_same_seed() -> None:
    lessons = CaptionLesson([1, 0]), CaptionLesson([1, 0])
    assert torch.equal(*(lesson.batch(4).ids for lesson in lessons))
    first, second = (lesson.batch(4) for lesson in lessons)
    assert torch.equal(first.looks, second.looks)
    assert first.pixels.shape == (4, 3, 128, 128)
    assert first.looks.shape == (4, CELLS**2)
    assert int(first.places.max()) < len(PLACES)


def test_sketches_divide_into_cells() -> None:
    assert all(side // SKETCH_SCALE % CELLS == 0 for shape in SHAPES for side in shape)


def test_views_show_pairs_single_subjects_and_scenery() -> None:
    rng = np.random.default_rng(3)
    counts = [len({kind_of(s) for s in random_view(rng).subjects}) for _ in range(200)]
    assert {0, 1, 2, 3} == set(counts)


def test_half_of_a_batch_was_seen_before() -> None:
    lesson = CaptionLesson(5)
    first, second = lesson.batch(8), lesson.batch(8)
    looks = {tuple(each.tolist()) for each in first.looks}
    assert [tuple(each.tolist()) in looks for each in second.looks][4:] == [True] * 4


def test_its_folder_is_replaced_in_one_step(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever is removed, a whole folder stands."""
    folder = tmp_path / "captioner"
    folder.mkdir()
    for name in ("model.safetensors", "older.txt"):
        (folder / name).touch()
    rmtree = shutil.rmtree

    def watched(path: Path, **options: Any) -> None:
        rmtree(path, **options)
        assert (folder / "model.safetensors").exists()

    monkeypatch.setattr(shutil, "rmtree", watched)
    monkeypatch.setattr(captioner_folder, "load_captioner", lambda: new_captioner(len(new_tokenizer())))
    export_captioner(folder)
    names = {path.name for path in folder.iterdir()}
    assert names >= {"model.safetensors", "config.json", "preprocessor_config.json", "MODEL_CARD.md"}
    assert "older.txt" not in names
    assert list(tmp_path.iterdir()) == [folder]
