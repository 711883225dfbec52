"""What whoever made a model recommends to sample it with: `recommended.toml` in a model folder, `NAME.recommended.toml`
beside a checkpoint `NAME.safetensors`. All of it may be left out.

    steps = 25
    sampler = "Euler a"
    scheduler = "Automatic"
    cfg_scale = 5.0
"""

import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, ClassVar

from underpaint.codec import from_json
from underpaint.errors import InvalidRequest, UnsupportedCheckpoint
from underpaint.models.catalog import ModelFile, ModelKind
from underpaint.request import STRICT, CfgScale, InpaintRequest, Sampler, Scheduler, Steps

IN_FOLDER = "recommended.toml"
BESIDE_FILE = f".{IN_FOLDER}"
LARGEST_BYTES = 65_536
"""No such file is larger; what claims to be is another thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """Values for sampling settings of the same names; None where nothing is recommended."""

    __pydantic_config__: ClassVar = STRICT

    steps: Steps | None = None
    sampler: Sampler | None = None
    scheduler: Scheduler | None = None
    cfg_scale: CfgScale | None = None

    @property
    def values(self) -> dict[str, Any]:
        """What is recommended, by the setting's name."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in named.items() if value is not None}

    def over(self, request: InpaintRequest) -> InpaintRequest:
        """The request with what is recommended in place of its own."""
        return replace(request, sampling=replace(request.sampling, **self.values))


def recommended(model: ModelFile) -> Recommended:
    """What is recommended for a model; nothing without such a file. Raises `UnsupportedCheckpoint` for a file that says
    something else."""
    file = _file_of(model)
    if not file.is_file():
        return Recommended()
    try:
        return from_json(Recommended, _read(file))
    except (OSError, ValueError, OverflowError, RecursionError, InvalidRequest) as error:
        raise UnsupportedCheckpoint(f"{file} does not hold recommended settings: {error}") from error


def _read(file: Path) -> dict[str, Any]:
    with file.open("rb") as stream:
        content = stream.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise ValueError(f"it has more than {LARGEST_BYTES} bytes")
    data = tomllib.loads(content.decode("utf-8-sig"))
    if type(data.get("cfg_scale")) is int:  # TOML tells 5 from 5.0
        data["cfg_scale"] = float(data["cfg_scale"])
    return data


def _file_of(model: ModelFile) -> Path:
    match model.kind:
        case ModelKind.FOLDER:
            return model.path / IN_FOLDER
        case ModelKind.SINGLE_FILE:
            return model.path.with_suffix(BESIDE_FILE)
