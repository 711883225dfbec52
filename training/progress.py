"""Sheets of samples that show how far training has come."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from training.courses import Course
from training.generate import Storybook, enlarge, generate, initial_noise, sample_latents
from training.lessons import Controlled, Drawing, Lesson, RepaintingLesson, stacked, unfolded
from training.runs import RUNS
from training.sheets import Picture, contact_sheet, marked, save_picture, to_pictures
from training.vae import decode

SHEET_PROMPTS = (
    "a girl with red hair and a blue dress, grass, day",
    "white cat, snow, night",
    "black cat on the sand, sunset",
    "tree with pink leaves, grass, day",
    "house with a red roof, field, sunset",
    "yellow flower, grass, night",
    "green bush, sand, day",
    "purple flower by the sea, sunset",
    "close-up of a girl with blonde hair and green eyes",
    "orange cat and a tree with green leaves, grass, day",
    "house with a blue roof by the sea, night",
    "a girl with black hair and a yellow dress by the sea",
    "tree with orange leaves in the snow, day",
    "grey cat in a field",
    "red flower",
    "sunset, sea",
)
STEPS = 12
GUIDANCE = 5.0
DRAWINGS = 12


def save_painting_sheet(model: Storybook, size_px: int, name: str) -> None:
    """A picture for each of the fixed prompts."""
    pictures = generate(model, SHEET_PROMPTS, range(len(SHEET_PROMPTS)), size_px=size_px, steps=STEPS)
    pictures = [enlarge(p, max(1, 192 // size_px)) for p in pictures]
    save_picture(contact_sheet(pictures, 8, SHEET_PROMPTS), RUNS / f"{name}.png")


def save_repainting_sheet(model: Storybook, size_px: int, name: str) -> None:
    """Fixed pictures with their masks in green, and beside each what the model puts there for its prompt."""
    made = _drawings(RepaintingLesson(), 77, size_px)
    _, repainted = _painted_beside(model, RepaintingLesson(), made)
    masks = stacked(made)[1]
    assert masks is not None, "repaintings have masks"
    seen = [marked(one.picture, mask) for one, mask in zip(made, masks.numpy(), strict=True)]
    done = [
        np.where(mask[..., None] > 0, result, one.picture)
        for one, mask, result in zip(made, masks.numpy(), repainted, strict=True)
    ]
    _save_pairs(made, seen, done, name)


def save_control_sheet(model: Storybook, size_px: int, name: str) -> None:
    """Fixed control pictures, holes in grey, and beside each what is painted with it for its prompt."""
    made = _drawings(Controlled(), 78, size_px)
    shown, painted = _painted_beside(model, Controlled(), made)
    controls = unfolded(shown)
    seen = to_pictures(torch.where(controls < 0, 0.0, 2 * controls - 1))
    _save_pairs(made, seen, painted, name)


def _drawings(lesson: Lesson, seed: int, size_px: int) -> list[Drawing]:
    """Fixed squares of all courses."""
    rng = np.random.default_rng(seed)
    courses = [course for course in Course for _ in range(DRAWINGS // len(Course))]
    return [lesson.drawing(course, rng, size_px, size_px, 1) for course in courses]


@torch.no_grad()
def _painted_beside(
    model: Storybook, lesson: Lesson, made: Sequence[Drawing]
) -> tuple[Tensor, list[Picture]]:
    """What the model is shown beside the noise, and what it paints then."""
    shown = lesson.encoded(model.vae, *stacked(made))[:, 4:]
    prompts = [one.captions[0] for one in made]
    height, width = made[0].picture.shape[:2]
    noise = initial_noise(range(len(made)), width, height)
    latents = sample_latents(model, prompts, noise, STEPS, GUIDANCE, shown)
    return shown, to_pictures(decode(model.vae, latents))


def _save_pairs(
    made: Sequence[Drawing], seen: Sequence[Picture], painted: Sequence[Picture], name: str
) -> None:
    """What was seen beside what was painted, over its prompt."""
    pairs = [picture for pair in zip(seen, painted, strict=True) for picture in pair]
    captions = [text for one in made for text in (one.captions[0], "")]
    save_picture(contact_sheet(pairs, 8, captions), RUNS / f"{name}.png")
