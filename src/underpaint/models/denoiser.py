"""The UNet as a predictor of noise."""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from underpaint.models.noise_schedule import Prediction

INPAINT_CHANNELS = 9
SMALL_NETWORK_PARAMETERS = 100_000_000
"""Between storybook, where sharing a call saves a fifth, and Stable Diffusion 1, where it costs time."""


class Unet:
    """A network (diffusers' UNet2DConditionModel) and the noise levels it was trained on."""

    def __init__(self, model: Any, alphas_cumprod: Float[Tensor, "1000"], prediction: Prediction) -> None:
        self._model = model
        self._prediction = prediction
        self._log_snr = (alphas_cumprod.double() / (1 - alphas_cumprod.double())).log()
        self._is_small = sum(p.numel() for p in model.parameters()) < SMALL_NETWORK_PARAMETERS
        self._is_on_cpu = model.device.type == "cpu"
        self.alphas_cumprod = alphas_cumprod

    @property
    def network(self) -> Any:
        """The torch module itself."""
        return self._model

    @property
    def is_inpaint_model(self) -> bool:
        """Whether the network also wants to see the mask and the masked picture."""
        return self._model.config.in_channels == INPAINT_CHANNELS

    def predict_noise(
        self,
        x: Float[Tensor, "batch 4 h w"],
        timestep: float,
        contexts: Sequence[Float[Tensor, "1 _ channels"]],
        *,
        seen: Float[Tensor, "batch 5 h w"] | None = None,
    ) -> list[Float[Tensor, "batch 4 h w"]]:
        """The noise in variance-preserving latents `x` under each of the text contexts.

        The timestep may lie between two trained ones. `seen`: what an inpainting model sees beside the latents, the
        mask (1 = repaint) and the latents of the masked picture; others take none.
        """
        assert (seen is not None) == self.is_inpaint_model
        return [
            self._as_noise(output, x, timestep)
            for group in self._contexts_per_call(contexts)
            for output in self._outputs(x if seen is None else torch.cat([x, seen], 1), timestep, group)
        ]

    def _contexts_per_call(self, contexts: Sequence[Tensor]) -> list[list[Tensor]]:
        """A small network's calls cost mostly their start, so one answers for all contexts; on a CPU a large one is
        faster with one at a time."""
        is_one_length = len({context.shape[1] for context in contexts}) == 1
        if is_one_length and (self._is_small or not self._is_on_cpu):
            return [list(contexts)]
        return [[context] for context in contexts]

    def _outputs(self, x: Tensor, timestep: float, contexts: list[Tensor]) -> list[Tensor]:
        """The network's answers, one per context. On a CPU each image is a call of its own, so that a picture's bytes
        do not depend on the batch it was made in."""
        calls = [
            self._call(images, timestep, contexts) for images in x.split(1 if self._is_on_cpu else len(x))
        ]
        return [torch.cat(answers) for answers in zip(*calls, strict=True)]

    def _call(self, x: Tensor, timestep: float, contexts: list[Tensor]) -> tuple[Tensor, ...]:
        dtype = self._model.dtype
        rows = x.repeat(len(contexts), 1, 1, 1)
        states = torch.cat([context.expand(len(x), -1, -1) for context in contexts])
        timesteps = torch.full((len(rows),), timestep, dtype=torch.float32, device=x.device)
        output = self._model(rows.to(dtype), timesteps, states.to(dtype), return_dict=False)[0]
        return output.to(x.dtype).chunk(len(contexts))

    def _as_noise(self, output: Tensor, x: Tensor, timestep: float) -> Tensor:
        match self._prediction:
            case Prediction.EPSILON:
                return output
            case Prediction.V:
                alpha = self._alpha_cumprod(timestep)
                return alpha**0.5 * output + (1 - alpha) ** 0.5 * x

    def _alpha_cumprod(self, timestep: float) -> float:
        """Between two trained timesteps log sigma, half of minus log SNR, is linear, as samplers assume."""
        low = min(int(timestep), len(self._log_snr) - 2)
        log_snr = torch.lerp(self._log_snr[low], self._log_snr[low + 1], timestep - low)
        return torch.sigmoid(log_snr).item()
