"""The tokenizer and the text encoder: CLIP's, with the storybook's own small vocabulary."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from training.runs import Clock, Log, Worker, needed_state, save_state, set_learning_rate
from training.scenes import COLOURS, GROUNDS, KINDS, SKIES, VOCABULARY, caption, labels, random_scene

CONTEXT = 77
START, END = "<|startoftext|>", "<|endoftext|>"
WIDTH = 128

Word = tuple[str, ...]
Tokenizer: TypeAlias = Any
"""transformers' CLIPTokenizer; it says of its ids that they may be lists or strings."""


def byte_letters() -> list[str]:
    """CLIP's 256 printable stand-ins for bytes, in its order."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in printable]
    return [chr(b) for b in printable] + [chr(256 + i) for i in range(len(others))]


def learn_merges(words: Sequence[str]) -> list[tuple[str, str]]:
    """Byte-pair merges, most frequent first, until every word is a single token."""
    split: list[Word] = [(*word[:-1], word[-1] + "</w>") for word in words]
    merges: list[tuple[str, str]] = []
    while counts := Counter(pair for word in split for pair in pairwise(word)):
        best = max(counts, key=lambda pair: (counts[pair], pair))
        merges.append(best)
        split = [_merge(word, best) for word in split]
    return merges


def _merge(word: Word, pair: tuple[str, str]) -> Word:
    merged: list[str] = []
    for piece in word:
        if merged and (merged[-1], piece) == pair:
            merged[-1] += piece
        else:
            merged.append(piece)
    return tuple(merged)


def vocabulary_words() -> list[str]:
    """The scenes' words as CLIP's pre-tokenizer cuts them: "close-up" is "close", "-", "up"."""
    return sorted({w for text in VOCABULARY for w in re.findall(r"[^\W\d_]+", text.lower())})


def new_tokenizer() -> Tokenizer:
    """A CLIP tokenizer that knows each word of the captions and spells all others in bytes."""
    letters = byte_letters()
    merges: Any = learn_merges(vocabulary_words())  # annotated as list[str] below, read as pairs
    tokens = [*letters, *(c + "</w>" for c in letters), *(a + b for a, b in merges), START, END]
    vocabulary = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
    return CLIPTokenizer(
        vocab=vocabulary,
        merges=merges,
        bos_token=START,
        eos_token=END,
        unk_token=END,
        pad_token=END,
        model_max_length=CONTEXT,
    )


def tokenize(tokenizer: Tokenizer, texts: Sequence[str]) -> Tensor:
    """Token ids, padded to 77 as Stable Diffusion does."""
    ids = tokenizer(
        list(texts), padding="max_length", max_length=CONTEXT, truncation=True, return_tensors="pt"
    )
    return ids.input_ids


def new_text_encoder(tokenizer: Tokenizer) -> CLIPTextModel:
    """An untrained text encoder for the tokenizer."""
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=WIDTH,
        intermediate_size=4 * WIDTH,
        projection_dim=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=CONTEXT,
        hidden_act="quick_gelu",
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return CLIPTextModel(config)


class Reader(nn.Module):
    """Text encoder plus the heads it is warmed up with: what is drawn, and which word comes next."""

    def __init__(self, encoder: CLIPTextModel) -> None:
        super().__init__()
        self.encoder = encoder
        self.facts = nn.ModuleList(nn.Linear(WIDTH, len(names)) for names in (KINDS, COLOURS, SKIES, GROUNDS))
        self.next_word = nn.Linear(WIDTH, encoder.config.vocab_size)

    def forward(self, ids: Tensor, facts: Tensor) -> Tensor:
        """The loss on four facts about the scene and on every next token."""
        output = self.encoder(input_ids=ids)
        words = self.next_word(output.last_hidden_state[:, :-1]).flatten(0, 1)
        loss = F.cross_entropy(words, ids[:, 1:].flatten())
        for head, fact in zip(self.facts, facts.unbind(1), strict=True):
            loss = loss + F.cross_entropy(head(output.pooler_output), fact)
        return loss


def captioned_facts(rng: np.random.Generator) -> tuple[str, list[int]]:
    """A caption, and the index of kind, colour, sky and ground of its scene."""
    scene = random_scene(rng, easy=0.5)
    truth = labels(scene)
    lists = ((KINDS, truth.kind), (COLOURS, truth.colour), (SKIES, truth.sky), (GROUNDS, truth.ground))
    return caption(scene, rng), [list(names).index(name) for names, name in lists]


def train_text(worker: Worker, minutes: float, rate: float = 2e-3) -> None:
    """Warms the text encoder up; the denoiser's first stage trains it further."""
    tokenizer = new_tokenizer()
    reader = Reader(new_text_encoder(tokenizer))
    optimizer = torch.optim.AdamW(reader.parameters(), weight_decay=0.01)
    rng = np.random.default_rng(worker.rank)
    clock, log, step = Clock(minutes), Log("text"), 0
    while (share := worker.agree(clock.share)) < 1:
        texts, facts = zip(*(captioned_facts(rng) for _ in range(64)), strict=True)
        ids = tokenize(tokenizer, texts)
        longest = int((ids != tokenizer.eos_token_id).sum(1).max()) + 2
        loss = reader(ids[:, :longest], torch.tensor(facts))
        optimizer.zero_grad()
        loss.backward()
        worker.average_gradients(reader.parameters())
        set_learning_rate(optimizer, rate * clock.learning_rate_factor(share))
        optimizer.step()
        step += 1
        if step % 50 == 0 and worker.is_first:
            log.row(step=step, share=share, loss=loss.item())
    if worker.is_first:
        save_state("text", {"model": reader.encoder.state_dict()})


def load_text_encoder() -> CLIPTextModel:
    """The warmed-up text encoder."""
    state = needed_state("text")
    encoder = new_text_encoder(new_tokenizer())
    encoder.load_state_dict(state["model"])
    return encoder
