"""A pool of encoded scenes that a denoiser trains on while new ones keep coming in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.courses import Course
from training.runs import device
from training.text import CONTEXT

CAPTIONS = 3
"""Captions written per scene; each visit reads one of them."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A latent size."""

    width: int
    height: int


class Pool:
    """Encoded scenes of one latent shape in fixed memory, each course apart; the oldest give way."""

    def __init__(self, shape: Shape, capacity: int, channels: int = 4) -> None:
        size = (len(Course), capacity, channels, shape.height, shape.width)
        self.latents = torch.zeros(size, dtype=torch.float16, device=device())
        self.ids = torch.zeros(len(Course), capacity, CAPTIONS, CONTEXT, dtype=torch.int16, device=device())
        self.added = [0] * len(Course)

    def add(self, courses: Sequence[Course], latents: Tensor, ids: Tensor) -> None:
        """Takes in scenes, each of its course."""
        slots: list[int] = []
        for course in courses:
            slots.append(self.added[course] % self.latents.shape[1])
            self.added[course] += 1
        places = torch.tensor([*courses]), torch.tensor(slots)
        self.latents[places] = latents.to(self.latents)
        self.ids[places] = ids.to(self.ids)

    def draw(
        self, count: int, shares: NDArray[np.float64], rng: np.random.Generator
    ) -> tuple[Tensor, Tensor]:
        """A random batch of latents and token ids, of the courses that there are scenes of."""
        filled = np.minimum(self.added, self.latents.shape[1])
        at_hand = shares * (filled > 0)
        courses = rng.choice(len(Course), size=count, p=at_hand / at_hand.sum())
        slots = torch.from_numpy((rng.random(count) * filled[courses]).astype(np.int64))
        told = torch.from_numpy(rng.integers(CAPTIONS, size=count))
        lanes = torch.from_numpy(courses)
        return self.latents[lanes, slots].float(), self.ids[lanes, slots, told].long()
