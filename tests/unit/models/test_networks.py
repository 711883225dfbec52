"""Networks shaped like Stable Diffusion 1.5's, but narrow: written in LDM's names, recognised, and read back."""

import re

import pytest
import torch
from torch import Tensor

from underpaint.models import networks
from underpaint.models.checkpoint import unet_config
from underpaint.models.weights import Shapes

CONFIG = {
    "block_out_channels": (32, 64, 96, 96),
    "down_block_types": ("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
    "up_block_types": ("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
    "layers_per_block": 2,
    "cross_attention_dim": 24,
    "attention_head_dim": 8,
}
RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
ENDS = {
    "conv_in.": "input_blocks.0.0.",
    "time_embedding.linear_1.": "time_embed.0.",
    "time_embedding.linear_2.": "time_embed.2.",
    "conv_norm_out.": "out.0.",
    "conv_out.": "out.2.",
    "mid_block.resnets.0.": "middle_block.0.",
    "mid_block.attentions.0.": "middle_block.1.",
    "mid_block.resnets.1.": "middle_block.2.",
}


def ldm_name(name: str) -> str:
    """A tensor's name in LDM's layout, three layers to a level."""
    for ours, theirs in ENDS.items():
        if name.startswith(ours):
            name = name.replace(ours, theirs)
    if found := re.match(r"(down|up)_blocks\.(\d)\.(\w+)\.(\d)\.(?:conv\.)?", name):
        side, level, kind, layer = found[1], int(found[2]), found[3], int(found[4])
        rest = name.removeprefix(found[0])
        match side, kind:
            case "down", "downsamplers":
                return f"input_blocks.{3 * level + 3}.0.op.{rest}"
            case "up", "upsamplers":
                return f"output_blocks.{3 * level + 2}.{1 if level == 0 else 2}.conv.{rest}"
            case "down", _:
                name = f"input_blocks.{3 * level + layer + 1}.{int(kind == 'attentions')}.{rest}"
            case _:
                name = f"output_blocks.{3 * level + layer}.{int(kind == 'attentions')}.{rest}"
    for ours, theirs in RESNET.items():
        if "transformer_blocks" not in name:
            name = name.replace(f".{ours}.", f".{theirs}.")
    return name


@pytest.mark.parametrize("changes", [{}, {"in_channels": 9}, {"use_linear_projection": True}], ids=str)
def test_a_unet_written_in_ldms_names_is_recognised_and_read_back(changes: dict[str, object]) -> None:
    torch.manual_seed(0)
    original = networks.UNet2DConditionModel(**{**CONFIG, **changes}).eval()
    weights: dict[str, Tensor] = {ldm_name(name): tensor for name, tensor in original.state_dict().items()}
    config = unet_config(Shapes({name: tuple(tensor.shape) for name, tensor in weights.items()}))
    assert {name: config[name] for name in (CONFIG | changes)} == CONFIG | changes
    read = networks.build_unet(config, networks.unet_weights_from_ldm(weights, config))
    x, context = torch.randn(1, read.config.in_channels, 16, 16), torch.randn(1, 77, 24)
    with torch.no_grad():
        torch.testing.assert_close(read(x, 500, context).sample, original(x, 500, context).sample)
    ours, theirs = read.state_dict(), original.state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_pointwise_convolutions_are_the_same_with_any_number_of_threads() -> None:
    torch.manual_seed(0)
    convolution = torch.nn.Conv2d(128, 256, 1).requires_grad_(False)
    pointwise = networks.PointwiseConvolution.of(convolution)
    x = torch.randn(2, 128, 32, 32)
    torch.testing.assert_close(pointwise(x), convolution(x))
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = pointwise(x)
        torch.set_num_threads(2)
        assert torch.equal(pointwise(x), one)
    finally:
        torch.set_num_threads(threads)
