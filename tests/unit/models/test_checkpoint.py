from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.checkpoint import (
    prediction,
    require_fit,
    require_stable_diffusion_1,
    text_config,
    unet_config,
    vae_config,
)
from underpaint.models.noise_schedule import Prediction
from underpaint.models.weights import Shapes, read_shapes


def sd15_unet(in_channels: int = 4) -> Shapes:
    """The tensors of Stable Diffusion 1.5's UNet that tell its sizes."""
    shapes = Shapes({"input_blocks.0.0.weight": (320, in_channels, 3, 3), "out.2.weight": (4, 320, 3, 3)})
    for level, width in enumerate((320, 640, 1280, 1280)):
        for block in (1, 2):
            prefix = f"input_blocks.{3 * level + block}"
            shapes[f"{prefix}.0.out_layers.3.weight"] = (width, width, 3, 3)
            if level < 3:
                shapes[f"{prefix}.1.proj_in.weight"] = (width, width, 1, 1)
                shapes[f"{prefix}.1.transformer_blocks.0.attn2.to_k.weight"] = (width, 768)
        if level < 3:
            shapes[f"input_blocks.{3 * level + 3}.0.op.weight"] = (width, width, 3, 3)
    shapes["middle_block.1.proj_in.weight"] = (1280, 1280, 1, 1)
    shapes["middle_block.1.transformer_blocks.0.attn2.to_k.weight"] = (1280, 768)
    return shapes


