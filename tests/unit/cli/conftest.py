"""Fixtures: a command line run in this process, and files for it."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import TINY_MODEL
from underpaint.cli import main
from underpaint.image.picture import Picture
from underpaint.image.png import encode_png

Run = Callable[..., int]
QUICK = ["--model", str(TINY_MODEL), "--steps", "2", "--width", "64", "--height", "64", "--seed", "3"]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line and returns its exit code."""

    def run_command(*arguments: str | Path) -> int:
        monkeypatch.setattr(sys, "argv", ["underpaint", *map(str, arguments)])
        try:
            main()
        except SystemExit as stopped:
            return int(stopped.code or 0)
        return 0

    return run_command


@pytest.fixture
def files(tmp_path: Path, picture: Picture, mask: np.ndarray) -> tuple[Path, Path]:
    """The picture and the mask as files."""
    paths = tmp_path / "girl.png", tmp_path / "mask.png"
    for path, pixels in zip(paths, (picture.pixels, mask), strict=True):
        path.write_bytes(encode_png(pixels))
    return paths
