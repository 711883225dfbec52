"""What A1111's own parser makes of a text of settings."""

import json
from pathlib import Path
from typing import Any

import pytest

from underpaint.a1111_paste import pasted

RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "reference" / "a1111" / "infotext_parsed.json").read_text()
)
"""Of every golden case the text, and what A1111 1.10.1 read from it."""


@pytest.mark.parametrize("case", RECORDED)
def test_everything_is_read_as_a1111_reads_it(case: str) -> None:
    text, parsed = RECORDED[case]["text"], RECORDED[case]["parsed"]
    assert list(pasted(text).items()) == list(parsed.items())


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("Size: 640x512", {"Size-1": "640", "Size-2": "512", "RNG": "GPU", "Clip skip": "1"}),
        ("Clip skip: 2, RNG: NV", {"Clip skip": "2", "RNG": "NV"}),
        ("Empty: , Last: 1", {"Last": "1"}),
        ("Hypernet: x, Hypernet strength: 0.5", {"Prompt": "sea<hypernet:x:0.5>"}),
        ("FP8 weight: Enable", {"Cache FP16 weight for LoRA": False}),
        (
            "Size: 1024x1024, First pass size: 0x0",
            {"Size-1": 512, "Size-2": 512, "Hires resize-1": 1024, "Hires resize-2": 1024},
        ),
        (
            "Size: 1024x768, First pass size: 640x384",
            {"Size-1": 640, "Size-2": 384, "Hires resize-1": 1024, "Hires resize-2": 768},
        ),
        ("Version: v1.5.0", {"Downcast alphas_cumprod": True}),
        ('Note: "a: b, \\"c\\""', {"Note": 'a: b, "c"'}),
        ('Note: "broken', {"Note": '"broken'}),
    ],
)
def test_single_settings(settings: str, expected: dict[str, Any]) -> None:
    found = pasted(f"sea\nSteps: 9, Seed: 5, Sampler: X, {settings}")
    assert {key: found.get(key) for key in expected} == expected
    assert "Empty" not in found


@pytest.mark.parametrize(
    ("prompts", "is_emphasised"),
    [("a (cat)", True), ("a cat\nNegative prompt: [dog]", True), ("a BREAK cat", False), ("a cat", False)],
)
def test_emphasis_is_assumed_where_a_bracket_weighs(prompts: str, is_emphasised: bool) -> None:
    assert ("Emphasis" in pasted(f"{prompts}\nSteps: 9, Seed: 5, Sampler: X")) is is_emphasised


def test_lines_of_a_negative_prompt() -> None:
    found = pasted("a\n\nb\nNegative prompt:\n\nc\nNegative prompt: d\n\ne\nSteps: 9, Seed: 5, Sampler: X")
    assert (found["Prompt"], found["Negative prompt"]) == ("a\n\nb", "c\nd\n\ne")
