"""What LoRA files call the layers of a network: names in diffusers' layout, or for the UNet in LDM's, points as lines."""

import re
from collections.abc import Iterator
from typing import Any

from torch import nn

Layer = nn.Linear | nn.Conv2d | nn.LayerNorm | nn.GroupNorm

UNET = "lora_unet_"
TEXT = "lora_te_"
TEXT_MODEL = "text_model_"

_ENDS = {
    "conv_in": "input_blocks.0.0",
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}
_MIDDLE = {
    "mid_block.resnets.0": "middle_block.0",
    "mid_block.attentions.0": "middle_block.1",
    "mid_block.resnets.1": "middle_block.2",
}
_RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}


def layers_by_name(unet: Any, text_model: nn.Module) -> dict[str, Layer]:
    """Every layer that a LoRA can change, by all its names."""
    found = {f"{TEXT}{TEXT_MODEL}{_as_key(name)}": layer for name, layer in _layers(text_model)}
    blocks = unet.config.layers_per_block
    attends = [kind.startswith("CrossAttn") for kind in unet.config.up_block_types]
    for name, layer in _layers(unet):
        found[f"{UNET}{_as_key(name)}"] = layer
        found[f"{UNET}{_as_key(ldm_name(name, blocks, attends))}"] = layer
    return found


def ldm_name(name: str, blocks: int, attends: list[bool]) -> str:
    """A UNet layer's name in LDM's layout. `blocks`: residual blocks per level; `attends`: which levels of the way up have
    attention."""
    if name in _ENDS:
        return _ENDS[name]
    for ours, theirs in _MIDDLE.items():
        if name.startswith(f"{ours}."):
            return f"{theirs}.{_inner(name.removeprefix(f'{ours}.'))}"
    found = re.fullmatch(r"(down|up)_blocks\.(\d+)\.(\w+)\.(\d+)\.(.+)", name)
    if found is None:
        return name
    side, level, kind, layer, rest = found[1], int(found[2]), found[3], int(found[4]), found[5]
    first = (blocks + 1) * level
    match side, kind:
        case "down", "downsamplers":
            return f"input_blocks.{first + blocks + 1}.0.op"
        case "up", "upsamplers":
            return f"output_blocks.{first + blocks}.{2 if attends[level] else 1}.conv"
        case "down", _:
            block = f"input_blocks.{first + layer + 1}"
        case _:
            block = f"output_blocks.{first + layer}"
    return f"{block}.{int(kind == 'attentions')}.{_inner(rest)}"


def _inner(rest: str) -> str:
    """Layers of attention have the same names in both layouts, and more than one word."""
    return _RESNET.get(rest, rest)


def _layers(network: nn.Module) -> Iterator[tuple[str, Layer]]:
    for name, module in network.named_modules():
        if isinstance(module, Layer):
            yield name, module


def _as_key(name: str) -> str:
    return name.replace(".", "_")
