"""The demonstration with the builtin model, with few steps."""

import json
from pathlib import Path

import numpy as np
import pytest

from underpaint.canvas import soft_mask
from underpaint.cli.demonstration import demo_request, make_demo
from underpaint.image.io import load_mask, load_picture, read_png_text
from underpaint.metadata import recipe_from_png_text
from underpaint.request import MaskedContent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo")
    make_demo(out, steps=3, seed=1)
    return out


def test_everything_is_there(folder: Path) -> None:
    contents = [content.value for content in MaskedContent]
    expected = {"sample.png", "mask.png", "contact-sheet.png", "report.json"}
    expected |= {f"{content}.png" for content in contents} | {f"under-{content}.png" for content in contents}
    assert {path.name for path in folder.iterdir()} == expected


def test_the_report_tells_what_was_measured(folder: Path) -> None:
    report = json.loads((folder / "report.json").read_text())
    assert [entry["content"] for entry in report] == [content.value for content in MaskedContent]
    for entry in report:
        assert entry["changed_outside_px"] == 0
        assert entry["area"] == "only-masked"
        assert entry["seed"] == 1
        assert entry["seconds"] > 0


@pytest.mark.parametrize("content", list(MaskedContent))
def test_only_what_is_masked_changes(folder: Path, content: MaskedContent) -> None:
    sample, result = load_picture(folder / "sample.png"), load_picture(folder / f"{content}.png")
    mask = load_mask(folder / "mask.png")
    outside = soft_mask(demo_request(steps=3, seed=1), mask) == 0
    assert np.array_equal(sample.pixels[outside], result.pixels[outside])
    assert (sample.pixels != result.pixels).any(axis=2)[mask > 0].mean() > 0.5


def test_each_result_carries_its_recipe(folder: Path) -> None:
    recipe = recipe_from_png_text(read_png_text(folder / "fill.png"))
    assert recipe is not None
    assert recipe.request.canvas.content is MaskedContent.FILL
    assert recipe.model_name == "storybook"
