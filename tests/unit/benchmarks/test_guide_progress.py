"""How far a run is, what is left of it, and when experiments are measured."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.guide import __main__ as program
from benchmarks.guide.asking import ORIGINAL, ask
from benchmarks.guide.claims import EXPERIMENTS
from benchmarks.guide.experiment import Arm, Experiment
from benchmarks.guide.loading import RememberingVae
from benchmarks.guide.making import Maker
from benchmarks.guide.measures import changed
from benchmarks.guide.progress import CONTROL_CALLS, PICTURE_CALLS, Portion, Progress, cost, planned, portions
from benchmarks.guide.stage import Stage
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.request import ControlUnit, Sampler

SEEDS = range(2)


def plain(seed: int) -> Stage:
    """Nothing to see."""
    return Stage(picture=np.zeros((8, 8, 3), np.uint8), prompts={"full": "a cat"}, regions={})


HALF, WHOLE = (Arm(label=f"{d}", request=ask(ORIGINAL, d)) for d in (0.5, 1.0))
TWICE = Arm(label="twice", request=WHOLE.request, after=HALF)


def experiment(name: str, *arms: Arm) -> Experiment:
    return Experiment(
        name=name, title=name, claim="", setting="", stage=plain, arms=arms, measures=(changed(),), checks=()
    )


def test_a_shot_costs_its_model_calls_and_its_decoding() -> None:
    assert cost(WHOLE) == 10 + PICTURE_CALLS
    assert cost(HALF) == 5 + PICTURE_CALLS
    assert cost(replace(WHOLE, is_underpainting=True)) == PICTURE_CALLS
    two_calls_a_step = replace(WHOLE, request=ask(ORIGINAL, 1.0, sampler=Sampler.DPM2))
    assert cost(two_calls_a_step) == 20 + PICTURE_CALLS
    steered = replace(WHOLE, request=ask(ORIGINAL, 1.0, controls=(ControlUnit(model="union"),)))
    assert cost(steered) == 10 * (1 + CONTROL_CALLS) + PICTURE_CALLS


def test_every_edit_counts_and_shots_that_are_asked_for_twice_count_once() -> None:
    again = replace(WHOLE, label="called otherwise")
    other_process = replace(WHOLE, take=1)
    work = planned(
        [experiment("first", HALF, WHOLE), experiment("second", again, TWICE, other_process)],
    )
    assert work == {
        ("first", 0): cost(HALF) + cost(WHOLE),
        ("second", 0): cost(TWICE),
        ("second", 1): cost(other_process),
    }


def test_all_experiments_can_be_planned() -> None:
    work = planned(EXPERIMENTS.values())
    assert {name for name, _ in work} == set(EXPERIMENTS)
    assert ("restart", 1) in work


def test_time_left_is_judged_by_what_was_made() -> None:
    clock = [0.0]
    one, two = experiment("one", WHOLE), experiment("two", HALF)
    progress = Progress([one, two], SEEDS, now=lambda: clock[0])
    assert progress.seconds_left is None
    assert str(progress) == "  0% painted after 0 min"

    clock[0] = 130.0
    progress.note(Portion(experiment="one", take=0, seed=0), calls=cost(WHOLE))
    assert progress.seconds_left == pytest.approx(130 / cost(WHOLE) * (cost(WHOLE) + 2 * cost(HALF)))
    assert str(progress) == " 31% painted after 2 min, about 5 min left"
    assert not progress.is_complete("one")

    progress.note(Portion(experiment="one", take=0, seed=1), calls=0)  # kept from an earlier run
    assert progress.seconds_left == pytest.approx(130 / cost(WHOLE) * 2 * cost(HALF))
    assert progress.is_complete("one")
    assert not progress.is_complete("two")

    clock[0] = 240.0
    for seed in SEEDS:
        progress.note(Portion(experiment="two", take=0, seed=seed), calls=cost(HALF))
    assert progress.seconds_left == pytest.approx(0)
    assert str(progress) == "100% painted after 4 min"


def test_it_is_told_once_a_minute() -> None:
    clock = [0.0]
    progress = Progress([experiment("one", WHOLE)], SEEDS, now=lambda: clock[0])
    due: list[float] = []
    for clock[0] in range(0, 200, 25):
        if progress.is_due():
            due.append(clock[0])
    assert due == [75, 150]


def test_an_experiment_is_measured_as_soon_as_its_last_picture_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    events: list[object] = []
    one, two = experiment("one", WHOLE), experiment("two", HALF)

    def painted(
        experiments: Sequence[Experiment], seeds: Sequence[int], folder: Path, workers: int
    ) -> Generator[tuple[Portion, float]]:
        one_0, one_1, two_0, two_1 = portions(experiments, seeds)
        for portion in (one_0, two_0, one_1, two_1):
            events.append((portion.experiment, portion.seed))
            yield portion, 1.0

    def finish(experiment: Experiment, maker: Maker, seeds: Sequence[int], out: Path) -> None:
        events.append(experiment.name)

    monkeypatch.setattr(program, "painted", painted)
    monkeypatch.setattr(program, "finish", finish)
    monkeypatch.setattr("benchmarks.guide.progress.TOLD_EVERY_S", 0)
    program.measure([one, two], SEEDS, 2, tmp_path)
    assert events == [("one", 0), ("two", 0), ("one", 1), "one", ("two", 1), "two"]
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in told] == ["31%", "50%", "81%", "100%", "100%"]


def test_a_picture_is_encoded_once_and_to_the_same_bits(
    tiny_model: StableDiffusion, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    bytes_of_two = [rng.integers(0, 256, (64, 64, 3), dtype=np.uint8) for _ in range(2)]
    pictures = [*bytes_of_two, bytes_of_two[0].astype(np.float32) / 255]
    alone = [tiny_model.vae.encode(picture) for picture in pictures]
    vae = RememberingVae(tiny_model.vae.network)
    first = [vae.encode(picture) for picture in pictures]
    first[0].zero_()  # latents are the caller's own
    monkeypatch.setattr(vae, "_model", None)  # whoever encodes anew fails
    again = [vae.encode(picture) for picture in pictures]
    for known, other in zip(again, alone, strict=True):
        assert known.equal(other)
    with pytest.raises(AttributeError):
        vae.encode(pictures[0][::-1])
