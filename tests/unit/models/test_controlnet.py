"""ControlNets read from every layout, against diffusers' own network and pipeline."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from tests import controlnets
from underpaint.errors import ModelNotFound, UnsupportedCheckpoint
from underpaint.models.control_files import ControlNetFile, find_controlnet, list_controlnets
from underpaint.models.controlnet import Control, check_controlnet, load_controlnet, residuals
from underpaint.models.denoiser import Unet
from underpaint.models.noise_schedule import NoiseSchedule, Prediction
from underpaint.models.stable_diffusion import StableDiffusion

DOWN, MID = "down_block_additional_residuals", "mid_block_additional_residual"


@dataclass(frozen=True, slots=True)
class Fixture:
    """One ControlNet of diffusers, and a models folder that holds it in every layout."""

    original: Any
    folder: Path

    def file(self, name: str) -> ControlNetFile:
        return find_controlnet(name, [self.folder])


@pytest.fixture(scope="module")
def saved(tiny_sd1: StableDiffusion, tmp_path_factory: pytest.TempPathFactory) -> Fixture:
    folder = tmp_path_factory.mktemp("models")
    original = controlnets.of_unet(tiny_sd1)
    ldm = controlnets.in_ldms_names(original)
    controlnets.write(folder, "single", original.state_dict())
    controlnets.write(folder, "ldm", ldm)
    controlnets.write(
        folder, "bare", {name.removeprefix("control_model."): tensor for name, tensor in ldm.items()}
    )
    original.save_pretrained(folder / "controlnet" / "folder-1.1")
    return Fixture(original, folder)


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


LAYOUTS = ["single", "ldm", "bare", "folder-1.1"]


def check_residuals(original: Any, file: ControlNetFile, model: StableDiffusion) -> None:
    """Of the file, against diffusers' own."""
    check_controlnet(file, model)
    controlnet = load_controlnet(file, model)
    x, timesteps, states = noise(2, 4, 8, 8), torch.tensor([500.0, 20.5]), noise(2, 77, 32)
    picture = noise(2, 3, 64, 64).sigmoid()
    found = residuals([Control(controlnet, controlnet.read(picture), 0.7)], x, timesteps, states)
    down, mid = original(x, timesteps, states, picture, conditioning_scale=0.7, return_dict=False)
    assert len(found[DOWN]) == len(down)
    assert max(each.abs().max() for each in down) > 0.1
    for ours, theirs in zip((*found[DOWN], found[MID]), (*down, mid), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_gives_diffusers_residuals(saved: Fixture, tiny_sd1: StableDiffusion, name: str) -> None:
    check_residuals(saved.original, saved.file(name), tiny_sd1)


def test_one_that_takes_bgr_is_read_as_diffusers_reads_it(tiny_sd1: StableDiffusion, tmp_path: Path) -> None:
    original = controlnets.of_unet(tiny_sd1)
    original.register_to_config(controlnet_conditioning_channel_order="bgr")
    original.save_pretrained(tmp_path / "controlnet" / "bgr")
    check_residuals(original, find_controlnet("bgr", [tmp_path]), tiny_sd1)


def test_an_unknown_order_of_colours_is_refused(tiny_sd1: StableDiffusion, tmp_path: Path) -> None:
    original = controlnets.of_unet(tiny_sd1)
    original.register_to_config(controlnet_conditioning_channel_order="grb")
    original.save_pretrained(tmp_path / "controlnet" / "grb")
    with pytest.raises(UnsupportedCheckpoint, match="grb takes colours in the order 'grb'"):
        load_controlnet(find_controlnet("grb", [tmp_path]), tiny_sd1)


def test_every_layout_gives_the_same_bytes(saved: Fixture, tiny_sd1: StableDiffusion) -> None:
    first, *others = (load_controlnet(saved.file(name), tiny_sd1) for name in LAYOUTS)
    for part in ("reader", "network"):
        weights = getattr(first, part).state_dict()
        for other in others:
            theirs = getattr(other, part).state_dict()
            assert weights.keys() == theirs.keys()
            assert all(torch.equal(weights[name], theirs[name]) for name in weights)


def test_several_controlnets_are_summed(saved: Fixture, tiny_sd1: StableDiffusion) -> None:
    controlnet = load_controlnet(saved.file("single"), tiny_sd1)
    arguments = noise(1, 4, 8, 8), torch.tensor([500.0]), noise(1, 77, 32)
    pictures = [noise(1, 3, 64, 64, seed=i).sigmoid() for i in range(2)]
    controls = [Control(controlnet, controlnet.read(picture), 0.5 + i) for i, picture in enumerate(pictures)]
    both, (one, two) = residuals(controls, *arguments), (residuals([each], *arguments) for each in controls)
    assert torch.equal(both[MID], one[MID] + two[MID])
    assert all(torch.equal(a, b + c) for a, b, c in zip(both[DOWN], one[DOWN], two[DOWN], strict=True))
    assert residuals([], *arguments) == {}


def test_the_unet_takes_them_as_diffusers_pipeline_gives_them(
    saved: Fixture, tiny_sd1: StableDiffusion
) -> None:
    controlnet = load_controlnet(saved.file("single"), tiny_sd1)
    x, contexts = noise(2, 4, 8, 8), [noise(1, 77, 32, seed=1), noise(1, 77, 32, seed=2)]
    picture = noise(2, 3, 64, 64).sigmoid()
    control = Control(controlnet, controlnet.read(picture), 1.0)
    found = tiny_sd1.unet.predict_noise(x, 500.0, contexts, controls=[control])
    for context, ours in zip(contexts, found, strict=True):
        states = context.expand(2, -1, -1)
        down, mid = saved.original(x, 500.0, states, picture, return_dict=False)
        added = {DOWN: down, MID: mid}
        theirs = tiny_sd1.unet.network(x, 500.0, states, return_dict=False, **added)[0]
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)
    without = tiny_sd1.unet.predict_noise(x, 500.0, contexts)
    assert (found[0] - without[0]).abs().max() > 0.01


