"""Pictures to latents and back. Networks see [-1, 1]; that range exists only here."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Num
from torch import Tensor


class Vae:
    """An autoencoder (diffusers' AutoencoderKL) that shrinks pictures to an eighth of their width and height."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._scale: float = model.config.scaling_factor

    @property
    def network(self) -> Any:
        """The torch module itself."""
        return self._model

    def encode(self, pixels: Num[np.ndarray, "height width 3"]) -> Float[Tensor, "1 4 h w"]:
        """Latents of a picture (uint8, or float in [0, 1]) whose sides are multiples of 8, scaled to unit variance.

        The posterior's mean, not a sample of it: the same picture always gives the same latents.
        """
        unit = pixels.astype(np.float32) / 255 if pixels.dtype == np.uint8 else pixels.astype(np.float32)
        image = torch.from_numpy(unit).to(self._model.device).permute(2, 0, 1)[None]
        return self._model.encode(image * 2 - 1).latent_dist.mode() * self._scale

    def decode(self, latents: Float[Tensor, "1 4 h w"]) -> Float[np.ndarray, "height width 3"]:
        """The picture of one image's latents, float32 in [0, 1]."""
        image = self._model.decode(latents / self._scale).sample
        return ((image[0].permute(1, 2, 0) + 1) / 2).clamp(0, 1).cpu().numpy()
