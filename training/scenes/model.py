"""The values a scene is made of; everything drawn or said follows from them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

Sky = Literal["day", "sunset", "night"]
Ground = Literal["grass", "sand", "snow", "sea", "field"]
View = Literal["scene", "close", "face"]
SKIES: tuple[str, ...] = get_args(Sky)
GROUNDS: tuple[str, ...] = get_args(Ground)
VIEWS: tuple[str, ...] = get_args(View)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a subject stands: shares of the picture, not pixels."""

    x: float = 0.5
    depth: float = 0.5
    scale: float = 1.0
    mirrored: bool = False
    pose: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Girl(Placed):
    hair: str
    dress: str
    eyes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cat(Placed):
    fur: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree(Placed):
    leaves: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bush(Placed):
    leaves: str


@dataclass(frozen=True, slots=True, kw_only=True)
class House(Placed):
    roof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flower(Placed):
    petals: str


Subject = Girl | Cat | Tree | Bush | House | Flower
SUBJECTS: dict[str, type[Subject]] = {
    "girl": Girl,
    "cat": Cat,
    "tree": Tree,
    "bush": Bush,
    "house": House,
    "flower": Flower,
}
KINDS = tuple(SUBJECTS)
PARTS = {
    "girl": "dress",
    "cat": "fur",
    "tree": "leaves",
    "bush": "leaves",
    "house": "roof",
    "flower": "petals",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One picture. The first subject is the main one."""

    sky: Sky
    ground: Ground
    view: View
    subjects: tuple[Subject, ...]
    horizon: float = 0.58
    sun: float = 0.57
    detail_seed: int = 0


@dataclass(frozen=True, slots=True)
class Labels:
    """What a classifier should read off the main subject."""

    kind: str
    part: str
    colour: str
    sky: str
    ground: str


def kind_of(subject: Subject) -> str:
    return type(subject).__name__.lower()


def main_colour(subject: Subject) -> str:
    """The colour that a subject is asked for by: a girl's dress, a house's roof."""
    return getattr(subject, PARTS[kind_of(subject)])


def labels(scene: Scene) -> Labels:
    main = scene.subjects[0]
    kind = kind_of(main)
    part = "hair" if kind == "girl" and scene.view == "face" else PARTS[kind]
    return Labels(kind, part, getattr(main, part), scene.sky, scene.ground)


def to_json(scene: Scene) -> dict[str, Any]:
    value = asdict(scene)
    value["subjects"] = [{"kind": kind_of(s), **asdict(s)} for s in scene.subjects]
    return value


def from_json(value: dict[str, Any]) -> Scene:
    subjects = tuple(
        SUBJECTS[item["kind"]](**{key: item[key] for key in item if key != "kind"})
        for item in value["subjects"]
    )
    fields: dict[str, Any] = {**value, "subjects": subjects}
    return Scene(**fields)
