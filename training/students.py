"""Who is trained: what each is shown, and what it consists of before its first lesson."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from training.denoiser import ControlledDenoiser, Denoiser
from training.generate import Storybook
from training.lessons import Controlled, Lesson, Painting, RepaintingLesson, Restyled
from training.lora import add_low_rank
from training.progress import save_control_sheet, save_painting_sheet, save_repainting_sheet
from training.runs import device, needed_state
from training.scenes import KINDS, InkPen, Look, draw_heroine
from training.text import load_text_encoder, new_text_encoder, new_tokenizer
from training.vae import load_vae

LORA_RANK = 4
"""Half of what attention alone had before convolutions were added, at the same size of file."""


@dataclass(frozen=True, slots=True)
class Student:
    """One that learns with the others' help or alone."""

    lesson: Lesson
    build: Callable[[], Denoiser]
    """Its networks at the beginning; what is not to be trained needs no gradient."""
    sheet: Callable[[Storybook, int, str], None] = save_painting_sheet


def _painter() -> Denoiser:
    return Denoiser(load_text_encoder())


def _repainter() -> Denoiser:
    """The painter, with an input convolution that does not listen to its five new channels yet."""
    painter = grown_painter()
    denoiser = Denoiser(painter.text_encoder, RepaintingLesson.channels)
    values = painter.unet.state_dict()
    wide = torch.zeros_like(denoiser.unet.conv_in.weight)
    wide[:, : Painting.channels] = values["conv_in.weight"]
    denoiser.unet.load_state_dict({**values, "conv_in.weight": wide})
    return denoiser


def _with_lora() -> Denoiser:
    """The painter, with untrained additions."""
    denoiser = grown_painter()
    add_low_rank(denoiser.unet, LORA_RANK)
    return denoiser


def _controlled() -> Denoiser:
    return ControlledDenoiser(grown_painter())


STUDENTS = {
    "unet": Student(Painting(), _painter),
    "inpaint": Student(RepaintingLesson(), _repainter, save_repainting_sheet),
    "control": Student(Controlled(), _controlled, save_control_sheet),
    "comic-ink": Student(Restyled(Look(pen=InkPen), KINDS), _with_lora),
    "minty": Student(Restyled(Look(girl=draw_heroine), ("girl",)), _with_lora),
}
LORAS = ("comic-ink", "minty")
"""A style, and a person."""


def grown_painter() -> Denoiser:
    """The painter with the averaged weights of its last checkpoint."""
    denoiser = Denoiser(new_text_encoder(new_tokenizer()))
    denoiser.load_state_dict(needed_state("unet")["average"]["values"])
    return denoiser


def load_storybook(student: str = "unet") -> Storybook:
    """The averaged weights of a student's last checkpoint."""
    values = needed_state(student)["average"]["values"]
    denoiser = STUDENTS[student].build()
    denoiser.load_state_dict(values)
    denoiser.eval().requires_grad_(False)
    return Storybook(new_tokenizer(), denoiser.to(device()), load_vae().to(device()))
