"""Prompts to conditioning: CLIP's text encoder with emphasis, long prompts and clip skip."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from underpaint.errors import InvalidRequest
from underpaint.prompt.chunks import Chunk, SpecialTokens, chunked
from underpaint.prompt.parser import Piece, parse_emphasis
from underpaint.request import Emphasis


class TextEncoder:
    """A tokenizer (transformers' CLIPTokenizer) and the network that reads its tokens (CLIPTextModel)."""

    def __init__(self, tokenizer: Any, model: Any) -> None:
        self._tokenizer = tokenizer
        self._model = model
        (comma,) = self.tokenize(",")
        self._special = SpecialTokens(
            begin=tokenizer.bos_token_id, end=tokenizer.eos_token_id, pad=tokenizer.pad_token_id, comma=comma
        )

    def tokenize(self, text: str) -> list[int]:
        """Token ids of the text, without begin and end marks, however long."""
        return self._tokenizer(text, add_special_tokens=False, truncation=False, verbose=False)["input_ids"]

    def chunks(self, prompt: str, *, emphasis: Emphasis) -> tuple[Chunk, ...]:
        """The prompt as the encoder will read it; with `Emphasis.NONE` brackets and BREAK are text."""
        pieces = (Piece(prompt),) if emphasis is Emphasis.NONE else parse_emphasis(prompt)
        return chunked(pieces, self.tokenize, self._special)

    def encode(
        self, prompt: str, *, clip_skip: int, emphasis: Emphasis
    ) -> Float[Tensor, "1 tokens channels"]:
        """Token vectors of the prompt, 77 per chunk. `clip_skip` 1 takes the last layer, 2 the one before, …"""
        layers = self._model.config.num_hidden_layers
        if not 1 <= clip_skip <= layers:
            raise InvalidRequest(
                f"clip_skip must lie between 1 and {layers} for this model, not {clip_skip}."
            )
        chunks = self.chunks(prompt, emphasis=emphasis)
        return torch.cat([self._encode_chunk(chunk, clip_skip, emphasis) for chunk in chunks], dim=1)

    def _encode_chunk(
        self, chunk: Chunk, clip_skip: int, emphasis: Emphasis
    ) -> Float[Tensor, "1 77 channels"]:
        ids = torch.tensor([chunk.token_ids], device=self._model.device)
        multipliers = torch.tensor(chunk.multipliers, device=self._model.device)[None, :, None]
        z = self._hidden(ids, clip_skip)
        match emphasis:
            case Emphasis.ORIGINAL:
                weighted = z * multipliers
                return weighted * (z.mean() / weighted.mean())
            case Emphasis.NO_NORM:
                return z * multipliers
            case Emphasis.IGNORE | Emphasis.NONE:
                return z

    def _hidden(self, ids: Tensor, clip_skip: int) -> Tensor:
        if clip_skip == 1:
            return self._model(input_ids=ids).last_hidden_state
        hidden_states = self._model(input_ids=ids, output_hidden_states=True).hidden_states
        return self._model.final_layer_norm(hidden_states[-clip_skip])
