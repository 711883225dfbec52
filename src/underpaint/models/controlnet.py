"""ControlNets (Zhang et al. 2023): copies of a UNet's first half that read a picture, and whose outputs are added
to the UNet's own.

What a file holds is read off its tensors. Shared configuration (heads, activations) is the checkpoint's, of whose UNet
a ControlNet is a copy; a folder in diffusers' layout brings its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch
from jaxtyping import Float
from torch import Tensor

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.control_files import CONFIG_FILE, ControlNetFile, made_for_another
from underpaint.models.folder import read_config
from underpaint.models.headers import TEXT_LAYER
from underpaint.models.weights import Shapes, Weights, read_shapes, read_weights

if TYPE_CHECKING:
    from underpaint.models.stable_diffusion import StableDiffusion

Config = dict[str, Any]

LDM_PREFIX = "control_model."
LDM_MARK = "input_hint_block.0.weight"
DIFFUSERS_MARK = "controlnet_cond_embedding.conv_in.weight"
COLOUR_ORDER = "controlnet_conditioning_channel_order"
LATENT_CHANNELS = 4
DIFFERENCE_MARK = "difference"
OTHER_KINDS = {
    "lora_controlnet": "a Control-LoRA, which is not supported",
    "adapter.": "a T2I-Adapter, which is not supported",
    "body.0.": "a T2I-Adapter, which is not supported",
    "image_proj.": "an IP-Adapter, which is not supported",
    "model.diffusion_model.": "a checkpoint, not a ControlNet",
    "lora_": "a LoRA, not a ControlNet",
}
"""By what a tensor's name starts with: what the file is instead."""
SHARED_WITH_UNET = (
    "flip_sin_to_cos",
    "freq_shift",
    "down_block_types",
    "mid_block_type",
    "only_cross_attention",
    "block_out_channels",
    "layers_per_block",
    "downsample_padding",
    "mid_block_scale_factor",
    "act_fn",
    "norm_num_groups",
    "norm_eps",
    "cross_attention_dim",
    "transformer_layers_per_block",
    "attention_head_dim",
    "num_attention_heads",
    "use_linear_projection",
    "upcast_attention",
    "resnet_time_scale_shift",
)
"""What diffusers calls alike in the configurations of UNet and ControlNet."""


@dataclass(frozen=True, slots=True, eq=False)
class ControlNet:
    """A ControlNet in two parts: one reads the picture, once per batch, the other answers at every model call."""

    reader: Any
    """diffusers' ControlNetConditioningEmbedding."""
    network: Any
    """diffusers' ControlNetModel; it passes on what its reader has read."""

    @property
    def parts(self) -> tuple[Any, Any]:
        return self.reader, self.network

    @torch.no_grad()
    def read(
        self, pictures: Float[Tensor, "batch 3 height width"]
    ) -> Float[Tensor, "batch channels height/8 width/8"]:
        """What the network sees of pictures, RGB in [0, 1]; -1 where an inpaint model shall see a hole. One picture at a time,
        so that none depends on its batch."""
        pictures = pictures.to(self.network.device, self.network.dtype)
        return torch.cat([self.reader(picture) for picture in pictures.split(1)])


@dataclass(frozen=True, slots=True, eq=False)
class Control:
    """A ControlNet at work on some images."""

    controlnet: ControlNet
    seen: Float[Tensor, "batch channels h w"]
    """What it has read beside each image's latents."""
    weight: float

    def of(self, images: slice) -> "Control":
        """The same for some of the images."""
        return replace(self, seen=self.seen[images])

    def repeated(self, times: int) -> "Control":
        """The same for all images, so many times one after the other."""
        return replace(self, seen=self.seen.repeat(times, 1, 1, 1))


def residuals(
    controls: Sequence[Control],
    x: Float[Tensor, "batch 4 h w"],
    timesteps: Float[Tensor, " batch"],
    states: Float[Tensor, "batch tokens channels"],
) -> dict[str, Any]:
    """The arguments that bring what the ControlNets add, summed, into diffusers' UNet; none without ControlNets."""
    if not controls:
        return {}
    down, mid = _residuals(controls[0], x, timesteps, states)
    for control in controls[1:]:
        more, more_mid = _residuals(control, x, timesteps, states)
        down, mid = [a + b for a, b in zip(down, more, strict=True)], mid + more_mid
    return {"down_block_additional_residuals": tuple(down), "mid_block_additional_residual": mid}


def _residuals(
    control: Control, x: Tensor, timesteps: Tensor, states: Tensor
) -> tuple[Sequence[Tensor], Tensor]:
    return control.controlnet.network(
        x,
        timesteps,
        states,
        controlnet_cond=control.seen,
        conditioning_scale=control.weight,
        return_dict=False,
    )


