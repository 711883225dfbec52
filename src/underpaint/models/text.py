"""Prompts to conditioning: CLIP's text encoder with emphasis, long prompts and clip skip."""

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from underpaint.errors import InvalidRequest, UnsupportedCheckpoint
from underpaint.models.embeddings import Embedding
from underpaint.prompt.chunks import Chunk, SpecialTokens, Word, chunked
from underpaint.prompt.parser import Break, Piece, parse_emphasis
from underpaint.request import Emphasis


class TextEncoder:
    """A tokenizer (transformers' CLIPTokenizer) and the network that reads its tokens (CLIPTextModel)."""

    def __init__(self, tokenizer: Any, model: Any) -> None:
        self._tokenizer = tokenizer
        self._model = model
        self._vectors: dict[str, Tensor] = {}
        self._words: list[Word] = []
        (comma,) = self.tokenize(",")
        self._special = SpecialTokens(
            begin=tokenizer.bos_token_id, end=tokenizer.eos_token_id, pad=tokenizer.pad_token_id, comma=comma
        )

    @property
    def network(self) -> Any:
        """The torch module itself."""
        return self._model

    @property
    def channels(self) -> int:
        """Numbers per token vector."""
        return self._model.config.hidden_size

    def tokenize(self, text: str) -> list[int]:
        """Token ids of the text, without begin and end marks, however long."""
        return self._tokenizer(text, add_special_tokens=False, truncation=False, verbose=False)["input_ids"]

    def chunks(self, prompt: str, *, emphasis: Emphasis) -> tuple[Chunk, ...]:
        """The prompt as the encoder will read it; with `Emphasis.NONE` brackets and BREAK are text."""
        return chunked(self._pieces(prompt, emphasis), self.tokenize, self._special, self._words)

    def _pieces(self, prompt: str, emphasis: Emphasis) -> tuple[Piece | Break, ...]:
        return (Piece(prompt),) if emphasis is Emphasis.NONE else parse_emphasis(prompt)

    def mentioned(
        self, names: Iterable[str], prompts: Iterable[str], *, emphasis: Emphasis
    ) -> tuple[str, ...]:
        """Which of these names of embeddings occur in the prompts, in their order there."""
        words = [Word(name=name, token_ids=tuple(self.tokenize(name)), vectors=1) for name in names]
        found: dict[str, None] = {}
        for prompt in prompts:
            for chunk in chunked(self._pieces(prompt, emphasis), self.tokenize, self._special, words):
                found.update(dict.fromkeys(name for _, name in chunk.words))
        return tuple(found)

    def learn(self, embeddings: Iterable[Embedding]) -> None:
        """From now on the names of these textual inversions stand for their vectors; earlier ones are forgotten."""
        self._vectors = {embedding.name: embedding.vectors for embedding in embeddings}
        for name, vectors in self._vectors.items():
            if vectors.shape[1] != self.channels:
                raise UnsupportedCheckpoint(
                    f"The embedding {name} has vectors of {vectors.shape[1]} numbers; this model's text encoder has "
                    f"{self.channels}."
                )
        self._words = [
            Word(name=name, token_ids=tuple(self.tokenize(name)), vectors=len(vectors))
            for name, vectors in self._vectors.items()
        ]

    def encode(
        self, prompt: str, *, clip_skip: int, emphasis: Emphasis
    ) -> Float[Tensor, "1 tokens channels"]:
        """Token vectors of the prompt, 77 per chunk. `clip_skip` 1 takes the last layer, 2 the one before, …"""
        return self.encode_together([prompt], clip_skip=clip_skip, emphasis=emphasis)

    def encode_together(
        self, prompts: Sequence[str], *, clip_skip: int, emphasis: Emphasis
    ) -> Float[Tensor, "prompts tokens channels"]:
        """Token vectors of variants of one prompt. Shorter ones are filled up with chunks of the empty prompt;
        emphasis keeps the mean over all of them."""
        layers = self._model.config.num_hidden_layers
        if not 1 <= clip_skip <= layers:
            raise InvalidRequest(
                f"clip_skip must lie between 1 and {layers} for this model, not {clip_skip}."
            )
        (empty,) = self.chunks("", emphasis=emphasis)
        columns = zip_longest(*(self.chunks(text, emphasis=emphasis) for text in prompts), fillvalue=empty)
        return torch.cat([self._encode_chunks(chunks, clip_skip, emphasis) for chunks in columns], dim=1)

    def _encode_chunks(
        self, chunks: Sequence[Chunk], clip_skip: int, emphasis: Emphasis
    ) -> Float[Tensor, "prompts 77 channels"]:
        ids = torch.tensor([chunk.token_ids for chunk in chunks], device=self._model.device)
        multipliers = torch.tensor([chunk.multipliers for chunk in chunks], device=self._model.device)[
            ..., None
        ]
        with self._spoken(chunks):
            z = self._hidden(ids, clip_skip)
        match emphasis:
            case Emphasis.ORIGINAL:
                weighted = z * multipliers
                return weighted * (z.mean() / weighted.mean())
            case Emphasis.NO_NORM:
                return z * multipliers
            case Emphasis.IGNORE | Emphasis.NONE:
                return z

    @contextmanager
    def _spoken(self, chunks: Sequence[Chunk]) -> Generator[None]:
        """Puts the vectors of embeddings in their places when the network looks up its tokens."""

        def replaced(module: nn.Module, arguments: tuple[Any, ...], looked_up: Tensor) -> Tensor:
            spoken = looked_up.clone()
            for row, chunk in enumerate(chunks):
                for place, name in chunk.words:
                    vectors = self._vectors[name].to(spoken)
                    spoken[row, place : place + len(vectors)] = vectors
            return spoken

        if not any(chunk.words for chunk in chunks):
            yield
            return
        handle = self._model.embeddings.token_embedding.register_forward_hook(replaced)
        try:
            yield
        finally:
            handle.remove()

    def _hidden(self, ids: Tensor, clip_skip: int) -> Tensor:
        if clip_skip == 1:
            return self._model(input_ids=ids).last_hidden_state
        hidden_states = self._model(input_ids=ids, output_hidden_states=True).hidden_states
        return self._model.final_layer_norm(hidden_states[-clip_skip])
