import hashlib
import json
import os
from pathlib import Path

import pytest

from underpaint.errors import ModelNotFound, UnsupportedCheckpoint
from underpaint.models import catalog
from underpaint.models.catalog import (
    ModelFile,
    ModelKind,
    default_folders,
    find_model,
    list_models,
    sha256_of,
)


def put(path: Path, content: bytes = b"weights") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.fixture
def a1111(tmp_path: Path) -> Path:
    """A webui's folder."""
    checkpoints = tmp_path / "webui" / "models" / "Stable-diffusion"
    put(checkpoints / "dream.v2.safetensors")
    put(checkpoints / "dream.v2.vae.safetensors")
    put(checkpoints / "anime" / "ink.safetensors")
    put(checkpoints / "old.ckpt")
    put(checkpoints / "diffusers-1.5" / "model_index.json")
    put(checkpoints / "diffusers-1.5" / "unet" / "diffusion_pytorch_model.safetensors")
    put(tmp_path / "webui" / "models" / "Lora" / "hair.safetensors")
    return tmp_path / "webui"


@pytest.mark.parametrize("named_by", [".", "models", "models/Stable-diffusion"])
def test_an_a1111_tree_is_found_from_any_folder_above(a1111: Path, named_by: str) -> None:
    models = [model for model in list_models([a1111 / named_by]) if not model.is_builtin]
    assert [model.name for model in models] == ["ink", "diffusers-1.5", "dream.v2"]


@pytest.mark.parametrize("kind", ["Lora", "embeddings", "controlnet/sd15"])
def test_what_lies_in_folders_of_other_kinds_is_no_checkpoint(tmp_path: Path, kind: str) -> None:
    put(tmp_path / "ink.safetensors")
    put(tmp_path / kind / "lines.safetensors")
    assert [model.name for model in list_models([tmp_path]) if not model.is_builtin] == ["ink"]
    with pytest.raises(ModelNotFound):
        find_model("lines", [tmp_path])


@pytest.mark.parametrize(
    ("name", "file", "kind"),
    [
        ("dream.v2", "dream.v2.safetensors", ModelKind.SINGLE_FILE),
        ("dream.v2.safetensors", "dream.v2.safetensors", ModelKind.SINGLE_FILE),
        ("ink", "anime/ink.safetensors", ModelKind.SINGLE_FILE),
        ("anime/ink", "anime/ink.safetensors", ModelKind.SINGLE_FILE),
        ("anime/ink.safetensors", "anime/ink.safetensors", ModelKind.SINGLE_FILE),
        ("diffusers-1.5", "diffusers-1.5", ModelKind.FOLDER),
    ],
)
def test_models_are_found_by_name(a1111: Path, name: str, file: str, kind: ModelKind) -> None:
    found = find_model(name, [a1111])
    assert found.path == a1111 / "models" / "Stable-diffusion" / file
    assert found.kind is kind


def test_models_are_found_by_path(tmp_path: Path) -> None:
    path = put(tmp_path / "elsewhere" / "x.safetensors")
    assert find_model(str(path), []) == ModelFile(name="x", path=path, kind=ModelKind.SINGLE_FILE)


def test_a_flat_folder_works(tmp_path: Path) -> None:
    path = put(tmp_path / "x.safetensors")
    assert find_model("x", [tmp_path / "missing", tmp_path]).path == path


def test_the_same_file_seen_twice_is_one_model(a1111: Path) -> None:
    assert find_model("ink", [a1111, a1111 / "models"]).name == "ink"


def test_two_models_of_one_name_need_a_path(a1111: Path, tmp_path: Path) -> None:
    put(tmp_path / "more" / "ink.safetensors")
    with pytest.raises(ModelNotFound, match=r"Several models are called 'ink'.*Give the path"):
        find_model("ink", [a1111, tmp_path / "more"])
    assert find_model("anime/ink", [a1111, tmp_path / "more"]).name == "ink"


def test_folders_that_links_lead_to_again_are_listed_once(a1111: Path) -> None:
    root = a1111 / "models" / "Stable-diffusion"
    (root / "anime" / "back").symlink_to(root, target_is_directory=True)
    (root / "anime" / "here").symlink_to(".", target_is_directory=True)
    for name in ("first", "second"):
        (root / name).symlink_to(root / "anime", target_is_directory=True)
    models = [model for model in list_models([a1111, root]) if not model.is_builtin]
    assert sorted(model.name for model in models) == ["diffusers-1.5", "dream.v2", "ink"]
    assert find_model("second/ink", [a1111]).name == find_model("ink", [a1111]).name == "ink"


