"""What the experiments measure of edits that are perfect, or not made at all."""

import numpy as np
import pytest

from benchmarks.guide.asking import ask
from benchmarks.guide.claims.lora import DRESS, HAIR
from benchmarks.guide.experiment import Arm, Measure, Shot
from benchmarks.guide.measures import as_asked, details_kept, shape_kept, truth_missed
from benchmarks.guide.stage import Stage
from benchmarks.guide.stages import dress, heroine

SEEDS = range(4)


def measured(measure: Measure, stage: Stage, pixels: np.ndarray) -> float:
    """The value of a picture of that stage."""
    shot = Shot(
        arm=Arm(label="one", request=ask()),
        seed=0,
        stage=stage,
        pixels=pixels,
        steps=0,
        changed_outside_px=None,
        seconds=0.0,
    )
    (value,) = measure.of({"one": [shot]}, "one")
    return value


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
