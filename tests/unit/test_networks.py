"""LoRAs and embeddings named in prompts, on the tiny model of A1111's golden cases."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from underpaint.errors import InvalidRequest, ModelNotFound, UnsupportedCheckpoint, UnsupportedFeature
from underpaint.models import network_files
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.networks import JobNetworks, laid_on, networks_of
from underpaint.prompt.reading import Reading
from underpaint.request import InpaintRequest, Profile, PromptSettings, Rules
from underpaint.result import NetworkKind
from underpaint.texts import texts_of

GOLDEN = Path(__file__).parents[1] / "reference" / "a1111"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """An A1111 folder with one LoRA and one embedding."""
    (tmp_path / "models" / "Lora" / "styles").mkdir(parents=True)
    (tmp_path / "embeddings").mkdir()
    shutil.copy(GOLDEN / "lora" / "tinylora.safetensors", tmp_path / "models" / "Lora" / "styles")
    shutil.copy(GOLDEN / "embeddings" / "tinyembed.safetensors", tmp_path / "embeddings")
    return tmp_path


def found(request: InpaintRequest, model: StableDiffusion, folder: Path) -> JobNetworks:
    return networks_of(request, texts_of(request, from_picture=False), model, [folder])


def asking(prompt: str) -> InpaintRequest:
    return InpaintRequest(prompt=PromptSettings(positive=prompt))


@pytest.mark.parametrize("inside", ["", "models", "models/Stable-diffusion"])
def test_networks_lie_in_a1111s_tree(tiny_model: StableDiffusion, tree: Path, inside: str) -> None:
    (tree / "models" / "Stable-diffusion").mkdir()
    networks = found(asking("(TinyEmbed:1.2) <lora:tinylora:0.5:0.25>"), tiny_model, tree / inside)
    assert [(used.kind, used.name) for used in networks.used] == [
        (NetworkKind.LORA, "tinylora"),
        (NetworkKind.EMBEDDING, "tinyembed"),
    ]
    (lora,) = networks.loras
    assert (lora.text_strength, lora.unet_strength) == (0.5, 0.25)


def test_a_builtin_lora_gives_way_to_the_users(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package"
    shutil.copytree(tree / "models" / "Lora" / "styles", package / "Lora")
    monkeypatch.setattr(network_files, "builtin_folder", lambda: package)
    assert network_files.find_lora("tinylora", []) == package / "Lora" / "tinylora.safetensors"
    users = network_files.find_lora("tinylora", [tree])
    assert users == tree / "models" / "Lora" / "styles" / "tinylora.safetensors"


def test_unknown_loras_are_refused_with_a_guess(tiny_model: StableDiffusion, tree: Path) -> None:
    with pytest.raises(ModelNotFound, match="Did you mean 'tinylora'"):
        found(asking("<lora:tinylara:1>"), tiny_model, tree)


def test_under_a1111s_rules_unknown_networks_are_noted(tiny_model: StableDiffusion, tree: Path) -> None:
    request = replace(asking("<lora:missing:1> <foo:bar>"), rules=Profile.a1111())
    networks = found(request, tiny_model, tree)
    assert not networks.loras
    assert len(networks.notes) == 2


def test_hypernetworks_and_unknown_kinds_are_refused(tiny_model: StableDiffusion, tree: Path) -> None:
    with pytest.raises(UnsupportedFeature):
        found(asking("<hypernet:x:1>"), tiny_model, tree)
    with pytest.raises(InvalidRequest, match="unknown kind"):
        found(asking("<foo:x:1>"), tiny_model, tree)


def test_networks_can_be_left_out(tiny_model: StableDiffusion, tree: Path) -> None:
    request = InpaintRequest(prompt=PromptSettings(positive="<lora:tinylora:1>", uses_networks=False))
    assert not found(request, tiny_model, tree).loras


def test_a_damaged_embedding_leaves_its_name_text(tiny_model: StableDiffusion, tree: Path) -> None:
    (tree / "embeddings" / "cat.pt").write_bytes(b"no pickle")
    networks = found(asking("a cat"), tiny_model, tree)
    assert not networks.embeddings
    assert "'cat' stays text" in networks.notes[0]


def test_afterwards_the_model_is_what_it_was(tiny_model: StableDiffusion, tree: Path) -> None:
    networks = found(asking("tinyembed <lora:tinylora:1>"), tiny_model, tree)
    modules = [tiny_model.unet.network, tiny_model.text.network, tiny_model.vae.network]
    before = [parameter.clone() for module in modules for parameter in module.parameters()]
    with laid_on(tiny_model, networks, tiles=True):
        assert tiny_model.unet.network.conv_in.padding_mode == "circular"
        changed = [parameter for module in modules for parameter in module.parameters()]
        assert any(not torch.equal(a, b) for a, b in zip(before, changed, strict=True))
    after = [parameter for module in modules for parameter in module.parameters()]
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
    assert tiny_model.unet.network.conv_in.padding_mode == "zeros"


def test_an_embeddings_name_is_found_by_its_tokens(tiny_model: StableDiffusion, tree: Path) -> None:
    """As in A1111: spaces count for nothing, brackets that weigh are none of the name, and `),` is one token."""
    shutil.copy(
        GOLDEN / "embeddings" / "tinyembed.safetensors", tree / "embeddings" / "bad-hands (v2).safetensors"
    )
    for prompt, is_found in (
        (r"a Bad-hands \(v2\) cat", True),
        (r"a bad - hands \( v2 \)", True),
        ("a bad-hands (v2)", False),
        (r"a bad-hands \(v2\), cat", False),
    ):
        assert bool(found(asking(prompt), tiny_model, tree).embeddings) is is_found, prompt
    assert found(asking("tiny(embed:1)"), tiny_model, tree).embeddings


def test_embeddings_are_listed_as_a1111_lists_them(tiny_model: StableDiffusion, tree: Path) -> None:
    """Each prompt puts its own in front: the parts backwards, then the negative prompt."""
    shutil.copy(GOLDEN / "embeddings" / "tinyembed.safetensors", tree / "embeddings" / "zz.safetensors")
    prompt = PromptSettings(positive="tinyembed AND zz AND tinyembed", negative="zz, tinyembed")
    names = [used.name for used in found(InpaintRequest(prompt=prompt), tiny_model, tree).used]
    assert names == ["tinyembed", "zz", "tinyembed", "zz", "tinyembed"]


def test_an_embedding_that_fits_no_chunk_stays_text(tiny_model: StableDiffusion, tree: Path) -> None:
    save_file({"emb_params": torch.zeros(76, 32)}, tree / "embeddings" / "huge.safetensors")
    networks = found(asking("a huge cat"), tiny_model, tree)
    assert not networks.embeddings
    assert "76 vectors, and only 75 fit" in networks.notes[0]


def test_embeddings_in_a_long_prompt(tiny_model: StableDiffusion, tree: Path) -> None:
    networks = found(asking("cat " * 74 + "tinyembed"), tiny_model, tree)
    tiny_model.text.learn(networks.embeddings)
    try:
        first, second = tiny_model.text.chunks("cat " * 74 + "tinyembed", Reading())
    finally:
        tiny_model.text.learn(())
    assert (first.words, second.words) == ((), ((1, "tinyembed"),))


# LoRAs


def copied(tree: Path, name: str, **changes: object) -> Path:
    """The golden LoRA under another name, with other metadata or other tensors."""
    path = tree / "models" / "Lora" / f"{name}.safetensors"
    tensors = changes.get("tensors") or load_file(GOLDEN / "lora" / "tinylora.safetensors")
    save_file(tensors, path, metadata=changes.get("metadata") or {})
    return path


@pytest.mark.parametrize(
    ("rules", "strengths"),
    [(Profile.studio(), [0.5, 0.25]), (Profile.a1111(), [0.25, 0.25])],
    ids=["studio", "a1111"],
)
def test_a_lora_named_twice(
    rules: Rules, strengths: list[float], tiny_model: StableDiffusion, tree: Path
) -> None:
    request = replace(asking("<lora:tinylora:0.5> a <lora:tinylora:0.25>"), rules=rules)
    assert [lora.unet_strength for lora in found(request, tiny_model, tree).loras] == strengths


def test_a_lora_is_found_by_its_trainers_name_unless_two_have_it(
    tiny_model: StableDiffusion, tree: Path
) -> None:
    copied(tree, "one", metadata={"ss_output_name": "dream"})
    (lora,) = found(asking("<lora:dream:1>"), tiny_model, tree).loras
    assert lora.lora.name == "dream"
    copied(tree, "two", metadata={"ss_output_name": "dream"})
    with pytest.raises(ModelNotFound, match="name one file: 'one', 'two'"):
        found(asking("<lora:dream:1>"), tiny_model, tree)


def test_the_hash_that_a_trainer_noted_counts(tiny_model: StableDiffusion, tree: Path) -> None:
    copied(tree, "noted", metadata={"sshs_model_hash": "ab" * 32})
    copied(tree, "broken", metadata={"sshs_model_hash": "?"})
    used = found(asking("<lora:noted:1> <lora:broken:1>"), tiny_model, tree).used
    assert [each.a1111_hash for each in used] == ["ab" * 6, "328f45dbd196"]


def test_loras_that_fit_nothing_or_only_in_part(tiny_model: StableDiffusion, tree: Path) -> None:
    other = {"lora_unet_elsewhere.diff": torch.ones(2)}
    copied(tree, "foreign", tensors=other)
    copied(tree, "partly", tensors={**load_file(GOLDEN / "lora" / "tinylora.safetensors"), **other})
    with pytest.raises(UnsupportedCheckpoint, match="changes no layer"):
        found(asking("<lora:foreign:1>"), tiny_model, tree)
    ignoring = found(replace(asking("<lora:foreign:1>"), rules=Profile.a1111()), tiny_model, tree)
    assert (ignoring.loras, len(ignoring.notes)) == ((), 1)
    partly = found(asking("<lora:partly:1>"), tiny_model, tree)
    assert len(partly.loras) == 1
    assert "1 of the" in partly.notes[0]


def test_a_damaged_lora_hides_no_other(tiny_model: StableDiffusion, tree: Path) -> None:
    (tree / "models" / "Lora" / "damaged.safetensors").write_bytes(b"nothing")
    copied(tree, "one", metadata={"ss_output_name": "dream"})
    assert found(asking("<lora:dream:1>"), tiny_model, tree).loras
    with pytest.raises(UnsupportedCheckpoint, match="not a complete safetensors file"):
        found(asking("<lora:damaged:1>"), tiny_model, tree)
    ignoring = found(replace(asking("<lora:damaged:1>"), rules=Profile.a1111()), tiny_model, tree)
    assert "made without it" in ignoring.notes[0]


LAYER = "lora_unet_conv_in"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"alpha": torch.ones(28)}, "do not go together"),
        ({"lora_down.weight": torch.ones(3, 4, 3, 3)}, "do not go together"),
        ({"lora_down.weight": torch.ones(0, 4, 3, 3), "alpha": torch.tensor(1.0)}, "do not go together"),
        ({"lora_down.weight": None}, "do not go together"),
        ({"lora_mid.weight": torch.ones(2, 2, 3)}, "do not go together"),
        ({"dora_scale": torch.ones(5)}, "do not go together"),
        ({"lora_down.weight": torch.ones(2, 4, 3, 2)}, "where the model has"),
        ({"diff_b": torch.ones(5)}, "a bias of 5 numbers"),
        ({"lora_up.weight": torch.ones(32, 2, 1, 1, dtype=torch.int64)}, "do not go together"),
        ({"lora_up.weight": None, "lora_down.weight": None, "odd": torch.ones(1)}, "unknown kind"),
    ],
    ids=["alpha", "ranks", "no-rank", "half", "middle", "dora", "convolution", "bias", "integers", "unknown"],
)
def test_a_lora_whose_tensors_are_damaged(
    changes: dict[str, torch.Tensor | None], says: str, tiny_model: StableDiffusion, tree: Path
) -> None:
    """Is refused by name before anything is painted."""
    out, inputs = tiny_model.unet.network.conv_in.weight.shape[:2]
    parts = {
        "lora_up.weight": torch.ones(out, 2, 1, 1),
        "lora_down.weight": torch.ones(2, inputs, 3, 3),
        **changes,
    }
    tensors = {f"{LAYER}.{name}": part for name, part in parts.items() if part is not None}
    copied(tree, "minty", tensors=tensors)
    networks = found(asking("<lora:minty:1>"), tiny_model, tree)
    refused = pytest.raises(UnsupportedCheckpoint, match=f"LoRA minty .*{says}")
    with refused, laid_on(tiny_model, networks, tiles=False):
        pass
