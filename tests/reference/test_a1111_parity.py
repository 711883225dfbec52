"""Whole runs against A1111's: final latents and pictures of the bundled cases."""

from pathlib import Path

import pytest

from benchmarks.parity import Models, compare, model_folder_of

CASES = Path(__file__).parent / "a1111" / "cases"


@pytest.fixture(scope="module")
def models() -> Models:
    return Models(model_folder_of(CASES))


@pytest.mark.parametrize("name", sorted(path.parent.name for path in CASES.glob("*/request.json")))
def test_the_case_is_reproduced(name: str, models: Models) -> None:
    outcome = compare(CASES / name, models)
    assert (outcome.verdict, outcome.problem) == ("pass", "")
