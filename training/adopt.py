"""Makes checkpoints from a model folder, so that training goes on from released weights."""

from pathlib import Path
from typing import Any

from safetensors.torch import load_file
from torch import Tensor, nn

from training import runs
from training.denoiser import Denoiser
from training.export import FOLDER
from training.plan import finish
from training.text import new_text_encoder, new_tokenizer
from training.vae import Autoencoder, new_vae

ADOPTED_STAGES = ("vae", "freeze", "text", "unet8", "unet16", "unet32")
"""What the released weights have behind them; the later stages may go on from there."""


class CheckpointsInTheWay(FileExistsError):
    """Nothing is adopted where training has left something."""


def adopt(folder: Path = FOLDER) -> None:
    """Writes the checkpoints 'decoder', 'text' and 'unet' with the folder's weights, as model and as average.

    Momenta are not released, so the optimizers start afresh; their rates warm up as they do in a first run.
    """
    taken = sorted(path.name for path in runs.RUNS.glob("*.pt"))
    if taken:
        raise CheckpointsInTheWay(
            f"{runs.RUNS} already has checkpoints ({', '.join(taken)}): move them away first."
        )
    vae = released_vae(folder)
    denoiser = Denoiser(new_text_encoder(new_tokenizer()))
    _fill(denoiser.text_encoder, folder / "text_encoder" / "model.safetensors")
    _fill(denoiser.unet, folder / "unet" / "diffusion_pytorch_model.safetensors")
    runs.RUNS.mkdir(exist_ok=True)
    runs.save_state("decoder", _first_state(vae))
    runs.save_state("text", {"model": denoiser.text_encoder.state_dict()})
    runs.save_state("unet", _first_state(denoiser))
    for stage in ADOPTED_STAGES:
        finish(stage)


def released_vae(folder: Path = FOLDER) -> Autoencoder:
    """The autoencoder of a model folder."""
    vae = new_vae()
    _fill(vae, folder / "vae" / "diffusion_pytorch_model.safetensors")
    return vae.eval().requires_grad_(False)


def _fill(module: nn.Module, weights: Path) -> None:
    """Gives the module a file's weights, in single precision."""
    values: dict[str, Tensor] = {k: v.float() for k, v in load_file(weights).items()}
    module.load_state_dict(values)


def _first_state(module: nn.Module) -> dict[str, Any]:
    values = module.state_dict()
    return {"model": values, "average": {"steps": 0, "values": values}, "step": 0}
