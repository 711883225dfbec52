"""Prompts to conditioning: CLIP's text encoder with emphasis, long prompts and clip skip."""

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any

import torch
from ftfy import fix_text
from jaxtyping import Float
from torch import Tensor, nn

from underpaint.errors import InvalidRequest, UnsupportedCheckpoint
from underpaint.models.embeddings import Embedding
from underpaint.prompt.chunks import Chunk, SpecialTokens, Word, chunked
from underpaint.prompt.parser import Break, Piece, parse_emphasis
from underpaint.prompt.reading import Reading
from underpaint.request import Emphasis, EmphasisMean


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
        """Token ids of the text, without begin and end marks, however long.

        Before CLIP splits a text, its broken and merely typographic characters are mended: curly quotes become
        straight, wide letters and commas narrow, ligatures letters.
        """
        mended = " ".join(fix_text(text).split()).lower()
        return self._tokenizer(mended, add_special_tokens=False, truncation=False, verbose=False)["input_ids"]

    def chunks(self, prompt: str, reading: Reading) -> tuple[Chunk, ...]:
        """The prompt as the encoder will read it; with `Emphasis.NONE` brackets and BREAK are text."""
        return self._chunks(prompt, reading, self._words)

    def _chunks(self, prompt: str, reading: Reading, words: Iterable[Word]) -> tuple[Chunk, ...]:
        return chunked(_pieces(prompt, reading), self.tokenize, self._special, words, reading)

    def mentioned(self, names: Iterable[str], prompts: Iterable[str], reading: Reading) -> tuple[str, ...]:
        """Which of these names of embeddings occur in the prompts, in their order there."""
        words = [self._word(name, vectors=1) for name in names]
        found: dict[str, None] = {}
        for prompt in prompts:
            for chunk in self._chunks(prompt, reading, words):
                found.update(dict.fromkeys(name for _, name in chunk.words))
        return tuple(found)

    def spoken(
        self, embeddings: Iterable[Embedding], prompts: Iterable[str], reading: Reading
    ) -> tuple[str, ...]:
        """The names of those embeddings whose vectors take part when variants of one prompt are encoded together, in
        that order."""
        words = [self._word(each.name, vectors=len(each.vectors)) for each in embeddings]
        columns = zip_longest(*(self._chunks(prompt, reading, words) for prompt in prompts))
        names = (name for column in columns for chunk in column if chunk for _, name in chunk.words)
        return tuple(dict.fromkeys(names))

    def count_chunks(self, embeddings: Iterable[Embedding], prompts: Iterable[str], reading: Reading) -> int:
        """How many chunks of 77 tokens variants of one prompt become when these embeddings are known."""
        words = [self._word(each.name, vectors=len(each.vectors)) for each in embeddings]
        return max(len(self._chunks(prompt, reading, words)) for prompt in prompts)

    def _word(self, name: str, *, vectors: int) -> Word:
        return Word(name=name, token_ids=tuple(self.tokenize(name)), vectors=vectors)

    def learn(self, embeddings: Iterable[Embedding]) -> None:
        """From now on the names of these textual inversions stand for their vectors; earlier ones are forgotten."""
        self._vectors = {embedding.name: embedding.vectors for embedding in embeddings}
        for name, vectors in self._vectors.items():
            if vectors.shape[1] != self.channels:
                raise UnsupportedCheckpoint(
                    f"The embedding {name} has vectors of {vectors.shape[1]} numbers; this model's text encoder has "
                    f"{self.channels}."
                )
        self._words = [self._word(name, vectors=len(vectors)) for name, vectors in self._vectors.items()]

    def encode(self, prompt: str, reading: Reading) -> Float[Tensor, "1 tokens channels"]:
        """Token vectors of the prompt, 77 per chunk."""
        return self.encode_together([prompt], reading)

    def encode_together(
        self, prompts: Sequence[str], reading: Reading
    ) -> Float[Tensor, "prompts tokens channels"]:
        """Token vectors of variants of one prompt. Shorter ones are filled up with chunks of the empty prompt."""
        layers = self._model.config.num_hidden_layers
        if not 1 <= reading.clip_skip <= layers:
            raise InvalidRequest(
                f"clip_skip must lie between 1 and {layers} for this model, not {reading.clip_skip}."
            )
        (empty,) = self.chunks("", reading)
        columns = zip_longest(*(self.chunks(text, reading) for text in prompts), fillvalue=empty)
        return torch.cat([self._encode_chunks(chunks, reading) for chunks in columns], dim=1)

    def _encode_chunks(
        self, chunks: Sequence[Chunk], reading: Reading
    ) -> Float[Tensor, "prompts 77 channels"]:
        ids = torch.tensor([chunk.token_ids for chunk in chunks], device=self._model.device)
        multipliers = torch.tensor([chunk.multipliers for chunk in chunks], device=self._model.device)[
            ..., None
        ]
        with self._spoken(chunks):
            z = self._hidden(ids, reading.clip_skip)
        match reading.emphasis:
            case Emphasis.ORIGINAL:
                weighted = z * multipliers
                return weighted * (_mean(z, reading) / _mean(weighted, reading))
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


def _pieces(prompt: str, reading: Reading) -> tuple[Piece | Break, ...]:
    return (Piece(prompt),) if reading.emphasis is Emphasis.NONE else parse_emphasis(prompt, reading.breaks)


def _mean(z: Tensor, reading: Reading) -> Tensor:
    """The mean that emphasis keeps: one for all, or one per row."""
    return z.mean() if reading.emphasis_mean is EmphasisMean.A1111 else z.mean(dim=(1, 2), keepdim=True)
