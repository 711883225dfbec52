import pytest

from underpaint.prompt.schedule import Alternation, Edit, Words, parse_edits, schedule
from underpaint.request import EditTimes


def texts(text: str, steps: int = 10) -> list[tuple[int, str]]:
    return [(stretch.end, stretch.text) for stretch in schedule(text, steps)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a cat", [(10, "a cat")]),
        ("a [cat:dog:3]", [(3, "a cat"), (10, "a dog")]),
        ("a [dog:3]", [(3, "a "), (10, "a dog")]),
        ("a [cat::3]", [(3, "a cat"), (10, "a ")]),
        ("a [cat:dog:0.5]", [(5, "a cat"), (10, "a dog")]),
        ("a [cat:dog: 4 ]", [(4, "a cat"), (10, "a dog")]),
        ("a [cat:dog:99]", [(10, "a cat")]),
        ("a [cat:dog:0.01]", [(10, "a dog")]),
        ("a ([cat:dog:3]:1.2)", [(3, "a (cat:1.2)"), (10, "a (dog:1.2)")]),
        ("[a [cat:dog:2]:bird:5]", [(2, "a cat"), (5, "a dog"), (10, "bird")]),
        ("[[a]:b:5]", [(5, "[a]"), (10, "b")]),
        ("[a:b]", [(10, "[a:b]")]),
        ("[a:b:c:3]", [(10, "[a:b:c:3]")]),
        ("(a:b:c) [x:3]", [(3, "(a:b:c) "), (10, "(a:b:c) x")]),
        ("[a [b:c]:d:3]", [(10, "[a [b:c]:d:3]")]),
        ("a] [cat:dog:3", [(10, "a] [cat:dog:3")]),
        (r"\[cat:dog:3\]", [(10, r"\[cat:dog:3\]")]),
        (r"[\::x:3]", [(3, r"\:"), (10, "x")]),
        ("a | b [cat:dog:3]", [(10, "a | b [cat:dog:3]")]),
        ("(a|b) [cat:dog:3]", [(10, "(a|b) [cat:dog:3]")]),
        ("[cat:dog:3] \\", [(10, "[cat:dog:3] \\")]),
        ("", [(10, "")]),
        ("a [cat:dog:-3]", [(10, "a dog")]),
        ("a [cat:dog:+3]", [(3, "a cat"), (10, "a dog")]),
        ("a [cat:dog:-0.5]", [(10, "a dog")]),
        ("a [cat:dog:0]", [(10, "a dog")]),
        ("a [cat:dog:2.]", [(10, "a cat")]),
        ("a [cat:dog:1e1]", [(10, "a cat")]),
        ("a [cat:dog:1e999]", [(10, "a cat")]),
        ("a [cat:dog:٣]", [(10, "a [cat:dog:٣]")]),
        ("[cat|dog:3]", [(10, "[cat|dog:3]")]),
        ("[a|b][c:d:3]", [(k, f"{'ab'[(k - 1) % 2]}{'c' if k <= 3 else 'd'}") for k in range(1, 11)]),
    ],
)
def test_edits(text: str, expected: list[tuple[int, str]]) -> None:
    assert texts(text) == expected


@pytest.mark.parametrize(
    ("when", "pointed", "below_one"),
    [("3", 3, 3), ("0.5", 5, 5), ("1.0", 10, 1), ("0", 0, 0), ("4.7", 10, 4)],
)
def test_a_point_makes_a_fraction_or_a_number_below_one_does(when: str, pointed: int, below_one: int) -> None:
    for times, boundary in ((EditTimes.POINTED, pointed), (EditTimes.BELOW_ONE, below_one)):
        stretches = schedule(f"[a:b:{when}]", 10, times)
        assert [(stretch.end, stretch.text) for stretch in stretches] == [
            *([(boundary, "a")] if boundary else []),
            *([(10, "b")] if boundary < 10 else []),
        ]


def test_alternation_changes_at_every_step() -> None:
    assert texts("[red|blue|] cat", 4) == [(1, "red cat"), (2, "blue cat"), (3, " cat"), (4, "red cat")]


def test_the_tree() -> None:
    tree = parse_edits("a [b|[c:d:3]] (e:1.2)")
    assert tree == (
        Words("a "),
        Alternation(((Words("b"),), (Edit((Words("c"),), (Words("d"),), "3"),))),
        Words(" (e:1.2)"),
    )
