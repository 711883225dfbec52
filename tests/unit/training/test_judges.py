"""Judges and their exams; the released ones know what they judge: drawn scenes that no training showed them."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from training.adopt import released_vae
from training.census import PairExam, load_census
from training.classifier import SceneExam, load_classifier
from training.judge import BATCH, Judge, answers_and_truth, hits

BATCHES = 4


@dataclass
class OnCard:
    """Pictures on a graphics card: a judge on the processor cannot look at them there."""

    pixels: Tensor

    def cpu(self) -> Tensor:
        return self.pixels


class ToneExam:
    """Which of two tones a picture has, in batches that are dark and light in turn."""

    def __init__(self) -> None:
        self.tone = 1

    def batch(self, size: int) -> Any:
        self.tone = 1 - self.tone
        return OnCard(torch.full((size, 3, 16, 16), 2.0 * self.tone - 1)), torch.full((size, 1), self.tone)


def test_judges_on_the_processor_sit_exams_on_a_card() -> None:
    judge = Judge([("dark", "light")], side_px=16, width=16)
    told, truth = answers_and_truth(judge, ToneExam(), BATCHES)
    assert truth.flatten().tolist() == 2 * ([0] * BATCH + [1] * BATCH)
    dark, light = (judge(torch.full((1, 3, 16, 16), tone))[0].argmax().item() for tone in (-1.0, 1.0))
    assert told.flatten().tolist() == 2 * ([dark] * BATCH + [light] * BATCH)
    assert torch.equal(hits(judge, ToneExam(), BATCHES), told == truth)


def test_the_classifier_names_what_is_in_close_scenes() -> None:
    right = hits(load_classifier(), SceneExam(4242, released_vae(), easy=1.0), BATCHES)
    assert right.float().mean(0).min() > 0.97


def test_the_census_counts_pairs_and_their_colours() -> None:
    right = hits(load_census(), PairExam(4343, pair_share=1.0), BATCHES)
    assert right.all(1).float().mean() > 0.9
