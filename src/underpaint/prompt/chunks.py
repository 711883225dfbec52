"""Weighted pieces to chunks of 75 tokens, each encoded on its own: how long prompts fit CLIP's 77 places."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from underpaint.prompt.parser import Break, Piece

CHUNK_TOKENS = 75
COMMA_BACKTRACK_TOKENS = 20
"""A phrase that crosses the end of a chunk moves to the next one whole if its comma is at most this far back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialTokens:
    """Ids with a meaning of their own."""

    begin: int
    end: int
    pad: int
    comma: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """What the text encoder reads at once: 77 token ids with a multiplier for each."""

    token_ids: tuple[int, ...]
    multipliers: tuple[float, ...]


def chunked(
    pieces: Iterable[Piece | Break], tokenize: Callable[[str], list[int]], special: SpecialTokens
) -> tuple[Chunk, ...]:
    """At least one chunk. Every piece is tokenized by itself; begin, end and padding have multiplier 1."""
    filling = _Filling(special)
    for piece in pieces:
        match piece:
            case Break():
                filling.close_chunk()
            case Piece(text, weight):
                for token in tokenize(text):
                    filling.add(token, weight)
    if filling.tokens or not filling.chunks:
        filling.close_chunk()
    return tuple(filling.chunks)


@dataclass(slots=True)
class _Filling:
    """The chunks so far, and the one being filled."""

    special: SpecialTokens
    chunks: list[Chunk] = field(default_factory=list[Chunk])
    tokens: list[tuple[int, float]] = field(default_factory=list[tuple[int, float]])
    after_comma: int | None = None
    """Where the phrase after the chunk's last comma starts."""

    def add(self, token: int, multiplier: float) -> None:
        is_comma = token == self.special.comma
        if len(self.tokens) == CHUNK_TOKENS:
            carried = [] if is_comma else self._take_last_phrase()
            self.close_chunk()
            self.tokens = carried
            # A comma that opens a chunk ends no phrase in it, hence no branch below.
        elif is_comma:
            self.after_comma = len(self.tokens) + 1
        self.tokens.append((token, multiplier))

    def close_chunk(self) -> None:
        padding = [(self.special.pad, 1.0)] * (CHUNK_TOKENS - len(self.tokens))
        row = [(self.special.begin, 1.0), *self.tokens, *padding, (self.special.end, 1.0)]
        self.chunks.append(Chunk(tuple(token for token, _ in row), tuple(weight for _, weight in row)))
        self.tokens = []
        self.after_comma = None

    def _take_last_phrase(self) -> list[tuple[int, float]]:
        """Cuts the phrase after the last comma off the chunk, if the comma is near enough."""
        if self.after_comma is None or CHUNK_TOKENS - self.after_comma >= COMMA_BACKTRACK_TOKENS:
            return []
        phrase = self.tokens[self.after_comma :]
        del self.tokens[self.after_comma :]
        return phrase
