"""An experiment: a claim of the guide, what is done to test it, and the rule by which it is judged, as one value."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from benchmarks.guide.estimates import Estimate, mean, mean_difference, share, share_difference
from benchmarks.guide.stage import Stage
from underpaint.request import InpaintRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One way to do it, done once per seed. The seed is the noise's, and the stage's where stages differ."""

    label: str
    request: InpaintRequest
    """Without prompt and seed."""
    prompt: str = "full"
    """Which of the stage's prompts."""
    mask: str | None = "mask"
    """Which of its regions is repainted; None = image-to-image."""
    sketch: str | None = None
    """Which of its sketches lies under the mask."""
    lora: str | None = None
    """Named behind the prompt, at its full strength."""
    after: "Arm | None" = None
    """The edit whose result this one starts from, instead of the stage's picture."""
    is_underpainting: bool = False
    """Stops where denoising would start: the picture is what lies under the mask."""
    take: int = 0
    """Equal requests of another take are made again, by another process."""

    @property
    def chain(self) -> tuple["Arm", ...]:
        """The edits that lead to the picture that this one starts from, the first one first, and this one."""
        return (*(() if self.after is None else self.after.chain), self)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shot:
    """A picture that an arm made of a stage."""

    arm: Arm
    seed: int
    stage: Stage
    pixels: np.ndarray
    """uint8 RGB."""
    steps: int
    """Model calls that were planned and made."""
    seconds: float
    """Of processor time, which other work on the machine hardly changes."""


Gallery = Mapping[str, Sequence[Shot]]
"""The shots of every arm by its label, in the order of seeds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A number for every shot of an arm."""

    name: str
    of: Callable[[Gallery, str], Sequence[float]]
    unit: str = ""
    is_share: bool = False
    """Its values are 0 or 1."""
    arms: tuple[str, ...] | None = None
    """What it can be asked about; None = every arm."""
    digits: int = 2


class Readings:
    """What measures say of a gallery. Each is read once for every arm: checks ask again what tables show."""

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery
        self._known: dict[tuple[Measure, str], Sequence[float]] = {}

    def of(self, measure: Measure, arm: str) -> Sequence[float]:
        """The numbers of an arm's shots, in the order of seeds."""
        if (measure, arm) not in self._known:
            self._known[measure, arm] = measure.of(self._gallery, arm)
        return self._known[measure, arm]

    def estimate(self, measure: Measure, arm: str) -> Estimate:
        """Over all seeds of an arm."""
        return (share if measure.is_share else mean)(self.of(measure, arm))

    def difference(self, measure: Measure, arm: str, other: str) -> Estimate:
        """How much more one arm has of it than another."""
        compare = share_difference if measure.is_share else mean_difference
        return compare(self.of(measure, arm), self.of(measure, other))


def each(
    name: str, of: Callable[[Shot], float | bool], *, unit: str = "", digits: int = 2, is_share: bool = False
) -> Measure:
    """A measure that looks at one shot at a time."""
    return Measure(
        name=name,
        of=lambda gallery, arm: [float(of(shot)) for shot in gallery[arm]],
        unit=unit,
        digits=digits,
        is_share=is_share,
    )


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    OPEN = "too close to call"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How a check came out."""

    answer: Answer
    estimate: Estimate
    points_right: bool
    """Whether the plain figure, without its interval, is on the right side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A part of a claim that can be decided: a figure must lie between two bounds, interval included.

    The figure is that of `arm`, or with `than` by how much `arm` has more of it; then a bound of 0 asks for more than
    nothing, or less.
    """

    says: str
    measure: Measure
    arm: str
    than: str | None = None
    least: float = float("-inf")
    most: float = float("inf")

    def finding(self, readings: Readings) -> Finding:
        """Yes when the whole interval lies within the bounds, no when all of it lies outside."""
        found = (
            readings.estimate(self.measure, self.arm)
            if self.than is None
            else readings.difference(self.measure, self.arm, self.than)
        )
        return Finding(
            answer=self._answer(found),
            estimate=found,
            points_right=self._allows(found.value),
        )

    @property
    def claims_difference(self) -> bool:
        """Whether it says that one arm has more of something than the other, or less, and not just that it is no worse."""
        is_on_one_side = self.least >= 0 or self.most <= 0
        return self.than is not None and is_on_one_side and self.least < self.most

    def excludes(self, bound: float) -> bool:
        """Whether a bound itself is not enough: no difference, where one is claimed."""
        return self.claims_difference and bound == 0

    def _answer(self, found: Estimate) -> Answer:
        if self._allows(found.low) and self._allows(found.high):
            return Answer.YES
        is_below = found.high <= self.least and not self._allows(found.high)
        is_above = found.low >= self.most and not self._allows(found.low)
        return Answer.NO if is_below or is_above else Answer.OPEN

    def _allows(self, value: float) -> bool:
        return self.least <= value <= self.most and not self.excludes(value)


class Verdict(StrEnum):
    CONFIRMED = "confirmed"
    DEPENDS = "depends"
    NOT_CONFIRMED = "not confirmed"


RULE = (
    "A check holds when its whole confidence interval lies within what it asks for; one that asks for a difference does "
    "not hold when the interval reaches 0. A claim is confirmed when every check holds, not confirmed when none does, "
    "otherwise it depends."
)


def verdict(answers: Sequence[Answer]) -> Verdict:
    """The one rule for all claims."""
    held = sum(answer is Answer.YES for answer in answers)
    if held == len(answers):
        return Verdict.CONFIRMED
    return Verdict.DEPENDS if held else Verdict.NOT_CONFIRMED


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """A claim of the guide and how it is tested. `checks` were written before the pictures were made."""

    name: str
    """For command lines, files and links."""
    title: str
    claim: str
    """The guide's words."""
    setting: str
    """What is done, in a sentence or two."""
    stage: Callable[[int], Stage]
    """Draws the stage of a seed."""
    arms: tuple[Arm, ...]
    measures: tuple[Measure, ...]
    """The first is drawn large."""
    checks: tuple[Check, ...]
    here: str = ""
    """What Underpaint does about it."""
    shown: str | None = None
    """The region to show around in pictures; None shows all."""
    columns: str | None = None
    """What varies from column to column where arms form a grid; then labels are "row | column"."""
    caveat: str = ""
    """What the figures do not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmeasured:
    """A claim without figures."""

    claim: str
    reason: str
