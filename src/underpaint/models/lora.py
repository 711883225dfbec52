"""LoRA and LyCORIS files in Kohya's naming, laid over a loaded model and taken off again without a trace."""

from collections import defaultdict
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.layer_names import TEXT, UNET, Layer, layers_by_name
from underpaint.models.weight_changes import bias_change, weight_change
from underpaint.models.weights import Weights, read_weights

PEFT_NAMES = {"lora_A.weight": "lora_down.weight", "lora_B.weight": "lora_up.weight"}


Held = tuple[nn.Parameter, nn.Parameter | None]
"""Weight and bias of a layer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lora:
    """The changes of one file, by Kohya's module names."""

    name: str
    modules: dict[str, Weights]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A LoRA with its strengths; 1 = as trained, 0 = off, negative = the opposite."""

    lora: Lora
    text_strength: float
    unet_strength: float
    max_rank: int | None = None
    """Only so many of its ranks are used; None = all."""


def read_lora(path: Path) -> Lora:
    """The LoRA in a safetensors file."""
    modules: defaultdict[str, Weights] = defaultdict(dict)
    for key, tensor in read_weights(path).items():
        module, _, part = key.partition(".")
        if module.startswith((UNET, TEXT)):
            modules[module][PEFT_NAMES.get(part, part)] = tensor
    if not modules:
        raise UnsupportedCheckpoint(f"{path.name} is not a LoRA in Kohya's format: no known tensor is in it.")
    return Lora(name=path.stem, modules=dict(modules))


def unmatched(lora: Lora, unet: Any, text_model: nn.Module) -> int:
    """How many of the file's modules change no layer of this model."""
    return len(lora.modules.keys() - layers_by_name(unet, text_model).keys())


@contextmanager
def applied(unet: Any, text_model: nn.Module, loras: Sequence[Applied]) -> Generator[None]:
    """Changes the weights of both networks while the context lasts; afterwards they hold the very tensors they had."""
    changed = _changed(layers_by_name(unet, text_model), loras)
    kept = {layer: _held(layer) for layer in changed}
    try:
        for layer, held in changed.items():
            _put(layer, held)
        yield
    finally:
        for layer, held in kept.items():
            _put(layer, held)


def _held(layer: Layer) -> Held:
    return layer.get_parameter("weight"), dict(layer.named_parameters(recurse=False)).get("bias")


def _put(layer: Layer, held: Held) -> None:
    for name, values in zip(("weight", "bias"), held, strict=True):
        layer.register_parameter(name, values)


def _changed(layers: Mapping[str, Layer], loras: Iterable[Applied]) -> dict[Layer, Held]:
    """What every layer holds that any of the LoRAs changes, one after the other."""
    changed: dict[Layer, Held] = {}
    for use in loras:
        known = use.lora.modules.keys() & layers.keys()
        if not known:
            raise UnsupportedCheckpoint(
                f"The LoRA {use.lora.name} changes no layer of this model; it was made for another kind."
            )
        for name in sorted(known):
            strength = use.text_strength if name.startswith(TEXT) else use.unet_strength
            if strength:
                layer = layers[name]
                held = changed.get(layer) or _held(layer)
                with _naming(use.lora, name):
                    changed[layer] = _plus(held, use.lora.modules[name], strength, use.max_rank)
    return changed


@contextmanager
def _naming(lora: Lora, module: str) -> Generator[None]:
    """What is found wrong with the tensors of a module is said of the LoRA."""
    try:
        yield
    except UnsupportedCheckpoint as error:
        raise UnsupportedCheckpoint(f"The LoRA {lora.name} cannot be used: {error}") from error
    except torch.OutOfMemoryError:
        raise
    except (RuntimeError, LookupError, ArithmeticError) as error:  # what torch makes of shapes that clash
        raise UnsupportedCheckpoint(
            f"The LoRA {lora.name} is damaged: its tensors of {module} do not go together."
        ) from error


def _plus(held: Held, parts: Weights, strength: float, max_rank: int | None) -> Held:
    weight, bias = held
    on_device = {name: tensor.to(weight.device) for name, tensor in parts.items()}
    exact = weight.to(torch.float32)
    changed = (exact + strength * weight_change(on_device, exact, max_rank)).to(weight.dtype)
    change = bias_change(on_device)
    if change is None:
        return _parameter(changed), bias
    if change.shape != weight.shape[:1]:
        raise UnsupportedCheckpoint(
            f"it changes a bias of {change.numel()} numbers where the model has {len(weight)}."
        )
    exact_bias = torch.zeros_like(change) if bias is None else bias.to(torch.float32)
    return _parameter(changed), _parameter((exact_bias + strength * change).to(weight.dtype))


def _parameter(values: Tensor) -> nn.Parameter:
    return nn.Parameter(values, requires_grad=False)
