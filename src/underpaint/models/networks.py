"""Network classes, weight-layout conversion and the tokenizer class of diffusers and transformers.

Beside `blip` the only module that imports these libraries, which takes five seconds: import it where a model is loaded,
never at the top of a file. Networks are built empty, without memory, and take over the tensors they are given; nothing here
looks at a disk or a network.
"""

import logging
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.clip_vocabulary import merges, vocabulary
from underpaint.models.weights import Weights

with warnings.catch_warnings():
    # Notes about optional packages (torchvision, xformers) that nobody asked for.
    warnings.simplefilter("ignore")
    from diffusers.loaders.single_file_utils import (
        convert_controlnet_checkpoint,
        convert_ldm_unet_checkpoint,
        convert_ldm_vae_checkpoint,
    )
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
    from diffusers.models.controlnets.controlnet import ControlNetModel
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from transformers.models.clip.configuration_clip import CLIPTextConfig
    from transformers.models.clip.modeling_clip import CLIPTextModel
    from transformers.models.clip.tokenization_clip import CLIPTokenizer

Config = dict[str, Any]
Network = TypeVar("Network", bound=nn.Module)


@contextmanager
def _quiet() -> Generator[None]:
    """Keeps the libraries' notes about configurations and vocabularies off the user's terminal."""
    loggers = [logging.getLogger(name) for name in ("diffusers", "transformers")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


class PointwiseConvolution(nn.Conv2d):
    """A 1x1 convolution as the matrix product it is.

    oneDNN's own kernel for it rounds differently with one thread than with two, the only operation of these networks
    that does; a picture's bytes must not depend on the number of threads.
    """

    @classmethod
    def of(cls, convolution: nn.Conv2d) -> "PointwiseConvolution":
        """The same convolution, sharing its weights."""
        has_bias = convolution.bias is not None
        pointwise = cls(convolution.in_channels, convolution.out_channels, 1, bias=has_bias, device="meta")
        pointwise.weight, pointwise.bias = convolution.weight, convolution.bias
        return pointwise

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        batch, _, height, width = input.shape
        output = weight.flatten(1) @ input.flatten(2)
        if bias is not None:
            output = output + bias[:, None]
        return output.view(batch, -1, height, width)


@_quiet()
def build_unet(config: Config, weights: Weights) -> UNet2DConditionModel:
    """The UNet of a diffusers configuration with these weights, in diffusers' names."""
    with torch.device("meta"):
        unet: Any = UNet2DConditionModel.from_config(config)
    return _filled(unet, weights)


@_quiet()
def build_controlnet(config: Config, weights: Weights) -> ControlNetModel:
    """The ControlNet of a diffusers configuration with these weights, in diffusers' names."""
    with torch.device("meta"):
        controlnet: Any = ControlNetModel.from_config(config)
    return _filled(controlnet, weights)


@_quiet()
def build_vae(config: Config, weights: Weights) -> AutoencoderKL:
    """The autoencoder of a diffusers configuration with these weights, in diffusers' names, old or new."""
    with torch.device("meta"):
        vae: Any = AutoencoderKL.from_config(config)
    return _filled(vae, {_renamed(name): tensor for name, tensor in weights.items()})


@_quiet()
def build_text_model(config: Config, weights: Weights) -> CLIPTextModel:
    """The CLIP text encoder of a transformers configuration with these weights; what belongs to no text encoder
    (position ids, projections) is left out."""
    with torch.device("meta"):
        model: Any = CLIPTextModel(CLIPTextConfig.from_dict(config))
    positions = torch.arange(model.config.max_position_embeddings)
    model.embeddings.position_ids = positions.expand(
        (1, -1)
    )  # not in state dicts, hence still without memory
    parts = ("embeddings.token_", "embeddings.position_embedding", "encoder.", "final_layer_norm.")
    return _filled(model, {name: tensor for name, tensor in weights.items() if name.startswith(parts)})


@_quiet()
def build_clip_tokenizer() -> CLIPTokenizer:
    """CLIP's tokenizer from the packaged merges."""
    pairs: Any = list(merges())  # annotated as list[str], read as pairs
    tokenizer = CLIPTokenizer(vocab=vocabulary(), merges=pairs)
    assert len(tokenizer) == len(vocabulary()), "transformers falls back to 3 tokens without a vocabulary"
    return tokenizer


@_quiet()
def read_tokenizer(folder: Path, *, tokens: int) -> CLIPTokenizer:
    """The tokenizer saved in a folder, which must know this many tokens: transformers makes up a vocabulary of 3
    where files are missing."""
    try:
        tokenizer = CLIPTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, TypeError) as error:
        raise UnsupportedCheckpoint(f"The tokenizer in {folder} cannot be read: {error}") from error
    if len(tokenizer) != tokens:
        raise UnsupportedCheckpoint(
            f"The tokenizer in {folder} knows {len(tokenizer)} tokens, the text encoder {tokens}."
        )
    return tokenizer


def unet_weights_from_ldm(weights: Weights, config: Config) -> Weights:
    """UNet weights in LDM's names, without prefix, renamed to diffusers'."""
    return convert_ldm_unet_checkpoint(
        {f"model.diffusion_model.{name}": t for name, t in weights.items()}, config
    )


def controlnet_weights_from_ldm(weights: Weights, config: Config) -> Weights:
    """ControlNet weights in LDM's names, without prefix, renamed to diffusers'. Of the configuration only the depth of
    the UNet's levels counts."""
    return convert_controlnet_checkpoint(weights, config)


def vae_weights_from_ldm(weights: Weights, config: Config) -> Weights:
    """Autoencoder weights in LDM's names, without prefix, renamed to diffusers'."""
    return convert_ldm_vae_checkpoint(weights, config)


_RENAMED = {".query.": ".to_q.", ".key.": ".to_k.", ".value.": ".to_v.", ".proj_attn.": ".to_out.0."}
"""Attention layers of autoencoders that diffusers saved before 2023."""


def _renamed(name: str) -> str:
    for old, new in _RENAMED.items():
        name = name.replace(old, new)
    return name


def _filled(network: Network, weights: Weights) -> Network:
    """The network, holding exactly these tensors, ready for inference."""
    try:
        network.load_state_dict(weights, strict=True, assign=True)
    except RuntimeError as error:
        first_complaint = str(error).splitlines()[1].strip()
        raise UnsupportedCheckpoint(
            f"The weights do not fit a {type(network).__name__} of Stable Diffusion: {first_complaint}"
        ) from error
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Conv2d) and child.kernel_size == (1, 1) and child.stride == (1, 1):
                setattr(parent, name, PointwiseConvolution.of(child))
    return network.eval().requires_grad_(False)
