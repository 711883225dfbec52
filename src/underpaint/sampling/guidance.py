"""Classifier-free guidance (Ho & Salimans 2022): positive and negative prompt make one noise predictor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from underpaint.sampling.denoiser import NoisePredictor


@runtime_checkable
class ConditionalPredictor(Protocol):
    """Estimates the noise in `x` (batch, 4, h, w) given one text context (1, tokens, channels)."""

    def __call__(self, x: Tensor, timestep: float, context: Tensor) -> Tensor: ...


@dataclass(frozen=True, slots=True)
class Weighted:
    """One prompt of a composition: its context (1, tokens, channels) and its factor on the guidance scale."""

    context: Tensor
    weight: float = 1.0


def guided(
    predict: ConditionalPredictor, positive: Sequence[Weighted], negative: Tensor, scale: float
) -> NoisePredictor:
    """noise = n + scale·Σ weight·(p - n), composable diffusion (Liu et al. 2022) where there are several prompts.

    One prompt at scale 1 is its own prediction: the negative prompt has no effect then and is not evaluated.
    """

    def predict_guided(x: Tensor, timestep: float) -> Tensor:
        if len(positive) == 1 and positive[0].weight * scale == 1:
            return predict(x, timestep, positive[0].context)
        unguided = predict(x, timestep, negative)
        result = unguided
        for prompt in positive:
            result = result + scale * prompt.weight * (predict(x, timestep, prompt.context) - unguided)
        return result

    return predict_guided


def of_equal_length(contexts: Sequence[Tensor]) -> list[Tensor]:
    """Shorter contexts lengthened by repeating their last token, as A1111 does for the parts of a composition."""
    tokens = max(context.shape[1] for context in contexts)
    return [
        torch.cat([context, context[:, -1:].expand(-1, tokens - context.shape[1], -1)], dim=1)
        for context in contexts
    ]
