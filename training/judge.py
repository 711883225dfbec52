"""Independent judges: small CNNs that answer questions about a picture, trained on drawn scenes and never on generated ones."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from training.data import to_pixels
from training.runs import (
    Clock,
    Log,
    Worker,
    autocast,
    device,
    load_state,
    needed_state,
    save_state,
    set_learning_rate,
)
from training.sheets import Picture

BATCH = 32
JUDGES = Path(__file__).parent / "judges"
"""The judges' weights as they are released, so that figures can be measured without training."""

Seed = int | Sequence[int]


class Judge(nn.Module):
    """For each question, the likelihoods of its answers, from a square picture of `side_px`."""

    def __init__(self, answers: Sequence[Sequence[str]], side_px: int, width: int = 32) -> None:
        super().__init__()
        self.side_px = side_px
        widths = (width, width * 3 // 2, 3 * width, 4 * width)
        stem = nn.Conv2d(3, width, 5, stride=2, padding=2)
        self.layers = nn.Sequential(stem, *(_layer(a, b) for a, b in pairwise(widths)))
        features = 4 * width * (side_px // 16) ** 2
        self.heads = nn.ModuleList(nn.Linear(features, len(names)) for names in answers)

    def forward(self, pixels: Tensor) -> list[Tensor]:
        features = self.layers(pixels).flatten(1)
        return [head(features) for head in self.heads]


def _layer(incoming: int, outgoing: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(incoming, outgoing, 3, padding=1),
        nn.GroupNorm(8, outgoing),
        nn.ReLU(),
        nn.Conv2d(outgoing, outgoing, 3, padding=1),
        nn.GroupNorm(8, outgoing),
        nn.ReLU(),
        nn.MaxPool2d(2),
    )


def shrink(pixels: Tensor, side_px: int) -> Tensor:
    """Pictures of any size as squares."""
    return F.interpolate(pixels, (side_px, side_px), mode="bilinear", antialias=True)


def weathered(pixels: Tensor, rng: np.random.Generator) -> Tensor:
    """Pictures a little blurred, brightened and noisy, so that judges look at what matters."""
    if rng.random() < 0.3:
        pixels = F.avg_pool2d(F.pad(pixels, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    gain, bias = rng.uniform(0.9, 1.1), rng.uniform(-0.06, 0.06)
    return (pixels * gain + bias + 0.03 * torch.randn_like(pixels)).clamp(-1, 1)


class Exam(Protocol):
    """Where pictures and their right answers come from."""

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        """Pictures in [-1, 1] and, row by row, the index of the right answer to each question."""
        ...


def train_judge(
    worker: Worker,
    minutes: float,
    name: str,
    judge: Judge,
    exam_of: Callable[[Seed], Exam],
    rate: float = 1.5e-3,
) -> None:
    """Trains a judge, from its last checkpoint if there is one; each worker learns from an exam of its own, of another
    seed whenever training goes on."""
    judge.to(device())
    optimizer = torch.optim.AdamW(judge.parameters(), weight_decay=0.01)
    state, step = load_state(name), 0
    if state:
        judge.load_state_dict(state["model"])
        step = state["step"]
    exam = exam_of([900, worker.rank, step])
    worker.seed_noise(step)
    clock, log, total = Clock(minutes), Log(name), 0.0
    while (share := worker.agree(clock.share)) < 1:
        pixels, truth = exam.batch(BATCH)
        with autocast():
            answers = judge(pixels)
        losses = [
            F.cross_entropy(a.float(), t) for a, t in zip(answers, truth.to(device()).unbind(1), strict=True)
        ]
        loss = torch.stack(losses).sum()
        optimizer.zero_grad()
        loss.backward()
        worker.average_gradients(judge.parameters())
        set_learning_rate(optimizer, rate * clock.learning_rate_factor(share))
        optimizer.step()
        step += 1
        total += loss.item()
        if step % 100 == 0 and worker.is_first:
            log.row(step=step, share=share, loss=total / 100)
            total = 0.0
    if worker.is_first:
        save_state(name, {"model": judge.state_dict(), "step": step})


def with_checkpoint(judge: Judge, name: str) -> Judge:
    """The judge with the weights it has learned here, or else with the released ones."""
    state = load_state(name)
    judge.load_state_dict(state["model"] if state else _released(name))
    return judge.eval().requires_grad_(False)


def release_judge(name: str) -> None:
    """Writes the weights of a judge's checkpoint to `JUDGES`, in half precision."""
    state = needed_state(name)
    JUDGES.mkdir(exist_ok=True)
    save_file({key: value.half().contiguous() for key, value in state["model"].items()}, _file(name))


def _released(name: str) -> dict[str, Tensor]:
    return {key: value.float() for key, value in load_file(_file(name)).items()}


def _file(name: str) -> Path:
    return JUDGES / f"{name}.safetensors"


def hits(judge: Judge, exam: Exam, batches: int) -> Tensor:
    """For unseen pictures, row by row, which answers are right."""
    told, truth = answers_and_truth(judge, exam, batches)
    return told == truth


def answers_and_truth(judge: Judge, exam: Exam, batches: int) -> tuple[Tensor, Tensor]:
    """For unseen pictures, row by row, the indices of the likeliest answers and of the right ones. Judges look on the
    processor, wherever the exam makes its pictures."""
    told, truth = [], []
    for _ in range(batches):
        pixels, right = exam.batch(BATCH)
        told.append(_likeliest(judge, pixels.cpu()))
        truth.append(right)
    return torch.cat(told), torch.cat(truth)


def answer(judge: Judge, pictures: Sequence[Picture]) -> list[list[int]]:
    """The index of the likeliest answer to each question, picture by picture, of any sizes."""
    pixels = torch.cat([shrink(to_pixels([picture]), judge.side_px) for picture in pictures])
    return _likeliest(judge, pixels).tolist()


@torch.no_grad()
def _likeliest(judge: Judge, pixels: Tensor) -> Tensor:
    return torch.stack([a.argmax(1) for a in judge(pixels)], dim=1)
