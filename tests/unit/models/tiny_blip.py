"""A BLIP with 20 thousand random weights, as transformers itself saves it."""

import json
from pathlib import Path

import torch
from transformers import BertTokenizer, BlipConfig, BlipForConditionalGeneration

SIDE_PX = 32
WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "[DEC]",
    "a",
    "cat",
    "girl",
    ",",
    "-",
    "close",
    "up",
    "(",
    ")",
    "on",
    "the",
    "sand",
]
MEAN, STD = [0.5, 0.4, 0.3], [0.2, 0.3, 0.4]
EYES = {"image_mean": MEAN, "image_std": STD, "size": {"height": SIDE_PX, "width": SIDE_PX}}


def write_blip(folder: Path) -> Path:
    """Writes it into the folder, with random weights that are the same every time."""
    torch.manual_seed(7)
    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    vision = {**sizes, "image_size": SIDE_PX, "patch_size": 8, "initializer_range": 0.5}
    special = {"bos_token_id": 5, "eos_token_id": 3, "sep_token_id": 3, "pad_token_id": 0}
    text = {
        **sizes,
        **special,
        "vocab_size": len(WORDS),
        "max_position_embeddings": 24,
        "initializer_range": 0.5,
    }
    config = BlipConfig(vision_config=vision, text_config=text, initializer_range=0.5)
    BlipForConditionalGeneration(config).save_pretrained(folder)
    BertTokenizer(vocab={word: i for i, word in enumerate(WORDS)}, bos_token="[DEC]").save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(EYES))
    return folder
