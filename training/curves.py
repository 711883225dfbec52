"""Plots of what training has logged, beside its CSV files."""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.runs import RUNS

COLUMNS = ("loss", "psnr_db")
"""What is worth a curve, where a log has it."""
SMOOTHED_ROWS = 9


def save_curves(folder: Path = RUNS) -> None:
    """A PNG for every log with two rows or more: each of its quantities over the steps, and the running mean."""
    for log in sorted(folder.glob("*.csv")):
        rows = _read(log)
        if len(rows) > 1:
            _save_curve(log.with_name(f"{log.stem}-curve.png"), log.stem, rows)


def running_mean(values: NDArray[np.float64], count: int = SMOOTHED_ROWS) -> NDArray[np.float64]:
    """The mean of each value and its neighbours, `count` in all and fewer at the ends."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    places = np.arange(len(values))
    first = np.maximum(places - count // 2, 0)
    behind = np.minimum(places + count // 2 + 1, len(values))
    return (sums[behind] - sums[first]) / (behind - first)


def _read(log: Path) -> list[dict[str, str]]:
    with log.open(newline="") as file:
        return list(csv.DictReader(file))


def _save_curve(path: Path, title: str, rows: list[dict[str, str]]) -> None:
    from matplotlib.figure import Figure

    steps = np.array([float(row["step"]) for row in rows])
    names = [name for name in COLUMNS if name in rows[0]]
    figure = Figure(figsize=(7, 3.5 * len(names)), layout="constrained")
    for axes, name in zip(figure.subplots(len(names), squeeze=False)[:, 0], names, strict=True):
        values = np.array([float(row[name]) for row in rows])
        axes.plot(steps, values, color="tab:blue", alpha=0.3, linewidth=1)
        axes.plot(steps, running_mean(values), color="tab:blue", linewidth=1.6)
        axes.set(title=title, xlabel="step", ylabel=name)
        axes.grid(alpha=0.25)
    figure.savefig(path, dpi=120)