def test_an_image_does_not_depend_on_its_batch(saved: Fixture, tiny_sd1: StableDiffusion) -> None:
    controlnet = load_controlnet(saved.file("single"), tiny_sd1)
    pictures = noise(3, 3, 64, 48).sigmoid()
    control = Control(controlnet, controlnet.read(pictures), 1.0)
    assert all(torch.equal(controlnet.read(pictures[i : i + 1]), control.seen[i : i + 1]) for i in range(3))
    x, contexts = noise(3, 4, 8, 6), list(noise(2, 77, 32).split(1))
    together = tiny_sd1.unet.predict_noise(x, 500.0, contexts, controls=[control])
    for i in range(3):
        image = slice(i, i + 1)
        alone = tiny_sd1.unet.predict_noise(x[image], 500.0, contexts, controls=[control.of(image)])
        assert all(torch.equal(a[image], b) for a, b in zip(together, alone, strict=True))


def test_beside_an_inpainting_unet_they_see_the_latents_alone(
    saved: Fixture, tiny_sd1: StableDiffusion
) -> None:
    from underpaint.models import networks

    config, weights = dict(tiny_sd1.unet.network.config), tiny_sd1.unet.network.state_dict()
    first = weights["conv_in.weight"]
    weights["conv_in.weight"] = torch.cat([first, torch.zeros(len(first), 5, 3, 3)], dim=1)
    inpainting = networks.build_unet({**config, "in_channels": 9}, weights)
    unet = Unet(inpainting, NoiseSchedule().alphas_cumprod(), Prediction.EPSILON)
    controlnet = load_controlnet(saved.file("single"), tiny_sd1)
    control = Control(controlnet, controlnet.read(noise(1, 3, 64, 64).sigmoid()), 1.0)
    x, contexts = noise(1, 4, 8, 8), [noise(1, 77, 32)]
    with_mask = unet.predict_noise(x, 500.0, contexts, seen=noise(1, 5, 8, 8), controls=[control])
    without = tiny_sd1.unet.predict_noise(x, 500.0, contexts, controls=[control])
    torch.testing.assert_close(with_mask, without)  # the weights of what is seen beside are 0


Change = Callable[[dict[str, Tensor]], object]


