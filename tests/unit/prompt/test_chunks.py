"""Words stand for themselves here: every character of a text is a token, its code point the id."""

import pytest

from underpaint.prompt.chunks import Chunk, SpecialTokens, Word, chunked
from underpaint.prompt.parser import Break, Piece
from underpaint.prompt.reading import Reading
from underpaint.request import MovedEmbeddings

SPECIAL = SpecialTokens(begin=1, end=2, pad=3, comma=ord(","))


def tokenize(text: str) -> list[int]:
    return [ord(letter) for letter in text]


def words(chunk: Chunk) -> str:
    """The chunk's own tokens, without padding."""
    assert len(chunk.token_ids) == len(chunk.multipliers) == 77
    assert chunk.token_ids[0] == SPECIAL.begin
    assert chunk.token_ids[-1] == SPECIAL.end
    inner = "".join(map(chr, chunk.token_ids[1:-1]))
    return inner.rstrip(chr(SPECIAL.pad))


def split(*pieces: Piece | Break) -> list[str]:
    return [words(chunk) for chunk in chunked(pieces, tokenize, SPECIAL)]


@pytest.mark.parametrize(
    ("text", "chunks"),
    [
        pytest.param("", [""], id="empty"),
        pytest.param("a" * 75, ["a" * 75], id="full"),
        pytest.param("a" * 76, ["a" * 75, "a"], id="one-more"),
        pytest.param("a" * 151, ["a" * 75, "a" * 75, "a"], id="three"),
        pytest.param("a" * 60 + "," + "b" * 20, ["a" * 60 + ",", "b" * 20], id="phrase-moves"),
        pytest.param("a" * 55 + "," + "b" * 20, ["a" * 55 + ",", "b" * 20], id="comma-20-back"),
        pytest.param("a" * 54 + "," + "b" * 21, ["a" * 54 + "," + "b" * 20, "b"], id="comma-21-back"),
        pytest.param("a" * 74 + ",b", ["a" * 74 + ",", "b"], id="comma-is-last"),
        pytest.param("a" * 75 + ",b", ["a" * 75, ",b"], id="comma-opens-a-chunk"),
        pytest.param(
            "," + "a" * 74 + "," + "b" * 75,
            ["," + "a" * 74, "," + "b" * 74, "b"],
            id="opening-comma-ends-nothing",
        ),
        pytest.param(
            "a" * 70 + "," + "b" * 74 + ",c", ["a" * 70 + ",", "b" * 74 + ",", "c"], id="moved-phrase-fills"
        ),
    ],
)
def test_long_text_is_split(text: str, chunks: list[str]) -> None:
    assert split(Piece(text)) == chunks


def test_a_break_starts_a_chunk() -> None:
    assert split(Piece("a"), Break(), Piece("b"), Break(), Break(), Piece("c")) == ["a", "b", "", "c"]


def test_a_break_at_the_end_adds_none() -> None:
    assert split(Piece("a"), Break()) == ["a"]


def test_a_comma_before_a_break_is_forgotten() -> None:
    assert split(Piece("a,"), Break(), Piece("b" * 76)) == ["a,", "b" * 75, "b"]


@pytest.mark.parametrize(
    ("backtrack", "chunks"),
    [
        (0, ["a" * 60 + "," + "b" * 14, "b"]),
        (14, ["a" * 60 + "," + "b" * 14, "b"]),
        (15, ["a" * 60 + ",", "b" * 15]),
    ],
)
def test_how_far_a_comma_may_be(backtrack: int, chunks: list[str]) -> None:
    reading = Reading(comma_backtrack=backtrack)
    pieces = [Piece("a" * 60 + "," + "b" * 15)]
    assert [words(chunk) for chunk in chunked(pieces, tokenize, SPECIAL, (), reading)] == chunks


def test_multipliers_follow_their_tokens_into_the_next_chunk() -> None:
    first, second = chunked([Piece("a" * 60 + ",", 0.5), Piece("b" * 20, 2.0)], tokenize, SPECIAL)
    assert first.multipliers == (1.0, *[0.5] * 61, *[1.0] * 15)
    assert second.multipliers == (1.0, *[2.0] * 20, *[1.0] * 56)


WORD = Word(name="xyz", token_ids=tuple(map(ord, "xyz")), vectors=5)


def test_an_embeddings_name_makes_room_for_its_vectors() -> None:
    (chunk,) = chunked([Piece("a xyz b", 1.5)], tokenize, SPECIAL, [WORD])
    assert chunk.words == ((3, "xyz"),)
    assert words(chunk) == "a \0\0\0\0\0 b"
    assert chunk.multipliers[3:8] == (1.5,) * 5


def test_the_longest_name_wins() -> None:
    longer = Word(name="xyzw", token_ids=tuple(map(ord, "xyzw")), vectors=1)
    (chunk,) = chunked([Piece("xyzw")], tokenize, SPECIAL, [WORD, longer])
    assert chunk.words == ((1, "xyzw"),)


def test_an_embedding_is_never_split() -> None:
    first, second = chunked([Piece("a" * 72 + "xyz")], tokenize, SPECIAL, [WORD])
    assert (words(first), first.words) == ("a" * 72, ())
    assert second.words == ((1, "xyz"),)


def test_an_embedding_moves_with_its_phrase() -> None:
    first, second = chunked([Piece("a" * 60 + ",xyz" + "b" * 10)], tokenize, SPECIAL, [WORD])
    assert (words(first), first.words) == ("a" * 60 + ",", ())
    assert second.words == ((1, "xyz"),)
    assert words(second) == "\0" * 5 + "b" * 10


def test_in_a1111_an_embedding_stays_behind_and_placeholders_move() -> None:
    reading = Reading(moved_embeddings=MovedEmbeddings.A1111)
    first, second = chunked([Piece("a" * 60 + ",xyz" + "b" * 10, 1.5)], tokenize, SPECIAL, [WORD], reading)
    assert (words(first), first.words) == ("a" * 60 + ",", ((62, "xyz"),))
    assert first.multipliers[62:67] == (1.0,) * 5
    assert (words(second), second.words) == ("\0" * 5 + "b" * 10, ())
    assert second.multipliers[1:6] == (1.5,) * 5
