"""What an experiment runs on beside the engine: models, ControlNets and LoRAs, those alone that ship with Underpaint."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from benchmarks.guide.experiment import Arm, Experiment
from underpaint.errors import ModelNotFound
from underpaint.models.catalog import find_model, sha256_of
from underpaint.models.control_files import find_controlnet
from underpaint.models.network_files import find_lora

BUILTIN_ONLY: tuple[Path, ...] = ()
"""No folders of models: whoever repeats an experiment has other LoRAs and ControlNets in them."""


class Kind(StrEnum):
    MODEL = "model"
    CONTROLNET = "ControlNet"
    LORA = "LoRA"


@dataclass(frozen=True, slots=True)
class Network:
    """A model, ControlNet or LoRA, by the name under which it ships."""

    kind: Kind
    name: str

    @property
    def path(self) -> Path:
        """Its file or folder. Raises `ModelNotFound` if it is not part of this installation."""
        match self.kind:
            case Kind.MODEL:
                return find_model(self.name, BUILTIN_ONLY).path
            case Kind.CONTROLNET:
                return find_controlnet(self.name, BUILTIN_ONLY).path
            case Kind.LORA:
                return find_lora(self.name, BUILTIN_ONLY)
            case _:
                assert_never(self.kind)

    @property
    def sha256(self) -> str:
        """Of its file, or of its folder as catalogs have it."""
        return sha256_of(self.path)

    @property
    def is_installed(self) -> bool:
        """Whether it is part of this installation."""
        try:
            return self.path.exists()
        except ModelNotFound:
            return False


def networks_beside(arm: Arm) -> Iterator[Network]:
    """What steers the model of an arm."""
    for unit in arm.request.controls:
        yield Network(Kind.CONTROLNET, unit.model)
    if arm.lora is not None:
        yield Network(Kind.LORA, arm.lora)


def networks_of(experiment: Experiment) -> tuple[Network, ...]:
    """Everything that its arms ask for, each once."""
    edits = [edit for arm in experiment.arms for edit in arm.chain]
    return tuple(
        dict.fromkeys(
            network
            for edit in edits
            for network in (Network(Kind.MODEL, edit.request.model), *networks_beside(edit))
        )
    )


def missing(experiment: Experiment) -> tuple[Network, ...]:
    """What it needs and this installation has not."""
    return tuple(network for network in networks_of(experiment) if not network.is_installed)


def lacking(networks: Sequence[Network]) -> str:
    """That an experiment cannot run without these, in a sentence."""
    named = " and ".join(f"the {network.kind} `{network.name}`" for network in networks)
    verb = "is" if len(networks) == 1 else "are"
    return f"Needs {named}, which {verb} not part of this installation."
