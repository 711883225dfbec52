"""What the experiments measure of edits that are perfect, or not made at all."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.guide.asking import ask
from benchmarks.guide.claims import EXPERIMENTS
from benchmarks.guide.claims.lora import DRESS, HAIR
from benchmarks.guide.experiment import (
    Answer,
    Arm,
    Experiment,
    Measure,
    Readings,
    Shot,
    Verdict,
    verdict,
)
from benchmarks.guide.measures import (
    VARIETY,
    as_asked,
    detail_on_flats,
    details_kept,
    seam_added,
    shape_kept,
    truth_missed,
)
from benchmarks.guide.stage import Stage
from benchmarks.guide.stages import dress, girl_to_cat, heroine, sample
from underpaint.image.sketch import sketched

SEEDS = range(4)
UNDONE_SEEDS = range(8)


PLAIN = Arm(label="one", request=ask())


def measured(measure: Measure, stage: Stage, pixels: np.ndarray) -> float:
    """The value of a picture of that stage."""
    shot = Shot(
        arm=PLAIN,
        seed=0,
        stage=stage,
        pixels=pixels,
        steps=0,
        seconds=0.0,
    )
    (value,) = measure.of({"one": [shot]}, "one")
    return value


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=list(EXPERIMENTS))
def test_edits_that_were_never_made_confirm_nothing(experiment: Experiment) -> None:
    """A measure that differs from arm to arm by how it looks, and not by what was done, would."""
    shots = {
        arm.label: [undone(arm, experiment.stage(seed), seed) for seed in UNDONE_SEEDS]
        for arm in experiment.arms
    }
    readings = Readings(shots)
    differences = [check for check in experiment.checks if check.claims_difference]
    assert [check.says for check in differences if check.finding(readings).answer is Answer.YES] == []
    assert verdict([check.finding(readings).answer for check in experiment.checks]) is not Verdict.CONFIRMED


def undone(arm: Arm, stage: Stage, seed: int) -> Shot:
    """The stage as it was."""
    return Shot(arm=arm, seed=seed, stage=stage, pixels=stage.picture, steps=0, seconds=0.0)


def test_land_without_anything_on_it_has_no_seam_added() -> None:
    stage = girl_to_cat(1)
    assert measured(seam_added("land"), stage, stage.drawn["land"]) == 0
    assert measured(seam_added(), stage, stage.picture) == 0
    hole = np.where(stage.regions["mask"][..., None] > 0, 0, stage.drawn["land"])
    assert measured(seam_added("land"), stage, hole) > 1


def test_daubs_are_flat_and_a_drawn_tree_is_not() -> None:
    stage = sample(0)
    detail = detail_on_flats("daubed", "pasted")
    daubed, drawn = (
        sketched(stage.picture, stage.sketches[name], stage.regions["mask"]) for name in ("daubed", "pasted")
    )
    assert measured(detail, stage, daubed) == 0
    assert 0.3 < measured(detail, stage, drawn) < 3


def test_seeds_are_compared_in_pairs_none_twice() -> None:
    stage = sample(0)
    grey = [np.full_like(stage.picture, level) for level in (0, 0, 0, 255)]
    shots = [replace(undone(PLAIN, stage, seed), pixels=pixels) for seed, pixels in enumerate(grey)]
    assert VARIETY.of({PLAIN.label: shots}, PLAIN.label) == [0, pytest.approx(100, abs=0.5)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_perfect_edit_is_what_was_asked_for(seed: int) -> None:
    stage = dress(seed)
    for measure in (as_asked("girl"), details_kept("hair")):
        assert measured(measure, stage, stage.drawn["after"]) == pytest.approx(1)
    assert measured(shape_kept("girl", "all of her"), stage, stage.drawn["after"]) > 0.85
    assert measured(as_asked("girl"), stage, stage.picture) == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_where_she_is_gone_nothing_is_kept(seed: int) -> None:
    stage = dress(seed)
    land = stage.drawn["land"]
    assert measured(details_kept("hair"), stage, land) < 0.3
    assert measured(shape_kept("girl", "all of her"), stage, land) == 0
    assert measured(truth_missed("joints"), stage, land) > 15
    assert measured(truth_missed("joints"), stage, stage.picture) == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_the_band_goes_from_her_waist_to_her_ankles(seed: int) -> None:
    regions = dress(seed).regions
    rows = {name: np.flatnonzero(regions[name].any(1)) for name in ("across", "cloth", "girl")}
    length = np.ptp(rows["cloth"])
    assert 0.25 < (rows["across"][0] - rows["cloth"][0]) / length < 0.45
    assert rows["cloth"][-1] < rows["across"][-1] < rows["girl"][-1]


@pytest.mark.parametrize("seed", SEEDS)
def test_joints_lie_on_both_sides_inside_the_band(seed: int) -> None:
    regions = dress(seed).regions
    joints, band = regions["joints"] > 0, regions["across"] > 0
    assert not (joints & ~band).any()
    rows = np.flatnonzero(band.any(1))
    assert joints[rows[0]].any()
    assert joints[rows[-1]].any()
    assert not joints[(rows[0] + rows[-1]) // 2].all()
    assert 0.05 < joints.sum() / band.sum() < 0.5


@pytest.mark.parametrize("seed", SEEDS)
def test_the_heroine_is_known_by_her_colours(seed: int) -> None:
    stage = heroine(seed)
    black = np.zeros_like(stage.picture)
    for measure in (HAIR, DRESS):
        assert measured(measure, stage, stage.picture) == 0
        assert measured(measure, stage, black) > 20
    assert (stage.regions["mask"] >= np.maximum(stage.regions["hair"], stage.regions["dress"])).all()
