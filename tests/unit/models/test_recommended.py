"""What is recommended for a model, read from the file beside it."""

from dataclasses import replace
from pathlib import Path

import pytest

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.catalog import ModelFile, ModelKind, builtin_models
from underpaint.models.recommended import Recommended, recommended
from underpaint.request import InpaintRequest, Sampler, Scheduler


def single_file(folder: Path, toml: str | None = None) -> ModelFile:
    if toml is not None:
        (folder / "dusk.recommended.toml").write_text(toml)
    return ModelFile(name="dusk", path=folder / "dusk.safetensors", kind=ModelKind.SINGLE_FILE)


def test_what_is_not_named_stays(tmp_path: Path) -> None:
    found = recommended(single_file(tmp_path, 'scheduler = "Karras"\ncfg_scale = 4'))
    assert found == Recommended(scheduler=Scheduler.KARRAS, cfg_scale=4.0)
    usual = InpaintRequest()
    asked = replace(usual, sampling=replace(usual.sampling, steps=33, denoising_strength=0.3))
    assert found.over(asked) == replace(
        asked, sampling=replace(asked.sampling, scheduler=Scheduler.KARRAS, cfg_scale=4.0)
    )


def test_nothing_is_recommended_without_a_file(tmp_path: Path) -> None:
    nothing = recommended(single_file(tmp_path))
    assert nothing == Recommended()
    assert nothing.over(InpaintRequest()) == InpaintRequest()


def test_every_builtin_model_recommends_a_sampler() -> None:
    assert {recommended(model).sampler for model in builtin_models()} == {Sampler.EULER_A}


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        ("steps = 0", "steps"),
        ("steps = 2.5", "steps"),
        ('sampler = "Euler b"', "Euler a"),
        ("cfg_scale = nan", "cfg_scale"),
        ("cfg = 5", "cfg"),
        ("steps 20", "line 1"),
        ("cfg_scale = true", "cfg_scale"),
        ("cfg_scale = 1" + 400 * "0", "too large"),
        ("steps = " + 5000 * "[", "recursion"),
        ("#" * 70_000, "65536 bytes"),
    ],
)
def test_a_file_that_says_something_else_is_named(tmp_path: Path, toml: str, problem: str) -> None:
    with pytest.raises(
        UnsupportedCheckpoint, match=r"dusk\.recommended\.toml does not hold recommended settings"
    ) as told:
        recommended(single_file(tmp_path, toml))
    assert problem in str(told.value)


def test_editors_may_mark_and_end_lines_as_they_like(tmp_path: Path) -> None:
    model = single_file(tmp_path)
    (tmp_path / "dusk.recommended.toml").write_bytes(b"\xef\xbb\xbfsteps = 9\r\ncfg_scale = 4.5\r\n")
    assert recommended(model) == Recommended(steps=9, cfg_scale=4.5)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "dusk.recommended.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UnsupportedCheckpoint, match="does not hold"):
        recommended(single_file(tmp_path))
