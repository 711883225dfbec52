"""What a denoiser is given beside the noise: pictures to paint, or pictures of which a part is repainted."""

from collections.abc import Sequence
from typing import ClassVar, Protocol

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import Tensor
from torch.nn import functional as F

from training.courses import Course, allowed_scene, example, scene_caption
from training.data import to_pixels
from training.repainting import repainting
from training.runs import autocast
from training.scenes import Look, Scene, draw, kind_of
from training.sheets import Picture
from training.vae import encode
from underpaint.image.control import lineart, unit, with_hole

CELL_PX = 8
LINES_SHARE = 0.5


class Lesson(Protocol):
    """Makes encoded examples, (count, channels, height / 8, width / 8), each with several prompts.

    The first four channels are the latents that noise is added to; the others are shown as they are.
    """

    channels: ClassVar[int]

    def examples(
        self, courses: Sequence[Course], rng: np.random.Generator, width: int, height: int, captions: int
    ) -> tuple[Tensor, list[list[str]]]: ...


class Painting:
    """Text to image."""

    channels: ClassVar[int] = 4

    def __init__(self, vae: AutoencoderKL) -> None:
        self.vae = vae

    def examples(
        self, courses: Sequence[Course], rng: np.random.Generator, width: int, height: int, captions: int
    ) -> tuple[Tensor, list[list[str]]]:
        made = [example(course, rng, width, height, captions) for course in courses]
        pixels = to_pixels([one.picture for one in made])
        return _latents(self.vae, pixels), [one.captions for one in made]


class Restyled:
    """Text to image, with scenes of some kinds drawn another way."""

    channels: ClassVar[int] = 4

    def __init__(self, vae: AutoencoderKL, look: Look, kinds: Sequence[str]) -> None:
        self.vae, self.look, self.kinds = vae, look, kinds

    def examples(
        self, courses: Sequence[Course], rng: np.random.Generator, width: int, height: int, captions: int
    ) -> tuple[Tensor, list[list[str]]]:
        scenes = [self._scene(course, rng) for course in courses]
        pixels = to_pixels([draw(scene, width, height, look=self.look) for scene in scenes])
        told = [
            [scene_caption(course, scene, rng) for _ in range(captions)]
            for course, scene in zip(courses, scenes, strict=True)
        ]
        return _latents(self.vae, pixels), told

    def _scene(self, course: Course, rng: np.random.Generator) -> Scene:
        while True:
            scene = allowed_scene(course, rng)
            if any(kind_of(subject) in self.kinds for subject in scene.subjects):
                return scene


class Repainting:
    """Inpainting, with the channels of Stable Diffusion's inpainting model: latents, mask, latents of the picture
    with mid-grey under the mask (Rombach et al. 2022, section 4.5)."""

    channels: ClassVar[int] = 9

    def __init__(self, vae: AutoencoderKL) -> None:
        self.vae = vae

    def examples(
        self, courses: Sequence[Course], rng: np.random.Generator, width: int, height: int, captions: int
    ) -> tuple[Tensor, list[list[str]]]:
        made = [repainting(course, rng, width, height, captions) for course in courses]
        pixels = to_pixels([one.picture for one in made])
        return self.encoded(pixels, [one.mask for one in made]), [one.captions for one in made]

    def encoded(self, pixels: Tensor, masks: Sequence[Picture]) -> Tensor:
        """The nine channels for pictures in [-1, 1]."""
        repainted = torch.from_numpy(np.stack(masks))[:, None].float() / 255
        latents, seen = _latents(self.vae, torch.cat([pixels, pixels * (1 - repainted)])).chunk(2)
        return torch.cat([latents, F.interpolate(repainted, scale_factor=1 / 8, mode="nearest"), seen], 1)


class Controlled:
    """Text to image beside a control picture, as ControlNets learn (Zhang et al. 2023): the lines of the picture, or the
    picture with a hole where it is masked.

    A control picture's blocks of 8x8 pixels lie in 192 further channels, so that pools hold them like latents.
    """

    channels: ClassVar[int] = 4 + 3 * CELL_PX**2

    def __init__(self, vae: AutoencoderKL) -> None:
        self.vae = vae

    def examples(
        self, courses: Sequence[Course], rng: np.random.Generator, width: int, height: int, captions: int
    ) -> tuple[Tensor, list[list[str]]]:
        made = [self._example(course, rng, width, height, captions) for course in courses]
        latents = _latents(self.vae, to_pixels([picture for picture, _, _ in made]))
        seen = folded(np.stack([control for _, control, _ in made]))
        return torch.cat([latents, seen], 1), [told for _, _, told in made]

    def _example(
        self, course: Course, rng: np.random.Generator, width: int, height: int, captions: int
    ) -> tuple[Picture, np.ndarray, list[str]]:
        """A picture, what the ControlNet sees of it, and prompts."""
        if rng.random() < LINES_SHARE:
            shown = example(course, rng, width, height, captions)
            return shown.picture, unit(lineart(shown.picture)), shown.captions
        holed = repainting(course, rng, width, height, captions)
        return holed.picture, with_hole(holed.picture, holed.mask > 127), holed.captions


def folded(controls: np.ndarray) -> Tensor:
    """Control pictures, float32 (count, height, width, 3), as (count, 192, height / 8, width / 8)."""
    return F.pixel_unshuffle(torch.from_numpy(controls).movedim(-1, 1), CELL_PX)


def unfolded(channels: Tensor) -> Tensor:
    """The control pictures again, (count, 3, height, width)."""
    return F.pixel_shuffle(channels, CELL_PX)


def _latents(vae: AutoencoderKL, pixels: Tensor) -> Tensor:
    with autocast():
        return encode(vae, pixels.to(vae.device)).float().cpu()
