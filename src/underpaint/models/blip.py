"""BLIP's network and tokenizer, of transformers.

Importing it takes seconds, as `networks` does: import it where a captioner is loaded, never at the top of a file. Nothing here
looks at a network.
"""

import warnings
from pathlib import Path
from typing import Any

import torch
from huggingface_hub.errors import StrictDataclassError

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.weights import Weights

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # notes about optional packages
    from transformers.models.bert.tokenization_bert import BertTokenizer
    from transformers.models.blip.configuration_blip import BlipConfig
    from transformers.models.blip.modeling_blip import BlipForConditionalGeneration

Config = dict[str, Any]
WORDS = "text_decoder.bert.embeddings.word_embeddings.weight"
VOCABULARIES = ("tokenizer.json", "vocab.txt")
PREDICTIONS = "text_decoder.cls.predictions"
SHARED = {f"{PREDICTIONS}.decoder.weight": WORDS, f"{PREDICTIONS}.decoder.bias": f"{PREDICTIONS}.bias"}
"""Tensors that files leave out because they are other ones again."""


def build_blip(config: Config, weights: Weights) -> BlipForConditionalGeneration:
    """The captioning network of a transformers configuration with these weights."""
    try:
        with torch.device("meta"):
            network: Any = BlipForConditionalGeneration(BlipConfig.from_dict(config))
    except (StrictDataclassError, AttributeError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise UnsupportedCheckpoint(f"The captioner's configuration makes no BLIP: {error}") from error
    embeddings = network.text_decoder.bert.embeddings
    positions = torch.arange(network.config.text_config.max_position_embeddings)
    embeddings.position_ids = positions.expand((1, -1))  # not in files, hence still without memory
    shared = {name: weights[other] for name, other in SHARED.items() if other in weights}
    kept = {name: tensor for name, tensor in weights.items() if not name.endswith("position_ids")}
    try:
        network.load_state_dict({**shared, **kept}, strict=True, assign=True)
    except RuntimeError as error:
        first_complaint = str(error).splitlines()[1].strip()
        raise UnsupportedCheckpoint(f"The weights do not fit a captioning BLIP: {first_complaint}") from error
    return network.eval().requires_grad_(False)


def read_words(folder: Path, *, at_most: int) -> BertTokenizer:
    """The tokenizer saved in a folder, for a network that knows so many tokens."""
    if not any((folder / name).is_file() for name in VOCABULARIES):  # transformers would make one up
        raise UnsupportedCheckpoint(f"The captioner in {folder} lacks its {' or '.join(VOCABULARIES)}.")
    try:
        tokenizer = BertTokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # the Rust library behind it raises plain ones for damaged files
        raise UnsupportedCheckpoint(f"The tokenizer in {folder} cannot be read: {error}") from error
    if len(tokenizer) > at_most:
        raise UnsupportedCheckpoint(
            f"The tokenizer in {folder} knows {len(tokenizer)} tokens, the captioner {at_most}."
        )
    return tokenizer
