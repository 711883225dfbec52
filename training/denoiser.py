"""The networks that are trained as one to take noise away: text encoder, UNet, and what is added to them."""

from typing import Any

import torch
from diffusers.models.attention_processor import AttnProcessor
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor, nn
from transformers import CLIPTextModel

from training.lessons import unfolded
from training.runs import has_gpu
from training.text import WIDTH

CONFIG: dict[str, Any] = {
    "sample_size": 32,
    "out_channels": 4,
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "block_out_channels": (64, 128, 192),
    "layers_per_block": 1,
    "attention_head_dim": 4,  # diffusers' name for the number of heads
    "cross_attention_dim": WIDTH,
    "norm_num_groups": 32,
}

SHARED = (
    "block_out_channels",
    "layers_per_block",
    "attention_head_dim",
    "cross_attention_dim",
    "norm_num_groups",
)
CONTROL_CONFIG: dict[str, Any] = {
    **{name: CONFIG[name] for name in SHARED},
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
    "mid_block_type": "UNetMidBlock2D",
    "conditioning_embedding_out_channels": (16, 32, 64, 96),
}
"""Half the weights of a copy of the UNet's first half: words matter less to what is drawn already."""


def new_unet(in_channels: int = 4) -> UNet2DConditionModel:
    """An untrained UNet."""
    unet = UNet2DConditionModel(**CONFIG, in_channels=in_channels)
    _choose_attention(unet)
    return unet


def new_control(unet: UNet2DConditionModel) -> ControlNetModel:
    """A ControlNet that begins with the UNet's weights where it has the same layers, and adds nothing yet."""
    control = ControlNetModel(**CONTROL_CONFIG)
    own = control.state_dict()
    control.load_state_dict({k: v for k, v in unet.state_dict().items() if k in own}, strict=False)
    _choose_attention(control)
    return control


def _choose_attention(network: UNet2DConditionModel | ControlNetModel) -> None:
    """Takes the kind of attention that trains fastest here."""
    # On CPUs, matrix products and a softmax are two to four times faster than torch's fused kernel for heads this small.
    if not has_gpu():
        network.set_attn_processor(AttnProcessor())


class Denoiser(nn.Module):
    """Text encoder and UNet."""

    def __init__(self, text_encoder: CLIPTextModel, in_channels: int = 4) -> None:
        super().__init__()
        self.text_encoder = text_encoder
        self.unet = new_unet(in_channels)

    def states(self, ids: Tensor) -> Tensor:
        """The text encoder's last hidden states, (count, 77, 128), for token ids, (count, 77)."""
        return self.text_encoder(input_ids=ids).last_hidden_state

    def velocity(self, noisy: Tensor, shown: Tensor, timesteps: Tensor, states: Tensor) -> Tensor:
        """What the UNet says of noisy latents, (count, 4, height, width), beside which it sees further channels as they are."""
        return self.unet(torch.cat([noisy, shown], 1), timesteps, states).sample


class ControlledDenoiser(Denoiser):
    """A denoiser with a ControlNet that is trained beside it."""

    def __init__(self, painter: Denoiser) -> None:
        super().__init__(painter.text_encoder)
        self.unet = painter.unet.requires_grad_(False)
        self.control = new_control(self.unet)

    def velocity(self, noisy: Tensor, shown: Tensor, timesteps: Tensor, states: Tensor) -> Tensor:
        """As a denoiser; `shown` are folded control pictures."""
        down, middle = self.control(noisy, timesteps, states, unfolded(shown), return_dict=False)
        return self.unet(
            noisy,
            timesteps,
            states,
            down_block_additional_residuals=down,
            mid_block_additional_residual=middle,
        ).sample
