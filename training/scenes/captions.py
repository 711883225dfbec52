"""Captions as people type them, and the words they are made of."""

from __future__ import annotations

import numpy as np

from .model import Bush, Cat, Flower, Girl, House, Scene, Subject, Tree
from .palette import PART_COLOURS

SKY_PHRASES = {
    "day": ("day", "daytime", "at day", "sunny day", "blue sky", "day", "in the daylight"),
    "sunset": ("sunset", "at sunset", "sunset sky", "evening", "sunset", "warm light"),
    "night": ("night", "at night", "night sky", "starry night", "night", "moonlight"),
}
GROUND_PHRASES = {
    "grass": ("on the grass", "grass", "on green grass", "in a meadow", "in the grass"),
    "sand": ("on the sand", "sand", "in the desert", "in the dunes", "on sand"),
    "snow": ("in the snow", "snow", "on the snow", "winter", "in winter"),
    "sea": ("by the sea", "sea", "at the sea", "in front of the sea", "by the water"),
    "field": ("in a field", "field", "in a golden field", "in the field", "wheat field"),
}
OPENERS = (
    "a picture of",
    "picture of",
    "illustration of",
    "a photo of",
    "photo of",
    "painting of",
    "a drawing of",
    "an image of",
)
FILLERS = (
    "masterpiece",
    "best quality",
    "high quality",
    "detailed",
    "highly detailed",
    "very detailed",
    "beautiful",
    "illustration",
    "storybook style",
    "soft light",
    "warm colors",
    "colorful",
    "cute",
    "pretty",
    "lovely",
    "nice art",
    "artwork",
    "clean",
    "simple",
    "sharp",
    "scenery",
    "landscape",
    "nature",
    "sky",
    "background",
)
KIND_WORDS = {
    "girl": ("girl",) * 8 + ("young girl", "woman"),
    "cat": ("cat",) * 8 + ("kitten", "little cat"),
    "tree": ("tree",) * 8 + ("big tree",),
    "bush": ("bush",) * 8 + ("shrub",),
    "house": ("house",) * 8 + ("cottage", "little house"),
    "flower": ("flower",) * 8 + ("blossom", "big flower"),
}
JOINTS = (", ", " and ", ", ", " and ", " and ", " and ", " next to ", " near ", " beside ")
SIZES = ("big", "large", "little", "small", "beautiful", "pretty", "single", "lovely")
CLOSE_OPENERS = ("close-up", "portrait", "face", "head")
CONNECTIVES = (
    "a an the one and with of in on next to near beside wearing long standing sitting",
    "close-up portrait face head hair dress eyes fur leaves petals foliage roof gray",
)


def _phrases() -> list[str]:
    groups = [*SKY_PHRASES.values(), *GROUND_PHRASES.values(), *KIND_WORDS.values()]
    colours = [name for names in PART_COLOURS.values() for name in names]
    return [*(p for g in groups for p in g), *OPENERS, *FILLERS, *SIZES, *CONNECTIVES, *colours]


VOCABULARY: tuple[str, ...] = tuple(sorted({w for phrase in _phrases() for w in phrase.split()}))


def _pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]


def _word(rng: np.random.Generator, colour: str) -> str:
    return "gray" if colour == "grey" and rng.random() < 0.3 else colour


def _article(rng: np.random.Generator, phrase: str) -> str:
    roll = rng.random()
    if roll < 0.06:
        return f"{'the' if roll < 0.03 else 'one'} {phrase}"
    return phrase if roll < 0.33 else _a(phrase)


def _a(phrase: str) -> str:
    return f"an {phrase}" if phrase[0] in "aeiou" else f"a {phrase}"


def _noun(rng: np.random.Generator, kind: str) -> str:
    noun = _pick(rng, KIND_WORDS[kind])
    if " " not in noun and rng.random() < 0.08:
        return f"{_pick(rng, SIZES)} {noun}"
    return noun


def _coloured(rng: np.random.Generator, kind: str, colour: str, part: str) -> str:
    """ "white cat", "tree with pink leaves", "roof" and the like."""
    noun, shade = _noun(rng, kind), _word(rng, colour)
    if rng.random() < {"cat": 0.85, "flower": 0.7, "bush": 0.35, "tree": 0.3}.get(kind, 0.0):
        *before, noun = noun.split()
        return _article(rng, " ".join([*before, shade, noun]))
    said = f"{shade} {'foliage' if part == 'leaves' and rng.random() < 0.08 else part}"
    return f"{_article(rng, noun)} with {_a(said) if part == 'roof' else said}"


