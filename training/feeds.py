"""New drawings for the pools, made by processes of their own where a graphics card would have to wait for them."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from training.courses import Course
from training.curriculum import Diet, pick_diet
from training.lessons import Lesson, stacked
from training.pool import CAPTIONS
from training.runs import Worker, has_gpu
from training.text import CONTEXT, new_tokenizer, tokenize

PATIENCE_S = 120
"""A feed that takes longer than this never comes."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Drawings of one diet, not encoded yet; beside the noise is what the lesson says."""

    diet_index: int
    courses: list[Course]
    pictures: Tensor
    beside: Tensor | None
    ids: Tensor
    """Tokens, (count, captions, 77)."""


class Feeds(IterableDataset[Feed]):
    """Endless feeds; all workers get the same order of diets, and drawings of their own."""

    def __init__(
        self, lesson: Lesson, diets: Sequence[Diet], shares: NDArray[np.float64], worker: Worker, step: int
    ) -> None:
        self.lesson, self.diets, self.shares = lesson, diets, shares
        self.rank, self.step = worker.rank, step
        self.tokenizer = new_tokenizer()

    def __iter__(self) -> Iterator[Feed]:
        helper = get_worker_info()
        number = helper.id if helper else 0
        turns = np.random.default_rng([self.step, number])
        rng = np.random.default_rng([1 + self.rank, self.step, number])
        while True:
            yield self._feed(pick_diet(self.diets, turns), rng)

    def _feed(self, index: int, rng: np.random.Generator) -> Feed:
        diet = self.diets[index]
        courses = [Course(c) for c in rng.choice(len(Course), size=diet.fresh, p=self.shares)]
        width, height = diet.shape.width * 8, diet.shape.height * 8
        drawings = [self.lesson.drawing(course, rng, width, height, CAPTIONS) for course in courses]
        texts = [text for drawing in drawings for text in drawing.captions]
        ids = tokenize(self.tokenizer, texts).view(len(courses), CAPTIONS, CONTEXT)
        return Feed(index, courses, *stacked(drawings), ids)


def helper_count() -> int:
    """Processes that draw ahead: all cores but one beside a graphics card, else none."""
    return len(os.sched_getaffinity(0)) - 1 if has_gpu() else 0


def served(feeds: Feeds, helpers: int) -> Iterator[Feed]:
    """The feeds, drawn ahead by so many processes, or one by one when they are asked for."""
    if not helpers:
        return iter(feeds)
    # Inherited by the processes, so that each keeps to one core. One that is forked after OpenCV had threads here must not
    # change their number itself: it would wait for them for ever.
    cv2.setNumThreads(0)
    return iter(
        DataLoader(
            feeds, batch_size=None, num_workers=helpers, timeout=PATIENCE_S, multiprocessing_context="fork"
        )
    )
