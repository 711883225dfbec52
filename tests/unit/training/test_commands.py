"""What the command lines of training refuse, before anything is trained or loaded."""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from training import __main__ as training_main
from training import evaluate, runs
from training.figures import Evaluation


def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What `python -m training` says of a mistake."""
    monkeypatch.setattr(sys, "argv", ["training", *words])
    with pytest.raises(SystemExit) as stopped:
        training_main.main()
    assert stopped.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize("minutes", ["0", "-1", "nan", "inf", "-inf", "1e999", "many"])
def test_minutes_are_finite_and_above_0(
    minutes: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = refused(monkeypatch, capsys, "vae", f"--minutes={minutes}")
    assert f"argument --minutes: must be a finite number above 0, not '{minutes}'" in error


@pytest.mark.parametrize("workers", ["0", "-1", "two"])
def test_there_is_a_worker(
    workers: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = refused(monkeypatch, capsys, "vae", f"--workers={workers}")
    assert f"argument --workers: must be a whole number of at least 1, not '{workers}'" in error


def test_all_stages_have_minutes_of_their_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "--minutes is for a single stage" in refused(monkeypatch, capsys, "all", "--minutes", "5")


@pytest.mark.parametrize(
    ("words", "minutes", "workers"),
    [(["vae"], 30, None), (["vae", "--minutes", "0.5", "--workers", "2"], 0.5, 2)],
    ids=["default", "given"],
)
def test_a_stage_is_run(
    words: Sequence[str], minutes: float, workers: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[str, float, int | None]] = []
    monkeypatch.setattr(training_main, "run_stage", lambda *given: ran.append(given))
    monkeypatch.setattr(training_main, "save_curves", lambda: None)
    monkeypatch.setattr(sys, "argv", ["training", *words])
    training_main.main()
    assert ran == [("vae", minutes, workers)]


@pytest.mark.parametrize("option", ["--prompts", "--pairs", "--errands", "--size", "--steps", "--workers"])
@pytest.mark.parametrize("number", ["0", "-3"])
def test_there_is_something_to_evaluate(
    option: str, number: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["evaluate", f"{option}={number}"])
    with pytest.raises(SystemExit):
        evaluate.main()
    assert f"argument {option}: must be a whole number of at least 1" in capsys.readouterr().err


def test_a_folder_without_a_model_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["evaluate", "--folder", str(tmp_path / "none")])
    with pytest.raises(SystemExit):
        evaluate.main()
    assert "none holds no model" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "report", "gets_card"),
    [
        ([], "evaluation", True),
        (["--workers", "1"], "evaluation", True),
        (["--prompts", "499"], "evaluation-part", False),
        (["--size", "320"], "evaluation-part", False),
        (["--steps", "5"], "evaluation-part", False),
        (["--quick"], "evaluation-quick", False),
    ],
    ids=["full", "workers", "prompts", "size", "steps", "quick"],
)
def test_only_a_full_run_writes_the_card(
    words: list[str],
    report: str,
    gets_card: bool,
    tmp_path: Path,
    run_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model_index.json").touch()
    monkeypatch.setattr(evaluate, "FOLDER", folder)
    monkeypatch.setattr(evaluate, "RUNS", run_folder)
    monkeypatch.setattr(evaluate, "SHEETS", tmp_path / "sheets")
    sheet = np.zeros((8, 8, 3), np.uint8)
    monkeypatch.setattr(evaluate, "evaluate", lambda *_: Evaluation({}, {"": sheet, "-pairs": sheet}))
    monkeypatch.setattr(evaluate, "evaluate_variants", lambda *_: Evaluation({}, {}))
    monkeypatch.setattr(evaluate, "model_card", lambda _: "card")
    monkeypatch.setattr(sys, "argv", ["evaluate", *words])
    evaluate.main()
    assert (run_folder / f"{report}.json").is_file()
    assert (folder / "MODEL_CARD.md").exists() is gets_card
    shown = {file.name for file in (tmp_path / "sheets").glob("*")}
    assert shown == ({"prompts.webp", "pairs.webp"} if gets_card else set())


@pytest.fixture
def run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(runs, "RUNS", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("stage", "lacks", "advice"),
    [
        ("freeze", "vae", "run `python -m training vae` first"),
        ("decoder", "decoder", "run `python -m training adopt` or `python -m training freeze` first"),
        ("unet16", "decoder", "adopt` or"),
        ("classifier", "decoder", "adopt` or"),
        ("export", "decoder", "adopt` or"),
        ("judges", "classifier", "training classifier`"),
        ("captioner-export", "captioner", "training captioner`"),
    ],
)
def test_what_a_stage_lacks_is_said_in_a_sentence(
    stage: str, lacks: str, advice: str, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["training", stage])
    with pytest.raises(SystemExit) as stopped:
        training_main.main()
    assert str(stopped.value.code).startswith(f"There is no checkpoint {run_folder / lacks}.pt: ")
    assert advice in str(stopped.value.code)


@pytest.mark.parametrize(
    ("stage", "lacks", "advice"),
    [
        ("unet16", "text", "adopt` or `python -m training text`"),
        ("inpaint16", "unet", "adopt` or `python -m training unet8`"),
        ("control", "unet", "unet8`"),
        ("minty", "unet", "unet8`"),
    ],
)
def test_students_lack_more_than_the_autoencoder(
    stage: str, lacks: str, advice: str, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run_folder / "decoder.pt").touch()
    test_what_a_stage_lacks_is_said_in_a_sentence(stage, lacks, advice, run_folder, monkeypatch)


def test_adopting_beside_checkpoints_is_refused_in_a_sentence(
    run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run_folder / "unet.pt").touch()
    monkeypatch.setattr(sys, "argv", ["training", "adopt"])
    with pytest.raises(SystemExit, match="move them away first"):
        training_main.main()