def _other_text(weights: dict[str, Tensor]) -> None:
    for name in [name for name in weights if name.endswith(("attn2.to_k.weight", "attn2.to_v.weight"))]:
        weights[name] = torch.zeros(len(weights[name]), 1024)


def _nine_channels(weights: dict[str, Tensor]) -> None:
    weights["conv_in.weight"] = torch.zeros(32, 9, 3, 3)


def _wider(weights: dict[str, Tensor]) -> None:
    weights["conv_in.weight"] = torch.zeros(64, 4, 3, 3)


def _difference(weights: dict[str, Tensor]) -> None:
    weights["difference"] = torch.zeros(1)


def _only(*names: str) -> Change:
    def change(weights: dict[str, Tensor]) -> None:
        weights.clear()
        weights.update({name: torch.zeros(1) for name in names})

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(
            _other_text,
            r"other was made for Stable Diffusion 2, but tiny-sd1 is a model whose text vectors have 32 numbers",
            id="family",
        ),
        pytest.param(_nine_channels, "latents of 9 channels", id="channels"),
        pytest.param(_wider, r"UNet of 64 channels, but tiny-sd1 has 32", id="width"),
        pytest.param(_difference, "only the difference", id="difference"),
        pytest.param(_only("lora_controlnet"), "a Control-LoRA", id="control-lora"),
        pytest.param(_only("adapter.body.0.weight"), "a T2I-Adapter", id="t2i-adapter"),
        pytest.param(
            _only("model.diffusion_model.out.0.weight"), "a checkpoint, not a ControlNet", id="checkpoint"
        ),
        pytest.param(_only("x"), "no known tensor", id="unknown"),
    ],
)
def test_what_does_not_fit_is_refused_before_it_is_read(
    saved: Fixture, tiny_sd1: StableDiffusion, tmp_path: Path, change: Change, says: str
) -> None:
    weights = dict(saved.original.state_dict())
    change(weights)
    controlnets.write(tmp_path, "other", weights)
    with pytest.raises(UnsupportedCheckpoint, match=says):
        check_controlnet(find_controlnet("other", [tmp_path]), tiny_sd1)


@pytest.mark.parametrize(
    "name",
    [
        "zero_convs.1.0.weight",
        "middle_block_out.0.bias",
        *(f"input_hint_block.{place}.weight" for place in range(2, 16, 2)),
        "input_blocks.1.0.out_layers.3.weight",
        "time_embed.0.bias",
    ],
)
def test_a_controlnet_with_a_hole_is_refused(
    saved: Fixture, tiny_sd1: StableDiffusion, tmp_path: Path, name: str
) -> None:
    weights = controlnets.in_ldms_names(saved.original)
    del weights[f"control_model.{name}"]
    controlnets.write(tmp_path, "hole", weights)
    check_that_a_hole_is_refused(tmp_path, tiny_sd1)


@pytest.mark.parametrize("name", [f"blocks.{i}.weight" for i in range(6)])
def test_a_hole_in_what_reads_the_picture_is_refused_in_diffusers_names(
    saved: Fixture, tiny_sd1: StableDiffusion, tmp_path: Path, name: str
) -> None:
    weights = dict(saved.original.state_dict())
    del weights[f"controlnet_cond_embedding.{name}"]
    controlnets.write(tmp_path, "hole", weights)
    check_that_a_hole_is_refused(tmp_path, tiny_sd1)


def check_that_a_hole_is_refused(folder: Path, model: StableDiffusion) -> None:
    with pytest.raises(UnsupportedCheckpoint, match=r"do not fit a ControlNetModel|lacks the tensor"):
        load_controlnet(find_controlnet("hole", [folder]), model)


# names


def test_names_with_and_without_ending(saved: Fixture) -> None:
    assert {file.name for file in list_controlnets([saved.folder])} >= set(LAYOUTS)
    by_name = saved.file("single")
    assert by_name.path == saved.file("single.safetensors").path
    assert saved.file(str(by_name.path)).path == by_name.path
    assert saved.file("folder-1.1").weights.name == "diffusion_pytorch_model.safetensors"


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_family_is_known_without_opening(saved: Fixture, name: str) -> None:
    assert saved.file(name).text_channels == saved.original.config.cross_attention_dim


