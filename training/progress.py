"""Sheets of samples that show how far training has come."""

import numpy as np
import torch

from training.courses import Course
from training.generate import Storybook, enlarge, generate, initial_noise, sample_latents
from training.lessons import Controlled, Repainting, stacked, unfolded
from training.runs import RUNS
from training.sheets import contact_sheet, marked, save_picture, to_pictures
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
REPAINTINGS = 12


def save_painting_sheet(model: Storybook, size_px: int, name: str) -> None:
    """A picture for each of the fixed prompts."""
    pictures = generate(model, SHEET_PROMPTS, range(len(SHEET_PROMPTS)), size_px=size_px, steps=STEPS)
    pictures = [enlarge(p, max(1, 192 // size_px)) for p in pictures]
    save_picture(contact_sheet(pictures, 8, SHEET_PROMPTS), RUNS / f"{name}.png")


def save_repainting_sheet(model: Storybook, size_px: int, name: str) -> None:
    """Fixed pictures with their masks in green, and beside each what the model puts there for its prompt."""
    rng = np.random.default_rng(77)
    courses = [course for course in Course for _ in range(REPAINTINGS // len(Course))]
    lesson = Repainting()
    made = [lesson.drawing(course, rng, size_px, size_px, 1) for course in courses]
    with torch.no_grad():
        shown = lesson.encoded(model.vae, *stacked(made))[:, 4:]
    prompts = [one.captions[0] for one in made]
    noise = initial_noise(range(len(made)), size_px, size_px)
    latents = sample_latents(model, prompts, noise, STEPS, GUIDANCE, shown)
    repainted = to_pictures(decode(model.vae, latents))
    pairs = [
        picture
        for one, result in zip(made, repainted, strict=True)
        for picture in (
            marked(one.picture, one.beside),
            np.where(one.beside[..., None] > 0, result, one.picture),
        )
    ]
    captions = [text for prompt in prompts for text in (prompt, "")]
    save_picture(contact_sheet(pairs, 8, captions), RUNS / f"{name}.png")


def save_control_sheet(model: Storybook, size_px: int, name: str) -> None:
    """Fixed control pictures, holes in grey, and beside each what is painted with it for its prompt."""
    rng = np.random.default_rng(78)
    courses = [course for course in Course for _ in range(REPAINTINGS // len(Course))]
    lesson = Controlled()
    made = [lesson.drawing(course, rng, size_px, size_px, 1) for course in courses]
    with torch.no_grad():
        shown = lesson.encoded(model.vae, *stacked(made))[:, 4:]
    prompts = [one.captions[0] for one in made]
    noise = initial_noise(range(len(prompts)), size_px, size_px)
    painted = to_pictures(decode(model.vae, sample_latents(model, prompts, noise, STEPS, GUIDANCE, shown)))
    controls = unfolded(shown)
    seen = to_pictures(torch.where(controls < 0, 0.0, 2 * controls - 1))
    pairs = [picture for pair in zip(seen, painted, strict=True) for picture in pair]
    captions = [text for prompt in prompts for text in (prompt, "")]
    save_picture(contact_sheet(pairs, 8, captions), RUNS / f"{name}.png")
