"""Layers by their names in LoRA files, checked against what diffusers' converter makes of LDM's names."""

from typing import Any

import pytest
import torch
from torch import Tensor

from tests.unit.models.tiny import TINY_SD1
from underpaint.models import checkpoint, networks
from underpaint.models.layer_names import Layer, layers_by_name, ldm_name
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.models.weights import read_shapes, read_weights


def converted(weights: dict[str, Tensor], config: dict[str, Any]) -> dict[str, str]:
    """LDM's name of every layer by diffusers', found by marking each tensor with a number."""
    names = list(weights)
    marked = {name: torch.tensor(float(i)) for i, name in enumerate(names)}
    made = networks.unet_weights_from_ldm(marked, config)
    return {ours.rpartition(".")[0]: names[int(tensor)].rpartition(".")[0] for ours, tensor in made.items()}


def test_names_of_the_tiny_model_are_the_converters(tiny_sd1: StableDiffusion) -> None:
    config = checkpoint.unet_config(read_shapes(TINY_SD1).under(checkpoint.UNET))
    theirs = converted(read_weights(TINY_SD1, checkpoint.UNET), config)
    unet = tiny_sd1.unet.network
    attends = [kind.startswith("CrossAttn") for kind in unet.config.up_block_types]
    layers = [name for name, module in unet.named_modules() if isinstance(module, Layer)]
    assert len(layers) > 50
    for name in layers:
        assert ldm_name(name, unet.config.layers_per_block, attends) == theirs[name], name


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("down_blocks.0.attentions.1.proj_in", "input_blocks.2.1.proj_in"),
        ("down_blocks.2.downsamplers.0.conv", "input_blocks.9.0.op"),
        ("down_blocks.3.resnets.1.conv2", "input_blocks.11.0.out_layers.3"),
        ("mid_block.resnets.1.time_emb_proj", "middle_block.2.emb_layers.1"),
        (
            "mid_block.attentions.0.transformer_blocks.0.ff.net.0.proj",
            "middle_block.1.transformer_blocks.0.ff.net.0.proj",
        ),
        ("up_blocks.0.upsamplers.0.conv", "output_blocks.2.1.conv"),
        ("up_blocks.1.upsamplers.0.conv", "output_blocks.5.2.conv"),
        (
            "up_blocks.3.attentions.2.transformer_blocks.0.norm1",
            "output_blocks.11.1.transformer_blocks.0.norm1",
        ),
        ("up_blocks.3.resnets.0.conv_shortcut", "output_blocks.9.0.skip_connection"),
        ("conv_in", "input_blocks.0.0"),
        ("something.else", "something.else"),
    ],
)
def test_names_in_stable_diffusion_1(ours: str, theirs: str) -> None:
    assert ldm_name(ours, 2, [False, True, True, True]) == theirs


def test_both_names_mean_the_same_layer(tiny_sd1: StableDiffusion) -> None:
    unet = tiny_sd1.unet.network
    layers = layers_by_name(unet, tiny_sd1.text.network)
    assert layers["lora_unet_conv_in"] is layers["lora_unet_input_blocks_0_0"] is unet.conv_in
    assert (
        layers["lora_te_text_model_encoder_layers_0_mlp_fc1"]
        is tiny_sd1.text.network.encoder.layers[0].mlp.fc1
    )
