"""Writes the trained captioner as a folder of transformers' layout, as other BLIP models come."""

import json
from pathlib import Path

from training.captioner import NAME, TEXT, VISION, load_captioner
from training.captioner_lessons import SIDE_PX
from training.describing import new_tokenizer, words
from training.export import FOLDER, replaced

CAPTIONER_FOLDER = FOLDER.with_name(f"{FOLDER.name}-{NAME}")
EYES = {
    "image_processor_type": "BlipImageProcessor",
    "do_convert_rgb": True,
    "do_resize": True,
    "size": {"height": SIDE_PX, "width": SIDE_PX},
    "resample": 3,  # bicubic
    "do_rescale": True,
    "rescale_factor": 1 / 255,
    "do_normalize": True,
    "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5],
}

CARD = """\
---
license: apache-2.0
tags: [image-to-text, blip]
---
# Storybook captioner

Says what is in pictures that the storybook model paints, as a prompt for it: "a girl with red hair and a blue dress and an orange cat
in the snow, night". A BLIP of {millions:.1f} million parameters for pictures of {side} px: a vision transformer of {layers} layers, a text
decoder of {text_layers}, and a vocabulary of {words} words. transformers loads it like any other BLIP.

It was trained on drawn scenes alone (`training/captioner.py`), and its figures are in the storybook model's card. It knows six subjects,
their colours, three skies and five grounds; of anything else it says what comes nearest, and of faces closer than
head and shoulders more than is there. Apache-2.0, weights included.
"""


def export_captioner(folder: Path = CAPTIONER_FOLDER) -> None:
    """Replaces the folder in one step by the last checkpoint's averaged weights in half precision."""
    captioner = load_captioner()
    card = CARD.format(
        millions=captioner.num_parameters() / 1e6,
        side=SIDE_PX,
        layers=VISION["num_hidden_layers"],
        text_layers=TEXT["num_hidden_layers"],
        words=len(words()),
    )
    with replaced(folder) as new:
        captioner.half().save_pretrained(new)
        (new / "model.safetensors").chmod(0o644)
        new_tokenizer().save_pretrained(new)
        (new / "preprocessor_config.json").write_text(json.dumps(EYES, indent=2) + "\n")
        (new / "MODEL_CARD.md").write_text(card)
