"""Plots of training logs."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from training.curves import running_mean, save_curves


def log(path: Path, column: str, rows: int) -> None:
    lines = [f"12:00:00,{50 * i},{1 / (i + 1):.4f}" for i in range(rows)]
    path.write_text("\n".join([f"time,step,{column}", *lines]) + "\n")


@pytest.mark.parametrize("column", ["loss", "psnr_db"])
def test_every_log_gets_a_plot_with_a_curve(tmp_path: Path, column: str) -> None:
    log(tmp_path / "unet.csv", column, rows=30)
    save_curves(tmp_path)
    with Image.open(tmp_path / "unet-curve.png") as plot:
        pixels = np.asarray(plot.convert("RGB")).astype(int)
    is_blue = pixels[:, :, 2] > pixels[:, :, 0] + 60
    assert np.ptp(np.nonzero(is_blue)[1]) > pixels.shape[1] / 2


def test_a_log_of_one_row_has_no_curve_yet(tmp_path: Path) -> None:
    log(tmp_path / "text.csv", "loss", rows=1)
    save_curves(tmp_path)
    assert not list(tmp_path.glob("*.png"))


def test_the_running_mean_keeps_what_is_constant_and_smooths_what_is_not() -> None:
    assert np.allclose(running_mean(np.full(40, 3.5)), 3.5)
    assert np.allclose(running_mean(np.arange(40.0))[4:-4], np.arange(40.0)[4:-4])
    assert np.ptp(running_mean(np.tile([0.0, 1.0], 20))) < 0.3


def test_short_logs_keep_their_length() -> None:
    assert len(running_mean(np.arange(3.0))) == 3