def test_sd15_unet() -> None:
    """As in the configuration published with the model."""
    assert unet_config(sd15_unet()) == {
        "sample_size": 64,
        "in_channels": 4,
        "out_channels": 4,
        "block_out_channels": (320, 640, 1280, 1280),
        "down_block_types": ("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
        "up_block_types": ("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
        "layers_per_block": 2,
        "transformer_layers_per_block": 1,
        "cross_attention_dim": 768,
        "attention_head_dim": 8,
        "use_linear_projection": False,
    }


def test_inpainting_unet() -> None:
    assert unet_config(sd15_unet(in_channels=9))["in_channels"] == 9


def test_linear_projections() -> None:
    shapes = sd15_unet() | {"middle_block.1.proj_in.weight": (1280, 1280)}
    assert unet_config(Shapes(shapes))["use_linear_projection"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        pytest.param({"input_blocks.0.0.weight": (320, 8, 3, 3)}, "takes 8 channels", id="pix2pix"),
        pytest.param(
            {"input_blocks.12.0.out_layers.3.weight": (1280, 1280, 3, 3)},
            "different numbers of blocks",
            id="odd",
        ),
    ],
)
def test_other_unets_are_refused(changed: dict[str, tuple[int, ...]], says: str) -> None:
    with pytest.raises(UnsupportedCheckpoint, match=says):
        unet_config(Shapes(sd15_unet() | changed))


def test_a_unet_without_text_is_refused() -> None:
    shapes = Shapes({name: shape for name, shape in sd15_unet().items() if "attn2" not in name})
    with pytest.raises(UnsupportedCheckpoint, match="no cross-attention"):
        unet_config(shapes)


def test_sd15_vae() -> None:
    shapes = Shapes({"encoder.conv_in.weight": (128, 3, 3, 3), "decoder.conv_out.weight": (3, 128, 3, 3)})
    shapes["decoder.conv_in.weight"] = (512, 4, 3, 3)
    for level, width in enumerate((128, 256, 512, 512)):
        for block in (0, 1):
            shapes[f"encoder.down.{level}.block.{block}.conv2.weight"] = (width, width, 3, 3)
    config = vae_config(shapes)
    assert config["block_out_channels"] == (128, 256, 512, 512)
    assert (config["layers_per_block"], config["latent_channels"], config["scaling_factor"]) == (
        2,
        4,
        0.18215,
    )
    shapes["encoder.down.3.attn.0.q.weight"] = (512, 512, 1, 1)
    with pytest.raises(UnsupportedCheckpoint, match="attention outside its middle"):
        vae_config(shapes)


@pytest.mark.parametrize(("width", "heads"), [(768, 12), (1024, 16), (128, 2), (32, 2)])
def test_text_encoder(width: int, heads: int) -> None:
    shapes = Shapes(
        {
            "embeddings.token_embedding.weight": (49408, width),
            "embeddings.position_embedding.weight": (77, width),
            **{f"encoder.layers.{i}.mlp.fc1.weight": (4 * width, width) for i in range(12)},
        }
    )
    assert text_config(shapes) == {
        "vocab_size": 49408,
        "hidden_size": width,
        "projection_dim": width,
        "intermediate_size": 4 * width,
        "num_hidden_layers": 12,
        "num_attention_heads": heads,
        "max_position_embeddings": 77,
        "hidden_act": "quick_gelu",
    }


@pytest.mark.parametrize(
    ("names", "says"),
    [
        pytest.param(
            ["conditioner.embedders.0.transformer.x"],
            "a Stable Diffusion XL checkpoint. Only Stable Diffusion 1",
            id="sdxl",
        ),
        pytest.param(["cond_stage_model.model.transformer.x"], "a Stable Diffusion 2 checkpoint", id="sd2"),
        pytest.param(["model.diffusion_model.joint_blocks.0.x"], "a Stable Diffusion 3 checkpoint", id="sd3"),
        pytest.param(["double_blocks.0.x"], "a Flux checkpoint", id="flux"),
        pytest.param(["lora_unet_x.lora_up.weight"], "a LoRA, not a checkpoint. .* in the prompt", id="lora"),
        pytest.param(["control_model.input_blocks.0.0.weight"], "a ControlNet", id="controlnet"),
        pytest.param(["emb_params"], "a textual inversion embedding", id="embedding"),
        pytest.param(["encoder.conv_in.weight"], "a VAE without .* --vae", id="vae"),
        pytest.param(
            ["decoder.up_blocks.0.x", "encoder.conv_in.weight"], "a VAE without", id="vae-in-diffusers-layout"
        ),
        pytest.param(["down_blocks.0.resnets.0.conv1.weight"], "a UNet in diffusers' layout", id="unet"),
        pytest.param(["text_model.encoder.layers.0.x"], "a text encoder without", id="text-encoder"),
        pytest.param(["unet.down_blocks.0.x.lora_A.weight"], "a LoRA in diffusers' layout", id="peft"),
        pytest.param(["controlnet_cond_embedding.conv_in.weight"], "a ControlNet", id="controlnet-diffusers"),
        pytest.param(["image_proj.proj.weight"], "an IP-Adapter", id="ip-adapter"),
        pytest.param(["conv_first.weight"], "an upscaler", id="upscaler"),
        pytest.param(["x"], "no known tensor", id="anything"),
        pytest.param([], "no known tensor", id="nothing"),
        pytest.param(
            ["model.diffusion_model.input_blocks.0.0.weight"],
            "lacks its VAE and its text encoder",
            id="unet-only",
        ),
    ],
)
def test_other_files_are_refused_by_name(names: list[str], says: str) -> None:
    with pytest.raises(UnsupportedCheckpoint, match=says):
        require_stable_diffusion_1(Shapes(dict.fromkeys(names, (1,))))


def test_a_missing_tensor_is_named() -> None:
    with pytest.raises(UnsupportedCheckpoint, match=r"lacks the tensor 'out\.2\.weight'"):
        Shapes()["out.2.weight"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "model.safetensors"


@pytest.mark.parametrize(
    ("tensors", "metadata", "yaml", "expected"),
    [
        ({}, {}, None, Prediction.EPSILON),
        ({"v_pred": torch.zeros(0)}, {}, None, Prediction.V),
        ({}, {"modelspec.prediction_type": "v"}, None, Prediction.V),
        ({}, {"modelspec.prediction_type": "epsilon"}, None, Prediction.EPSILON),
        ({}, {}, 'model:\n  params:\n    parameterization: "v"  # as in 768-v\n', Prediction.V),
        ({}, {}, "model:\n  params:\n    parameterization: eps\n", Prediction.EPSILON),
        ({}, {}, "model:\n  params:\n    # parameterization: v\n", Prediction.EPSILON),
    ],
    ids=["nothing", "tensor", "metadata", "metadata says noise", "yaml", "yaml says noise", "yaml comment"],
)
def test_what_the_unet_predicts(
    tensors: dict[str, torch.Tensor],
    metadata: dict[str, str],
    yaml: str | None,
    expected: Prediction,
    file: Path,
) -> None:
    save_file({"x": torch.zeros(1), **tensors}, file, metadata=metadata)
    if yaml is not None:
        file.with_suffix(".yaml").write_text(yaml)
    assert prediction(file, read_shapes(file)) is expected


def test_networks_that_do_not_belong_together_are_refused() -> None:
    require_fit({"cross_attention_dim": 768}, {"hidden_size": 768})
    with pytest.raises(UnsupportedCheckpoint, match="wants text vectors of 1024 numbers"):
        require_fit({"cross_attention_dim": 1024}, {"hidden_size": 768})
