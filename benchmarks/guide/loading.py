"""The models of a process, each loaded once."""

from dataclasses import replace
from functools import cache, lru_cache

import numpy as np
from torch import Tensor

from benchmarks.guide.networks import BUILTIN_ONLY
from underpaint.models.catalog import find_model
from underpaint.models.stable_diffusion import StableDiffusion, load
from underpaint.models.vae import Vae

PICTURES_REMEMBERED = 16


class RememberingVae(Vae):
    """Encodes a picture once: the arms of an experiment start from the same few, and the latents of a picture are
    always the same. For networks that nobody changes, such as by tiling."""

    def __init__(self, network: object) -> None:
        super().__init__(network)
        self._latents = lru_cache(PICTURES_REMEMBERED)(self._encode_bytes)

    def encode(self, pixels: np.ndarray) -> Tensor:
        return self._latents(pixels.tobytes(), pixels.shape, pixels.dtype.str).clone()

    def _encode_bytes(self, data: bytes, shape: tuple[int, ...], kind: str) -> Tensor:
        return super().encode(np.frombuffer(data, kind).reshape(shape))


def opened(name: str) -> StableDiffusion:
    """A builtin model, freshly loaded."""
    model = load(find_model(name, BUILTIN_ONLY), device="cpu")
    return replace(model, vae=RememberingVae(model.vae.network))


remembered = cache(opened)
"""A process's own; loading a model takes longer than a picture."""
