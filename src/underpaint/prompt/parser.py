"""Emphasis: `(word)`, `((word))`, `[word]`, `(word:1.3)` and BREAK, as AUTOMATIC1111's webui reads them.

Any text is a prompt: what does not parse as syntax is text.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby, pairwise
from typing import NamedTuple, cast

from underpaint.request import BreakRule

FACTORS = {"(": 1.1, "[": 1 / 1.1}
CLOSED_BY = {")": "(", "]": "["}
BREAK = "BREAK"

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
    | (?P<backslash>\\)                                 # escapes nothing, and is an empty text
    | (?P<open>[(\[])
    | :\s*(?P<weight>[+-]?(?:{NUMBER}))\s*\)
    | (?P<close>[)\]])
    | (?P<text>[^\\()\[\]:]+|:)
    """,
    re.VERBOSE,
)


def parse_emphasis(text: str, breaks: BreakRule = BreakRule.EVERYWHERE) -> tuple[Piece | Break, ...]:
    """The text as pieces of equal weight, escapes resolved. Round and square brackets nest independently; one that
    is never closed reaches to the end, one that was never opened is text.

    Neighbours of equal weight are one piece, unless brackets around nothing stand between them, as in `a(\\:2)b`: then
    each is a word of its own.
    """
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
                parts.append(Piece(""))
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
    return tuple(_merged(_weighted(parts, spans, breaks)))


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


def _weighted(
    parts: Iterable[Piece | Break], spans: Iterable[_Span], breaks: BreakRule
) -> Iterator[Piece | Break]:
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
        yield _at_weight(part, _product(active), breaks) if active else part


def _at_weight(part: Piece | Break, weight: float, breaks: BreakRule) -> Piece | Break:
    if isinstance(part, Piece):
        return replace(part, weight=weight)
    # A1111 marks its breaks with the weight -1, and knows them no longer once that is multiplied.
    is_word = breaks is BreakRule.A1111 and weight != 1
    return Piece(BREAK, -weight) if is_word else part


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
    """The parts, runs of equal weight joined, without those that are empty then."""
    for weight, run in groupby(parts, lambda part: part.weight if isinstance(part, Piece) else None):
        if weight is None:
            yield from run
        elif text := "".join(part.text for part in cast("Iterator[Piece]", run)):
            yield Piece(text, weight)


def _rendered(part: Piece | Break) -> str:
    if isinstance(part, Break):
        return BREAK
    # A backslash that escapes nothing vanishes, and keeps the word from being read as a break.
    text = re.sub(r"[()\[\]\\]", r"\\\g<0>", part.text).replace(BREAK, r"B\REAK")
    return text if part.weight == 1 else f"({text}:{Decimal(repr(part.weight)):f})"


def _joint(left: tuple[Piece | Break, str], right: tuple[Piece | Break, str]) -> str:
    """What stands between two parts. A break swallows the spaces around it; a backslash holds those that count.
    Brackets around nothing keep words of equal weight apart."""
    if isinstance(left[0], Piece) and isinstance(right[0], Piece):
        if left[0].weight != right[0].weight:
            return ""
        return r"(\:3)" if left[0].weight == 2 else r"(\:2)"
    return "\\" if left[1][-1].isspace() or right[1][0].isspace() else " "
