"""Emphasis: `(word)`, `((word))`, `[word]`, `(word:1.3)` and BREAK, as AUTOMATIC1111's webui reads them.

Any text is a prompt: what does not parse as syntax is text.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

FACTORS = {"(": 1.1, "[": 1 / 1.1}
CLOSED_BY = {")": "(", "]": "["}

MAX_WEIGHT = 1e6
"""Weights are cut here: a thousand open brackets must not turn an embedding into infinities."""

NUMBER = r"\d+(?:\.\d*)?|\.\d+"


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that carries one weight."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Break:
    """The word BREAK: what follows starts a new chunk of tokens."""


class _Span(NamedTuple):
    """A pair of brackets around `parts[start:end]`. Spans are listed, and multiplied, in the order of closing."""

    start: int
    end: int
    factor: float


_TOKEN = re.compile(
    rf"""
      \\(?P<escaped>[()\[\]\\])
    | (?P<backslash>\\)                                 # escapes nothing, and vanishes
    | (?P<open>[(\[])
    | :\s*(?P<weight>[+-]?(?:{NUMBER}))\s*\)
    | (?P<close>[)\]])
    | (?P<text>[^\\()\[\]:]+|:)
    """,
    re.VERBOSE,
)


def parse_emphasis(text: str) -> tuple[Piece | Break, ...]:
    """The text as pieces of equal weight, escapes resolved. Round and square brackets nest independently; one that
    is never closed reaches to the end, one that was never opened is text."""
    parts: list[Piece | Break] = []
    opened: dict[str, list[int]] = {"(": [], "[": []}
    spans: list[_Span] = []

    def close(bracket: str, factor: float) -> None:
        spans.append(_Span(opened[bracket].pop(), len(parts), factor))

    for token in _TOKEN.finditer(text):
        match token.lastgroup:
            case "escaped":
                parts.append(Piece(token["escaped"]))
            case "backslash":
                pass
            case "open":
                opened[token["open"]].append(len(parts))
            case "weight" if opened["("]:
                close("(", limited(float(token["weight"])))
            case "close" if opened[CLOSED_BY[token["close"]]]:
                bracket = CLOSED_BY[token["close"]]
                close(bracket, FACTORS[bracket])
            case _:
                parts.extend(_split_at_breaks(token[0]))
    for bracket, starts in opened.items():
        while starts:
            close(bracket, FACTORS[bracket])
    return tuple(_merged(_weighted(parts, spans)))


def render(parts: Iterable[Piece | Break]) -> str:
    """Text that parses back to the same pieces."""
    parts = tuple(parts)
    words = [_rendered(part) for part in parts]
    if not words:
        return ""
    joints = [_joint(*pair) for pair in pairwise(zip(parts, words, strict=True))]
    return words[0] + "".join(joint + word for joint, word in zip(joints, words[1:], strict=True))


def limited(weight: float) -> float:
    """The weight, within ±`MAX_WEIGHT`."""
    return math.copysign(min(abs(weight), MAX_WEIGHT), weight)


def _weighted(parts: Iterable[Piece | Break], spans: Iterable[_Span]) -> Iterator[Piece | Break]:
    """The parts, each with the product of the spans around it."""
    starts: defaultdict[int, dict[int, float]] = defaultdict(dict)
    ends: defaultdict[int, list[int]] = defaultdict(list)
    for key, span in enumerate(spans):
        if span.start < span.end:
            starts[span.start][key] = span.factor
            ends[span.end].append(key)
    active: dict[int, float] = {}
    for i, part in enumerate(parts):
        for key in ends[i]:
            del active[key]
        active |= starts[i]
        yield replace(part, weight=_product(active)) if isinstance(part, Piece) and active else part


def _product(factors: dict[int, float]) -> float:
    if 0 in factors.values():
        return 0.0
    return limited(math.prod(factor for _, factor in sorted(factors.items())))


def _split_at_breaks(text: str) -> Iterator[Piece | Break]:
    first, *rest = re.split(r"\bBREAK\b", text)
    if not rest:
        yield Piece(first)
        return
    *between, last = rest
    yield Piece(first.rstrip())
    for part in between:
        yield Break()
        yield Piece(part.strip())
    yield Break()
    yield Piece(last.lstrip())


def _merged(parts: Iterable[Piece | Break]) -> Iterator[Piece | Break]:
    """The parts without empty pieces, neighbours of equal weight joined."""
    texts: list[str] = []
    weight = 1.0
    for part in parts:
        if isinstance(part, Piece) and not part.text:
            continue
        if texts and (isinstance(part, Break) or part.weight != weight):
            yield Piece("".join(texts), weight)
            texts = []
        if isinstance(part, Break):
            yield part
        else:
            texts.append(part.text)
            weight = part.weight
    if texts:
        yield Piece("".join(texts), weight)


def _rendered(part: Piece | Break) -> str:
    if isinstance(part, Break):
        return "BREAK"
    # A backslash that escapes nothing vanishes, and keeps the word from being read as a break.
    text = re.sub(r"[()\[\]\\]", r"\\\g<0>", part.text).replace("BREAK", r"B\REAK")
    return text if part.weight == 1 else f"({text}:{Decimal(repr(part.weight)):f})"


def _joint(left: tuple[Piece | Break, str], right: tuple[Piece | Break, str]) -> str:
    """What stands between two parts. A break swallows the spaces around it; a backslash holds those that count."""
    if not isinstance(left[0], Break) and not isinstance(right[0], Break):
        return ""
    return "\\" if left[1][-1].isspace() or right[1][0].isspace() else " "
