"""What the command lines of training refuse, before anything is trained or loaded."""

import sys
from collections.abc import Sequence

import pytest

from training import __main__ as training_main


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
