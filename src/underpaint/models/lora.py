"""LoRA and LyCORIS files in Kohya's naming, laid over a loaded model and taken off again without a trace."""

from collections import defaultdict
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.weight_changes import weight_change
from underpaint.models.weights import Weights, read_weights

UNET = "lora_unet_"
TEXT = "lora_te_"
TEXT_MODEL = "text_model_"
PEFT_NAMES = {"lora_A.weight": "lora_down.weight", "lora_B.weight": "lora_up.weight"}


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


@contextmanager
def applied(unet: nn.Module, text_model: nn.Module, loras: Sequence[Applied]) -> Generator[None]:
    """Changes the weights of both networks while the context lasts; afterwards they hold the very tensors they had."""
    targets = {**_linear_modules(unet, UNET), **_linear_modules(text_model, TEXT, TEXT_MODEL)}
    changed = _changed_weights(targets, loras)
    kept = {name: targets[name].weight for name in changed}
    try:
        for name, weight in changed.items():
            targets[name].weight = nn.Parameter(weight, requires_grad=False)
        yield
    finally:
        for name, weight in kept.items():
            targets[name].weight = weight


def _linear_modules(network: nn.Module, prefix: str, infix: str = "") -> dict[str, nn.Linear | nn.Conv2d]:
    """All layers with a matrix, by Kohya's names."""
    return {
        f"{prefix}{infix}{name.replace('.', '_')}": module
        for name, module in network.named_modules()
        if isinstance(module, nn.Linear | nn.Conv2d)
    }


def _changed_weights(
    targets: dict[str, nn.Linear | nn.Conv2d], loras: Iterable[Applied]
) -> dict[str, Tensor]:
    """The new weight of every layer that any of the LoRAs changes, one after the other."""
    changed: dict[str, Tensor] = {}
    for use in loras:
        known = use.lora.modules.keys() & targets.keys()
        if not known:
            raise UnsupportedCheckpoint(
                f"The LoRA {use.lora.name} changes no layer of this model; it was made for another kind."
            )
        for name in sorted(known):
            strength = use.text_strength if name.startswith(TEXT) else use.unet_strength
            if strength:
                weight = changed.get(name, targets[name].weight)
                changed[name] = _plus(weight, _limited(use.lora.modules[name], use.max_rank), strength)
    return changed


def _limited(parts: Weights, max_rank: int | None) -> Weights:
    """An ordinary LoRA cut to its first ranks; alpha / rank stays as it was."""
    if max_rank is None or "lora_up.weight" not in parts:
        return parts
    up, down = parts["lora_up.weight"], parts["lora_down.weight"]
    rank = down.shape[0]
    kept = max(1, min(max_rank, rank))
    alpha = parts["alpha"] if "alpha" in parts else torch.tensor(float(rank))
    scaled = {"lora_up.weight": up[:, :kept], "lora_down.weight": down[:kept], "alpha": alpha * kept / rank}
    return {**parts, **scaled}


def _plus(weight: Tensor, parts: Weights, strength: float) -> Tensor:
    exact = weight.to(torch.float32)
    on_device = {name: tensor.to(exact.device) for name, tensor in parts.items()}
    return (exact + strength * weight_change(on_device, exact)).to(weight.dtype)
