"""A job in the model's terms: texts, pictures and masks, encoded."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from underpaint.canvas import PreparedCanvas, hidden_share, latent_mask
from underpaint.geometry import Size
from underpaint.image.resize import resized_mask, size_of
from underpaint.job import Job
from underpaint.models.inpaint_conditioning import blank_conditioning, inpaint_conditioning
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.prompt.reading import Reading
from underpaint.request import PromptPadding, TextLengths
from underpaint.sampling.denoiser import SigmaTable, adjusted_alphas
from underpaint.sampling.guidance import (
    ConditionalPredictor,
    GuidedPredictor,
    Weighted,
    guided,
    of_equal_length,
    padded,
)
from underpaint.sampling.samplers import Sampling
from underpaint.texts import PartOverTime, Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedCanvases:
    """What lies on the canvases of a job, in latents."""

    init: Tensor
    """Clean latents of every canvas (canvases, 4, h, w), before the masked content's latent part."""
    mask: Tensor | None
    """(canvases, 1, h, w), 1 = repaint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedText:
    """A prompt over time: a context (1, tokens, channels) per stretch."""

    part: PartOverTime
    contexts: tuple[Tensor, ...]

    def at(self, call: int, timeline: Timeline) -> Tensor:
        """The context of a model call."""
        return self.contexts[timeline.stretch_at(self.part.stretches, call)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedTexts:
    timeline: Timeline
    positive: tuple[EncodedText, ...]
    negative: EncodedText
    lengths: TextLengths
    padding: PromptPadding
    empty: Tensor
    """The empty prompt (1, 77, channels), as the model encodes it without LoRAs."""

    def at(self, call: int) -> tuple[list[Weighted], Tensor]:
        """Positive prompts and negative prompt of a model call."""
        contexts = [text.at(call, self.timeline) for text in self.positive]
        if self.lengths is TextLengths.A1111:
            contexts = of_equal_length(contexts)
        contexts, negative = padded(contexts, self.negative.at(call, self.timeline), self.padding, self.empty)
        weighted = [
            Weighted(context, text.part.weight) for context, text in zip(contexts, self.positive, strict=True)
        ]
        return weighted, negative


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A job in the model's terms."""

    texts: EncodedTexts
    sampling: Sampling
    canvases: EncodedCanvases | None
    """None for text-to-image."""
    seen: Tensor | None
    """(canvases, 5, h, w): what an inpainting model sees beside the latents; one row for text-to-image."""

    def predictor(
        self, predict_at: Callable[[int], ConditionalPredictor], *, from_picture: bool
    ) -> GuidedPredictor:
        """The guided predictor, with the prompts and the networks of every call, counted from 0."""
        guidance = self.sampling.guidance(from_picture=from_picture)

        def predict_guided(x: Tensor, timestep: float, level: float, call: int) -> Tensor:
            return guided(predict_at(call), *self.texts.at(call), guidance)(x, timestep, level, call)

        return predict_guided


def empty_prompt(job: Job) -> Tensor:
    """The empty prompt (1, 77, channels), with which prompts are padded; A1111 encodes it when it loads a model, before
    any LoRA changes it."""
    return job.model.text.encode("", Reading.of(job.request))


def encode(job: Job, empty: Tensor | None = None) -> Encoded:
    """Texts, pictures and masks in the model's terms. `empty`: see `empty_prompt`."""
    canvases = None
    if job.canvases:
        init = torch.cat([encoded_canvas(job.model, canvas) for canvas in job.canvases])
        canvases = EncodedCanvases(init=init, mask=latent_masks(job))
    return Encoded(
        texts=encoded_texts(job, empty_prompt(job) if empty is None else empty),
        sampling=sampling_of(job),
        canvases=canvases,
        seen=_seen(job) if job.model.is_inpaint_model else None,
    )


def sampling_of(job: Job) -> Sampling:
    """The job's sampler with the model's noise levels."""
    settings, soft = job.request.sampling, job.request.soft_inpainting
    if not job.resamples:
        settings = replace(settings, resampling=0)
    alphas = adjusted_alphas(
        torch.as_tensor(job.model.unet.alphas_cumprod), settings.noise_levels, rounds=settings.rounds_alphas
    )
    return Sampling(
        settings=settings,
        noise=job.request.noise,
        rules=job.request.rules,
        table=SigmaTable(alphas),
        soft=soft if soft.enabled else None,
    )


def encoded_texts(job: Job, empty: Tensor) -> EncodedTexts:
    """All texts; those of one prompt are encoded together."""
    texts, reading, lengths = job.texts, Reading.of(job.request), job.request.rules.text_lengths

    def encoded(part: PartOverTime) -> EncodedText:
        contexts = job.model.text.encode_together(part.texts, reading).split(1)
        if lengths is TextLengths.OWN:
            tokens = [empty.shape[1] * len(job.model.text.chunks(text, reading)) for text in part.texts]
            contexts = [context[:, :own] for context, own in zip(contexts, tokens, strict=True)]
        return EncodedText(part=part, contexts=tuple(contexts))

    return EncodedTexts(
        timeline=texts.timeline,
        positive=tuple(encoded(part) for part in texts.positive),
        negative=encoded(texts.negative),
        lengths=lengths,
        padding=job.request.prompt.padding,
        empty=empty,
    )


def encoded_canvas(model: StableDiffusion, canvas: PreparedCanvas) -> Tensor:
    """The clean latents (1, 4, h, w) of a canvas, of its working size."""
    return _at_working_size(model.vae.encode(canvas.image), canvas.plan.latents)


def _at_working_size(latents: Tensor, size: Size) -> Tensor:
    if latents.shape[2:] == (size.height, size.width):
        return latents
    return interpolate(latents, size=(size.height, size.width), mode="bilinear", antialias=False)


def latent_masks(job: Job) -> Tensor | None:
    """The masks of all canvases (canvases, 1, h, w), 1 = repaint; all of them have one, or none has."""
    rule = job.request.latent_mask_rule
    masks = [latent_mask(canvas.mask, rule) for canvas in job.canvases if canvas.mask is not None]
    return torch.from_numpy(np.stack(masks))[:, None].to(job.model.device) if masks else None


# what inpainting models see


def _seen(job: Job) -> Tensor:
    if not job.canvases:
        shape = job.latent_shape
        return blank_conditioning(job.model.vae, torch.zeros(1, *shape, device=job.model.device))
    return torch.cat([_seen_of_canvas(job, canvas) for canvas in job.canvases])


def _seen_of_canvas(job: Job, canvas: PreparedCanvas) -> Tensor:
    size = size_of(canvas.image)
    if canvas.mask is None:
        mask = np.ones((size.height, size.width), np.float32)
    else:
        mask = hidden_share(resized_mask(canvas.mask, size), job.request.latent_mask_rule)
    strength = job.request.mask.conditioning_strength
    seen = inpaint_conditioning(job.model.vae, canvas.image, mask, strength=strength)
    return _at_working_size(seen, canvas.plan.latents)
