"""The tiny SD 1 checkpoint that the A1111 goldens were made with, and what A1111 computed with it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor

from underpaint.models.catalog import ModelFile, ModelKind

GOLDENS = Path(__file__).parents[2] / "reference" / "a1111"
TINY_SD1 = GOLDENS / "models" / "tiny-sd1.safetensors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """One request that A1111 answered."""

    request: dict[str, Any]
    arrays: dict[str, Tensor]
    folder: Path

    def picture(self, name: str) -> np.ndarray:
        return np.asarray(Image.open(self.folder / f"{name}.png").convert("RGB"))


def golden(case: str) -> Golden:
    folder = GOLDENS / "cases" / case
    request = json.loads((folder / "request.json").read_text(encoding="utf-8"))["request"]
    return Golden(request=request, arrays=load_file(folder / "arrays.safetensors"), folder=folder)


def model_file(path: Path) -> ModelFile:
    kind = ModelKind.SINGLE_FILE if path.is_file() else ModelKind.FOLDER
    return ModelFile(name=path.stem, path=path, kind=kind)
