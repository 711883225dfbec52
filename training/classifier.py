"""An independent judge: a small CNN that names subject, colour, sky and ground of a picture."""

from dataclasses import dataclass
from itertools import count, pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.data import to_pixels
from training.runs import RUNS, Clock, Log, Worker, device, load_state, save_state, set_learning_rate
from training.scenes import COLOURS, GROUNDS, KINDS, SKIES, draw, labels, random_scene
from training.sheets import Picture
from training.vae import decode, encode, load_vae

SIDE_PX = 64
ANSWERS: tuple[tuple[str, ...], ...] = (tuple(KINDS), tuple(COLOURS), tuple(SKIES), tuple(GROUNDS))
QUESTIONS = ("kind", "colour", "sky", "ground")
EASY_SHARE = 0.8
SCENE_PX = (64, 96, 128)


class Judge(nn.Module):
    """Four answers for a 64 px picture."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        widths = (width, width * 3 // 2, 3 * width, 4 * width)
        stem = nn.Conv2d(3, width, 5, stride=2, padding=2)
        self.layers = nn.Sequential(stem, *(_layer(a, b) for a, b in pairwise(widths)))
        self.heads = nn.ModuleList(nn.Linear(4 * width * 16, len(names)) for names in ANSWERS)

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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge sees in one picture."""

    kind: str
    colour: str
    sky: str
    ground: str


class Exam:
    """Drawn pictures with their answers, seen sharp, small, blurred or through the autoencoder."""

    def __init__(self, seed: int, easy: float = EASY_SHARE) -> None:
        self.rng = np.random.default_rng(seed)
        self.vae = load_vae().to(device())
        self.easy = easy

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        """Pictures of 64 px in [-1, 1] and the indices of their four answers."""
        scene_px = int(self.rng.choice(SCENE_PX))
        scenes = [random_scene(self.rng, easy=self.easy) for _ in range(size)]
        pixels = to_pixels([draw(scene, scene_px, scene_px) for scene in scenes]).to(device())
        if scene_px == SIDE_PX and self.rng.random() < 0.5:
            latents = encode(self.vae, pixels)
            pixels = decode(self.vae, latents + self.rng.uniform(0, 0.25) * torch.randn_like(latents))
        return self._weathered(shrink(pixels)), torch.tensor([_answers(labels(s)) for s in scenes])

    def _weathered(self, pixels: Tensor) -> Tensor:
        if self.rng.random() < 0.3:
            pixels = F.avg_pool2d(F.pad(pixels, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
        gain, bias = self.rng.uniform(0.9, 1.1), self.rng.uniform(-0.06, 0.06)
        return (pixels * gain + bias + 0.03 * torch.randn_like(pixels)).clamp(-1, 1)


def shrink(pixels: Tensor) -> Tensor:
    """Pictures of any size as the judge's 64 px."""
    return F.interpolate(pixels, (SIDE_PX, SIDE_PX), mode="bilinear", antialias=True)


def _answers(truth: object) -> list[int]:
    return [names.index(getattr(truth, q)) for q, names in zip(QUESTIONS, ANSWERS, strict=True)]


def train_classifier(worker: Worker, minutes: float, rate: float = 1.5e-3) -> None:
    """Trains the judge on drawn pictures only; it never sees a generated one."""
    judge = Judge().to(device())
    optimizer = torch.optim.AdamW(judge.parameters(), weight_decay=0.01)
    state = load_state("classifier")
    if state:
        judge.load_state_dict(state["model"])
    exam, clock, log, total = Exam(seed=500 + worker.rank), Clock(minutes), Log("classifier"), 0.0
    for step in count(1):
        share = worker.agree(clock.share)
        if share >= 1:
            break
        pixels, truth = exam.batch(32)
        with torch.autocast(device().type, torch.bfloat16):
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
        total += loss.item()
        if step % 100 == 0 and worker.is_first:
            log.row(step=step, share=share, loss=total / 100)
            total = 0.0
    if worker.is_first:
        save_state("classifier", {"model": judge.state_dict()})


def load_judge() -> Judge:
    """The trained judge."""
    state = load_state("classifier")
    if state is None:
        raise FileNotFoundError(
            f"no checkpoint {RUNS / 'classifier.pt'}: run `python -m training classifier`"
        )
    judge = Judge()
    judge.load_state_dict(state["model"])
    return judge.eval().requires_grad_(False)


def judge_pictures(judge: Judge, pictures: list[Picture]) -> list[Verdict]:
    """A verdict for every picture, of any sizes."""
    pixels = torch.cat([shrink(to_pixels([picture])) for picture in pictures])
    answers = [a.argmax(1).tolist() for a in judge(pixels)]
    return [
        Verdict(*(names[i] for names, i in zip(ANSWERS, indices, strict=True)))
        for indices in zip(*answers, strict=True)
    ]
