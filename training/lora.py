"""Low-rank additions to the attention (Hu et al. 2021) and the convolutions of a UNet, and their files in Kohya's layout."""

from pathlib import Path
from typing import TypeGuard

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.utils import parametrize

PREFIX = "lora_unet_"
ADDED = ".parametrizations.weight.0"


class LowRank(nn.Module):
    """Adds up @ down to a matrix, or to a convolution's kernels laid out as one; nothing at first."""

    def __init__(self, weight: Tensor, rank: int) -> None:
        super().__init__()
        rows = weight.flatten(1)
        self.down = nn.Parameter(torch.randn(rank, rows.shape[1]) / rows.shape[1] ** 0.5)
        self.up = nn.Parameter(torch.zeros(len(rows), rank))

    def forward(self, weight: Tensor) -> Tensor:
        return weight + (self.up @ self.down).view_as(weight)


def add_low_rank(unet: nn.Module, rank: int) -> None:
    """Gives every matrix of the UNet's transformers and every convolution of its residual blocks an addition; those alone
    are trained from now on. At full resolution there are no transformers, and outlines are drawn there."""
    unet.requires_grad_(False)
    for name, layer in list(unet.named_modules()):
        if _is_matrix(layer, name) or _is_convolution(layer, name):
            parametrize.register_parametrization(layer, "weight", LowRank(layer.weight, rank))


def _is_matrix(layer: nn.Module, name: str) -> TypeGuard[nn.Linear]:
    return isinstance(layer, nn.Linear) and "transformer_blocks" in name


def _is_convolution(layer: nn.Module, name: str) -> TypeGuard[nn.Conv2d]:
    return isinstance(layer, nn.Conv2d) and ".resnets." in name


def write_lora(unet: nn.Module, path: Path, name: str) -> None:
    """All additions as a safetensors file in half precision; alpha is the rank, so that 1 means what was trained."""
    weights: dict[str, Tensor] = {}
    for place, module in unet.named_modules():
        if isinstance(module, LowRank):
            layer = unet.get_submodule(place.removesuffix(ADDED))
            key = PREFIX + place.removesuffix(ADDED).replace(".", "_")
            down, up = _shaped(module, layer)
            weights[f"{key}.lora_down.weight"] = down.detach().half().contiguous()
            weights[f"{key}.lora_up.weight"] = up.detach().half().contiguous()
            weights[f"{key}.alpha"] = torch.tensor(float(len(down))).half()
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(
        weights, path, metadata={"format": "pt", "ss_output_name": name, "ss_network_module": "networks.lora"}
    )
    path.chmod(0o644)


def _shaped(added: LowRank, layer: nn.Module) -> tuple[Tensor, Tensor]:
    """Down and up as two layers after each other: of a convolution, its kernels to `rank` channels, then 1x1."""
    if not isinstance(layer, nn.Conv2d):
        return added.down, added.up
    return added.down.unflatten(1, (layer.in_channels, *layer.kernel_size)), added.up[..., None, None]
