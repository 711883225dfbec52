"""Fixtures: the tiny SD 1 checkpoint, loaded or as tensors to alter."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file
from torch import Tensor

from tests.unit.models.tiny import TINY_SD1, model_file
from underpaint.models.catalog import ModelFile
from underpaint.models.stable_diffusion import StableDiffusion, load

WriteModel = Callable[[dict[str, Tensor]], ModelFile]


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keeps hashes out of the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def tiny_sd1(cache_folder: None) -> StableDiffusion:
    return load(model_file(TINY_SD1))


@pytest.fixture
def tensors() -> dict[str, Tensor]:
    return load_file(TINY_SD1)


@pytest.fixture
def write_model(tmp_path: Path) -> WriteModel:
    def write(tensors: dict[str, Tensor]) -> ModelFile:
        path = tmp_path / "altered.safetensors"
        save_file(tensors, path)
        return model_file(path)

    return write