def check_controlnet(file: ControlNetFile, model: "StableDiffusion") -> None:
    """Raises `UnsupportedCheckpoint` unless the file holds a ControlNet of the checkpoint's family, as far as names and
    shapes tell."""
    shapes = read_shapes(file.weights)
    own = shapes.under(_prefix(file, shapes))
    unet = model.unet.network.config
    made_for, given = _text_channels(file, own), unet.cross_attention_dim
    if made_for != given:
        raise UnsupportedCheckpoint(made_for_another(file.name, made_for, model.name, given))
    latents, width = _first_layer(own)
    if latents != LATENT_CHANNELS:
        raise UnsupportedCheckpoint(
            f"The ControlNet {file.name} takes latents of {latents} channels; only those with {LATENT_CHANNELS} are "
            "supported."
        )
    if width != unet.block_out_channels[0]:
        raise UnsupportedCheckpoint(
            f"The ControlNet {file.name} was made for a UNet of {width} channels, but {model.name} has "
            f"{unet.block_out_channels[0]}; choose another ControlNet, or another checkpoint."
        )


def load_controlnet(file: ControlNetFile, model: "StableDiffusion") -> ControlNet:
    """The ControlNet on the checkpoint's device, in its precision."""
    from underpaint.models import networks

    path, unet = file.weights, model.unet.network
    shapes = read_shapes(path)
    weights = read_weights(path, _prefix(file, shapes))
    if LDM_MARK in weights:
        weights = networks.controlnet_weights_from_ldm(weights, unet.config)
    config = read_config(file.path / CONFIG_FILE) if file.path.is_dir() else _config(unet.config, weights)
    network: Any = networks.build_controlnet(*_for_rgb(file, config, weights))
    network = (network if unet.dtype == torch.float32 else network.half()).to(model.device)
    reader, network.controlnet_cond_embedding = network.controlnet_cond_embedding, torch.nn.Identity()
    return ControlNet(reader, network)


def _for_rgb(file: ControlNetFile, config: Config, weights: Weights) -> tuple[Config, Weights]:
    """The configuration and weights of the same network, but for pictures in RGB. diffusers' network would turn round what
    its reader has read, not the colours."""
    match config.get(COLOUR_ORDER, "rgb"):
        case "rgb":
            return config, weights
        case "bgr":
            turned = {DIFFUSERS_MARK: weights[DIFFUSERS_MARK].flip(1)}
            return {**config, COLOUR_ORDER: "rgb"}, weights | turned
        case order:
            raise UnsupportedCheckpoint(
                f"The ControlNet {file.name} takes colours in the order {order!r}; known are rgb and bgr."
            )


def _prefix(file: ControlNetFile, shapes: Shapes) -> str:
    """What the names of the ControlNet's tensors begin with. Raises `UnsupportedCheckpoint`, saying what the file is,
    where it holds none."""
    if DIFFERENCE_MARK in shapes:
        raise UnsupportedCheckpoint(
            f"{file.name} holds only the difference of a ControlNet to its checkpoint; use the whole ControlNet."
        )
    if f"{LDM_PREFIX}{LDM_MARK}" in shapes:
        return LDM_PREFIX
    if LDM_MARK in shapes or DIFFUSERS_MARK in shapes:
        return ""
    kinds = [kind for start, kind in OTHER_KINDS.items() if any(name.startswith(start) for name in shapes)]
    what = kinds[0] if kinds else "no ControlNet: no known tensor is in it"
    raise UnsupportedCheckpoint(f"{file.name} is {what}.")


def _text_channels(file: ControlNetFile, shapes: Shapes) -> int:
    for name, shape in shapes.items():
        if name.endswith(TEXT_LAYER):
            return shape[1]
    raise UnsupportedCheckpoint(
        f"The ControlNet {file.name} does not listen to text, which is not supported."
    )


def _first_layer(shapes: Shapes) -> tuple[int, int]:
    """Channels into and out of the first convolution."""
    name = "input_blocks.0.0.weight" if LDM_MARK in shapes else "conv_in.weight"
    width, latents = shapes[name][:2]
    return latents, width


def _config(unet: Any, weights: Mapping[str, Tensor | None]) -> Config:
    """The configuration of a ControlNet for a UNet, with the widths of the layers that read the picture. Converting LDM's
    names gives None for what a damaged file lacks."""
    embedding = "controlnet_cond_embedding"
    blocks = [
        name for name in weights if name.startswith(f"{embedding}.blocks.") and name.endswith(".weight")
    ]
    shapes = Shapes({name: tuple(tensor.shape) for name, tensor in weights.items() if tensor is not None})
    widths = [shapes[f"{embedding}.blocks.{i}.weight"][0] for i in range(1, len(blocks), 2)]
    return {
        **{name: unet[name] for name in SHARED_WITH_UNET},
        "in_channels": LATENT_CHANNELS,
        "conditioning_embedding_out_channels": (shapes[DIFFUSERS_MARK][0], *widths),
    }
