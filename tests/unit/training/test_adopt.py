"""Going on from released weights."""

from pathlib import Path

import pytest

from training import plan, runs
from training.adopt import adopt
from training.export import FOLDER, write_storybook
from training.runs import load_state
from training.students import load_storybook
from underpaint.models.recommended import IN_FOLDER


@pytest.fixture
def run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "runs"
    monkeypatch.setattr(runs, "RUNS", folder)
    monkeypatch.setattr(plan, "RUNS", folder)
    monkeypatch.setattr(plan, "DONE", folder / "plan.json")
    return folder


def test_adopted_weights_are_exported_unchanged(run_folder: Path, tmp_path: Path) -> None:
    adopt()
    write_storybook(load_storybook(), tmp_path / "copy")
    weights = sorted(path.relative_to(FOLDER) for path in FOLDER.rglob("*.safetensors"))
    assert len(weights) == 3
    for name in (*weights, IN_FOLDER):
        assert (tmp_path / "copy" / name).read_bytes() == (FOLDER / name).read_bytes()


def test_the_model_and_its_average_start_alike_without_momenta(run_folder: Path) -> None:
    adopt()
    for name in ("unet", "decoder"):
        state = load_state(name)
        assert state is not None
        assert state.keys() == {"model", "average", "step"}
        values = state["average"]["values"]
        assert all((weight == values[key]).all() for key, weight in state["model"].items())


def test_the_plan_goes_on_after_the_adopted_stages(run_folder: Path) -> None:
    adopt()
    left = [stage for stage in plan.PLAN if not plan.is_done(stage)]
    assert left == list(plan.PLAN)[list(plan.PLAN).index("unet64") :]


def test_checkpoints_are_never_overwritten(run_folder: Path) -> None:
    run_folder.mkdir()
    (run_folder / "unet.pt").write_bytes(b"precious")
    with pytest.raises(FileExistsError, match=r"unet\.pt"):
        adopt()
    assert (run_folder / "unet.pt").read_bytes() == b"precious"
    assert [path.name for path in run_folder.iterdir()] == ["unet.pt"]
