import json
from pathlib import Path

import pytest

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.catalog import sha256_of
from underpaint.models.parts import SHARES_WITH, find_part, read_config, shared_parts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model with a UNet of its own that shares the rest with the one beside it."""
    for part in ("unet", "vae", "scheduler"):
        (tmp_path / "base" / part).mkdir(parents=True)
        (tmp_path / "base" / part / "config.json").write_text(json.dumps({"of": f"base's {part}"}))
    (tmp_path / "inpainting" / "unet").mkdir(parents=True)
    share(tmp_path / "inpainting", "base")
    return tmp_path / "inpainting"


def share(folder: Path, name: object) -> None:
    (folder / "model_index.json").write_text(json.dumps({SHARES_WITH: name}))


def test_a_part_of_its_own_comes_first(folder: Path) -> None:
    assert find_part(folder, "unet") == folder / "unet"
    assert find_part(folder, "vae") == folder.parent / "base" / "vae"
    assert list(shared_parts(folder)) == [folder.parent / "base" / part for part in ("vae", "scheduler")]


@pytest.mark.parametrize("name", ["../base", "/base", "..", "", None, 3, "nobody"])
def test_only_a_folder_beside_it_shares(folder: Path, name: object) -> None:
    share(folder, name)
    assert find_part(folder, "vae") == folder / "vae"
    assert list(shared_parts(folder)) == []


def test_the_hash_covers_shared_parts(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache.json"
    first = sha256_of(folder, cache_file=cache)
    config = tmp_path / "base" / "vae" / "config.json"
    config.write_text(config.read_text().upper())
    second = sha256_of(folder, cache_file=cache)
    (tmp_path / "base" / "unet" / "config.json").write_text("{}")
    assert first != second == sha256_of(folder, cache_file=cache)


@pytest.mark.parametrize("content", ["", "[1]", "{"])
def test_a_configuration_that_holds_none_is_named(folder: Path, content: str) -> None:
    (folder / "model_index.json").write_text(content)
    with pytest.raises(UnsupportedCheckpoint, match=r"model_index\.json"):
        read_config(folder / "model_index.json")
