"""Text to pictures with the model in training, for sheets and figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from torch import Tensor

from training.denoiser import Denoiser
from training.runs import autocast
from training.sheets import Picture, to_pictures
from training.text import Tokenizer, tokenize
from training.vae import Autoencoder, decode


@dataclass(frozen=True, slots=True)
class Storybook:
    """All parts of the model."""

    tokenizer: Tokenizer
    denoiser: Denoiser
    vae: Autoencoder


def noise_scheduler() -> DDIMScheduler:
    """Stable Diffusion 1's noise levels, with v-prediction."""
    return DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        num_train_timesteps=1000,
        prediction_type="v_prediction",
        clip_sample=False,
        set_alpha_to_one=False,
        timestep_spacing="trailing",
    )


def initial_noise(seeds: Sequence[int], width: int, height: int) -> Tensor:
    """One latent per seed, each from its own generator, so that batches do not matter."""
    shape = (4, height // 8, width // 8)
    return torch.stack([torch.randn(shape, generator=torch.Generator().manual_seed(s)) for s in seeds])


@torch.no_grad()
def sample_latents(
    model: Storybook,
    prompts: Sequence[str],
    noise: Tensor,
    steps: int,
    guidance: float,
    shown: Tensor | None = None,
) -> Tensor:
    """Deterministic DDIM with classifier-free guidance; `shown` is what the denoiser is given beside the noise."""
    ids = tokenize(model.tokenizer, [*prompts, ""])
    device = model.denoiser.unet.device
    states = model.denoiser.states(ids.to(device))
    positive, negative = states[:-1], states[-1:].expand(len(prompts), -1, -1)
    scheduler: Any = noise_scheduler()
    scheduler.set_timesteps(steps)
    x = noise.to(device)
    seen = x[:, :0] if shown is None else shown.to(device)
    for t in scheduler.timesteps:
        with autocast():
            said = model.denoiser.velocity(x, seen, t, positive).float()
            unsaid = model.denoiser.velocity(x, seen, t, negative).float()
        x = scheduler.step(unsaid + guidance * (said - unsaid), int(t), x).prev_sample
    return x


@torch.no_grad()
def generate(
    model: Storybook,
    prompts: Sequence[str],
    seeds: Sequence[int],
    *,
    size_px: int = 256,
    steps: int = 25,
    guidance: float = 5.0,
    batch: int = 8,
) -> list[Picture]:
    """One square picture per prompt and seed."""
    pictures: list[Picture] = []
    for start in range(0, len(prompts), batch):
        noise = initial_noise(seeds[start : start + batch], size_px, size_px)
        latents = sample_latents(model, prompts[start : start + batch], noise, steps, guidance)
        pictures += to_pictures(decode(model.vae, latents))
    return pictures


def enlarge(picture: Picture, factor: int) -> Picture:
    """The picture with every pixel repeated."""
    return np.repeat(np.repeat(picture, factor, 0), factor, 1)
