"""Making, keeping and showing the shots of experiments, with a tiny model."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.guide import making
from benchmarks.guide.asking import ORIGINAL, ask
from benchmarks.guide.claims import EXPERIMENTS
from benchmarks.guide.experiment import Arm, Check, Experiment, Verdict
from benchmarks.guide.making import Maker, asked, gallery
from benchmarks.guide.markdown import anchor, markdown
from benchmarks.guide.measures import IS_UNTOUCHED, changed
from benchmarks.guide.page import page
from benchmarks.guide.pictures import write_strips
from benchmarks.guide.progress import Portion, cost
from benchmarks.guide.record import digest, read_record, record, write_record
from benchmarks.guide.stage import Stage
from underpaint.canvas import soft_mask
from underpaint.image.io import read_png_text
from underpaint.metadata import recipe_from_png_text
from underpaint.models.stable_diffusion import StableDiffusion

SIDE = 64


def square(seed: int) -> Stage:
    """Noise with a square to repaint."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[16:48, 16:48] = 255
    return Stage(
        picture=np.random.default_rng(seed).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8),
        prompts={"full": "a cat"},
        regions={"mask": mask},
    )


def small(strength: float) -> Arm:
    request = ask(ORIGINAL, strength, steps=2)
    return Arm(
        label=f"{strength}", request=replace(request, canvas=replace(request.canvas, width=SIDE, height=SIDE))
    )


KEPT, REDONE = small(0.0), small(1.0)
TWICE = replace(REDONE, label="twice", after=REDONE)
CHANGE = changed()
EXPERIMENT = Experiment(
    name="mask-blur",  # the pages show experiments that are known by name
    title="Strength 1 changes more than 0",
    claim="0 keeps",
    setting="Noise.",
    stage=square,
    arms=(KEPT, REDONE, TWICE),
    measures=(CHANGE, IS_UNTOUCHED),
    checks=(
        Check(says="0 keeps", measure=CHANGE, arm="0.0", most=0),
        Check(says="1 changes", measure=CHANGE, arm="1.0", than="0.0", least=1),
    ),
)


