"""The vocabulary of OpenAI's CLIP, built from its merges: the same 49,408 tokens for every Stable Diffusion 1."""

import gzip
from functools import cache
from importlib.resources import files

VOCABULARY_TOKENS = 49408
END_OF_WORD = "</w>"
BEGIN = "<|startoftext|>"
END = "<|endoftext|>"


@cache
def merges() -> tuple[tuple[str, str], ...]:
    """Pairs of tokens in the order in which byte-pair encoding joins them (see data/NOTICE)."""
    packed = files("underpaint.models").joinpath("data", "clip_merges.txt.gz").read_bytes()
    pairs = [line.split(" ") for line in gzip.decompress(packed).decode().splitlines()]
    return tuple((left, right) for left, right in pairs)


@cache
def vocabulary() -> dict[str, int]:
    """Ids of all tokens: bytes, bytes that end a word, joined pairs, and the two marks."""
    letters = _byte_letters()
    tokens = [*letters, *(letter + END_OF_WORD for letter in letters), *map("".join, merges()), BEGIN, END]
    assert len(set(tokens)) == VOCABULARY_TOKENS
    return {token: i for i, token in enumerate(tokens)}


def _byte_letters() -> list[str]:
    """The letter that stands for each byte in a token: itself where it is visible, else one from U+0100 on.

    In the order of GPT-2's byte-level encoding: visible bytes first.
    """
    visible = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = 256 - len(visible)
    return [chr(byte) for byte in visible] + [chr(0x100 + i) for i in range(hidden)]
