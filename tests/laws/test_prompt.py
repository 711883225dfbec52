from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from underpaint.prompt.chunks import CHUNK_TOKENS, SpecialTokens, chunked
from underpaint.prompt.composition import split_composition
from underpaint.prompt.extra_networks import BadTag, split_networks
from underpaint.prompt.parser import MAX_WEIGHT, Break, Piece, parse_emphasis, render
from underpaint.prompt.schedule import (
    Alternation,
    Edit,
    Prompt,
    Steps,
    Words,
    parse_edits,
    render_edits,
    schedule,
    text_at,
)
from underpaint.request import BreakRule

SPECIAL = SpecialTokens(begin=-1, end=-2, pad=-3, comma=ord(","))

syntax = st.lists(
    st.sampled_from(
        ["(", ")", "[", "]", ":", "1.3", ":0.5)", "\\", "BREAK", " ", "cat", ",", "|", "AND", "<a:b>"]
    )
).map("".join)
texts = st.text() | syntax


breaks = st.sampled_from(BreakRule)


@given(texts, breaks)
def test_parsing_what_was_rendered_gives_the_same_pieces(text: str, rule: BreakRule) -> None:
    pieces = parse_emphasis(text, rule)
    assert parse_emphasis(render(pieces), rule) == pieces


weights = st.floats(-MAX_WEIGHT, MAX_WEIGHT).map(lambda weight: weight + 0.0)  # no -0.0
pieces = st.builds(Piece, st.text(min_size=1) | syntax.filter(bool), weights) | st.just(Break())


@given(st.lists(pieces))
def test_any_tree_survives_rendering(tree: list[Piece | Break]) -> None:
    assert parse_emphasis(render(tree)) == tuple(tree)


@given(texts)
def test_pieces_are_not_empty_and_weights_are_finite(text: str) -> None:
    for piece in parse_emphasis(text):
        if isinstance(piece, Piece):
            assert piece.text
            assert abs(piece.weight) <= MAX_WEIGHT


@given(texts)
def test_no_text_is_refused(text: str) -> None:
    for rule in BreakRule:
        parse_emphasis(text, rule)
    schedule(text, 20)
    for lone_weight in (True, False):
        assert split_composition(text, lone_weight=lone_weight)


@given(texts | st.from_regex(r"<\w+:[^>]+>"))
def test_tags_are_taken_out_or_refused_by_name(text: str) -> None:
    with suppress(BadTag):
        rest, uses = split_networks(text)
        assert len(rest) == len(text) or uses


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


letters = st.text(alphabet="ab .", min_size=1)
times = st.sampled_from(["1", "3", "0.5", ".25", " 7 ", "-2", "1e1", "+4"])
options = st.deferred(lambda: st.lists(edits, max_size=3).map(joined))
edits = st.deferred(
    lambda: (
        st.builds(Words, letters)
        | st.builds(Edit, options, options, times)
        | st.builds(Alternation, st.lists(options, min_size=2, max_size=3).map(tuple))
    )
)


def joined(parts: list[Words | Edit | Alternation]) -> Prompt:
    """Neighbouring texts are one."""
    found: list[Words | Edit | Alternation] = []
    for part in parts:
        if isinstance(part, Words) and found and isinstance(found[-1], Words):
            found[-1] = Words(found[-1].text + part.text)
        else:
            found.append(part)
    return tuple(found)


@given(options)
def test_any_tree_of_edits_survives_rendering(prompt: Prompt) -> None:
    assert parse_edits(render_edits(prompt)) == prompt


@given(options, st.integers(1, 20))
def test_a_schedule_holds_the_text_of_every_step(prompt: Prompt, steps: int) -> None:
    stretches = schedule(render_edits(prompt), steps)
    for step in range(1, steps + 1):
        holding = next(stretch for stretch in stretches if step <= stretch.end)
        assert holding.text == text_at(prompt, step, Steps(steps))
