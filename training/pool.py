"""A pool of encoded scenes that a denoiser trains on while new ones keep coming in."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import Tensor
from transformers import CLIPTokenizer

from training.data import to_pixels
from training.scenes import caption, draw, random_scene
from training.text import CONTEXT, tokenize
from training.vae import encode

CAPTIONS = 3
"""Captions written per scene; each visit reads one of them."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A latent size."""

    width: int
    height: int


class Pool:
    """Encoded scenes of one latent shape, half of them close-ups, in fixed memory; the oldest give way."""

    def __init__(self, shape: Shape, capacity: int) -> None:
        self.shape = shape
        self.latents = torch.zeros(2, capacity, 4, shape.height, shape.width, dtype=torch.float16)
        self.ids = torch.zeros(2, capacity, CAPTIONS, CONTEXT, dtype=torch.int16)
        self.added = [0, 0]

    def add(self, is_easy: bool, latents: Tensor, ids: Tensor) -> None:
        """Takes in scenes of one difficulty."""
        capacity = self.latents.shape[1]
        slots = (torch.arange(len(latents)) + self.added[is_easy]) % capacity
        self.latents[int(is_easy), slots] = latents.half()
        self.ids[int(is_easy), slots] = ids.to(torch.int16)
        self.added[is_easy] += len(latents)

    def draw(self, count: int, easy_share: float, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """A random batch of latents and token ids."""
        easy = torch.from_numpy(rng.random(count) < easy_share).long()
        filled = np.minimum(self.added, self.latents.shape[1])[easy.numpy()]
        slots = torch.from_numpy((rng.random(count) * filled).astype(np.int64))
        told = torch.from_numpy(rng.integers(CAPTIONS, size=count))
        return self.latents[easy, slots].float(), self.ids[easy, slots, told].long()

    def state_dict(self) -> dict[str, Any]:
        filled = min(max(self.added), self.latents.shape[1])
        return {
            "latents": self.latents[:, :filled].clone(),
            "ids": self.ids[:, :filled].clone(),
            "added": self.added,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        latents, ids = state["latents"], state["ids"]
        self.latents[:, : latents.shape[1]] = latents
        self.ids[:, : ids.shape[1]] = ids
        self.added = list(state["added"])


class Cook:
    """Draws scenes and encodes them for pools."""

    def __init__(self, vae: AutoencoderKL, tokenizer: CLIPTokenizer, seed: int) -> None:
        self.vae, self.tokenizer = vae, tokenizer
        self.rng = np.random.default_rng(seed)

    def feed(self, pool: Pool, count: int) -> None:
        """Adds `count` new scenes of each difficulty."""
        for is_easy in (False, True):
            scenes = [random_scene(self.rng, easy=float(is_easy)) for _ in range(count)]
            width, height = pool.shape.width * 8, pool.shape.height * 8
            pixels = to_pixels([draw(scene, width, height) for scene in scenes])
            with torch.autocast(self.vae.device.type, torch.bfloat16):
                latents = encode(self.vae, pixels.to(self.vae.device))
            texts = [caption(scene, self.rng) for scene in scenes for _ in range(CAPTIONS)]
            ids = tokenize(self.tokenizer, texts).view(count, CAPTIONS, CONTEXT)
            pool.add(is_easy, latents.float().cpu(), ids)
