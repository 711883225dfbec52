"""Golden cases of A1111 as our values. A case is a folder; SPEC and README of the goldens say what its files hold."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from underpaint.a1111 import request_from_api
from underpaint.image.io import load_mask, load_picture
from underpaint.image.picture import Picture
from underpaint.request import InpaintRequest

BUNDLED = Path(__file__).parent / "cases"
DEFAULT_MODEL = "tiny-sd1"
NATIVE_PX = 128


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    folder: Path
    request: InpaintRequest
    """Seeds are the resolved ones."""
    pictures: tuple[Picture, ...]
    mask: np.ndarray | None
    record: dict[str, Any]
    """request.json as it is."""

    @property
    def name(self) -> str:
        return self.folder.name

    def picture(self, name: str) -> np.ndarray | None:
        """Pixels of one of the case's PNG files, None if it is not there."""
        path = self.folder / f"{name}.png"
        return load_picture(path).pixels if path.exists() else None


def load_case(folder: Path) -> Case:
    """Raises `UnsupportedFeature` for a case we cannot reproduce yet."""
    record = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    body = {**record["request"], "seed": record["seeds"][0], "subseed": record["subseeds"][0]}
    options = {"sd_model_checkpoint": DEFAULT_MODEL, **record["global_options"]}
    endpoint = "txt2img" if record["endpoint"].endswith("txt2img") else "img2img"
    mask = body.get("mask")
    return Case(
        folder=folder,
        request=request_from_api(body, options, endpoint=endpoint),
        pictures=tuple(load_picture(folder / name) for name in body.get("init_images", [])),
        mask=None if mask is None else load_mask(folder / mask),
        record=record,
    )


def case_folders() -> list[Path]:
    """The cases in the repository, and those in the folder that UNDERPAINT_GOLDENS names."""
    goldens = os.environ.get("UNDERPAINT_GOLDENS")
    roots = [BUNDLED] + ([Path(goldens)] if goldens else [])
    return sorted(file.parent for root in roots for file in root.glob("*/request.json"))
