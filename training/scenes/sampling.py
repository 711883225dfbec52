"""Random scenes, and the one that ships with the product."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np

from .model import GROUNDS, KINDS, SKIES, SUBJECTS, Girl, Ground, House, Scene, Sky, Subject, View
from .palette import PART_COLOURS

FACED = ("girl", "cat")
COLOURED = {
    "girl": ("hair", "dress", "eyes"),
    "cat": ("fur",),
    "tree": ("leaves",),
    "bush": ("leaves",),
    "house": ("roof",),
    "flower": ("petals",),
}
POSES = 4


def _pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]


def _subject(rng: np.random.Generator, kind: str, **place: Any) -> Subject:
    values: dict[str, Any] = {part: _pick(rng, PART_COLOURS[part]) for part in COLOURED[kind]}
    values |= {"mirrored": bool(rng.random() < 0.5), "pose": int(rng.integers(POSES))}
    values |= {key: round(float(value), 4) for key, value in place.items()}
    return SUBJECTS[kind](**values)


def _view(rng: np.random.Generator, kind: str, easy: float) -> View:
    if rng.random() < easy:
        return "close"
    odds = (0.45, 0.25, 0.30) if kind in FACED else (0.65, 0.35, 0.0)
    return ("scene", "close", "face")[int(rng.choice(3, p=odds))]


def _alone(rng: np.random.Generator, kind: str, view: View) -> tuple[Subject, ...]:
    spread = 0.10 if view == "close" else 0.08
    place = {
        "x": 0.5 + rng.uniform(-spread, spread),
        "depth": rng.uniform(0.6, 1.0),
        "scale": rng.uniform(0.86, 1.1) if view == "close" else rng.uniform(0.9, 1.2),
    }
    return (_subject(rng, kind, **place),)


def _crowd(rng: np.random.Generator, main: str) -> tuple[Subject, ...]:
    count = int(rng.choice(3, p=(0.35, 0.4, 0.25))) + 1
    others = [kind for kind in KINDS if kind != main]
    kinds = [main, *(str(kind) for kind in rng.choice(others, count - 1, replace=False))]
    slots = rng.permutation((np.arange(count) + 0.5) / count)
    reach = 0.28 if count == 1 else 0.08 / count * 2
    return tuple(
        _subject(
            rng,
            kind,
            x=slot + rng.uniform(-reach, reach),
            depth=rng.uniform(0.25, 0.85),
            scale=rng.uniform(0.82, 1.18),
        )
        for kind, slot in zip(kinds, slots, strict=True)
    )


def random_scene(rng: np.random.Generator, *, easy: float) -> Scene:
    """A scene of the training mixture; with probability `easy` one large subject."""
    kind = _pick(rng, KINDS)
    view = _view(rng, kind, easy)
    return Scene(
        sky=cast(Sky, _pick(rng, SKIES)),
        ground=cast(Ground, _pick(rng, GROUNDS)),
        view=view,
        subjects=_crowd(rng, kind) if view == "scene" else _alone(rng, kind, view),
        horizon=round(float(rng.uniform(0.5, 0.66)), 4),
        sun=round(float(rng.uniform(0.12, 0.88)), 4),
        detail_seed=int(rng.integers(2**31 - 1)),
    )


def random_pair(rng: np.random.Generator) -> Scene:
    """Two subjects of different kinds side by side, large enough that both colours are seen."""
    kinds = [str(kind) for kind in rng.choice(KINDS, 2, replace=False)]
    subjects = tuple(
        _subject(
            rng,
            kind,
            x=middle + rng.uniform(-0.07, 0.07),
            depth=rng.uniform(0.4, 0.95),
            scale=rng.uniform(0.9, 1.35),
        )
        for kind, middle in zip(kinds, (0.27, 0.73), strict=True)
    )
    return replace(random_scene(rng, easy=0.0), view="scene", subjects=subjects)


def sample_scene() -> Scene:
    """The picture the product ships: a girl, a house, and room on the right for a tree."""
    return Scene(
        sky="sunset",
        ground="field",
        view="scene",
        subjects=(
            Girl(hair="red", dress="blue", eyes="green", x=0.46, depth=0.8, scale=1.08),
            House(roof="red", x=0.17, depth=0.24, scale=0.92),
        ),
        horizon=0.57,
        sun=0.58,
        detail_seed=7,
    )
