"""The UNet as a predictor of noise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from underpaint.models.controlnet import Control, residuals
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
        controls: Sequence[Control] = (),
    ) -> list[Float[Tensor, "batch 4 h w"]]:
        """The noise in variance-preserving latents `x` under each of the text contexts.

        The timestep may lie between two trained ones. `seen`: what an inpainting model sees beside the latents, the
        mask (1 = repaint) and the latents of the masked picture; others take none. `controls`: ControlNets, of the same
        images; they see the latents alone.
        """
        assert (seen is not None) == self.is_inpaint_model
        images = _Images(x, seen, tuple(controls))
        return [
            self._as_noise(output, x, timestep)
            for group in self._contexts_per_call(contexts)
            for output in self._outputs(images, timestep, group)
        ]

    def _contexts_per_call(self, contexts: Sequence[Tensor]) -> list[list[Tensor]]:
        """A small network's calls cost mostly their start, so one answers for all contexts; on a CPU a large one is
        faster with one at a time."""
        is_one_length = len({context.shape[1] for context in contexts}) == 1
        if is_one_length and (self._is_small or not self._is_on_cpu):
            return [list(contexts)]
        return [[context] for context in contexts]

    def _outputs(self, images: "_Images", timestep: float, contexts: list[Tensor]) -> list[Tensor]:
        """The network's answers, one per context. On a CPU each image is a call of its own, so that a picture's bytes
        do not depend on the batch it was made in."""
        calls = [
            self._call(part, timestep, contexts) for part in (images.split() if self._is_on_cpu else [images])
        ]
        return [torch.cat(answers) for answers in zip(*calls, strict=True)]

    def _call(self, images: "_Images", timestep: float, contexts: list[Tensor]) -> tuple[Tensor, ...]:
        dtype, times = self._model.dtype, len(contexts)
        x = images.x.repeat(times, 1, 1, 1)
        states = torch.cat([context.expand(len(images.x), -1, -1) for context in contexts]).to(dtype)
        timesteps = torch.full((len(x),), timestep, dtype=torch.float32, device=x.device)
        controls = [control.repeated(times) for control in images.controls]
        added = residuals(controls, x.to(dtype), timesteps, states)
        rows = x if images.seen is None else torch.cat([x, images.seen.repeat(times, 1, 1, 1)], 1)
        output = self._model(rows.to(dtype), timesteps, states, return_dict=False, **added)[0]
        return output.to(x.dtype).chunk(times)

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


@dataclass(frozen=True, slots=True)
class _Images:
    """What the networks see of some images."""

    x: Tensor
    seen: Tensor | None
    controls: tuple[Control, ...]

    def split(self) -> "list[_Images]":
        """Each image alone."""
        return [self._of(slice(i, i + 1)) for i in range(len(self.x))]

    def _of(self, images: slice) -> "_Images":
        seen = None if self.seen is None else self.seen[images]
        return _Images(self.x[images], seen, tuple(control.of(images) for control in self.controls))
