"""How far a run is, and how long the rest will take, judged by what has run so far."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.guide.experiment import Arm, Experiment
from underpaint.sampling.steps import steps_to_run
from underpaint.traits import TRAITS

PICTURE_CALLS = 3.5
"""What a shot takes beside its model calls, above all decoding, in model calls of the builtin model."""
CONTROL_CALLS = 0.65
"""What a ControlNet adds to each of them: so many of the UNet's multiplications, for pictures of 256 px. Two thirds of that
bring the control picture to the size of latents."""
TOLD_EVERY_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """A portion of the work: the shots of one take of an experiment, of one seed."""

    experiment: str
    take: int
    seed: int


def portions(experiments: Iterable[Experiment], seeds: Sequence[int]) -> Iterator[Portion]:
    """All of the work, in the order of experiments."""
    for experiment in experiments:
        for take in takes(experiment):
            for seed in seeds:
                yield Portion(experiment=experiment.name, take=take, seed=seed)


def takes(experiment: Experiment) -> list[int]:
    """Those that its arms ask for."""
    return sorted({arm.take for arm in experiment.arms})


def cost(edit: Arm) -> float:
    """What the last edit of an arm takes, about, in model calls."""
    if edit.is_underpainting:
        return PICTURE_CALLS
    request = edit.request
    steps = steps_to_run(request.sampling, request.rules, from_picture=True)
    calls = steps * TRAITS[request.sampling.sampler].calls_per_step
    return calls * (1 + CONTROL_CALLS * len(request.controls)) + PICTURE_CALLS


def planned(experiments: Iterable[Experiment]) -> dict[tuple[str, int], float]:
    """The cost of a seed by experiment and take. A shot that several arms ask for is made once, by the first."""
    found: dict[tuple[str, int], float] = {}
    seen: set[object] = set()
    for experiment in experiments:
        for take in takes(experiment):
            arms = [arm for arm in experiment.arms if arm.take == take]
            edits = {_unnamed(edit): cost(edit) for arm in arms for edit in arm.chain}
            new = {edit: calls for edit, calls in edits.items() if (experiment.stage, edit) not in seen}
            found[experiment.name, take] = sum(new.values())
            seen |= {(experiment.stage, edit) for edit in new}
    return found


def _unnamed(arm: Arm) -> Arm:
    """What decides the shot: all but the labels."""
    return replace(arm, label="", after=None if arm.after is None else _unnamed(arm.after))


class Progress:
    """What is done of a run. `now` tells seconds of a clock."""

    def __init__(
        self,
        experiments: Sequence[Experiment],
        seeds: Sequence[int],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now = now
        self._started = self._told = now()
        self._planned = planned(experiments)
        self._open = Counter(portion.experiment for portion in portions(experiments, seeds))
        self._left = len(seeds) * sum(self._planned.values())
        self._all = self._left
        self._worked = 0.0

    def note(self, portion: Portion, calls: float) -> None:
        """A portion is done, and took so many model calls; none for shots that were kept from an earlier run."""
        self._open[portion.experiment] -= 1
        self._left -= self._planned[portion.experiment, portion.take]
        self._worked += calls

    def is_complete(self, experiment: str) -> bool:
        """Whether all of an experiment is there."""
        return not self._open[experiment]

    @property
    def seconds_left(self) -> float | None:
        """None as long as nothing was made that could tell."""
        if not self._worked:
            return None
        return (self._now() - self._started) * self._left / self._worked

    def is_due(self) -> bool:
        """Whether a while has passed since it was last said how far the run is; then it counts as said."""
        if self._now() - self._told < TOLD_EVERY_S:
            return False
        self._told = self._now()
        return True

    def __str__(self) -> str:
        share = 1 - self._left / self._all
        gone = f"{share:4.0%} painted after {_minutes(self._now() - self._started)}"
        left = self.seconds_left
        return (
            gone if left is None or not any(self._open.values()) else f"{gone}, about {_minutes(left)} left"
        )


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min"
