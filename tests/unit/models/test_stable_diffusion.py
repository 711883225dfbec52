import json
import logging
import socket
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from tests.unit.models.conftest import WriteModel
from tests.unit.models.tiny import TINY_SD1, model_file
from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.catalog import ModelFile, find_model
from underpaint.models.stable_diffusion import StableDiffusion, load
from underpaint.prompt.reading import Reading

TEXT = "cond_stage_model.transformer."


def conditioning(model: StableDiffusion) -> Tensor:
    return model.text.encode("a (red:1.2) circle", Reading(clip_skip=2))


def prediction(model: StableDiffusion) -> Tensor:
    x = torch.randn((1, 4, 8, 8), generator=torch.Generator().manual_seed(0))
    return model.unet.predict_noise(x, 500.0, [conditioning(model)])[0]


def test_a_single_file(tiny_sd1: StableDiffusion) -> None:
    assert tiny_sd1.name == "tiny-sd1"
    assert tiny_sd1.native_px == 512
    assert not tiny_sd1.is_inpaint_model
    assert tiny_sd1.device == torch.device("cpu")
    assert tiny_sd1.unet.alphas_cumprod.shape == (1000,)
    assert prediction(tiny_sd1).dtype == torch.float32


def test_nothing_is_said_and_nothing_looked_up(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], folder: ModelFile
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a network call")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    levels = [logging.getLogger(name).level for name in ("diffusers", "transformers")]
    load(model_file(TINY_SD1))
    load(folder)
    assert capfd.readouterr() == ("", "")
    assert [logging.getLogger(name).level for name in ("diffusers", "transformers")] == levels


def test_text_encoder_names_as_in_novelais_files(
    tensors: dict[str, Tensor], write_model: WriteModel, tiny_sd1: StableDiffusion
) -> None:
    renamed = {name.replace(f"{TEXT}text_model.", TEXT): tensor for name, tensor in tensors.items()}
    assert torch.equal(conditioning(load(write_model(renamed))), conditioning(tiny_sd1))


def test_an_inpainting_checkpoint_is_recognised(tensors: dict[str, Tensor], write_model: WriteModel) -> None:
    name = "model.diffusion_model.input_blocks.0.0.weight"
    tensors[name] = torch.cat([tensors[name], torch.zeros(32, 5, 3, 3, dtype=torch.float16)], dim=1)
    assert load(write_model(tensors)).is_inpaint_model


def test_a_pickle_gives_the_same_model(
    tensors: dict[str, Tensor], tmp_path: Path, tiny_sd1: StableDiffusion
) -> None:
    path = tmp_path / "old.ckpt"
    torch.save({"state_dict": tensors}, path)
    with pytest.raises(UnsupportedCheckpoint, match="--allow-pickle"):
        find_model(str(path), [])
    loaded = load(find_model(str(path), [], allows_pickle=True))
    assert torch.equal(prediction(loaded), prediction(tiny_sd1))


def test_a_checkpoint_that_predicts_v(
    tensors: dict[str, Tensor], write_model: WriteModel, tiny_sd1: StableDiffusion
) -> None:
    loaded = load(write_model({**tensors, "v_pred": torch.zeros(0)}))
    alpha = loaded.unet.alphas_cumprod[500].item()
    x = torch.randn((1, 4, 8, 8), generator=torch.Generator().manual_seed(0))
    expected = alpha**0.5 * prediction(tiny_sd1) + (1 - alpha) ** 0.5 * x
    torch.testing.assert_close(prediction(loaded), expected)


@pytest.mark.parametrize("rows", [3, 49407])
def test_a_text_encoder_that_knows_fewer_tokens_is_refused(
    rows: int, tensors: dict[str, Tensor], write_model: WriteModel
) -> None:
    name = f"{TEXT}text_model.embeddings.token_embedding.weight"
    tensors[name] = tensors[name][:rows].clone()
    with pytest.raises(UnsupportedCheckpoint, match="knows fewer tokens"):
        load(write_model(tensors))


def test_what_a_checkpoint_holds_besides_its_networks_is_ignored(
    tensors: dict[str, Tensor], write_model: WriteModel, tiny_sd1: StableDiffusion
) -> None:
    ema = {f"model_ema.x{i}": torch.zeros(1) for i in range(200)}
    extra = {
        "first_stage_model.loss.logvar": torch.zeros(()),
        f"{TEXT}text_projection.weight": torch.zeros(2, 2),
    }
    assert torch.equal(prediction(load(write_model(tensors | ema | extra))), prediction(tiny_sd1))


@pytest.mark.parametrize(
    "name",
    [
        "model.diffusion_model.input_blocks.0.0.weight",
        "model.diffusion_model.input_blocks.1.0.out_layers.3.weight",
        "model.diffusion_model.output_blocks.1.1.transformer_blocks.0.attn2.to_q.weight",
        "model.diffusion_model.time_embed.0.bias",
        "first_stage_model.encoder.conv_in.weight",
        "first_stage_model.decoder.mid.attn_1.q.weight",
        "first_stage_model.quant_conv.bias",
        f"{TEXT}text_model.embeddings.token_embedding.weight",
        f"{TEXT}text_model.final_layer_norm.weight",
        f"{TEXT}text_model.encoder.layers.1.mlp.fc2.bias",
    ],
)
def test_a_checkpoint_with_a_hole_is_refused(
    name: str, tensors: dict[str, Tensor], write_model: WriteModel
) -> None:
    del tensors[name]
    with pytest.raises(UnsupportedCheckpoint):
        load(write_model(tensors))


