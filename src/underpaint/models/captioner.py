"""Captioners: BLIP networks that say what is in a picture."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import UInt8
from torch import Tensor

from underpaint.errors import UnsupportedCheckpoint
from underpaint.geometry import Size
from underpaint.models.folder import Config, read_config, read_network
from underpaint.models.memory import out_of_memory_explained

MOST_TOKENS = 48
NEVER_TWICE = 4
"""So many tokens in a row occur once: the likeliest next word leads in circles in pictures of a kind that is new to a captioner."""
CLIP_MEAN, CLIP_STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
"""What BLIP's pictures are normalised by unless a folder says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Captioner:
    """A captioner in memory, on one device."""

    name: str
    size: Size
    """Of the pictures it looks at, whatever their shape was."""
    network: Any
    """transformers' BlipForConditionalGeneration."""
    tokenizer: Any
    mean: Tensor
    std: Tensor

    def caption(self, pixels: UInt8[np.ndarray, "height width 3"]) -> str:
        """What it sees in RGB pixels of its size, the likeliest word by word, as a prompt."""
        assert pixels.shape[1::-1] == self.size
        levels = torch.from_numpy(pixels.copy()).to(self.mean.device).movedim(2, 0).float() / 255
        with out_of_memory_explained(), torch.inference_mode():
            (ids,) = self.network.generate(
                ((levels - self.mean) / self.std)[None],
                do_sample=False,
                num_beams=1,
                no_repeat_ngram_size=NEVER_TWICE,
                max_length=min(MOST_TOKENS, self.network.config.text_config.max_position_embeddings),
            )
        return as_prompt(self.tokenizer.decode(ids[1:], skip_special_tokens=True))


def as_prompt(text: str) -> str:
    """A caption as BERT's tokenizer spells it, without what has a meaning in prompts."""
    joined = re.sub(r"\s*-\s*", "-", " ".join(text.split()))
    return re.sub(r"([()\[\]])", r"\\\1", joined)


def load_captioner(folder: Path, *, device: str | torch.device = "cpu") -> Captioner:
    """Reads a captioner in transformers' layout. Nothing is looked up on a network. The first call in a process also
    imports transformers, which takes seconds."""
    config = read_config(folder / "config.json")
    if config.get("model_type") != "blip":
        raise UnsupportedCheckpoint(
            f"{folder} holds no BLIP, but a model of type {config.get('model_type')!r}."
        )
    with out_of_memory_explained():
        _, weights = read_network(folder)

        from underpaint.models import blip

        network: Any = blip.build_blip(config, weights)
        network.to(device)
        tokenizer = blip.read_words(folder, at_most=network.config.text_config.vocab_size)
    mean, std = (torch.tensor(values, device=device)[:, None, None] for values in _normalisation(folder))
    side = network.config.vision_config.image_size
    if not isinstance(side, int):
        raise UnsupportedCheckpoint(
            f"The captioner in {folder} looks at pictures that are not square: {side}."
        )
    return Captioner(
        name=folder.name,
        size=Size(side, side),
        network=network,
        tokenizer=tokenizer,
        mean=mean,
        std=std,
    )


def _normalisation(folder: Path) -> tuple[list[float], list[float]]:
    """Mean and standard deviation of the levels of red, green and blue, in [0, 1]."""
    file = folder / "preprocessor_config.json"
    config: Config = read_config(file) if file.is_file() else {}
    found = [config.get("image_mean", CLIP_MEAN), config.get("image_std", CLIP_STD)]
    for values in found:
        if not isinstance(values, list | tuple) or len(values) != 3:
            raise UnsupportedCheckpoint(f"{file} names no three levels of red, green and blue: {values!r}.")
    return tuple(found)
