"""What a job, and the step that is kept from it, is called: the task, and the first words of the prompt."""

import re

from underpaint.prompt.extra_networks import without_tags
from underpaint.prompt.parser import Piece, parse_emphasis
from underpaint.prompt.schedule import Steps, parse_edits, text_at
from underpaint.tasks import PRESETS, Task

LONGEST_SUBJECT = 28
"""Characters; what is longer is cut between words."""
_LEAD_ON = {"a", "an", "and", "at", "by", "for", "in", "of", "on", "or", "the", "to", "very", "with"}
"""Words that a name does not end with."""


def job_name(task: Task, prompt: str, *, has_picture: bool) -> str:
    """Such as "Add: tree with green leaves". Without a picture, or for the task *custom*, the words stand alone."""
    subject = subject_of(prompt)
    name = PRESETS[task].name if has_picture else "Text to image"
    if not subject:
        return name
    if not has_picture or task is Task.CUSTOM:
        return subject[0].upper() + subject[1:]
    return f"{name}: {subject}"


def subject_of(prompt: str) -> str:
    """The prompt's first words as a person reads them: without weights, edits, networks and a leading article."""
    text = "".join(piece.text for piece in parse_emphasis(_plain(prompt)) if isinstance(piece, Piece))
    first = re.split(r"[,.;\n]|\bAND\b", text.strip(" ,.;\n"), maxsplit=1)[0]
    words = re.sub(r"^(an?|the)\s+", "", first.strip(), flags=re.IGNORECASE).split()
    return _cut(words)


def _plain(prompt: str) -> str:
    """The text of the last step, without networks."""
    return text_at(parse_edits(without_tags(prompt)), 1, Steps(1))


def _cut(words: list[str]) -> str:
    is_cut = False
    while len(words) > 1 and (len(" ".join(words)) > LONGEST_SUBJECT or (is_cut and words[-1] in _LEAD_ON)):
        words, is_cut = words[:-1], True
    return " ".join(words)[:LONGEST_SUBJECT]
