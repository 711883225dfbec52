"""Muon: momentum whose matrices are orthogonalised, so that rare directions (colour!) learn as fast as common ones."""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from training import foreach
from training.runs import Worker, fast_type

MOMENTUM = 0.95
WEIGHT_DECAY = 0.01


def orthogonalised(matrix: Tensor, iterations: int = 5) -> Tensor:
    """The nearest semi-orthogonal matrix, roughly, by Newton-Schulz (Jordan et al. 2024); also of many in a batch."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrix.to(fast_type())
    is_tall = x.shape[-2] > x.shape[-1]
    x = x.mT.contiguous() if is_tall else x
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(iterations):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if is_tall else x).to(matrix.dtype)


def is_matrix(name: str, parameter: nn.Parameter) -> bool:
    """Whether Muon should train it; embeddings, first and last layers and vectors are AdamW's."""
    outer = ("conv_in", "conv_out", "embedding", "quant_conv")
    return parameter.ndim >= 2 and not any(part in name for part in outer)


class Muon:
    """Muon for the matrices of a module, AdamW for the rest; the orthogonalising is shared out among workers."""

    def __init__(self, named: Iterable[tuple[str, nn.Parameter]], worker: Worker) -> None:
        named = list(named)
        self.worker = worker
        self.matrices = [p for n, p in named if is_matrix(n, p)]
        self.momenta = [torch.zeros_like(p) for p in self.matrices]
        others = [p for n, p in named if not is_matrix(n, p)]
        # A group, because AdamW refuses an empty list, and a LoRA has nothing but matrices.
        self.adam = torch.optim.AdamW([{"params": others}], betas=(0.9, 0.98), weight_decay=WEIGHT_DECAY)
        owners = _balanced([p.numel() * _short_side(p) for p in self.matrices], worker.count)
        self.own = _alike(self.matrices, [i for i, owner in enumerate(owners) if owner == worker.rank])

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """One update with the gradients at hand; AdamW's rate fits both kinds."""
        for group in self.adam.param_groups:
            group["lr"] = rate
        self.adam.step()
        gradients = [p.grad for p in self.matrices]
        foreach.lerp_(self.momenta, gradients, 1 - MOMENTUM)
        nesterov = foreach.lerp(gradients, self.momenta, MOMENTUM)
        updates = self._shared_out(nesterov)
        foreach.mul_(self.matrices, 1 - rate * WEIGHT_DECAY)
        foreach.add_(self.matrices, updates, alpha=-rate)

    def _shared_out(self, directions: list[Tensor]) -> list[Tensor]:
        updates = [torch.zeros_like(direction) for direction in directions]
        for places in self.own:
            batch = torch.stack([directions[i].flatten(1) for i in places])
            for i, update in zip(places, _updates(batch), strict=True):
                updates[i].copy_(update.view_as(updates[i]))
        if self.worker.count == 1:
            return updates
        flat = torch.cat([u.flatten() for u in updates])
        dist.all_reduce(flat)
        parts = flat.split([u.numel() for u in updates])
        return [part.view_as(u) for part, u in zip(parts, updates, strict=True)]

    def state_dict(self) -> dict[str, Any]:
        return {"momenta": self.momenta, "adam": self.adam.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        for momentum, saved in zip(self.momenta, state["momenta"], strict=True):
            momentum.copy_(saved)
        self.adam.load_state_dict(state["adam"])


def _updates(directions: Tensor) -> Tensor:
    """Orthogonalised, with AdamW's usual size of step (Liu et al. 2025), for a batch of matrices."""
    return orthogonalised(directions) * 0.2 * max(directions.shape[1:]) ** 0.5


def _alike(matrices: Sequence[nn.Parameter], places: Iterable[int]) -> list[list[int]]:
    """The places of matrices, those of one size together: a graphics card does them in one go."""
    groups: dict[tuple[int, int], list[int]] = {}
    for i in places:
        groups.setdefault((matrices[i].shape[0], matrices[i][0].numel()), []).append(i)
    return list(groups.values())


def _short_side(parameter: nn.Parameter) -> int:
    return min(parameter.shape[0], parameter.numel() // parameter.shape[0])


def _balanced(costs: list[int], bins: int) -> list[int]:
    """Assigns each cost to a bin, heaviest first, always into the lightest bin."""
    loads, owners = [0] * bins, [0] * len(costs)
    for i in sorted(range(len(costs)), key=lambda i: -costs[i]):
        owners[i] = loads.index(min(loads))
        loads[owners[i]] += costs[i]
    return owners
