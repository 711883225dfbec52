import pytest

from underpaint.prompt.parser import MAX_WEIGHT, Break, Piece, parse_emphasis, render
from underpaint.request import BreakRule

UP, DOWN = 1.1, 1 / 1.1


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("a cat", [("a cat", 1.0)], id="plain"),
        pytest.param("a (cat)", [("a ", 1.0), ("cat", UP)], id="round"),
        pytest.param("a ((cat))", [("a ", 1.0), ("cat", UP * UP)], id="round-twice"),
        pytest.param("[cat]", [("cat", DOWN)], id="square"),
        pytest.param("(cat:1.3)", [("cat", 1.3)], id="number"),
        pytest.param("(cat : .5 )", [("cat ", 0.5)], id="number-with-spaces"),
        pytest.param("(cat:-0.5)", [("cat", -0.5)], id="negative-number"),
        pytest.param("(a (b:2) c:3)", [("a ", 3.0), ("b", 6.0), (" c", 3.0)], id="nested"),
        pytest.param("(a (b:1) c:3)", [("a b c", 3.0)], id="equal-weights-join"),
        pytest.param("(a [b) c]", [("a ", UP), ("b", UP * DOWN), (" c", DOWN)], id="crossed"),
        pytest.param("a (cat", [("a ", 1.0), ("cat", UP)], id="unclosed"),
        pytest.param("a (cat:1.2", [("a ", 1.0), ("cat:1.2", UP)], id="unclosed-number"),
        pytest.param("a cat) or ]", [("a cat) or ]", 1.0)], id="unopened"),
        pytest.param("a cat:1.2)", [("a cat:1.2)", 1.0)], id="unopened-number"),
        pytest.param("[cat:1.2)", [("cat:1.2)", DOWN)], id="number-in-square"),
        pytest.param("(cat:1.2.3)", [("cat:1.2.3", UP)], id="no-number"),
        pytest.param(r"a \(cat\) \[x\] \\", [(r"a (cat) [x] \ "[:-1], 1.0)], id="escapes"),
        pytest.param(r"a\b\c", [("abc", 1.0)], id="idle-backslash"),
        pytest.param("12:30 (noon)", [("12:30 ", 1.0), ("noon", UP)], id="colon-in-text"),
        pytest.param("a  BREAK  b", [("a", 1.0), None, ("b", 1.0)], id="break"),
        pytest.param("BREAK BREAK", [None, None], id="breaks"),
        pytest.param("(a BREAK b:2)", [("a", 2.0), None, ("b", 2.0)], id="break-in-brackets"),
        pytest.param(r"a(\:2)b", [("a", 1.0), ("b", 1.0)], id="words-held-apart"),
        pytest.param("a()b", [("ab", 1.0)], id="words-not-held-apart"),
        pytest.param("BREAKFAST break", [("BREAKFAST break", 1.0)], id="not-a-break"),
    ],
)
def test_emphasis(text: str, pieces: list[tuple[str, float] | None]) -> None:
    expected = tuple(Break() if piece is None else Piece(*piece) for piece in pieces)
    assert parse_emphasis(text) == expected


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        pytest.param([Piece("a cat")], "a cat", id="plain"),
        pytest.param([Piece("a "), Piece("cat", 1.3)], "a (cat:1.3)", id="weight"),
        pytest.param([Piece("a (cat)")], r"a \(cat\)", id="brackets"),
        pytest.param([Piece("a"), Break(), Piece("b", 0.5)], "a BREAK (b:0.5)", id="break"),
        pytest.param([Piece("a"), Break(), Break()], "a BREAK BREAK", id="breaks"),
        pytest.param([Piece("a "), Break(), Piece(" b")], "a \\BREAK\\ b", id="spaces-that-count"),
        pytest.param([Piece("the word BREAK")], r"the word B\REAK", id="the-word"),
        pytest.param([Piece("a"), Piece("b")], r"a(\:2)b", id="words-held-apart"),
        pytest.param([Piece("a", 2.0), Piece("b", 2.0)], r"(a:2.0)(\:3)(b:2.0)", id="held-apart-at-2"),
        pytest.param([Piece("x", 1e-7)], "(x:0.0000001)", id="no-exponents"),
    ],
)
def test_rendering(pieces: list[Piece | Break], text: str) -> None:
    assert render(pieces) == text
    assert parse_emphasis(text) == tuple(pieces)


@pytest.mark.parametrize("text", ["(" * 10_000 + "x", "(x:" + "9" * 400 + ")", "((x:1000000):1000000)"])
def test_weights_stay_finite(text: str) -> None:
    assert parse_emphasis(text) == (Piece("x", MAX_WEIGHT),)


@pytest.mark.parametrize(
    "text", [":" * 20_000, " " * 20_000, "(x:" + "1" * 20_000, "\\" * 20_001, "[" * 20_000, "(a" * 4_000]
)
def test_hostile_text_is_read_in_reasonable_time(text: str) -> None:
    """Would not come back for minutes if any step were quadratic in slow code."""
    parse_emphasis(text)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("a BREAK b", [("a", 1.0), None, ("b", 1.0)]),
        ("(a BREAK b:2)", [("a", 2.0), ("BREAK", -2.0), ("b", 2.0)]),
        ("[BREAK]", [("BREAK", -DOWN)]),
        ("(a BREAK b:1)", [("a", 1.0), None, ("b", 1.0)]),
        ("(a:2) BREAK (b:2)", [("a", 2.0), None, ("b", 2.0)]),
    ],
)
def test_in_a1111_a_break_in_weighted_brackets_is_a_word(
    text: str, pieces: list[tuple[str, float] | None]
) -> None:
    expected = tuple(Break() if piece is None else Piece(*piece) for piece in pieces)
    assert parse_emphasis(text, BreakRule.A1111) == expected