def test_a_shot_is_made_once_and_kept_with_its_recipe(
    tiny_model: StableDiffusion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Maker(lambda name: tiny_model, tmp_path).shot(REDONE, square(1), 1)
    monkeypatch.setattr(making, "run_job", None)  # whoever makes another one fails
    again = Maker(lambda name: tiny_model, tmp_path).shot(REDONE, square(1), 1)
    assert np.array_equal(first.pixels, again.pixels)
    assert again.steps == 2
    (file,) = tmp_path.glob("*.png")
    recipe = recipe_from_png_text(read_png_text(file))
    assert recipe is not None
    assert recipe.request == asked(REDONE, square(1), 1)


def test_a_worker_tells_the_model_calls_of_what_was_not_kept(
    tiny_model: StableDiffusion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_takes = replace(EXPERIMENT, arms=(REDONE, TWICE, replace(REDONE, label="again", take=1)))
    monkeypatch.setitem(EXPERIMENTS, EXPERIMENT.name, two_takes)
    monkeypatch.setattr(making, "remembered", lambda name: tiny_model)
    first, again = (Portion(experiment=EXPERIMENT.name, take=take, seed=1) for take in (0, 1))
    assert making.make_portion(first, tmp_path) == cost(REDONE) + cost(TWICE)
    assert making.make_portion(first, tmp_path) == 0
    assert making.make_portion(again, tmp_path) == cost(REDONE)


@pytest.mark.parametrize(
    ("arm", "seed"), [(KEPT, 1), (REDONE, 2), (replace(REDONE, take=1), 1)], ids=["request", "seed", "take"]
)
def test_other_shots_are_kept_apart(tiny_model: StableDiffusion, tmp_path: Path, arm: Arm, seed: int) -> None:
    maker = Maker(lambda name: tiny_model, tmp_path)
    maker.shot(REDONE, square(1), 1)
    maker.shot(arm, square(seed), seed)
    assert len(list(tmp_path.glob("*.png"))) == 2


def test_an_underpainting_is_what_denoising_starts_from(tiny_model: StableDiffusion, tmp_path: Path) -> None:
    maker, stage = Maker(lambda name: tiny_model, tmp_path), square(1)
    under = replace(REDONE, is_underpainting=True)
    shot = maker.shot(under, stage, 1)
    round_trip = tiny_model.vae.decode(tiny_model.vae.encode(stage.picture))
    inside = soft_mask(under.request, stage.regions["mask"]) == 255
    assert inside.any()
    assert shot.steps == 0
    assert np.abs(shot.pixels / 255 - round_trip)[inside].max() < 0.05


def test_an_edit_starts_from_the_result_of_the_one_before_with_noise_of_its_own(
    tiny_model: StableDiffusion, tmp_path: Path
) -> None:
    maker, stage = Maker(lambda name: tiny_model, tmp_path), square(1)
    once, twice = maker.shot(REDONE, stage, 1), maker.shot(TWICE, stage, 1)
    by_hand = maker.shot(REDONE, replace(stage, picture=once.pixels), 1001)
    assert np.array_equal(twice.pixels, by_hand.pixels)
    assert not np.array_equal(twice.pixels, once.pixels)


def test_an_experiment_is_measured_written_and_shown(tiny_model: StableDiffusion, tmp_path: Path) -> None:
    shots = gallery(Maker(lambda name: tiny_model, tmp_path), EXPERIMENT, range(3))
    found = record(EXPERIMENT, shots, {"storybook": tiny_model.sha256})
    assert found.verdict is Verdict.CONFIRMED
    assert found.figures["not one byte changed"]["0.0"].value == 1
    assert found.figures["change under the mask"]["1.0"].value > 10

    write_record(found, tmp_path / "figures")
    kept = read_record(EXPERIMENT, tmp_path / "figures")
    assert kept is not None
    assert kept.findings[1].estimate.value == pytest.approx(found.findings[1].estimate.value, rel=1e-4)


KEEPS, CHANGES = EXPERIMENT.checks


@pytest.mark.parametrize(
    "changed",
    [
        replace(EXPERIMENT, checks=(replace(KEEPS, most=-1), CHANGES)),
        replace(EXPERIMENT, checks=(KEEPS, replace(CHANGES, than="twice"))),
        replace(EXPERIMENT, arms=(KEPT, replace(small(0.9), label="1.0"), TWICE)),
        replace(EXPERIMENT, arms=(KEPT, REDONE, replace(TWICE, after=small(0.9)))),
        replace(EXPERIMENT, arms=(KEPT, replace(REDONE, prompt="change"), TWICE)),
        replace(EXPERIMENT, measures=(IS_UNTOUCHED, CHANGE)),
        replace(EXPERIMENT, stage=lambda seed: square(seed + 1)),
    ],
    ids=["bound", "yardstick", "strength", "edit before", "prompt", "measures", "stage"],
)
def test_figures_of_another_experiment_are_not_shown(changed: Experiment) -> None:
    assert digest(changed) != digest(EXPERIMENT)


def test_words_may_change_without_a_new_run() -> None:
    assert digest(replace(EXPERIMENT, setting="Other words.", here="More.")) == digest(EXPERIMENT)


def test_a_record_of_an_older_form_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / f"{EXPERIMENT.name}.json").write_text('{"name": "mask-blur", "checks": []}')
    assert read_record(EXPERIMENT, tmp_path) is None


def test_pages_show_pictures_that_are_there(
    tiny_model: StableDiffusion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.guide.page.PARTS", {"Part": (EXPERIMENT,)})
    monkeypatch.setattr("benchmarks.guide.markdown.PARTS", {"Part": (EXPERIMENT,)})
    shots = gallery(Maker(lambda name: tiny_model, tmp_path), EXPERIMENT, range(3))
    write_strips(EXPERIMENT, shots, tmp_path / "pictures")
    records = {EXPERIMENT.name: record(EXPERIMENT, shots, {"storybook": tiny_model.sha256})}
    html, text = page(records, tmp_path), markdown(records, ".")
    for source in (html, text):
        pictures = re.findall(r'src="([^"]+)"', source)
        assert len(pictures) == 4
        assert all((tmp_path / picture).exists() for picture in pictures)
        assert source.count("confirmed") >= 1
        assert "Not measured yet" not in source
    targets = re.findall(r'href="#([^"]+)"', html)
    assert set(targets) <= set(re.findall(r'id="([^"]+)"', html))
    assert f"(#{anchor(EXPERIMENT.title)})" in text
    assert f"storybook <code>{tiny_model.sha256[:10]}</code>" in html


def test_links_into_the_markdown_page_are_headings() -> None:
    assert (
        anchor("Steps × denoising, with and without a sketch") == "steps--denoising-with-and-without-a-sketch"
    )
    assert anchor("From girl to cat, in all four modes") == "from-girl-to-cat-in-all-four-modes"
