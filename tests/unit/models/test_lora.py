from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.lora import Applied, Lora, applied, read_lora


class Unet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.mid = nn.ModuleDict({"to_q": nn.Linear(4, 6, bias=False)})
        self.conv = nn.Conv2d(4, 6, 3)


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
