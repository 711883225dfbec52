"""Writes the trained captioner as a folder of transformers' layout, as other BLIP models come."""

import json
import shutil
from pathlib import Path

from training.captioner import NAME, load_captioner
from training.captioner_lessons import SIDE_PX
from training.describing import new_tokenizer
from training.export import FOLDER

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


def export_captioner(folder: Path = CAPTIONER_FOLDER) -> None:
    """Replaces the folder in one step by the last checkpoint's averaged weights in half precision."""
    temporary = folder.with_name(folder.name + ".new")
    shutil.rmtree(temporary, ignore_errors=True)
    load_captioner().half().save_pretrained(temporary)
    new_tokenizer().save_pretrained(temporary)
    (temporary / "preprocessor_config.json").write_text(json.dumps(EYES, indent=2) + "\n")
    shutil.rmtree(folder, ignore_errors=True)
    temporary.rename(folder)
    size = sum(file.stat().st_size for file in folder.rglob("*"))
    print(f"{folder}: {size / 1e6:.1f} MB")
