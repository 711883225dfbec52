"""Low-rank additions to the attention of a UNet (Hu et al. 2021), and their files in Kohya's layout."""

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.utils import parametrize

PREFIX = "lora_unet_"
ADDED = ".parametrizations.weight.0"


class LowRank(nn.Module):
    """Adds up @ down to a matrix; nothing at first."""

    def __init__(self, weight: Tensor, rank: int) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.randn(rank, weight.shape[1]) / weight.shape[1] ** 0.5)
        self.up = nn.Parameter(torch.zeros(weight.shape[0], rank))

    def forward(self, weight: Tensor) -> Tensor:
        return weight + self.up @ self.down


def add_low_rank(unet: nn.Module, rank: int) -> None:
    """Gives every matrix of the UNet's transformers an addition; those alone are trained from now on."""
    unet.requires_grad_(False)
    for name, layer in list(unet.named_modules()):
        if isinstance(layer, nn.Linear) and "transformer_blocks" in name:
            parametrize.register_parametrization(layer, "weight", LowRank(layer.weight, rank))


def write_lora(unet: nn.Module, path: Path, name: str) -> None:
    """All additions as a safetensors file in half precision; alpha is the rank, so that 1 means what was trained."""
    weights: dict[str, Tensor] = {}
    for place, module in unet.named_modules():
        if isinstance(module, LowRank):
            key = PREFIX + place.removesuffix(ADDED).replace(".", "_")
            weights[f"{key}.lora_down.weight"] = module.down.detach().half().contiguous()
            weights[f"{key}.lora_up.weight"] = module.up.detach().half().contiguous()
            weights[f"{key}.alpha"] = torch.tensor(float(len(module.down))).half()
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(
        weights, path, metadata={"format": "pt", "ss_output_name": name, "ss_network_module": "networks.lora"}
    )
    path.chmod(0o644)
