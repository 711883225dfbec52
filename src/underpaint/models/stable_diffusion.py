"""A whole model, loaded."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models import checkpoint, folder
from underpaint.models.catalog import ModelFile, ModelKind, sha256_of
from underpaint.models.denoiser import Unet
from underpaint.models.memory import out_of_memory_explained
from underpaint.models.noise_schedule import NoiseSchedule
from underpaint.models.parts import find_part
from underpaint.models.text import TextEncoder
from underpaint.models.vae import Vae
from underpaint.models.weights import read_shapes, read_weights

LATENT_CELL_PX = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class StableDiffusion:
    """The networks of one checkpoint on one device, and what a plan needs to know about them."""

    name: str
    sha256: str
    text: TextEncoder
    vae: Vae
    unet: Unet
    native_px: int
    """Side of the pictures it was trained on."""
    is_inpaint_model: bool
    device: torch.device


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What a checkpoint consists of, whatever its layout on disk: objects of transformers and diffusers."""

    tokenizer: Any
    text_model: Any
    vae: Any
    unet: Any
    schedule: NoiseSchedule


def best_device() -> str:
    """`cuda` where there is a graphics card that torch can use, else `cpu`."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def load(model: ModelFile, *, device: str | torch.device = "cpu") -> StableDiffusion:
    """Reads a model into memory. Nothing is looked up on a network. The first call in a process also imports
    diffusers and transformers, which takes about five seconds."""
    device = torch.device(device)
    with out_of_memory_explained():
        parts = _from_folder(model.path) if model.kind is ModelKind.FOLDER else _from_single_file(model.path)
        if parts.text_model.config.vocab_size < len(parts.tokenizer):
            raise UnsupportedCheckpoint(
                f"The text encoder of {model.name} knows fewer tokens than its tokenizer."
            )
        # Half precision saves graphics cards half the memory and time; on CPUs it is slower than float32.
        network = parts.unet.half() if device.type == "cuda" else parts.unet
        unet = Unet(network.to(device), parts.schedule.alphas_cumprod(), parts.schedule.prediction)
        return StableDiffusion(
            name=model.name,
            sha256=sha256_of(model.path),
            text=TextEncoder(parts.tokenizer, parts.text_model.to(device)),
            vae=Vae(parts.vae.to(device)),
            unet=unet,
            native_px=parts.unet.config.sample_size * LATENT_CELL_PX,
            is_inpaint_model=unet.is_inpaint_model,
            device=device,
        )


def _from_single_file(path: Path) -> _Parts:
    shapes = read_shapes(path)
    checkpoint.require_stable_diffusion_1(shapes)
    text_prefix = checkpoint.text_prefix(shapes)
    try:
        unet_config = checkpoint.unet_config(shapes.under(checkpoint.UNET))
        vae_config = checkpoint.vae_config(shapes.under(checkpoint.VAE))
        text_config = checkpoint.text_config(shapes.under(text_prefix))
    except (IndexError, ValueError) as error:
        raise UnsupportedCheckpoint(
            f"{path.name} holds tensors of shapes that no Stable Diffusion has."
        ) from error
    checkpoint.require_fit(unet_config, text_config)

    from underpaint.models import networks

    unet_weights = networks.unet_weights_from_ldm(read_weights(path, checkpoint.UNET), unet_config)
    vae_weights = networks.vae_weights_from_ldm(read_weights(path, checkpoint.VAE), vae_config)
    return _Parts(
        tokenizer=networks.build_clip_tokenizer(),
        text_model=networks.build_text_model(text_config, read_weights(path, text_prefix)),
        vae=networks.build_vae(vae_config, vae_weights),
        unet=networks.build_unet(unet_config, unet_weights),
        schedule=NoiseSchedule(prediction=checkpoint.prediction(path, shapes)),
    )


def _from_folder(path: Path) -> _Parts:
    folder.require_stable_diffusion(path)
    schedule = folder.read_noise_schedule(path)
    text_config, text_weights = folder.read_network(find_part(path, "text_encoder"))
    vae, unet = (folder.read_network(find_part(path, part)) for part in ("vae", "unet"))

    from underpaint.models import networks

    return _Parts(
        tokenizer=networks.read_tokenizer(find_part(path, "tokenizer"), tokens=text_config["vocab_size"]),
        text_model=networks.build_text_model(text_config, text_weights),
        vae=networks.build_vae(*vae),
        unet=networks.build_unet(*unet),
        schedule=schedule,
    )
