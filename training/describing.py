"""Descriptions: what a picture of a scene is said to show, in the words that the figures ask for pictures with, and their
tokens."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from transformers import BertTokenizer

from training.asks import GROUND_WORDS, SKY_WORDS, WORDING, with_articles
from training.scenes import PART_COLOURS, Girl, Scene, Subject, kind_of, main_colour, subject_mask

CELLS = 8
"""Cells along each side of a picture, whatever its shape."""
SKETCH_SCALE = 4
"""A sketch, which tells what covers what, is so many times smaller than the picture."""
LEAST_SHARE = 0.015
"""Of the picture: what shows less of itself, behind others, goes unmentioned."""
CLOSE = "close-up of"
GIRL = "a girl with {} hair and a {} dress"
FACE = "a girl with {} hair and {} eyes"
COLOURED = re.compile(
    r"girl with (?:(?:\w+ hair and )?an? (?P<girl>\w+) dress|(?P<face>\w+) hair and \w+ eyes)"
    r"|(?P<cat>\w+) cat|tree with (?P<tree>\w+) leaves|bush with (?P<bush>\w+) leaves"
    r"|house with an? (?P<house>\w+) roof|(?P<flower>\w+) flower"
)
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[DEC]")
"""The tokens that are no words, as BLIP calls them: descriptions begin with the last and end with [SEP]."""
PAD, END, START = (SPECIAL.index(word) for word in ("[PAD]", "[SEP]", "[DEC]"))
CONTEXT = 64

Shares = NDArray[np.float64]
"""Of each cell, what each subject covers: (subject, row, column)."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a description says: each kind's colour, sky and ground; None where it says nothing of it."""

    colours: Mapping[str, str]
    sky: str | None
    ground: str | None


def covered(scene: Scene, width: int, height: int) -> Shares:
    """How much of each cell of a picture each subject covers where others do not hide it. Sides are multiples of 32."""
    wide, high = width // SKETCH_SCALE, height // SKETCH_SCALE
    masks = [subject_mask(scene, i, wide, high) > 0 for i in range(len(scene.subjects))]
    return np.reshape(masks, (len(masks), CELLS, high // CELLS, CELLS, wide // CELLS)).mean((2, 4))


def visible(scene: Scene, shares: Shares) -> list[Subject]:
    """The subjects that are seen well enough to be named, from left to right."""
    seen = [s for s, share in zip(scene.subjects, shares, strict=True) if share.mean() >= LEAST_SHARE]
    return sorted(seen, key=lambda subject: subject.x)


def described(scene: Scene, subjects: Sequence[Subject]) -> str:
    """ "a girl with red hair and a blue dress and an orange cat in the snow, night", of these subjects."""
    named = " and ".join(_named(subject, scene.view == "face") for subject in subjects)
    close = CLOSE if scene.view == "face" and subjects else ""
    return f"{close} {named} {GROUND_WORDS[scene.ground]}, {SKY_WORDS[scene.sky]}".strip()


def _named(subject: Subject, is_face: bool) -> str:
    if isinstance(subject, Girl):
        words = (
            FACE.format(subject.hair, subject.eyes) if is_face else GIRL.format(subject.hair, subject.dress)
        )
    else:
        words = WORDING[kind_of(subject)][0].format(main_colour(subject))
    return with_articles(words)


def told(text: str) -> Told:
    """What a description says. The colour of a girl is her dress's, or her hair's where only her face is described."""
    colours = {
        kind.replace("face", "girl"): colour
        for found in COLOURED.finditer(text)
        for kind, colour in found.groupdict().items()
        if colour
    }
    sky = next((sky for sky, words in SKY_WORDS.items() if text.endswith(f", {words}")), None)
    ground = next((ground for ground, words in GROUND_WORDS.items() if f"{words}," in text), None)
    return Told(colours, sky, ground)


def words() -> list[str]:
    """All words of descriptions, and the marks between them, sorted."""
    places = [*GROUND_WORDS.values(), *SKY_WORDS.values()]
    colours = [name for names in PART_COLOURS.values() for name in names]
    texts = [*places, *(text for text, _ in WORDING.values()), *colours, CLOSE, GIRL, FACE, "an and ,"]
    return sorted({word for text in texts for word in re.findall(r"[a-z]+|[,-]", text)})


def new_tokenizer() -> BertTokenizer:
    """BERT's tokenizer with the words of the descriptions only."""
    vocabulary = {word: i for i, word in enumerate([*SPECIAL, *words()])}
    return BertTokenizer(vocab=vocabulary, bos_token=SPECIAL[START], model_max_length=CONTEXT)


def tokenize(tokenizer: BertTokenizer, texts: Sequence[str]) -> Tensor:
    """Token ids from BLIP's first token to its last, padded to the longest."""
    ids = tokenizer(list(texts), padding=True, return_tensors="pt").input_ids
    ids[:, 0] = START
    return ids
