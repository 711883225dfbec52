"""What whoever made a model recommends to sample it with: `recommended.toml` in a model folder, `NAME.recommended.toml`
beside a checkpoint `NAME.safetensors`. All of it may be left out.

    steps = 25
    sampler = "Euler a"
    scheduler = "Automatic"
    cfg_scale = 5.0
"""

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from underpaint.codec import from_json, to_json, validated
from underpaint.errors import InvalidRequest, UnsupportedCheckpoint
from underpaint.models.catalog import ModelFile, ModelKind
from underpaint.request import InpaintRequest, Sampler, SamplingSettings, Scheduler

IN_FOLDER = "recommended.toml"
BESIDE_FILE = f".{IN_FOLDER}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """Values for sampling settings of the same names; None where nothing is recommended."""

    steps: int | None = None
    sampler: Sampler | None = None
    scheduler: Scheduler | None = None
    cfg_scale: float | None = None

    @property
    def values(self) -> dict[str, Any]:
        """What is recommended, by name."""
        return {name: value for name, value in to_json(self).items() if value is not None}

    def over(self, request: InpaintRequest) -> InpaintRequest:
        """The request with what is recommended in place of its own."""
        sampling = to_json(request.sampling) | self.values
        return replace(request, sampling=from_json(SamplingSettings, sampling))


def recommended(model: ModelFile) -> Recommended:
    """What is recommended for a model. Raises `UnsupportedCheckpoint` for a file that says something else."""
    file = _file_of(model)
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        if type(data.get("cfg_scale")) is int:
            data["cfg_scale"] = float(data["cfg_scale"])
        found = from_json(Recommended, data)
        validated(found.over(InpaintRequest()).sampling)
    except FileNotFoundError:
        return Recommended()
    except (OSError, ValueError, InvalidRequest) as error:
        raise UnsupportedCheckpoint(f"{file} does not hold recommended settings: {error}") from error
    return found


def _file_of(model: ModelFile) -> Path:
    match model.kind:
        case ModelKind.FOLDER:
            return model.path / IN_FOLDER
        case ModelKind.SINGLE_FILE:
            return model.path.with_suffix(BESIDE_FILE)
