"""Prompt editing: `[from:to:when]`, `[to:when]`, `[from::when]` and `[a|b]`, as AUTOMATIC1111's webui reads them.

Any text is a prompt: brackets that are no edit stay in the text, where `parser` reads them as emphasis.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from underpaint.request import EditTimes

NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
CLOSED_BY = {"(": ")", "[": "]"}


@dataclass(frozen=True, slots=True)
class Words:
    """Text that holds no edit, escapes and brackets included."""

    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """`[before:after:when]`: `before` up to a step, `after` from then on."""

    before: "Prompt"
    after: "Prompt"
    when: str
    """As written; what it means, `EditTimes` says."""


@dataclass(frozen=True, slots=True)
class Alternation:
    """`[a|b|c]`: another one at every step."""

    options: tuple["Prompt", ...]


Prompt = tuple[Words | Edit | Alternation, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The text that holds up to and including step `end`, counted from 1."""

    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Steps:
    """What the times of edits are counted in."""

    total: int
    times: EditTimes = EditTimes.POINTED

    def boundary(self, when: str) -> int:
        """The last step of what comes before an edit; below 1 there is none."""
        value = float(when)
        is_fraction = value < 1 if self.times is EditTimes.BELOW_ONE else "." in when
        return int(min(value * self.total if is_fraction else value, self.total))


def schedule(text: str, steps: int, times: EditTimes = EditTimes.POINTED) -> tuple[Stretch, ...]:
    """The texts of a prompt over `steps` steps; a single stretch when nothing is edited."""
    prompt, counted = parse_edits(text), Steps(steps, times)
    ends = sorted({*_boundaries(prompt, counted), steps})
    return tuple(Stretch(end, text_at(prompt, end, counted)) for end in ends)


def text_at(prompt: Prompt, step: int, steps: Steps) -> str:
    """The text of a prompt at a step, counted from 1."""
    return "".join(_part_at(part, step, steps) for part in prompt)


def parse_edits(text: str) -> Prompt:
    """The edits of a prompt. A text with a `|` outside square brackets, or that ends in a lone backslash, has none."""
    reading = _Reading(text)
    try:
        return _merged(reading.parts_at_top())
    except _NoPrompt:
        return (Words(text),) if text else ()


def render_edits(prompt: Prompt) -> str:
    """Text that parses back to the same edits."""
    return "".join(_rendered(part) for part in prompt)


def _rendered(part: Words | Edit | Alternation) -> str:
    match part:
        case Words(text):
            return text
        case Edit(before, after, when):
            return f"[{render_edits(before)}:{render_edits(after)}:{when}]"
        case Alternation(options):
            return f"[{'|'.join(map(render_edits, options))}]"


def _part_at(part: Words | Edit | Alternation, step: int, steps: Steps) -> str:
    match part:
        case Words(text):
            return text
        case Edit(before, after, when):
            return text_at(before if step <= steps.boundary(when) else after, step, steps)
        case Alternation(options):
            return text_at(options[(step - 1) % len(options)], step, steps)


def _boundaries(prompt: Prompt, steps: Steps) -> Iterator[int]:
    """All steps after which the text may change."""
    for part in prompt:
        match part:
            case Words():
                pass
            case Edit(before, after, when):
                if (boundary := steps.boundary(when)) >= 1:
                    yield boundary
                yield from _boundaries((*before, *after), steps)
            case Alternation():
                yield from range(1, steps.total + 1)


class _NoPrompt(Exception):
    """The text does not follow the grammar at all."""


_TOKEN = re.compile(r"\\.|[()\[\]:|]|\\|[^\\()\[\]:|]+")


@dataclass(slots=True)
class _Bracket:
    """An open bracket: the pieces so far, cut at `:` and `|`."""

    opener: str
    pieces: list[list[Words | Edit | Alternation]]
    separators: str = ""


class _Reading:
    """One pass over the tokens with a stack of open brackets; a bracket that turns out to be none is text."""

    def __init__(self, text: str) -> None:
        self.tokens = _TOKEN.findall(text)

    def parts_at_top(self) -> list[Words | Edit | Alternation]:
        stack = [_Bracket("", [[]])]
        for token in self.tokens:
            innermost = stack[-1]
            if token == "\\":
                raise _NoPrompt
            if token in CLOSED_BY:
                stack.append(_Bracket(token, [[]]))
            elif token == CLOSED_BY.get(innermost.opener):
                stack.pop()
                self._close(innermost, stack)
            elif token in ":|" and innermost.opener:
                innermost.separators += token
                innermost.pieces.append([])
            elif token == "|":
                raise _NoPrompt
            elif token in ")]" and innermost.opener:
                self._flatten_all(stack, token)
            else:
                innermost.pieces[-1].append(Words(token))
        self._flatten_all(stack, "")
        return stack[0].pieces[0]

    def _close(self, bracket: _Bracket, stack: list[_Bracket]) -> None:
        """Puts what a closed bracket means into the one around it. If it means nothing, no bracket around it does."""
        if (meaning := _meaning(bracket)) is not None:
            stack[-1].pieces[-1].extend(meaning)
            return
        stack.append(bracket)
        self._flatten_all(stack, CLOSED_BY[bracket.opener])

    def _flatten_all(self, stack: list[_Bracket], closer: str) -> None:
        """All open brackets were none: their characters are text at the top."""
        top, *unmatched = stack
        for bracket in unmatched:
            if "|" in bracket.separators:
                raise _NoPrompt
            top.pieces[0].extend(_as_text(bracket))
        if closer:
            top.pieces[0].append(Words(closer))
        del stack[1:]


def _as_text(bracket: _Bracket) -> Iterator[Words | Edit | Alternation]:
    yield Words(bracket.opener)
    for separator, piece in zip(("", *bracket.separators), bracket.pieces, strict=True):
        if separator:
            yield Words(separator)
        yield from piece


def _meaning(bracket: _Bracket) -> list[Words | Edit | Alternation] | None:
    """What a closed bracket stands for: emphasis stays text; None if it is no syntax at all."""
    pieces, separators = bracket.pieces, bracket.separators
    if bracket.opener == "(":
        is_emphasis = separators in ("", ":")
        return [*_as_text(bracket), Words(")")] if is_emphasis else None
    if not separators:
        return [*_as_text(bracket), Words("]")]
    if set(separators) == {"|"}:
        return [Alternation(tuple(map(_merged, pieces)))]
    when = "".join(part.text for part in pieces[-1] if isinstance(part, Words))
    is_edit = separators in (":", "::") and re.fullmatch(rf"\s*{NUMBER}\s*", when)
    if not is_edit or len(pieces[-1]) != 1:
        return None
    before = pieces[0] if separators == "::" else []
    return [Edit(_merged(before), _merged(pieces[-2]), when)]


def _merged(parts: Iterable[Words | Edit | Alternation]) -> Prompt:
    """Neighbouring texts joined."""
    merged: list[Words | Edit | Alternation] = []
    for part in parts:
        if isinstance(part, Words) and merged and isinstance(merged[-1], Words):
            merged[-1] = Words(merged[-1].text + part.text)
        else:
            merged.append(part)
    return tuple(merged)
