"""`part AND part :0.7`: prompts whose noise estimates are added up, each with its weight."""

import re
from dataclasses import dataclass

from underpaint.prompt.parser import NUMBER, limited


@dataclass(frozen=True, slots=True)
class Part:
    """One prompt of a composition; its weight multiplies the guidance scale."""

    text: str
    weight: float = 1.0


def split_composition(text: str, *, lone_weight: bool) -> tuple[Part, ...]:
    """The parts between the words AND; a number after a colon at a part's very end is its weight.

    `lone_weight`: also where there is no AND. Then `a (cat:1.2`, with the bracket left open, is the text `a (cat` at
    weight 1.2, as AUTOMATIC1111's webui reads it.
    """
    parts = re.split(r"\bAND\b", text)
    if len(parts) == 1 and not lone_weight:
        return (Part(text),)
    return tuple(_part(part) for part in parts)


def _part(text: str) -> Part:
    found = re.search(rf":\s*([+-]?(?:{NUMBER}))\s*\Z", text)
    if found is None:
        return Part(text.rstrip())
    return Part(text[: found.start()].rstrip(), limited(float(found[1])))
