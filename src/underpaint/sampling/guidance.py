"""Classifier-free guidance (Ho & Salimans 2022): positive and negative prompt make one noise predictor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from underpaint.request import PromptPadding
from underpaint.sampling.denoiser import NoisePredictor


@runtime_checkable
class ConditionalPredictor(Protocol):
    """Estimates the noise in `x` (batch, 4, h, w) under each of several text contexts (1, tokens, channels)."""

    def __call__(self, x: Tensor, timestep: float, contexts: Sequence[Tensor]) -> list[Tensor]: ...


@runtime_checkable
class GuidedPredictor(Protocol):
    """A noise predictor that is told how many calls of the run went before, for what changes on the way."""

    def __call__(self, x: Tensor, timestep: float, level: float, call: int) -> Tensor: ...


@dataclass(frozen=True, slots=True)
class Weighted:
    """One prompt of a composition: its context (1, tokens, channels) and its factor on the guidance scale."""

    context: Tensor
    weight: float = 1.0


class Omission(StrEnum):
    """Why a call goes without the negative prompt."""

    EARLY = "early"
    """It is one of the first (A1111's Skip Early CFG)."""
    LOW = "low"
    """Its level is low (A1111's NGMS)."""


def never(call: int, level: float) -> Omission | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """How positive and negative prompt are put together."""

    scale: float
    omission: Callable[[int, float], Omission | None] = never
    """Why a call, by its number from 0 and its level, goes without the negative prompt, if it does."""
    shows_unguided: bool = False
    """Answers are stacks of two: the guided noise, and that of the negative prompt alone (for CFG++)."""


def guided(
    predict: ConditionalPredictor, positive: Sequence[Weighted], negative: Tensor, guidance: Guidance
) -> GuidedPredictor:
    """noise = n + scale·Σ weight·(p - n), composable diffusion (Liu et al. 2022) where there are several prompts.

    One prompt at scale 1 is its own prediction: the negative prompt has no effect then and is not evaluated. Where it
    is left out on purpose, the first prompt stands in for it and the scale is 1.
    """

    contexts = [prompt.context for prompt in positive]
    is_plain = len(positive) == 1 and positive[0].weight * guidance.scale == 1 and not guidance.shows_unguided

    def predict_guided(x: Tensor, timestep: float, level: float, call: int) -> Tensor:
        if guidance.omission(call, level):
            prompted = predict(x, timestep, contexts)
            unguided, scale = prompted[0], 1.0
        elif is_plain:
            return predict(x, timestep, contexts)[0]
        else:
            unguided, *prompted = predict(x, timestep, [negative, *contexts])
            scale = guidance.scale
        result = unguided
        for prompt, noise in zip(positive, prompted, strict=True):
            result = result + scale * prompt.weight * (noise - unguided)
        return torch.stack([result, unguided]) if guidance.shows_unguided else result

    return predict_guided


def noting_omissions(predict: GuidedPredictor, guidance: Guidance, noted: set[Omission]) -> GuidedPredictor:
    """The same predictor, which adds to `noted` why calls go without the negative prompt."""

    def predict_noting(x: Tensor, timestep: float, level: float, call: int) -> Tensor:
        if omission := guidance.omission(call, level):
            noted.add(omission)
        return predict(x, timestep, level, call)

    return predict_noting


def counting_calls(predict: GuidedPredictor) -> NoisePredictor:
    """The predictor of one run, which counts its calls from 0."""
    calls = 0

    def predict_next(x: Tensor, timestep: float, level: float) -> Tensor:
        nonlocal calls
        calls += 1
        return predict(x, timestep, level, calls - 1)

    return predict_next


def of_equal_length(contexts: Sequence[Tensor]) -> list[Tensor]:
    """Shorter contexts lengthened by repeating their last token, as A1111 does for the parts of a composition."""
    tokens = max(context.shape[1] for context in contexts)
    return [_of_length(context, tokens) for context in contexts]


def padded(
    contexts: Sequence[Tensor], negative: Tensor, padding: PromptPadding, empty: Tensor
) -> tuple[Sequence[Tensor], Tensor]:
    """Prompts and negative prompt; what is shorter than the longest is filled up with the empty prompt, or the negative
    prompt brought to the prompts' length with its own last token."""
    tokens = max(context.shape[1] for context in contexts)
    match padding:
        case PromptPadding.NONE:
            return contexts, negative
        case PromptPadding.EMPTY:
            longest = max(tokens, negative.shape[1])
            return [_followed(context, empty, longest) for context in contexts], _followed(
                negative, empty, longest
            )
        case PromptPadding.REPEAT:
            return contexts, _of_length(negative, tokens)[:, :tokens]


def _of_length(context: Tensor, tokens: int) -> Tensor:
    """The context, with its last token repeated if it has fewer."""
    return torch.cat([context, context[:, -1:].expand(-1, max(0, tokens - context.shape[1]), -1)], dim=1)


def _followed(context: Tensor, empty: Tensor, tokens: int) -> Tensor:
    """The context with as many empty prompts after it as make up so many tokens."""
    missing = (tokens - context.shape[1]) // empty.shape[1]
    return torch.cat([context, *[empty] * missing], dim=1)
