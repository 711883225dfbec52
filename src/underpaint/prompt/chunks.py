"""Weighted pieces to chunks of 75 tokens, each encoded on its own: how long prompts fit CLIP's 77 places."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from underpaint.prompt.parser import Break, Piece
from underpaint.prompt.reading import PLAIN, Reading
from underpaint.request import MovedEmbeddings

CHUNK_TOKENS = 75


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialTokens:
    """Ids with a meaning of their own."""

    begin: int
    end: int
    pad: int
    comma: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A textual-inversion embedding: the tokens of its name stand for that many vectors of its own."""

    name: str
    token_ids: tuple[int, ...]
    vectors: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """What the text encoder reads at once: 77 token ids with a multiplier for each."""

    token_ids: tuple[int, ...]
    multipliers: tuple[float, ...]
    words: tuple[tuple[int, str], ...] = ()
    """Where the vectors of embeddings lie, by the place of their first, and whose they are. The ids there mean
    nothing."""


PLACEHOLDER = 0


def chunked(
    pieces: Iterable[Piece | Break],
    tokenize: Callable[[str], list[int]],
    special: SpecialTokens,
    words: Iterable[Word] = (),
    reading: Reading = PLAIN,
) -> tuple[Chunk, ...]:
    """At least one chunk. Every piece is tokenized by itself; begin, end and padding have multiplier 1."""
    filling = _Filling(special, reading)
    longest_first = sorted(words, key=lambda word: -len(word.token_ids))
    for piece in pieces:
        match piece:
            case Break():
                filling.close_chunk()
            case Piece(text, weight):
                for token in _with_words(tokenize(text), longest_first):
                    filling.add(token, weight)
    if filling.tokens or not filling.chunks:
        filling.close_chunk()
    return tuple(filling.chunks)


def _with_words(tokens: list[int], words: list[Word]) -> Iterator[int | Word]:
    """The tokens, names of embeddings replaced by the embeddings."""
    place = 0
    while place < len(tokens):
        found = next((word for word in words if _is_at(word, tokens, place)), None)
        yield found or tokens[place]
        place += len(found.token_ids) if found else 1


def _is_at(word: Word, tokens: list[int], place: int) -> bool:
    return tuple(tokens[place : place + len(word.token_ids)]) == word.token_ids


@dataclass(slots=True)
class _Filling:
    """The chunks so far, and the one being filled."""

    special: SpecialTokens
    reading: Reading
    chunks: list[Chunk] = field(default_factory=list[Chunk])
    tokens: list[tuple[int, float]] = field(default_factory=list[tuple[int, float]])
    words: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    after_comma: int | None = None
    """Where the phrase after the chunk's last comma starts."""

    def add(self, token: int | Word, multiplier: float) -> None:
        is_comma = token == self.special.comma
        if len(self.tokens) == CHUNK_TOKENS:
            carried, words = ([], []) if is_comma else self._take_last_phrase()
            self.close_chunk()
            self.tokens, self.words = carried, words
            # A comma that opens a chunk ends no phrase in it, hence no branch below.
        elif is_comma:
            self.after_comma = len(self.tokens) + 1
        if isinstance(token, Word):
            self._add_word(token, multiplier)
        else:
            self.tokens.append((token, multiplier))

    def _add_word(self, word: Word, multiplier: float) -> None:
        """The vectors of an embedding are never split over two chunks."""
        if len(self.tokens) + word.vectors > CHUNK_TOKENS:
            self.close_chunk()
        self.words.append((len(self.tokens), word.name))
        self.tokens += [(PLACEHOLDER, multiplier)] * word.vectors

    def close_chunk(self) -> None:
        padding = [(self.special.pad, 1.0)] * (CHUNK_TOKENS - len(self.tokens))
        row = [(self.special.begin, 1.0), *self.tokens, *padding, (self.special.end, 1.0)]
        words = tuple((place + 1, name) for place, name in self.words)  # after the begin token
        self.chunks.append(Chunk(tuple(token for token, _ in row), tuple(weight for _, weight in row), words))
        self.tokens, self.words = [], []
        self.after_comma = None

    def _take_last_phrase(self) -> tuple[list[tuple[int, float]], list[tuple[int, str]]]:
        """Cuts the phrase after the last comma off the chunk, if the comma is near enough."""
        start = self.after_comma
        if start is None or CHUNK_TOKENS - start >= self.reading.comma_backtrack:
            return [], []
        phrase = self.tokens[start:]
        del self.tokens[start:]
        if self.reading.moved_embeddings is MovedEmbeddings.A1111:
            return phrase, []
        words = [(place - start, name) for place, name in self.words if place >= start]
        self.words = [(place, name) for place, name in self.words if place < start]
        return phrase, words
