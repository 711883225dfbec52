"""What the model is asked for when it is measured: the same prompts and inpainting errands every time."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import permutations

import numpy as np

from training.census import Count
from training.classifier import Seen
from training.courses import is_held_out_pair
from training.repainting import loosened
from training.scenes import (
    GROUNDS,
    KINDS,
    PART_COLOURS,
    SKIES,
    draw,
    labels,
    part_mask,
    random_scene,
    subject_mask,
)
from training.sheets import Picture

WORDING = {
    "girl": ("a girl with a {} dress", "dress"),
    "cat": ("a {} cat", "fur"),
    "tree": ("a tree with {} leaves", "leaves"),
    "bush": ("a bush with {} leaves", "leaves"),
    "house": ("a house with a {} roof", "roof"),
    "flower": ("a {} flower", "petals"),
}
GROUND_WORDS = {
    "grass": "on the grass",
    "sand": "on the sand",
    "snow": "in the snow",
    "sea": "by the sea",
    "field": "in a field",
}
SKY_WORDS = {"day": "day", "sunset": "sunset", "night": "night"}


def with_articles(text: str) -> str:
    """The text with "an" where it says "a" before a vowel."""
    return re.sub(r"\ba (?=[aeiou])", "an ", text)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt and what a picture of it must show."""

    text: str
    truth: Seen


@dataclass(frozen=True, slots=True)
class PairPrompt:
    """A prompt for two subjects, and the colours they must have."""

    text: str
    truth: Count


def fixed_prompts(count: int) -> list[Prompt]:
    """The same prompts every time; any first part of the list is balanced over kinds."""
    rng = np.random.default_rng(20)
    return [_prompt(KINDS[i % len(KINDS)], rng) for i in range(count)]


def _prompt(kind: str, rng: np.random.Generator) -> Prompt:
    colour = _colour(kind, rng)
    sky, ground = str(rng.choice(SKIES)), str(rng.choice(GROUNDS))
    truth = Seen(kind, colour, sky, ground)
    return Prompt(_text(truth), truth)


def fixed_pairs(count: int) -> list[PairPrompt]:
    """The same prompts for two subjects every time; all kinds meet, in colours that training never combined."""
    rng = np.random.default_rng(21)
    meetings = list(permutations(KINDS, 2))
    order: list[tuple[str, str]] = [meetings[i] for i in rng.permutation(len(meetings))]
    return [_pair(*order[i % len(order)], rng) for i in range(count)]


def _pair(first: str, second: str, rng: np.random.Generator) -> PairPrompt:
    colours = _colour(first, rng), _colour(second, rng)
    while not is_held_out_pair((first, colours[0]), (second, colours[1])):
        colours = _colour(first, rng), _colour(second, rng)
    sky, ground = str(rng.choice(SKIES)), str(rng.choice(GROUNDS))
    subjects = f"{_worded(first, colours[0])} and {_worded(second, colours[1])}"
    text = f"{subjects} {GROUND_WORDS[ground]}, {SKY_WORDS[sky]}"
    return PairPrompt(text, dict(zip((first, second), colours, strict=True)))


def _colour(kind: str, rng: np.random.Generator) -> str:
    return str(rng.choice(PART_COLOURS[WORDING[kind][1]]))


def _worded(kind: str, colour: str) -> str:
    return with_articles(WORDING[kind][0].format(colour))


class Aim(StrEnum):
    """What an errand changes."""

    OBJECT = "object"
    COLOUR = "colour"
    BACKGROUND = "background"


@dataclass(frozen=True, slots=True)
class Errand:
    """A picture to change, the mask (255 = the subject, or the part of it whose colour changes), and what must be seen then."""

    aim: Aim
    picture: Picture
    mask: Picture
    text: str
    truth: Seen

    def is_done(self, seen: Seen) -> bool:
        """Whether the change is seen; a new background must leave the subject what it was."""
        if self.aim is Aim.BACKGROUND:
            return (seen.kind, seen.sky, seen.ground) == (self.truth.kind, self.truth.sky, self.truth.ground)
        return (seen.kind, seen.colour) == (self.truth.kind, self.truth.colour)


def fixed_errands(count: int, size_px: int) -> list[Errand]:
    """The same errands every time, in pictures that no training shows; the three aims take turns."""
    rng = np.random.default_rng(22)
    return [_errand(list(Aim)[i % len(Aim)], rng, size_px) for i in range(count)]


def _errand(aim: Aim, rng: np.random.Generator, size_px: int) -> Errand:
    scene = random_scene(rng, easy=1.0)
    told = labels(scene)
    before = Seen(told.kind, told.colour, told.sky, told.ground)
    match aim:
        case Aim.OBJECT:
            kind = _other(KINDS, before.kind, rng)
            after = replace(before, kind=kind, colour=_colour(kind, rng))
            mask = loosened(subject_mask(scene, 0, size_px, size_px), rng)
        case Aim.COLOUR:
            after = replace(before, colour=_other(PART_COLOURS[told.part], before.colour, rng))
            mask = loosened(part_mask(scene, 0, told.part, size_px, size_px), rng, most=0.03)
        case Aim.BACKGROUND:
            after = replace(
                before, sky=_other(SKIES, before.sky, rng), ground=_other(GROUNDS, before.ground, rng)
            )
            mask = loosened(subject_mask(scene, 0, size_px, size_px), rng, most=0.02)
    return Errand(aim, draw(scene, size_px, size_px), mask, _text(after), after)


def _other(names: tuple[str, ...], than: str, rng: np.random.Generator) -> str:
    return str(rng.choice([name for name in names if name != than]))


def _text(shown: Seen) -> str:
    """A prompt for a picture that shows this."""
    return f"{_worded(shown.kind, shown.colour)} {GROUND_WORDS[shown.ground]}, {SKY_WORDS[shown.sky]}"
