"""Classifier-free guidance (Ho & Salimans 2022): positive and negative prompt make one noise predictor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from underpaint.sampling.denoiser import NoisePredictor


@runtime_checkable
class ConditionalPredictor(Protocol):
    """Estimates the noise in `x` (batch, 4, h, w) under each of several text contexts (1, tokens, channels)."""

    def __call__(self, x: Tensor, timestep: float, contexts: Sequence[Tensor]) -> list[Tensor]: ...


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

    contexts = [prompt.context for prompt in positive]
    is_plain = len(positive) == 1 and positive[0].weight * scale == 1

    def predict_guided(x: Tensor, timestep: float) -> Tensor:
        if is_plain:
            return predict(x, timestep, contexts)[0]
        unguided, *prompted = predict(x, timestep, [negative, *contexts])
        result = unguided
        for prompt, noise in zip(positive, prompted, strict=True):
            result = result + scale * prompt.weight * (noise - unguided)
        return result

    return predict_guided


def of_equal_length(contexts: Sequence[Tensor]) -> list[Tensor]:
    """Shorter contexts lengthened by repeating their last token, as A1111 does for the parts of a composition."""
    tokens = max(context.shape[1] for context in contexts)
    return [
        torch.cat([context, context[:, -1:].expand(-1, tokens - context.shape[1], -1)], dim=1)
        for context in contexts
    ]
