"""A pool of encoded scenes that a denoiser trains on while new ones keep coming in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import CLIPTokenizer

from training.courses import Course
from training.lessons import Lesson
from training.text import CONTEXT, tokenize

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
        self.shape = shape
        size = (len(Course), capacity, channels, shape.height, shape.width)
        self.latents = torch.zeros(size, dtype=torch.float16)
        self.ids = torch.zeros(len(Course), capacity, CAPTIONS, CONTEXT, dtype=torch.int16)
        self.added = [0] * len(Course)

    def add(self, courses: Sequence[Course], latents: Tensor, ids: Tensor) -> None:
        """Takes in scenes, each of its course."""
        capacity = self.latents.shape[1]
        for course, picture, told in zip(courses, latents, ids, strict=True):
            slot = self.added[course] % capacity
            self.latents[course, slot] = picture.half()
            self.ids[course, slot] = told.to(torch.int16)
            self.added[course] += 1

    def draw(
        self, count: int, shares: NDArray[np.float64], rng: np.random.Generator
    ) -> tuple[Tensor, Tensor]:
        """A random batch of latents and token ids."""
        courses = rng.choice(len(Course), size=count, p=shares)
        filled = np.minimum(self.added, self.latents.shape[1])[courses]
        slots = torch.from_numpy((rng.random(count) * filled).astype(np.int64))
        told = torch.from_numpy(rng.integers(CAPTIONS, size=count))
        lanes = torch.from_numpy(courses)
        return self.latents[lanes, slots].float(), self.ids[lanes, slots, told].long()

    def state_dict(self) -> dict[str, Any]:
        filled = np.minimum(self.added, self.latents.shape[1]).tolist()
        return {
            "latents": [lane[:count].clone() for lane, count in zip(self.latents, filled, strict=True)],
            "ids": [lane[:count].clone() for lane, count in zip(self.ids, filled, strict=True)],
            "added": self.added,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        for course in Course:
            latents, ids = state["latents"][course], state["ids"][course]
            self.latents[course, : len(latents)] = latents
            self.ids[course, : len(ids)] = ids
        self.added = list(state["added"])


class Cook:
    """Makes a lesson's examples for pools."""

    def __init__(self, lesson: Lesson, tokenizer: CLIPTokenizer, seed: int) -> None:
        self.lesson, self.tokenizer = lesson, tokenizer
        self.rng = np.random.default_rng(seed)

    def fill(self, pool: Pool, count: int, shares: NDArray[np.float64]) -> None:
        """Adds scenes until there are `count`, and one at least of every course that is asked for."""
        while missing := [c for c in Course if shares[c] > 0 and not pool.added[c]]:
            self._add(pool, missing)
        while sum(pool.added) < count:
            self.feed(pool, 8, shares)

    def feed(self, pool: Pool, count: int, shares: NDArray[np.float64]) -> None:
        """Adds `count` new scenes."""
        self._add(pool, [Course(c) for c in self.rng.choice(len(Course), size=count, p=shares)])

    def _add(self, pool: Pool, courses: list[Course]) -> None:
        width, height = pool.shape.width * 8, pool.shape.height * 8
        latents, captions = self.lesson.examples(courses, self.rng, width, height, CAPTIONS)
        texts = [text for told in captions for text in told]
        ids = tokenize(self.tokenizer, texts).view(len(courses), CAPTIONS, CONTEXT)
        pool.add(courses, latents, ids)
