"""Captioners: found, loaded and refused; and that they say what transformers' own code makes them say."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import BlipForConditionalGeneration

from tests.unit.models.tiny_blip import MEAN, SIDE_PX, STD, WORDS, write_blip
from underpaint.errors import ModelNotFound, UnsupportedCheckpoint
from underpaint.models.captioner import Captioner, as_prompt, load_captioner
from underpaint.models.captioner_files import BUILTIN_CAPTIONER, find_captioner, list_captioners
from underpaint.models.catalog import BUILTIN_MODEL, list_models


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_blip(tmp_path_factory.mktemp("models") / "captioner" / "tiny")


@pytest.fixture(scope="module")
def captioner(folder: Path) -> Captioner:
    return load_captioner(folder)


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (SIDE_PX, SIDE_PX, 3), dtype=np.uint8)


def letters(text: str) -> str:
    """Without spaces, which tokenizers put as they like, and escapes."""
    return re.sub(r"[\s\\]", "", text)


def altered(folder: Path, into: Path, **changes: object) -> Path:
    """A copy with changes to its configuration."""
    into.mkdir(exist_ok=True)
    for file in folder.iterdir():
        (into / file.name).write_bytes(file.read_bytes())
    config = {**json.loads((folder / "config.json").read_text()), **changes}
    (into / "config.json").write_text(json.dumps(config))
    return into


def test_it_says_what_transformers_would(folder: Path, captioner: Captioner) -> None:
    network = BlipForConditionalGeneration.from_pretrained(folder, local_files_only=True)
    said = set[str]()
    for seed in range(4):
        pixels = noise(seed)
        mean, std = (np.array(values, np.float32) for values in (MEAN, STD))
        levels = torch.from_numpy((pixels.astype(np.float32) / 255 - mean) / std).permute(2, 0, 1)[None]
        (ids,) = network.generate(levels, do_sample=False, max_length=24, no_repeat_ngram_size=4)
        words = [WORDS[i] for i in ids[1:] if i > 5]
        assert (
            captioner.caption(pixels).replace("\\", "").split()
            == as_prompt(" ".join(words)).replace(" ,", ",").replace("\\", "").split()
        )
        said.add(captioner.caption(pixels))
    assert len(said) > 1, "it looks at the picture"


@pytest.mark.parametrize(
    ("said", "prompt"),
    [
        ("close - up of a cat", "close-up of a cat"),
        (" a cat  on the sand\n", "a cat on the sand"),
        ("a sign (red) [old]", r"a sign \(red\) \[old\]"),
        ("", ""),
    ],
)
def test_captions_become_prompts(said: str, prompt: str) -> None:
    assert as_prompt(said) == prompt


def test_the_users_captioner_comes_before_the_builtin_one(folder: Path) -> None:
    models = folder.parents[1]
    for root in (models, models.parent / "."):
        assert folder in list_captioners([root, models])
    assert find_captioner(None, [models]) == folder
    assert find_captioner("tiny", [models]) == folder
    assert find_captioner(str(folder), []) == folder


def test_its_weights_are_no_checkpoint(folder: Path) -> None:
    assert all(model.is_builtin for model in list_models([folder.parents[1]]))


def test_unknown_names_are_told_with_the_folder(folder: Path) -> None:
    with pytest.raises(ModelNotFound, match=r"'tinny'. Did you mean 'tiny'\? .*captioner"):
        find_captioner("tinny", [folder.parents[1]])


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"model_type": "clip"}, "no BLIP, but a model of type 'clip'"),
        ({"text_config": {"vocab_size": "many"}}, "configuration makes no BLIP"),
        ({"text_config": {"hidden_size": 15, "num_attention_heads": 2}}, "configuration makes no BLIP"),
        ({"vision_config": None}, "do not fit"),
    ],
    ids=["another kind", "no number", "impossible", "another size"],
)
def test_what_is_no_captioner_is_refused(
    folder: Path, tmp_path: Path, changes: dict[str, object], complaint: str
) -> None:
    with pytest.raises(UnsupportedCheckpoint, match=complaint):
        load_captioner(altered(folder, tmp_path, **changes))


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors", "tokenizer.json"])
def test_missing_files_are_told(folder: Path, tmp_path: Path, missing: str) -> None:
    copy = altered(folder, tmp_path)
    (copy / missing).unlink()
    with pytest.raises(UnsupportedCheckpoint):
        load_captioner(copy)


@pytest.mark.parametrize(
    "name", ["config.json", "model.safetensors", "tokenizer.json", "preprocessor_config.json"]
)
def test_damaged_files_are_told(folder: Path, tmp_path: Path, name: str) -> None:
    copy = altered(folder, tmp_path)
    (copy / name).write_bytes((folder / name).read_bytes()[:40])
    with pytest.raises(UnsupportedCheckpoint):
        load_captioner(copy)


def test_missing_weights_are_told(folder: Path, tmp_path: Path) -> None:
    copy = altered(folder, tmp_path)
    weights = load_file(folder / "model.safetensors")
    weights.pop("vision_model.post_layernorm.bias")
    save_file(weights, copy / "model.safetensors")
    with pytest.raises(UnsupportedCheckpoint, match="post_layernorm"):
        load_captioner(copy)


def test_half_the_tensors_may_be_stored_twice_and_with_positions(
    folder: Path, tmp_path: Path, captioner: Captioner
) -> None:
    """As in the files that Salesforce published."""
    copy = altered(folder, tmp_path)
    weights = load_file(folder / "model.safetensors")
    words = weights["text_decoder.bert.embeddings.word_embeddings.weight"]
    weights["text_decoder.cls.predictions.decoder.weight"] = words.clone()
    weights["text_decoder.bert.embeddings.position_ids"] = torch.arange(24)[None]
    save_file(weights, copy / "model.safetensors")
    assert load_captioner(copy).caption(noise(1)) == captioner.caption(noise(1))


def test_the_builtin_one_has_its_name() -> None:
    assert f"{BUILTIN_MODEL}-captioner" == BUILTIN_CAPTIONER
