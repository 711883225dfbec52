"""Judges and their exams; the released ones know what they judge: drawn scenes that no training showed them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from training import runs
from training.adopt import released_vae
from training.census import PairExam, load_census
from training.classifier import SceneExam, load_classifier
from training.judge import BATCH, Judge, Seed, answers_and_truth, hits, train_judge
from training.runs import Clock, Worker, load_state

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


class NotedExam:
    """Notes the seeds of its pictures and of the noise that is drawn with them."""

    def __init__(self, seed: Seed, notes: list[tuple[Seed, int]]) -> None:
        self.seed, self.notes = seed, notes

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        self.notes.append((self.seed, torch.initial_seed()))
        return torch.zeros(size, 3, 16, 16), torch.zeros(size, 1, dtype=torch.long)


def test_a_judge_that_learns_on_sees_other_pictures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(runs, "RUNS", tmp_path)
    notes: list[tuple[Seed, int]] = []
    for steps_so_far in (2, 4):
        shares = iter([0.0, 0.5, 1.0])
        monkeypatch.setattr(Clock, "share", property(lambda _, shares=shares: next(shares)))
        judge = Judge([("dark", "light")], side_px=16, width=16)
        train_judge(Worker(0, 1), 1.0, "tone", judge, lambda seed: NotedExam(seed, notes))
        state = load_state("tone")
        assert state is not None
        assert state["step"] == steps_so_far
    assert notes == [([900, 0, 0], 0)] * 2 + [([900, 0, 2], 2)] * 2


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
