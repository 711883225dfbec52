"""Models saved as a folder in diffusers' layout: one subfolder per network, with its configuration beside its weights."""

from pathlib import Path
from typing import Any

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.noise_schedule import TRAIN_TIMESTEPS, BetaSchedule, NoiseSchedule, Prediction
from underpaint.models.parts import INDEX, PARTS, Config, find_part, read_config
from underpaint.models.weights import Weights, read_weights

WEIGHT_FILES = (
    "diffusion_pytorch_model.safetensors",
    "diffusion_pytorch_model.fp16.safetensors",
    "model.safetensors",
    "model.fp16.safetensors",
)


def require_stable_diffusion(folder: Path) -> None:
    """Raises `UnsupportedCheckpoint`, saying why, unless the folder holds a model with one CLIP text encoder."""
    index = read_config(folder / INDEX)
    if "text_encoder_2" in index:
        raise UnsupportedCheckpoint(
            f"{folder.name} is a Stable Diffusion XL model, which this version does not support yet."
        )
    missing = [part for part in PARTS if not find_part(folder, part).is_dir()]
    if missing:
        raise UnsupportedCheckpoint(f"The model folder {folder} lacks {', '.join(missing)}.")


def weight_file(folder: Path) -> Path:
    """The weights of one network."""
    for name in WEIGHT_FILES:
        if (folder / name).is_file():
            return folder / name
    raise UnsupportedCheckpoint(
        f"{folder} holds no safetensors weights (looked for {', '.join(WEIGHT_FILES)})."
    )


def read_network(folder: Path) -> tuple[Config, Weights]:
    """Configuration and weights of one network."""
    weights = read_weights(weight_file(folder))
    return read_config(folder / "config.json"), {
        name.removeprefix("text_model."): tensor for name, tensor in weights.items()
    }


def read_noise_schedule(folder: Path) -> NoiseSchedule:
    """The training noise that the model's scheduler configuration describes."""
    config = read_config(find_part(folder, "scheduler") / "scheduler_config.json")
    if config.get("num_train_timesteps", TRAIN_TIMESTEPS) != TRAIN_TIMESTEPS:
        raise UnsupportedCheckpoint(f"Only models trained on {TRAIN_TIMESTEPS} timesteps are supported.")
    for option in ("trained_betas", "rescale_betas_zero_snr"):
        if config.get(option):
            raise UnsupportedCheckpoint(
                f"The model's scheduler sets {option}, which this version does not support."
            )
    # What diffusers' schedulers assume where a configuration is silent.
    return NoiseSchedule(
        beta_start=config.get("beta_start", 0.0001),
        beta_end=config.get("beta_end", 0.02),
        betas=_choice(BetaSchedule, config.get("beta_schedule", "linear")),
        prediction=_choice(Prediction, config.get("prediction_type", "epsilon")),
    )


def _choice(cls: Any, value: Any) -> Any:
    known = [member.value for member in cls]
    if value not in known:
        raise UnsupportedCheckpoint(
            f"The scheduler's setting {value!r} is not supported; known: {', '.join(known)}."
        )
    return cls(value)
