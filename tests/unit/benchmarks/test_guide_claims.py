"""The guide's experiments as values: they name what exists, and their commands say what is run."""

import re
import shlex
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
import typer

from benchmarks.guide import stages
from benchmarks.guide.claims import EXPERIMENTS, PARTS
from benchmarks.guide.command import SEED, commands, inputs
from benchmarks.guide.experiment import Experiment
from benchmarks.guide.making import asked
from training.scenes import VOCABULARY
from underpaint.cli import app, options
from underpaint.codec import validated

STAGES = {experiment.stage.__name__: experiment.stage for experiment in EXPERIMENTS.values()}
experiments = pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=list(EXPERIMENTS))


def test_names_are_unique() -> None:
    assert len(EXPERIMENTS) == sum(len(part) for part in PARTS.values())


@experiments
def test_checks_name_arms_and_measures_that_exist(experiment: Experiment) -> None:
    labels = [arm.label for arm in experiment.arms]
    assert len(set(labels)) == len(labels)
    for check in experiment.checks:
        assert {check.arm, check.than or check.arm} <= set(labels)
        assert check.measure in experiment.measures
        assert check.measure.arms is None or check.arm in check.measure.arms
        assert check.least > float("-inf") or check.most < float("inf")


@experiments
def test_grids_are_whole(experiment: Experiment) -> None:
    if experiment.columns is None:
        return
    rows, columns = zip(*(arm.label.split(" | ") for arm in experiment.arms), strict=True)
    assert len(experiment.arms) == len(set(rows)) * len(set(columns))


@experiments
def test_arms_ask_for_what_their_stage_has(experiment: Experiment) -> None:
    stage = experiment.stage(3)
    for arm in chain.from_iterable(arm.chain for arm in experiment.arms):
        assert arm.prompt in stage.prompts
        assert arm.mask is None or arm.mask in stage.regions
        assert arm.sketch is None or arm.sketch in stage.sketches
        validated(asked(arm, stage, 3))
    assert experiment.shown is None or experiment.shown in stage.regions


@experiments
def test_commands_make_the_requests_that_are_measured(experiment: Experiment) -> None:
    stage, files = experiment.stage(SEED), {f"docs/guide/inputs/{name}" for name in inputs(experiment)}
    for arm in experiment.arms:
        for line, each in zip(commands(experiment, arm), arm.chain, strict=True):
            parsed = _parsed(line)
            assert options.asked(parsed.params, parsed).request == asked(each, stage, SEED)
            given = [parsed.params.get(key) for key in ("image", "mask", "sketch")]
            named = {str(path) for path in given if path}
            assert {name for name in named if name.startswith("docs/")} <= files


def _parsed(line: str) -> typer.Context:
    """What a command line gives a command."""
    _, name, *words = shlex.split(line)
    group = typer.main.get_command(app)
    command = group.get_command(None, name)
    return command.make_context(name, words)


@pytest.mark.parametrize("name", STAGES)
def test_stages_are_the_same_for_the_same_seed(name: str) -> None:
    one = STAGES[name](5)
    stages.tree_place.cache_clear()
    two = STAGES[name](5)
    assert np.array_equal(one.picture, two.picture)
    assert one.prompts == two.prompts
    for region in one.regions.values():
        assert region.shape == one.picture.shape[:2]
        assert region.any()
        assert not region.all()


@pytest.mark.parametrize("name", STAGES)
def test_prompts_are_words_the_model_knows(name: str) -> None:
    said = {
        word for seed in range(8) for text in STAGES[name](seed).prompts.values() for word in _words(text)
    }
    assert said <= set(VOCABULARY)


def _words(text: str) -> list[str]:
    return re.findall(r"[\w-]+", text)


def test_a_dress_is_asked_for_in_every_pair_of_colours() -> None:
    prompts = {
        (stages.dress(seed).prompts["same"], stages.dress(seed).prompts["change"]) for seed in range(16)
    }
    pairs = {(re.search(r"(\w+) dress", same)[1], change) for same, change in prompts}
    assert len(pairs) == 16


def test_nothing_of_the_package_needs_the_experiments() -> None:
    source = Path(__file__).parents[3] / "src"
    assert not [file for file in source.rglob("*.py") if "benchmarks" in file.read_text()]