def test_where_models_lie_is_told_with_how_to_add_a_folder(a1111: Path) -> None:
    with pytest.raises(ModelNotFound, match=r"Searched: .*Stable-diffusion\. .*UNDERPAINT_MODELS"):
        find_model("nothing-like-it", [a1111])


def test_an_unknown_name_gets_close_ones(a1111: Path) -> None:
    with pytest.raises(ModelNotFound, match=r"No model is called 'dreem'.*Did you mean 'dream.v2'"):
        find_model("dreem", [a1111])


@pytest.mark.parametrize("name", ["", ".", "no/such.safetensors", "x\0y", "no/x\0y.safetensors", "~nobody/x"])
def test_names_of_nothing(a1111: Path, name: str) -> None:
    with pytest.raises(ModelNotFound):
        find_model(name, [a1111])


@pytest.mark.parametrize("name", ["old", "old.ckpt", "{folder}/models/Stable-diffusion/old.ckpt"])
def test_pickles_are_refused(a1111: Path, name: str) -> None:
    with pytest.raises(UnsupportedCheckpoint, match="pickle, which can run any program"):
        find_model(name.format(folder=a1111), [a1111])


def test_other_paths_are_refused(a1111: Path, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedCheckpoint, match=r"model_index\.json is missing"):
        find_model(str(a1111), [])
    with pytest.raises(UnsupportedCheckpoint, match="not a safetensors file"):
        find_model(str(put(tmp_path / "notes.txt")), [])


def test_the_builtin_model_may_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "builtin_folder", lambda: tmp_path)
    with pytest.raises(ModelNotFound, match="not part of this installation"):
        find_model("storybook", [])
    put(tmp_path / "storybook" / "model_index.json")
    put(tmp_path / "another" / "model_index.json")
    assert find_model("storybook", []).path == tmp_path / "storybook"
    assert find_model("another", []).is_builtin
    assert [model.name for model in list_models([])] == ["storybook", "another"]


def test_folders_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERPAINT_MODELS", os.pathsep.join([str(tmp_path / "a"), str(tmp_path / "b")]))
    assert default_folders()[:2] == (tmp_path / "a", tmp_path / "b")
    monkeypatch.delenv("UNDERPAINT_MODELS")
    assert [folder.name for folder in default_folders()] == ["models"]


def test_a_file_hash_is_its_sha256(tmp_path: Path) -> None:
    path = put(tmp_path / "x", b"abc")
    assert sha256_of(path, cache_file=tmp_path / "cache.json") == hashlib.sha256(b"abc").hexdigest()


def test_hashes_are_remembered_until_the_file_changes(tmp_path: Path) -> None:
    path, cache = put(tmp_path / "x", b"abc"), tmp_path / "new" / "cache.json"
    first = sha256_of(path, cache_file=cache)
    remembered = json.loads(cache.read_text())
    remembered[str(path)]["sha256"] = "f" * 64
    cache.write_text(json.dumps(remembered))
    assert sha256_of(path, cache_file=cache) == "f" * 64
    os.utime(path, ns=(0, 1))
    assert sha256_of(path, cache_file=cache) == first


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b"\xff", b'{"x": 1}'])
def test_a_broken_cache_is_rewritten(tmp_path: Path, broken: bytes) -> None:
    path, cache = put(tmp_path / "x", b"abc"), put(tmp_path / "cache.json", broken)
    assert sha256_of(path, cache_file=cache) == hashlib.sha256(b"abc").hexdigest()
    assert str(path) in json.loads(cache.read_text())


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    path = put(tmp_path / "x", b"abc")
    assert sha256_of(path, cache_file=path / "cache.json") == hashlib.sha256(b"abc").hexdigest()


@pytest.mark.parametrize("damage", [{}, {"sha256": None}, {"sha256": "evil"}])
def test_a_hash_that_is_none_is_made_again(tmp_path: Path, damage: dict[str, object]) -> None:
    path, cache = put(tmp_path / "x", b"abc"), tmp_path / "cache.json"
    first = sha256_of(path, cache_file=cache)
    (entry,) = json.loads(cache.read_text()).values()
    cache.write_text(json.dumps({str(path): {"fingerprint": entry["fingerprint"], **damage}}))
    assert sha256_of(path, cache_file=cache) == first


def test_a_folder_hash_covers_names_and_weights(tmp_path: Path) -> None:
    def hash_of(**content: bytes) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        for name, data in content.items():
            put(folder / name / "model.safetensors", data)
        put(folder / "README.md", os.urandom(8))
        return sha256_of(folder, cache_file=tmp_path / "cache.json")

    assert hash_of(unet=b"1", vae=b"2") == hash_of(vae=b"2", unet=b"1")
    assert len({hash_of(unet=b"1", vae=b"2"), hash_of(unet=b"2", vae=b"1"), hash_of(unet=b"1")}) == 3
