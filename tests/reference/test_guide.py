"""The guide in a reduced form: with few seeds, the effects that `make guide` confirms point the right way.

Confirmed are those whose intervals at 32 seeds lie far beyond their bounds, so that four seeds suffice; nothing here
depends on the exact pixels of the builtin model.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.guide.claims import EXPERIMENTS
from benchmarks.guide.experiment import Check, Experiment, Readings
from benchmarks.guide.loading import opened, remembered
from benchmarks.guide.making import Maker, gallery

SEEDS = range(4)
EFFECTS = {
    "denoising-ends": ("at 0 not one byte changes", "at 1 no edge of the girl is left"),
    "original-needs": ("at 0.6 most pictures show no cat",),
    "step-count": ("3 steps give fewer than 10",),
    "step-rule": (
        "fewer steps run than were asked for",
        "all of them run with the setting",
        "that draws the face better",
    ),
    "sketch": ("daubs make a tree", "more often than no daubs"),
    "sketch-wins": ("as many trees as original", "closer to the sketch than original"),
    "too-similar": ("more strength makes them differ more", "latent noise makes them differ more"),
    "nothing-is-brown": ("it is brown",),
    "nothing-bends-proportions": ("at 0.75 nothing keeps her shape worse than original",),
    "fill-keeps-tone": ("fill meets the tone better than latent nothing",),
    "fill-takes-her-colour": ("with fill, the land takes her colour", "more than with latent nothing"),
    "eyes": ("the eyes are sharper", "and closer to the drawing"),
    "duplicates": ("at 0.9 more often than at 0.3", "at 0.9 more often than with the whole picture"),
    "padding-costs": ("96 px are softer than 0", "and farther from the drawing"),
    "mask-blur": ("without blur there is a seam", "4 px soften it"),
    "mask-size": ("a huge mask harms the house",),
    "mask-size-only-masked": ("and closer to the drawing",),
    "inpainting-prompt": ("the change alone makes more cats",),
}
"""Experiments and those of their checks that are repeated."""


@pytest.mark.parametrize("name", EFFECTS)
def test_confirmed_effects_point_the_right_way(name: str, tmp_path: Path) -> None:
    checks = [check for check in EXPERIMENTS[name].checks if check.says in EFFECTS[name]]
    assert len(checks) == len(EFFECTS[name])
    readings = Readings(gallery(Maker(remembered, tmp_path), reduced(EXPERIMENTS[name], checks), SEEDS))
    for check in checks:
        finding = check.finding(readings)
        assert finding.points_right, f"{check.says}: {finding.estimate}"


def reduced(experiment: Experiment, checks: list[Check]) -> Experiment:
    """Only the arms that these checks look at."""
    labels = {label for check in checks for label in (check.arm, check.than)}
    return replace(experiment, arms=tuple(arm for arm in experiment.arms if arm.label in labels))


def test_pictures_are_the_same_after_a_restart(tmp_path: Path) -> None:
    """Contrary to the guide, and with an ancestral sampler: the second model is loaded afresh and shares no state."""
    experiment = EXPERIMENTS["restart"]
    first, again = (
        Maker(models, made(tmp_path / name)).shot(experiment.arms[0], experiment.stage(1), 1)
        for name, models in (("first", remembered), ("again", opened))
    )
    assert np.array_equal(first.pixels, again.pixels)


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder
