"""The documentation says what the code does."""

import re
import runpy
from dataclasses import fields
from pathlib import Path

import pytest

from underpaint.a1111 import UNSUPPORTED_FIELDS, UNSUPPORTED_OPTIONS
from underpaint.request import Rules

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_the_reference_is_fresh() -> None:
    pages = runpy.run_path(str(REFERENCE / "generate.py"))["pages"]()
    stale = [name for name, text in pages.items() if (REFERENCE / name).read_text() != text]
    assert not stale, "run: python docs/reference/generate.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_rule_and_every_refusal_is_explained() -> None:
    page = (ROOT / "docs" / "explanation" / "a1111.md").read_text()
    named = set(re.findall(r"`(?:rules\.)?(\w+)`", page))
    assert {field.name for field in fields(Rules)} - named == set()
    assert {*UNSUPPORTED_FIELDS, *UNSUPPORTED_OPTIONS} - named - {"infotext"} == set()
