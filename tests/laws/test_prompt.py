from hypothesis import given
from hypothesis import strategies as st

from underpaint.prompt.chunks import CHUNK_TOKENS, SpecialTokens, chunked
from underpaint.prompt.composition import split_composition
from underpaint.prompt.parser import MAX_WEIGHT, Piece, parse_emphasis, render
from underpaint.prompt.schedule import parse_edits, render_edits, schedule

SPECIAL = SpecialTokens(begin=-1, end=-2, pad=-3, comma=ord(","))

syntax = st.lists(
    st.sampled_from(
        ["(", ")", "[", "]", ":", "1.3", ":0.5)", "\\", "BREAK", " ", "cat", ",", "|", "AND", "<a:b>"]
    )
).map("".join)
texts = st.text() | syntax


@given(texts)
def test_parsing_what_was_rendered_gives_the_same_pieces(text: str) -> None:
    pieces = parse_emphasis(text)
    assert parse_emphasis(render(pieces)) == pieces


@given(texts)
def test_pieces_are_not_empty_and_weights_are_finite(text: str) -> None:
    for piece in parse_emphasis(text):
        if isinstance(piece, Piece):
            assert piece.text
            assert abs(piece.weight) <= MAX_WEIGHT


@given(texts)
def test_no_text_is_refused(text: str) -> None:
    parse_emphasis(text)
    schedule(text, 20)
    assert split_composition(text, lone_weight=True)


@given(st.lists(st.tuples(st.text(alphabet="ab,", max_size=200), st.floats(0.1, 2))))
def test_chunks_hold_every_token_once_in_order(weighted: list[tuple[str, float]]) -> None:
    pieces = [Piece(*pair) for pair in weighted]
    chunks = chunked(pieces, lambda text: [ord(letter) for letter in text], SPECIAL)
    held = [
        token
        for chunk in chunks
        for token in zip(chunk.token_ids, chunk.multipliers, strict=True)
        if token[0] >= 0
    ]
    assert held == [(ord(letter), piece.weight) for piece in pieces for letter in piece.text]
    assert all(len(chunk.token_ids) == CHUNK_TOKENS + 2 for chunk in chunks)


@given(st.text(alphabet="ab[]():|\\ 0.5\n"), st.integers(1, 30))
def test_every_text_has_a_schedule_that_ends_with_the_last_step(text: str, steps: int) -> None:
    stretches = schedule(text, steps)
    assert [stretch.end for stretch in stretches] == sorted({stretch.end for stretch in stretches})
    assert stretches[-1].end == steps


@given(st.text(alphabet="ab[]():|\\ 0.5\n"))
def test_rendered_edits_parse_back(text: str) -> None:
    prompt = parse_edits(text)
    assert parse_edits(render_edits(prompt)) == prompt