def test_a_tensor_of_another_shape_is_named(tensors: dict[str, Tensor], write_model: WriteModel) -> None:
    tensors["model.diffusion_model.time_embed.0.bias"] = torch.zeros(7)
    with pytest.raises(UnsupportedCheckpoint, match=r"time_embedding\.linear_1\.bias"):
        load(write_model(tensors))


def write_json(path: Path, content: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


@pytest.fixture(scope="session")
def saved_folder(tmp_path_factory: pytest.TempPathFactory, tiny_sd1: StableDiffusion) -> Path:
    """The tiny checkpoint as diffusers and transformers save it, with a scheduler for v-prediction."""
    path = tmp_path_factory.mktemp("saved") / "tiny-folder"
    tiny_sd1.unet._model.save_pretrained(path / "unet")
    tiny_sd1.vae._model.save_pretrained(path / "vae")
    tiny_sd1.text._model.save_pretrained(path / "text_encoder")
    tiny_sd1.text._tokenizer.save_pretrained(path / "tokenizer")
    write_json(path / "model_index.json", {"_class_name": "StableDiffusionPipeline"})
    scheduler = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
    write_json(path / "scheduler" / "scheduler_config.json", scheduler | {"prediction_type": "v_prediction"})
    return path


@pytest.fixture
def folder(saved_folder: Path, tmp_path: Path) -> ModelFile:
    """A copy that may be altered: configurations are files of their own, weights are links."""
    for file in saved_folder.rglob("*.*"):
        copy = tmp_path / "folder" / file.relative_to(saved_folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".safetensors":
            copy.symlink_to(file)
        else:
            copy.write_bytes(file.read_bytes())
    return model_file(tmp_path / "folder")


def test_a_folder(folder: ModelFile, tiny_sd1: StableDiffusion) -> None:
    loaded = load(folder)
    assert loaded.native_px == 512
    assert torch.equal(conditioning(loaded), conditioning(tiny_sd1))
    alpha = loaded.unet.alphas_cumprod[500].item()
    x = torch.randn((1, 4, 8, 8), generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(prediction(loaded), alpha**0.5 * prediction(tiny_sd1) + (1 - alpha) ** 0.5 * x)


def test_a_folders_own_size(folder: ModelFile) -> None:
    path = folder.path / "unet" / "config.json"
    write_json(path, json.loads(path.read_text()) | {"sample_size": 32, "a_setting_of_the_future": 1})
    assert load(folder).native_px == 256


def test_autoencoders_saved_before_2023(folder: ModelFile, tiny_sd1: StableDiffusion) -> None:
    file = folder.path / "vae" / "diffusion_pytorch_model.safetensors"
    old = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}
    weights = load_file(file)
    for new_name, old_name in old.items():
        weights = {name.replace(f".{new_name}.", f".{old_name}."): tensor for name, tensor in weights.items()}
    file.unlink()
    save_file(weights, file)
    latents = torch.ones(1, 4, 2, 2)
    assert (load(folder).vae.decode(latents) == tiny_sd1.vae.decode(latents)).all()


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        pytest.param("model_index.json", {"text_encoder_2": []}, "Stable Diffusion XL", id="sdxl"),
        pytest.param("model_index.json", None, "cannot be read", id="broken-json"),
        pytest.param("unet/config.json", [1], "holds no configuration", id="no-object"),
        pytest.param(
            "scheduler/scheduler_config.json", {"prediction_type": "sample"}, "'sample'", id="prediction"
        ),
        pytest.param(
            "scheduler/scheduler_config.json", {"beta_schedule": "sigmoid"}, "'sigmoid'", id="betas"
        ),
        pytest.param(
            "scheduler/scheduler_config.json", {"rescale_betas_zero_snr": True}, "zero_snr", id="zero-snr"
        ),
        pytest.param(
            "scheduler/scheduler_config.json", {"num_train_timesteps": 50}, "1000 timesteps", id="timesteps"
        ),
        pytest.param("tokenizer/tokenizer.json", None, "tokenizer", id="broken-tokenizer"),
    ],
)
def test_other_folders_are_refused(folder: ModelFile, file: str, content: object, says: str) -> None:
    (folder.path / file).write_text("{" if content is None else json.dumps(content))
    with pytest.raises(UnsupportedCheckpoint, match=says):
        load(folder)


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ("unet/diffusion_pytorch_model.safetensors", "no safetensors weights"),
        ("vae/config.json", "lacks"),
        ("tokenizer/tokenizer.json", "tokenizer"),
    ],
)
def test_incomplete_folders_are_refused(folder: ModelFile, missing: str, says: str) -> None:
    (folder.path / missing).unlink()
    with pytest.raises(UnsupportedCheckpoint, match=says):
        load(folder)
