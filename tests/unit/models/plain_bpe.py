"""CLIP's tokenizer once more, as plainly as its papers tell it: byte-pair encoding (Sennrich et al. 2016) over bytes (Radford
et al. 2019), lower case, words that end in a mark (Radford et al. 2021). Slow, and independent of transformers."""

import re
import unicodedata
from itertools import pairwise

from underpaint.models.clip_vocabulary import BEGIN, END, END_OF_WORD, merges, vocabulary

CONTRACTIONS = ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d")
RANKS = {pair: rank for rank, pair in enumerate(merges())}
IDS = vocabulary()


def tokens_of(text: str) -> list[int]:
    """Token ids of a text that is in lower case, with single spaces."""
    return [token for word in words_of(text) for token in tokens_of_word(word)]


def words_of(text: str) -> list[str]:
    """The two marks wherever they stand; between them contractions, letters, single digits, and anything else up to the
    next of these."""
    words: list[str] = []
    for part in re.split(f"({re.escape(BEGIN)}|{re.escape(END)})", text):
        words += [part] if part in (BEGIN, END) else _words_between_marks(part)
    return words


def _words_between_marks(text: str) -> list[str]:
    words: list[str] = []
    place = 0
    while place < len(text):
        length = _length_of_word(text, place)
        if length:
            words.append(text[place : place + length])
        place += length or 1
    return words


def _length_of_word(text: str, place: int) -> int:
    """0 where a space stands."""
    for contraction in CONTRACTIONS:
        if text.startswith(contraction, place):
            return len(contraction)
    match _kind(text[place]):
        case "space":
            return 0
        case "number":
            return 1
        case kind:
            end = place
            while end < len(text) and _kind(text[end]) == kind:
                end += 1
            return end - place


def _kind(letter: str) -> str:
    if letter.isspace():
        return "space"
    return {"L": "letter", "N": "number"}.get(unicodedata.category(letter)[0], "other")


def tokens_of_word(word: str) -> list[int]:
    """Joins, again and again, the neighbours that were joined first in training."""
    if word in (BEGIN, END):
        return [IDS[word]]
    letters = [_letter(byte) for byte in word.encode()]
    parts = [*letters[:-1], letters[-1] + END_OF_WORD]
    while len(parts) > 1:
        rank = min(RANKS.get(pair, len(RANKS)) for pair in pairwise(parts))
        if rank == len(RANKS):
            break
        joined: list[str] = []
        i = 0
        while i < len(parts):
            if i + 1 < len(parts) and RANKS.get((parts[i], parts[i + 1])) == rank:
                joined.append(parts[i] + parts[i + 1])
                i += 2
            else:
                joined.append(parts[i])
                i += 1
        parts = joined
    return [IDS[part] for part in parts]


def _letter(byte: int) -> str:
    """The letter for a byte: itself if it can be seen, else one of U+0100 and up, in order."""
    hidden = [b for b in range(256) if not _is_visible(b)]
    return chr(0x100 + hidden.index(byte)) if byte in hidden else chr(byte)


def _is_visible(byte: int) -> bool:
    return ord("!") <= byte <= ord("~") or ord("¡") <= byte <= ord("¬") or ord("®") <= byte <= ord("ÿ")
