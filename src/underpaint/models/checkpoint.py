"""Single checkpoint files in the layout of CompVis' LDM, as used by AUTOMATIC1111's webui: which model is inside,
and with what sizes.

Everything is read off the names and shapes of the tensors, so nothing has to be looked up on the hub. What shapes
cannot tell is what Stable Diffusion 1 fixes: 8 heads at every level of the UNet (of whatever width), heads of 64
channels in the text encoder (but at least 2 heads, for toy encoders), normalisation in groups of 32, quick GELU.
"""

import re
from pathlib import Path
from typing import Any

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.noise_schedule import Prediction
from underpaint.models.weights import Shapes, read_metadata

Config = dict[str, Any]

UNET = "model.diffusion_model."
VAE = "first_stage_model."
TEXT = "cond_stage_model.transformer."

UNET_HEADS = 8
TEXT_HEAD_WIDTH = 64

_ONLY_SD1 = "Only Stable Diffusion 1 checkpoints are supported so far; use one of those."
_WHOLE_MODEL = "Use the full checkpoint file, or the model's folder in diffusers' layout."
_CONTROLNET = "Put it into a folder called controlnet and name it with --control."
_OTHER_KINDS = {
    "conditioner.embedders.": ("a Stable Diffusion XL checkpoint", _ONLY_SD1),
    "cond_stage_model.model.": ("a Stable Diffusion 2 checkpoint", _ONLY_SD1),
    "cond_stage_model.roberta.": ("an AltDiffusion checkpoint", _ONLY_SD1),
    "model.diffusion_model.joint_blocks.": ("a Stable Diffusion 3 checkpoint", _ONLY_SD1),
    "joint_blocks.": ("a Stable Diffusion 3 checkpoint", _ONLY_SD1),
    "model.diffusion_model.double_blocks.": ("a Flux checkpoint", _ONLY_SD1),
    "double_blocks.": ("a Flux checkpoint", _ONLY_SD1),
    "lora_": ("a LoRA, not a checkpoint", "Put it into a folder called Lora and name it in the prompt."),
    "unet.down_blocks.": (
        "a LoRA in diffusers' layout, not a checkpoint",
        "Only Kohya's layout is supported.",
    ),
    "control_model.": ("a ControlNet, not a checkpoint", _CONTROLNET),
    "controlnet_cond_embedding.": ("a ControlNet, not a checkpoint", _CONTROLNET),
    "image_proj.": ("an IP-Adapter, not a checkpoint", _ONLY_SD1),
    "emb_params": (
        "a textual inversion embedding, not a checkpoint",
        "Put it into a folder called embeddings and write its name in the prompt.",
    ),
    "encoder.conv_in.": (
        "a VAE without the other networks of a checkpoint",
        "`underpaint models merge` can bake it into a checkpoint with --vae.",
    ),
    "conv_first.": ("an upscaler, not a checkpoint", _ONLY_SD1),
    "model.0.weight": ("an upscaler, not a checkpoint", _ONLY_SD1),
    "down_blocks.": ("a UNet in diffusers' layout without the other networks", _WHOLE_MODEL),
    "text_model.encoder.": ("a text encoder without the other networks", _WHOLE_MODEL),
}
"""By what a tensor's name starts with: what the file is, and what to do."""


def require_stable_diffusion_1(shapes: Shapes) -> None:
    """Raises `UnsupportedCheckpoint`, naming what the file is instead, unless it holds a whole SD 1 model."""
    for prefix, (kind, advice) in _OTHER_KINDS.items():
        if any(name.startswith(prefix) for name in shapes):
            raise UnsupportedCheckpoint(f"The file is {kind}. {advice}")
    parts = {"UNet": f"{UNET}input_blocks.", "VAE": f"{VAE}encoder.", "text encoder": TEXT}
    missing = [part for part, prefix in parts.items() if not any(name.startswith(prefix) for name in shapes)]
    if len(missing) == len(parts):
        raise UnsupportedCheckpoint(
            f"The file is not a Stable Diffusion checkpoint: no known tensor is in it. {_ONLY_SD1}"
        )
    if missing:
        raise UnsupportedCheckpoint(
            f"The checkpoint lacks its {' and its '.join(missing)}; use the full file."
        )


V_MARK = "v_pred"
"""An empty tensor by which files tell what they predict."""
V_IN_YAML = re.compile(r"^\s*parameterization\s*:\s*['\"]?v['\"]?\s*(?:#.*)?$", re.MULTILINE)
PREDICTION_KEY = "modelspec.prediction_type"


def prediction(path: Path, shapes: Shapes) -> Prediction:
    """What the UNet was trained to predict, as the file's tensors, its metadata or A1111's .yaml beside it say: shapes
    cannot tell. Where nothing says it, the noise."""
    yaml = path.with_suffix(".yaml")
    says_v = (
        V_MARK in shapes
        or read_metadata(path).get(PREDICTION_KEY, "").lower() in ("v", "v_prediction")
        or (yaml.is_file() and V_IN_YAML.search(yaml.read_text(encoding="utf-8", errors="replace")))
    )
    return Prediction.V if says_v else Prediction.EPSILON


