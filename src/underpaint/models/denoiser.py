"""The UNet as a predictor of noise."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from underpaint.errors import UnsupportedFeature
from underpaint.models.noise_schedule import Prediction

INPAINT_CHANNELS = 9


class Unet:
    """A network (diffusers' UNet2DConditionModel) and the noise levels it was trained on."""

    def __init__(self, model: Any, alphas_cumprod: Float[Tensor, "1000"], prediction: Prediction) -> None:
        self._model = model
        self._prediction = prediction
        self._log_snr = (alphas_cumprod.double() / (1 - alphas_cumprod.double())).log()
        self.alphas_cumprod = alphas_cumprod

    @property
    def is_inpaint_model(self) -> bool:
        """Whether the network also wants to see the mask and the masked picture."""
        return self._model.config.in_channels == INPAINT_CHANNELS

    def predict_noise(
        self,
        x: Float[Tensor, "batch 4 h w"],
        timestep: float,
        context: Float[Tensor, "contexts tokens channels"],
    ) -> Float[Tensor, "batch 4 h w"]:
        """The noise in variance-preserving latents `x` at a timestep, which may lie between two trained ones.

        `context`: text conditioning for every image, or one for all of them.
        """
        if self.is_inpaint_model:
            raise UnsupportedFeature(
                "This is an inpainting checkpoint (9 channels), which this version cannot run yet."
            )
        context = context.expand(len(x), -1, -1)
        output = torch.cat([self._call(*rows, timestep) for rows in self._calls(x, context)])
        match self._prediction:
            case Prediction.EPSILON:
                return output
            case Prediction.V:
                alpha = self._alpha_cumprod(timestep)
                return alpha**0.5 * output + (1 - alpha) ** 0.5 * x

    def _calls(self, x: Tensor, context: Tensor) -> list[tuple[Tensor, Tensor]]:
        """What the network sees at once: on a CPU one image, so that a picture's bytes do not depend on the batch it
        was made in (larger calls take other paths through the matrix library, and save nothing there)."""
        rows = 1 if x.device.type == "cpu" else len(x)
        return list(zip(x.split(rows), context.split(rows), strict=True))

    def _call(self, x: Tensor, context: Tensor, timestep: float) -> Tensor:
        dtype = self._model.dtype
        timesteps = torch.full((len(x),), timestep, dtype=torch.float32, device=x.device)
        return self._model(x.to(dtype), timesteps, context.to(dtype), return_dict=False)[0].to(x.dtype)

    def _alpha_cumprod(self, timestep: float) -> float:
        """Between two trained timesteps log sigma, half of minus log SNR, is linear, as samplers assume."""
        low = min(int(timestep), len(self._log_snr) - 2)
        log_snr = torch.lerp(self._log_snr[low], self._log_snr[low + 1], timestep - low)
        return torch.sigmoid(log_snr).item()
