"""Shared fixtures. One torch thread everywhere: with other load on the machine two are slower than one."""

from pathlib import Path

import numpy as np
import pytest
import torch

from underpaint.image.picture import Picture
from underpaint.models.catalog import find_model
from underpaint.models.stable_diffusion import StableDiffusion, load

TINY_MODEL = Path(__file__).parent / "reference" / "a1111" / "models" / "tiny-sd1.safetensors"

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny_model() -> StableDiffusion:
    """A Stable Diffusion 1 checkpoint with 2 M parameters: real architecture, pictures of nothing much."""
    return load(find_model(str(TINY_MODEL), []))


@pytest.fixture
def picture() -> Picture:
    """A smooth 72x56 picture with noise in it, so that no two pixels are alike."""
    rng = np.random.default_rng(0)
    ramp = np.linspace(0, 180, 72)[None, :, None] + np.linspace(0, 50, 56)[:, None, None]
    return Picture((ramp + rng.integers(0, 25, (56, 72, 3))).astype(np.uint8))


@pytest.fixture
def mask() -> np.ndarray:
    """A rectangle of the 72x56 picture."""
    painted = np.zeros((56, 72), np.uint8)
    painted[20:40, 24:50] = 255
    return painted


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps every test out of the user's store."""
    monkeypatch.setenv("UNDERPAINT_DATA", str(tmp_path / "data"))
