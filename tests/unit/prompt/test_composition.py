import pytest

from underpaint.prompt.composition import Part, split_composition


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("", [Part("")], id="nothing"),
        pytest.param("a cat ", [Part("a cat")], id="one"),
        pytest.param("a AND b :0.7 AND c:-0.3", [Part("a"), Part(" b", 0.7), Part(" c", -0.3)], id="weights"),
        pytest.param("SAND AND LAND", [Part("SAND"), Part(" LAND")], id="whole-words"),
        pytest.param("a (cat:1.2", [Part("a (cat", 1.2)], id="unclosed-bracket"),
        pytest.param("a (cat:1.2)", [Part("a (cat:1.2)")], id="closed-bracket"),
        pytest.param("a: 2.", [Part("a", 2.0)], id="spaced-number"),
        pytest.param("a:1.2.3", [Part("a:1.2.3")], id="no-number"),
    ],
)
def test_parts(text: str, parts: list[Part]) -> None:
    assert split_composition(text, lone_weight=True) == tuple(parts)


@pytest.mark.parametrize("text", ["", "a cat ", "a (cat:1.2", "a: 2."])
def test_a_prompt_without_and_stays_as_it_is(text: str) -> None:
    assert split_composition(text, lone_weight=False) == (Part(text),)


def test_parts_of_a_composition_have_weights_in_any_case() -> None:
    assert split_composition("a AND b:2", lone_weight=False) == (Part("a"), Part(" b", 2.0))
