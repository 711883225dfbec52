"""What a LoRA file does to one weight: the formulas of LoRA and the LyCORIS family, over Kohya's tensor names.

Each function takes the tensors of one module, by their names inside it, and the weight they change, all float32, and
returns the change at strength 1. Sources: LoRA (Hu et al. 2021), LoHa (Hyeon-Woo et al. 2022, FedPara), LoKr
(Yeh et al. 2023, LyCORIS), (IA)³ (Liu et al. 2022), DoRA (Liu et al. 2024).
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.denoiser import INPAINT_CHANNELS

Parts = Mapping[str, Tensor]


def weight_change(parts: Parts, weight: Tensor, max_rank: int | None = None) -> Tensor:
    """The change of `weight` at strength 1, in its shape. `max_rank`: of an ordinary LoRA only the first ranks count, at
    the scale of all."""
    for marker, formula in _FORMULAS.items():
        if marker in parts:
            change = formula(_first_ranks(parts, max_rank), weight)
            break
    else:
        raise UnsupportedCheckpoint(f"it is of an unknown kind, with the tensors {', '.join(sorted(parts))}.")
    if weight.shape[1:2] == (INPAINT_CHANNELS,) and change.numel() * INPAINT_CHANNELS == weight.numel() * 4:
        change = _with_inputs_of(weight, change)
    if change.numel() != weight.numel():
        raise UnsupportedCheckpoint(
            f"it changes a weight of {change.numel()} numbers where the model has {weight.numel()}; it was made "
            "for another kind of model."
        )
    change = change.reshape(weight.shape)
    return _decomposed(change, weight, parts["dora_scale"]) if "dora_scale" in parts else change


def bias_change(parts: Parts) -> Tensor | None:
    """The change of the layer's bias at strength 1; None for most files, which have none."""
    return next((parts[name] for name in ("diff_b", "b_norm") if name in parts), None)


def _first_ranks(parts: Parts, max_rank: int | None) -> Parts:
    if max_rank is None or "lora_up.weight" not in parts or "lora_mid.weight" in parts:
        return parts
    up, down = parts["lora_up.weight"], parts["lora_down.weight"]
    scale = torch.tensor(_scale(parts, down.shape[0]))
    return {"lora_up.weight": up[:, :max_rank], "lora_down.weight": down[:max_rank], "scale": scale} | {
        name: part for name, part in parts.items() if name == "dora_scale"
    }


def _with_inputs_of(weight: Tensor, change: Tensor) -> Tensor:
    """A change of an ordinary model's first convolution for an inpainting model's: its further inputs stay."""
    change = change.reshape(len(weight), -1, *weight.shape[2:])
    others = change.new_zeros(len(weight), weight.shape[1] - change.shape[1], *weight.shape[2:])
    return torch.cat([change, others], dim=1)


def _scale(parts: Parts, rank: int) -> float:
    """A scale of its own if the file has one, else alpha / rank; without alpha 1."""
    if "scale" in parts:
        return parts["scale"].item()
    return parts["alpha"].item() / rank if "alpha" in parts else 1.0


def _lora(parts: Parts, weight: Tensor) -> Tensor:
    """up·down; with a middle part, the Tucker form for convolutions."""
    up, down = parts["lora_up.weight"], parts["lora_down.weight"]
    scale = _scale(parts, down.shape[0])
    if "lora_mid.weight" in parts:
        return scale * _tucker(up.flatten(1).T, down.flatten(1), parts["lora_mid.weight"])
    return scale * (up.flatten(1) @ down.flatten(1))


def _tucker(up: Tensor, down: Tensor, middle: Tensor) -> Tensor:
    """(out, in, kh, kw) from up (rank, out), down (rank, in) and middle (rank, rank, kh, kw)."""
    return torch.einsum("m n h w, m o, n i -> o i h w", middle, up, down)


def _loha(parts: Parts, weight: Tensor) -> Tensor:
    """The element-wise product of two low-rank matrices."""
    one_b, two_b = parts["hada_w1_b"], parts["hada_w2_b"]
    if "hada_t1" in parts:
        one = _tucker(parts["hada_w1_a"], one_b, parts["hada_t1"])
        two = _tucker(parts["hada_w2_a"], two_b, parts["hada_t2"])
    else:
        one, two = parts["hada_w1_a"] @ one_b, parts["hada_w2_a"] @ two_b
    return _scale(parts, one_b.shape[0]) * (one * two)


def _lokr(parts: Parts, weight: Tensor) -> Tensor:
    """The Kronecker product of two matrices, each whole or of low rank."""
    one, rank_one = _factor(parts, "lokr_w1")
    two, rank_two = _factor(parts, "lokr_w2")
    rank = rank_two or rank_one
    if two.dim() == 4:
        one = one[:, :, None, None]
    scale = _scale(parts, rank) if rank else 1.0
    return scale * torch.kron(one.contiguous(), two.contiguous())


def _factor(parts: Parts, name: str) -> tuple[Tensor, int | None]:
    """One factor of a Kronecker product, and its rank; None if it is stored whole."""
    if name in parts:
        return parts[name], None
    a, b = parts[f"{name}_a"], parts[f"{name}_b"]
    if "lokr_t2" in parts and name == "lokr_w2":
        return _tucker(a, b, parts["lokr_t2"]), b.shape[0]
    if b.dim() == 4:
        return (a @ b.flatten(1)).view(a.shape[0], *b.shape[1:]), b.shape[0]
    return a @ b, b.shape[0]


def _ia3(parts: Parts, weight: Tensor) -> Tensor:
    """A factor per input or output channel."""
    factors = parts["weight"].flatten()
    if parts["on_input"].item():
        return weight * factors.view(1, -1, *[1] * (weight.dim() - 2))
    return weight * factors.view(-1, *[1] * (weight.dim() - 1))


def _full(parts: Parts, weight: Tensor) -> Tensor:
    """The change itself."""
    return parts["diff"]


def _norm(parts: Parts, weight: Tensor) -> Tensor:
    """The change of a normalisation layer's factors."""
    return parts["w_norm"]


def _decomposed(change: Tensor, weight: Tensor, magnitudes: Tensor) -> Tensor:
    """DoRA: the changed weight's direction with magnitudes of its own, less the weight.

    `magnitudes` belongs to input channels, (1, in, …), or to output channels, (out, 1, …).
    """
    changed = weight + change
    is_per_output = magnitudes.shape[0] == weight.shape[0] and magnitudes.numel() == weight.shape[0]
    channel = 0 if is_per_output and magnitudes.shape[0] != 1 else 1
    others = [dim for dim in range(weight.dim()) if dim != channel]
    norms = changed.square().sum(dim=others, keepdim=True).sqrt()
    return changed * (magnitudes.view(norms.shape) / norms) - weight


_FORMULAS: dict[str, Callable[[Parts, Tensor], Tensor]] = {
    "lora_up.weight": _lora,
    "hada_w1_a": _loha,
    "lokr_w1": _lokr,
    "lokr_w1_a": _lokr,
    "on_input": _ia3,
    "diff": _full,
    "w_norm": _norm,
}
"""By a tensor that only this kind has."""
