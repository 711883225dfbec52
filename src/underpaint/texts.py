"""The texts of a request's prompts: parts of a composition, each over the steps, and the networks they name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from underpaint.errors import InvalidRequest
from underpaint.prompt.composition import split_composition
from underpaint.prompt.extra_networks import BadTag, NetworkUse, split_networks
from underpaint.prompt.schedule import Stretch, schedule
from underpaint.request import InpaintRequest, PromptWeightRule, Rules, SamplingSettings, TimelineRule
from underpaint.sampling.steps import steps_to_run
from underpaint.traits import TRAITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The entries that the stretches of edited prompts are counted in."""

    rule: TimelineRule
    entries: int
    calls_per_entry: int

    def stretch_at(self, stretches: Sequence[Stretch], call: int) -> int:
        """The index of the stretch that holds at a model call, counted from 0."""
        match self.rule:
            case TimelineRule.A1111:
                # compares calls counted from 0 with ends counted from 1; past the last end, the first holds
                return next((i for i, stretch in enumerate(stretches) if call <= stretch.end), 0)
            case TimelineRule.EXACT:
                step = min(call // self.calls_per_entry + 1, self.entries)
                return next(i for i, stretch in enumerate(stretches) if step <= stretch.end)


def timeline_of(settings: SamplingSettings, rules: Rules, *, from_picture: bool) -> Timeline:
    """The timeline of a request's prompts."""
    calls_per_step = TRAITS[settings.sampler].calls_per_step
    match rules.prompt_timeline:
        case TimelineRule.A1111:
            entries, calls_per_entry = settings.steps * calls_per_step, 1
        case TimelineRule.EXACT:
            entries = steps_to_run(settings, rules, from_picture=from_picture)
            calls_per_entry = calls_per_step
    return Timeline(rule=rules.prompt_timeline, entries=entries, calls_per_entry=calls_per_entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOverTime:
    """One prompt of a composition."""

    stretches: tuple[Stretch, ...]
    weight: float = 1.0

    @property
    def texts(self) -> list[str]:
        return [stretch.text for stretch in self.stretches]


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What the text encoder will read, and when."""

    timeline: Timeline
    positive: tuple[PartOverTime, ...]
    negative: PartOverTime
    uses: tuple[NetworkUse, ...]
    """Networks named in the prompt; their tags are no part of the texts."""

    def all_texts(self) -> Iterator[str]:
        """Every text of every stretch, the prompt's first."""
        for part in (*self.positive, self.negative):
            yield from part.texts


def texts_of(request: InpaintRequest, *, from_picture: bool) -> Texts:
    """Raises `InvalidRequest` for a network whose strength is no finite number."""
    try:
        positive, uses = split_networks(request.prompt.positive)
    except BadTag as error:
        raise InvalidRequest(str(error)) from error
    timeline = timeline_of(request.sampling, request.rules, from_picture=from_picture)
    lone_weight = request.rules.prompt_weight is PromptWeightRule.A1111

    def over_time(text: str, weight: float = 1.0) -> PartOverTime:
        stretches = schedule(text, timeline.entries, request.prompt.edit_times)
        return PartOverTime(stretches=stretches, weight=weight)

    return Texts(
        timeline=timeline,
        positive=tuple(
            over_time(part.text, part.weight) for part in split_composition(positive, lone_weight=lone_weight)
        ),
        negative=over_time(request.prompt.negative),
        uses=uses,
    )