def require_fit(unet: Config, text: Config) -> None:
    """Raises `UnsupportedCheckpoint` if the UNet listens to other vectors than the text encoder speaks."""
    wanted, given = unet["cross_attention_dim"], text["hidden_size"]
    if wanted != given:
        raise UnsupportedCheckpoint(
            f"The checkpoint's networks do not belong together: its UNet wants text vectors of {wanted} numbers, its text "
            f"encoder makes {given}."
        )


def unet_config(shapes: Shapes) -> Config:
    """The UNet's configuration in diffusers' words, from its tensors' shapes in LDM names."""
    widths, depths, attends = _unet_levels(shapes)
    if len(set(depths)) != 1:
        raise UnsupportedCheckpoint(f"The UNet's levels have different numbers of blocks: {depths}.")
    attention = next((name for name in shapes if name.endswith("attn2.to_k.weight")), None)
    if attention is None:
        raise UnsupportedCheckpoint("The UNet does not listen to text: it has no cross-attention.")
    in_channels = shapes["input_blocks.0.0.weight"][1]
    if in_channels not in (4, 9):
        raise UnsupportedCheckpoint(
            f"The UNet takes {in_channels} channels; only ordinary (4) and inpainting (9) checkpoints are supported."
        )
    return {
        "sample_size": 64,
        "in_channels": in_channels,
        "out_channels": shapes["out.2.weight"][0],
        "block_out_channels": tuple(widths),
        "down_block_types": tuple("CrossAttnDownBlock2D" if attend else "DownBlock2D" for attend in attends),
        "up_block_types": tuple(
            "CrossAttnUpBlock2D" if attend else "UpBlock2D" for attend in reversed(attends)
        ),
        "layers_per_block": depths[0],
        "transformer_layers_per_block": len(
            _numbers(shapes, r"middle_block\.1\.transformer_blocks\.(\d+)\.")
        ),
        "cross_attention_dim": shapes[attention][1],
        "attention_head_dim": UNET_HEADS,  # diffusers' name for the number of heads
        "use_linear_projection": len(shapes["middle_block.1.proj_in.weight"]) == 2,
    }


def _unet_levels(shapes: Shapes) -> tuple[list[int], list[int], list[bool]]:
    """Channels, residual blocks and presence of attention, per level from the outermost."""
    widths, depths, attends = [0], [0], [False]
    for i in range(1, 1 + max(_numbers(shapes, r"input_blocks\.(\d+)\."), default=0)):
        if f"input_blocks.{i}.0.op.weight" in shapes:  # a downsampler ends the level
            widths, depths, attends = [*widths, 0], [*depths, 0], [*attends, False]
            continue
        widths[-1] = shapes[f"input_blocks.{i}.0.out_layers.3.weight"][0]
        depths[-1] += 1
        attends[-1] = f"input_blocks.{i}.1.proj_in.weight" in shapes
    return widths, depths, attends


def vae_config(shapes: Shapes) -> Config:
    """The autoencoder's configuration in diffusers' words, from its tensors' shapes in LDM names."""
    if _numbers(shapes, r"encoder\.down\.(\d+)\.attn\."):
        raise UnsupportedCheckpoint("The VAE has attention outside its middle, which is not supported.")
    levels = len(_numbers(shapes, r"encoder\.down\.(\d+)\."))
    return {
        "in_channels": shapes["encoder.conv_in.weight"][1],
        "out_channels": shapes["decoder.conv_out.weight"][0],
        "block_out_channels": tuple(
            shapes[f"encoder.down.{i}.block.0.conv2.weight"][0] for i in range(levels)
        ),
        "down_block_types": ("DownEncoderBlock2D",) * levels,
        "up_block_types": ("UpDecoderBlock2D",) * levels,
        "layers_per_block": len(_numbers(shapes, r"encoder\.down\.0\.block\.(\d+)\.")),
        "latent_channels": shapes["decoder.conv_in.weight"][1],
        "scaling_factor": 0.18215,  # one over the latents' spread on SD 1's training data
    }


def text_config(shapes: Shapes) -> Config:
    """The CLIP text encoder's configuration in transformers' words, from its tensors' shapes in transformers' names."""
    vocabulary, width = shapes["embeddings.token_embedding.weight"]
    return {
        "vocab_size": vocabulary,
        "hidden_size": width,
        "projection_dim": width,
        "intermediate_size": shapes["encoder.layers.0.mlp.fc1.weight"][0],
        "num_hidden_layers": len(_numbers(shapes, r"encoder\.layers\.(\d+)\.")),
        "num_attention_heads": max(2, width // TEXT_HEAD_WIDTH),
        "max_position_embeddings": shapes["embeddings.position_embedding.weight"][0],
        "hidden_act": "quick_gelu",
    }


def text_prefix(shapes: Shapes) -> str:
    """Where the text encoder's tensors start: files derived from NovelAI's leave out `text_model.`."""
    return f"{TEXT}text_model." if f"{TEXT}text_model.final_layer_norm.weight" in shapes else TEXT


def _numbers(shapes: Shapes, pattern: str) -> set[int]:
    """The different numbers that `pattern` finds at the start of tensor names."""
    return {int(found[1]) for name in shapes if (found := re.match(pattern, name))}