def _girl(rng: np.random.Generator, girl: Girl, view: str) -> str:
    dress = _a(f"{girl.dress} dress")
    hair, eyes = f"{girl.hair} hair", f"{girl.eyes} eyes"
    hair = f"long {hair}" if rng.random() < 0.1 else hair
    noun = _article(rng, _noun(rng, "girl"))
    if view == "face":
        told = [hair, eyes] if rng.random() < 0.8 else [hair]
        if rng.random() < 0.5:
            told.reverse()
        opener = _pick(rng, ("close-up of", "portrait of", "face of", "close-up of", "head of", "", ""))
        return f"{opener} {noun} with {' and '.join(told)}".strip()
    if rng.random() < 0.15:
        return f"{noun} {_pick(rng, ('in', 'in', 'wearing'))} {dress} with {hair}"
    told = [dress] if rng.random() < 0.3 else [hair, dress] if rng.random() < 0.7 else [dress, hair]
    if rng.random() < 0.15:
        told.append(eyes)
    return f"{noun} with {' and '.join(told)}"


def describe(rng: np.random.Generator, subject: Subject, view: str) -> str:
    """One subject with its colour."""
    match subject:
        case Girl():
            return _girl(rng, subject, view)
        case Cat():
            said = _coloured(rng, "cat", subject.fur, "fur")
            return f"close-up of {said}" if view == "face" and rng.random() < 0.6 else said
        case Tree():
            return _coloured(rng, "tree", subject.leaves, "leaves")
        case Bush():
            return _coloured(rng, "bush", subject.leaves, "leaves")
        case House():
            return _coloured(rng, "house", subject.roof, "roof")
        case Flower():
            return _coloured(rng, "flower", subject.petals, "petals")


def _bare(rng: np.random.Generator, subject: Subject) -> str:
    return _article(rng, _pick(rng, KIND_WORDS[type(subject).__name__.lower()]))


def _place(rng: np.random.Generator, scene: Scene) -> list[str]:
    told = []
    if rng.random() < 0.75:
        told.append(_pick(rng, GROUND_PHRASES[scene.ground]))
    if rng.random() < 0.75:
        told.append(_pick(rng, SKY_PHRASES[scene.sky]))
    if rng.random() < 0.25:
        told.reverse()
    return told


def _filled(rng: np.random.Generator, parts: list[str]) -> list[str]:
    fillers = [_pick(rng, FILLERS) for _ in range(int(rng.integers(1, 4)))]
    fillers = list(dict.fromkeys(fillers))
    return [*fillers, *parts] if rng.random() < 0.4 else [*parts, *fillers]


def _detail_words(rng: np.random.Generator, subject: Subject, part: str) -> str:
    """ "a blue dress", "red hair", "green leaves" and the like."""
    if part == "face" and isinstance(subject, Girl):
        return _girl(rng, subject, "face")
    said = f"{_word(rng, getattr(subject, part))} {part}"
    return _article(rng, said) if part in ("dress", "roof") else said


def detail_caption(scene: Scene, subject: Subject, part: str, rng: np.random.Generator) -> str:
    """A prompt for a close look at one part of a subject: one that names the whole subject mostly says it is close."""
    names_part = rng.random() < 0.6
    told = _detail_words(rng, subject, part) if names_part else describe(rng, subject, "scene")
    if rng.random() < (0.1 if names_part else 0.6) and not told.startswith(CLOSE_OPENERS):
        told = f"close-up of {told}"
    return ", ".join([told, *(_place(rng, scene) if rng.random() < 0.5 else [])])


def subject_caption(scene: Scene, index: int, rng: np.random.Generator) -> str:
    """A prompt for one subject alone, as someone writes it who has masked just that."""
    told = describe(rng, scene.subjects[index], scene.view)
    return ", ".join([told, *(_place(rng, scene) if rng.random() < 0.6 else [])])


def place_caption(scene: Scene, rng: np.random.Generator) -> str:
    """A prompt for the surroundings alone; sometimes empty."""
    return ", ".join(_place(rng, scene))


def pair_caption(scene: Scene, rng: np.random.Generator) -> str:
    """A prompt that names all subjects of the scene with their colours, in any order."""
    order = rng.permutation(len(scene.subjects))
    told = [describe(rng, scene.subjects[i], scene.view) for i in order]
    head = _pick(rng, JOINTS).join(told)
    parts = [head, *_place(rng, scene)]
    return ", ".join(_filled(rng, parts) if rng.random() < 0.1 else parts)


def caption(scene: Scene, rng: np.random.Generator) -> str:
    """A short prompt for the scene; parts are dropped and ordered at random."""
    main, *others = scene.subjects
    if rng.random() < 0.05:
        return _bare(rng, main)
    told = [describe(rng, main, scene.view) if rng.random() < 0.96 else _bare(rng, main)]
    told.extend(describe(rng, other, scene.view) for other in others if rng.random() < 0.85)
    head = _pick(rng, JOINTS).join(told)
    if isinstance(main, Girl | Cat) and len(told) == 1 and rng.random() < 0.06:
        head = f"{head} {'standing' if isinstance(main, Girl) else 'sitting'}"
    if rng.random() < 0.06:
        head = f"{_pick(rng, OPENERS)} {head}"
    place = _place(rng, scene)
    if place and " " in place[0] and rng.random() < 0.4:
        head = f"{head} {place.pop(0)}" if place[0].split()[0] in ("on", "in", "by", "at") else head
    parts = [head, *place]
    if rng.random() < 0.1:
        parts = _filled(rng, parts)
    return ", ".join(parts)
