from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from tests.unit.models.tiny import GOLDENS
from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.lora import Applied, Lora, applied, read_lora, unmatched
from underpaint.models.stable_diffusion import StableDiffusion


class Unet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.mid = nn.ModuleDict({"to_q": nn.Linear(4, 6, bias=False)})
        self.conv = nn.Conv2d(4, 6, 3)
        self.norm = nn.GroupNorm(2, 4)
        self.config = SimpleNamespace(layers_per_block=1, up_block_types=("UpBlock2D",))


class Text(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Linear(4, 4)


@pytest.fixture
def networks() -> tuple[Unet, Text]:
    torch.manual_seed(0)
    return Unet().requires_grad_(False), Text().requires_grad_(False)


@pytest.fixture
def lora(tmp_path: Path) -> Lora:
    tensors = {
        "lora_unet_mid_to_q.lora_up.weight": torch.ones(6, 1),
        "lora_unet_mid_to_q.lora_down.weight": torch.ones(1, 4),
        "lora_te_text_model_encoder.lora_up.weight": torch.ones(4, 1),
        "lora_te_text_model_encoder.lora_down.weight": torch.ones(1, 4) + 0,
    }
    save_file({name: tensor.clone() for name, tensor in tensors.items()}, tmp_path / "ones.safetensors")
    return read_lora(tmp_path / "ones.safetensors")


def test_both_networks_change_by_their_own_strength(networks: tuple[Unet, Text], lora: Lora) -> None:
    unet, text = networks
    before = unet.mid["to_q"].weight.clone(), text.encoder.weight.clone()
    with applied(unet, text, [Applied(lora=lora, text_strength=0.5, unet_strength=-2.0)]):
        torch.testing.assert_close(unet.mid["to_q"].weight, before[0] - 2)
        torch.testing.assert_close(text.encoder.weight, before[1] + 0.5)


def test_afterwards_the_very_same_tensors_are_back(networks: tuple[Unet, Text], lora: Lora) -> None:
    unet, text = networks
    weight, bits = unet.mid["to_q"].weight, unet.mid["to_q"].weight.clone()
    use = Applied(lora=lora, text_strength=1.0, unet_strength=1.0)
    with pytest.raises(KeyError), applied(unet, text, [use, use]):
        raise KeyError
    assert unet.mid["to_q"].weight is weight
    assert torch.equal(weight, bits)


def test_two_loras_add_up(networks: tuple[Unet, Text], lora: Lora) -> None:
    unet, text = networks
    before = unet.mid["to_q"].weight.clone()
    with applied(unet, text, [Applied(lora=lora, text_strength=0.0, unet_strength=s) for s in (1.0, 0.5)]):
        torch.testing.assert_close(unet.mid["to_q"].weight, before + 1.5)


def test_loras_are_added_one_after_the_other(networks: tuple[Unet, Text]) -> None:
    """DoRA looks at what is there already, so the order counts."""
    unet, text = networks
    weight = unet.mid["to_q"].weight.clone()
    magnitudes = torch.full((1, 4), 2.0)
    plain = Lora(name="a", modules={"lora_unet_mid_to_q": {"diff": torch.ones(6, 4)}})
    dora = Lora(
        name="b", modules={"lora_unet_mid_to_q": {"diff": torch.ones(6, 4), "dora_scale": magnitudes}}
    )

    def straight_line(order: str) -> Tensor:
        held = weight.clone()
        for name in order:
            if name == "a":
                held = held + 0.5 * torch.ones(6, 4)
            else:
                direction = held + torch.ones(6, 4)
                normed = direction * (magnitudes / direction.norm(dim=0, keepdim=True))
                held = held + 0.25 * (normed - held)
        return held

    strengths = {"a": 0.5, "b": 0.25}
    for order in ("ab", "ba"):
        uses = [
            Applied(lora=plain if name == "a" else dora, text_strength=0.0, unet_strength=strengths[name])
            for name in order
        ]
        with applied(unet, text, uses):
            torch.testing.assert_close(unet.mid["to_q"].weight, straight_line(order))
    assert not torch.allclose(straight_line("ab"), straight_line("ba"))


def test_half_precision_is_rounded_once_per_lora(networks: tuple[Unet, Text]) -> None:
    unet, text = networks
    unet.half()
    weight = unet.mid["to_q"].weight.clone()
    change = torch.full((6, 4), 1e-4)
    lora = Lora(name="x", modules={"lora_unet_mid_to_q": {"diff": change}})
    with applied(unet, text, [Applied(lora=lora, text_strength=1.0, unet_strength=3.0)] * 2):
        once = (weight.float() + 3 * change).half()
        assert torch.equal(unet.mid["to_q"].weight, (once.float() + 3 * change).half())


def test_biases_and_normalisation_change_too_and_come_back(networks: tuple[Unet, Text]) -> None:
    unet, text = networks
    before = {name: (value, value.clone()) for name, value in unet.named_parameters()}
    modules = {
        "lora_unet_norm": {"w_norm": torch.ones(4), "b_norm": torch.full((4,), 2.0)},
        "lora_unet_mid_to_q": {"diff": torch.zeros(6, 4), "diff_b": torch.arange(6.0)},
    }
    use = Applied(lora=Lora(name="x", modules=modules), text_strength=0.0, unet_strength=0.5)
    with applied(unet, text, [use]):
        assert torch.equal(unet.norm.weight, before["norm.weight"][1] + 0.5)
        assert torch.equal(unet.norm.bias, before["norm.bias"][1] + 1)
        assert torch.equal(unet.mid["to_q"].bias, 0.5 * torch.arange(6.0))
    assert unet.mid["to_q"].bias is None
    for name, value in unet.named_parameters():
        assert value is before[name][0]
        assert torch.equal(value, before[name][1])


def test_parts_that_fit_no_layer_are_counted(networks: tuple[Unet, Text], lora: Lora) -> None:
    modules = {**lora.modules, "lora_unet_nothing": {"diff": torch.ones(1)}}
    assert unmatched(lora, *networks) == 0
    assert unmatched(Lora(name="x", modules=modules), *networks) == 1


@pytest.mark.parametrize("name", ["tinylora", "tinylora2"])
def test_the_goldens_loras_by_hand(name: str, tiny_sd1: StableDiffusion) -> None:
    """Every layer of the tiny model, by its name in the file, against a loop over the file."""
    path = GOLDENS / "lora" / f"{name}.safetensors"
    file = load_file(path)
    unet, text = tiny_sd1.unet.network, tiny_sd1.text.network
    wanted = {}
    for prefix, network, strength in (("lora_unet_", unet, 0.75), ("lora_te_text_model_", text, -0.5)):
        for layer, module in network.named_modules():
            key = prefix + layer.replace(".", "_")
            if f"{key}.lora_up.weight" not in file:
                continue
            up, down = (file[f"{key}.lora_{end}.weight"].float().flatten(1) for end in ("up", "down"))
            scale = file[f"{key}.alpha"].item() / down.shape[0]
            wanted[module] = module.weight + strength * scale * (up @ down).view(module.weight.shape)
    assert len(wanted) == sum(key.endswith("lora_up.weight") for key in file)
    with applied(unet, text, [Applied(lora=read_lora(path), text_strength=-0.5, unet_strength=0.75)]):
        for module, weight in wanted.items():
            torch.testing.assert_close(module.weight, weight, rtol=0, atol=1e-7)


def test_a_lora_of_another_model_is_refused(networks: tuple[Unet, Text]) -> None:
    other = Lora(name="other", modules={"lora_unet_nothing": {"diff": torch.ones(1)}})
    with pytest.raises(UnsupportedCheckpoint, match="changes no layer"):  # noqa: SIM117
        with applied(*networks, [Applied(lora=other, text_strength=1.0, unet_strength=1.0)]):
            pass


def test_a_file_without_lora_tensors_is_refused(tmp_path: Path) -> None:
    save_file({"x": torch.ones(1)}, tmp_path / "x.safetensors")
    with pytest.raises(UnsupportedCheckpoint, match="not a LoRA"):
        read_lora(tmp_path / "x.safetensors")


def test_a_rank_limit_keeps_the_first_ranks_at_their_scale(networks: tuple[Unet, Text]) -> None:
    unet, text = networks
    before = unet.mid["to_q"].weight.clone()
    up, down = torch.ones(6, 3), torch.tensor([[1.0], [10.0], [100.0]]).expand(3, 4)
    lora = Lora(name="x", modules={"lora_unet_mid_to_q": {"lora_up.weight": up, "lora_down.weight": down}})
    with applied(unet, text, [Applied(lora=lora, text_strength=1.0, unet_strength=1.0, max_rank=2)]):
        torch.testing.assert_close(unet.mid["to_q"].weight, before + 11)
