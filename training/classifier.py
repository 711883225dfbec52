"""The judge of one subject: it names subject, colour, sky and ground of a picture."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from training.data import to_pixels
from training.judge import Judge, Seed, answer, shrink, train_judge, weathered, with_checkpoint
from training.runs import Worker, device
from training.scenes import COLOURS, GROUNDS, KINDS, SKIES, draw, labels, random_scene
from training.sheets import Picture
from training.vae import Autoencoder, decode, encode, load_vae

SIDE_PX = 64
ANSWERS: tuple[tuple[str, ...], ...] = (tuple(KINDS), tuple(COLOURS), tuple(SKIES), tuple(GROUNDS))
QUESTIONS = ("kind", "colour", "sky", "ground")
EASY_SHARE = 0.8
SCENE_PX = (64, 96, 128)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the judge sees in one picture."""

    kind: str
    colour: str
    sky: str
    ground: str


class SceneExam:
    """Drawn pictures with their answers, seen sharp, small, blurred or through the autoencoder."""

    def __init__(self, seed: Seed, vae: Autoencoder, easy: float = EASY_SHARE) -> None:
        self.rng = np.random.default_rng(seed)
        self.vae = vae.to(device())
        self.easy = easy

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        """Pictures of 64 px in [-1, 1] and the indices of their four answers."""
        scene_px = int(self.rng.choice(SCENE_PX))
        scenes = [random_scene(self.rng, easy=self.easy) for _ in range(size)]
        pixels = to_pixels([draw(scene, scene_px, scene_px) for scene in scenes]).to(device())
        if scene_px == SIDE_PX and self.rng.random() < 0.5:
            latents = encode(self.vae, pixels)
            pixels = decode(self.vae, latents + self.rng.uniform(0, 0.25) * torch.randn_like(latents))
        truth = torch.tensor([_answers(labels(scene)) for scene in scenes])
        return weathered(shrink(pixels, SIDE_PX), self.rng), truth


def _answers(truth: object) -> list[int]:
    return [names.index(getattr(truth, q)) for q, names in zip(QUESTIONS, ANSWERS, strict=True)]


def new_classifier() -> Judge:
    """An untrained judge of the four questions."""
    return Judge(ANSWERS, SIDE_PX)


def train_classifier(worker: Worker, minutes: float) -> None:
    """Trains the judge of single subjects."""
    vae = load_vae()
    train_judge(worker, minutes, "classifier", new_classifier(), lambda seed: SceneExam(seed, vae))


def load_classifier() -> Judge:
    """The trained judge of single subjects."""
    return with_checkpoint(new_classifier(), "classifier")


def judge_pictures(judge: Judge, pictures: list[Picture]) -> list[Seen]:
    """What is seen in each picture, of any sizes."""
    return [
        Seen(*(names[i] for names, i in zip(ANSWERS, row, strict=True))) for row in answer(judge, pictures)
    ]
