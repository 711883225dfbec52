"""The kinds of scenes that the denoiser learns from, and which colour combinations are kept from it."""

from dataclasses import dataclass
from enum import IntEnum, auto
from itertools import combinations
from zlib import crc32

import numpy as np

from training.scenes import (
    FACED,
    Detail,
    Scene,
    Subject,
    caption,
    detail_caption,
    draw,
    kind_of,
    main_colour,
    pair_caption,
    random_detail,
    random_pair,
    random_scene,
)
from training.sheets import Picture

HELD_OUT_SHARE = 1 / 8
FACELESS_SHARE = 0.6
"""Of the scenes without girl and cat, whose faces are hardest to draw, so many are shown."""


class Course(IntEnum):
    """A kind of scene."""

    CLOSE = 0
    """One large subject."""
    MIXED = auto()
    """Up to three subjects, close-ups and faces."""
    PAIR = auto()
    """Two subjects side by side, both named."""
    DETAIL = auto()
    """A part of one subject through a window."""


@dataclass(frozen=True, slots=True)
class Example:
    """A picture and prompts for it."""

    picture: Picture
    captions: list[str]


def example(course: Course, rng: np.random.Generator, width: int, height: int, captions: int) -> Example:
    """A random example that shows no combination of colours held out for the evaluation."""
    if course is Course.DETAIL:
        seen = allowed_detail(rng, width, height)
        told = [detail_caption(seen.scene, seen.subject, seen.part, rng) for _ in range(captions)]
        return Example(seen.draw(), told)
    scene = allowed_scene(course, rng)
    told = [scene_caption(course, scene, rng) for _ in range(captions)]
    return Example(draw(scene, width, height), told)


def allowed_scene(course: Course, rng: np.random.Generator) -> Scene:
    """A random scene of a course that shows scenes as a whole; those with a face come more often."""
    while True:
        scene = (
            random_pair(rng)
            if course is Course.PAIR
            else random_scene(rng, easy=float(course is Course.CLOSE))
        )
        if not is_held_out(scene) and (_has_face(scene) or rng.random() < FACELESS_SHARE):
            return scene


def allowed_detail(rng: np.random.Generator, width: int, height: int) -> Detail:
    """A random look of that many pixels at a part of a subject."""
    while is_held_out((seen := random_detail(rng, width, height)).scene):
        pass
    return seen


def scene_caption(course: Course, scene: Scene, rng: np.random.Generator) -> str:
    """A prompt for the scene; of pairs, both are named."""
    return pair_caption(scene, rng) if course is Course.PAIR else caption(scene, rng)


def is_held_out(scene: Scene) -> bool:
    """Whether two of the scene's subjects have colours that training never shows together on these kinds."""
    looks = [_look(subject) for subject in scene.subjects]
    return any(is_held_out_pair(a, b) for a, b in combinations(looks, 2))


def is_held_out_pair(a: tuple[str, str], b: tuple[str, str]) -> bool:
    """Whether a (kind, colour) is kept from training beside another: decided by a checksum, so for good."""
    names = "|".join(" ".join(look) for look in sorted((a, b)))
    return crc32(names.encode()) < HELD_OUT_SHARE * 2**32


def _has_face(scene: Scene) -> bool:
    return any(kind_of(subject) in FACED for subject in scene.subjects)


def _look(subject: Subject) -> tuple[str, str]:
    return kind_of(subject), main_colour(subject)
