"""A tiny ControlNet of random weights for the tiny SD 1 checkpoint, in every layout that is read."""

from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from underpaint.models.stable_diffusion import StableDiffusion

TINY_SD1 = Path(__file__).parent / "reference" / "a1111" / "models" / "tiny-sd1.safetensors"
UNET = "model.diffusion_model."
HINT_WIDTHS = (16, 32, 96, 256)
BIAS_SPREAD = 0.1


def of_unet(model: StableDiffusion, seed: int = 0) -> Any:
    """diffusers' own ControlNetModel of the checkpoint's UNet, its further layers random."""
    from diffusers.models.controlnets.controlnet import ControlNetModel

    controlnet = ControlNetModel.from_unet(
        model.unet.network, conditioning_embedding_out_channels=HINT_WIDTHS
    )
    generator = torch.Generator().manual_seed(seed)
    further = {
        name: _random(tensor, generator)
        for name, tensor in controlnet.state_dict().items()
        if name.startswith("controlnet_")
    }
    controlnet.load_state_dict(controlnet.state_dict() | further)
    return controlnet.eval().requires_grad_(False)


def _random(like: Tensor, generator: torch.Generator) -> Tensor:
    """Weights that keep the spread of what they are given, or small biases."""
    spread = BIAS_SPREAD if like.dim() == 1 else like[0].numel() ** -0.5
    return torch.randn(like.shape, generator=generator) * spread


def in_ldms_names(controlnet: Any) -> dict[str, Tensor]:
    """Its tensors as ControlNet's authors name them: those that it copied are the checkpoint's."""
    copied = {
        name.removeprefix(UNET): tensor.float()
        for name, tensor in load_file(TINY_SD1).items()
        if name.startswith((f"{UNET}input_blocks.", f"{UNET}middle_block.", f"{UNET}time_embed."))
    }
    own = {
        ldm_name(name): tensor
        for name, tensor in controlnet.state_dict().items()
        if name.startswith("controlnet_")
    }
    return {f"control_model.{name}": tensor for name, tensor in (copied | own).items()}


@cache
def ldm_name(name: str) -> str:
    """Of a layer that the UNet has not."""
    _, *path, last = name.split(".")
    if name.startswith("controlnet_down_blocks."):
        return f"zero_convs.{path[0]}.0.{last}"
    if name.startswith("controlnet_mid_block."):
        return f"middle_block_out.0.{last}"
    place = {"conv_in": 0, "conv_out": 14}.get(path[0])
    return f"input_hint_block.{2 + 2 * int(path[1]) if place is None else place}.{last}"


def write(folder: Path, name: str, weights: dict[str, Tensor]) -> Path:
    """A safetensors file in a folder called controlnet."""
    path = folder / "controlnet" / f"{name}.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({key: tensor.contiguous() for key, tensor in weights.items()}, path)
    return path