@pytest.mark.parametrize("content", [b"", b"\x02\0\0\0\0\0\0\0{}", b"\x05\0\0\0\0\0\0\0[1,2]"])
def test_the_family_of_a_damaged_file_is_not(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.safetensors"
    path.write_bytes(content)
    with pytest.raises(UnsupportedCheckpoint, match="ControlNet broken cannot be read"):
        _ = ControlNetFile(name="broken", path=path).text_channels


@pytest.mark.parametrize(
    "place",
    ["models/ControlNet", "models/controlnet/sd15", "ControlNet", "extensions/sd-webui-controlnet/models"],
)
def test_controlnets_lie_in_a1111s_tree(tmp_path: Path, place: str) -> None:
    (tmp_path / "models" / "Stable-diffusion").mkdir(parents=True)
    (tmp_path / place).mkdir(parents=True)
    (tmp_path / place / "canny.safetensors").touch()
    for folder in (tmp_path, tmp_path / "models", tmp_path / "models" / "Stable-diffusion"):
        assert find_controlnet("canny", [folder]).path == (tmp_path / place / "canny.safetensors").resolve()


def test_unknown_and_ambiguous_names_are_refused(tmp_path: Path) -> None:
    for place in ("a", "b"):
        (tmp_path / "controlnet" / place).mkdir(parents=True)
        (tmp_path / "controlnet" / place / "canny.safetensors").touch()
    with pytest.raises(ModelNotFound, match="Did you mean 'canny'"):
        find_controlnet("cany", [tmp_path])
    with pytest.raises(ModelNotFound, match="Several ControlNets"):
        find_controlnet("canny", [tmp_path])


def test_pickles_need_leave(saved: Fixture, tiny_sd1: StableDiffusion, tmp_path: Path) -> None:
    path = tmp_path / "controlnet" / "old.pth"
    path.parent.mkdir()
    torch.save(controlnets.in_ldms_names(saved.original), path)
    assert "old" not in [file.name for file in list_controlnets([tmp_path])]
    with pytest.raises(UnsupportedCheckpoint, match="--allow-pickle"):
        find_controlnet("old", [tmp_path])
    file = find_controlnet("old", [tmp_path], allows_pickle=True)
    check_controlnet(file, tiny_sd1)
    weights = load_controlnet(file, tiny_sd1).network.state_dict()
    assert torch.equal(weights["conv_in.weight"], saved.original.state_dict()["conv_in.weight"])


def test_the_builtin_ones_need_no_folder(
    saved: Fixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(
        "underpaint.models.control_files.builtin_controlnets_folder", lambda: saved.folder / "controlnet"
    )
    assert find_controlnet("folder-1.1", []).path == saved.folder / "controlnet" / "folder-1.1"
    assert [file.name for file in list_controlnets([])] == sorted(LAYOUTS)


@pytest.mark.parametrize(
    ("config", "says"), [(None, "config.json is missing"), ({}, "no safetensors weights")]
)
def test_folders_without_a_controlnet_are_refused(
    tmp_path: Path, tiny_sd1: StableDiffusion, config: dict[str, object] | None, says: str
) -> None:
    folder = tmp_path / "controlnet" / "empty"
    folder.mkdir(parents=True)
    if config is not None:
        (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(UnsupportedCheckpoint, match=says):
        check_controlnet(find_controlnet(str(folder), [tmp_path]), tiny_sd1)


def test_the_hash_is_of_what_a1111_looks_at(tmp_path: Path) -> None:
    path = tmp_path / "large.safetensors"
    path.write_bytes(bytes(2**20) + b"looked at" + bytes(2**16))
    first = ControlNetFile(name="large", path=path).a1111_hash
    path.write_bytes(b"x" * 2**20 + b"looked at" + bytes(2**17))
    assert ControlNetFile(name="large", path=path).a1111_hash == first
    path.write_bytes(bytes(2**20) + b"other" + bytes(2**16))
    assert ControlNetFile(name="large", path=path).a1111_hash != first
