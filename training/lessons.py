"""What a denoiser is given beside the noise: pictures to paint, or pictures of which a part is repainted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from training.courses import Course, allowed_scene, example, scene_caption
from training.data import in_unit
from training.repainting import repainting
from training.runs import autocast
from training.scenes import Look, Scene, draw, kind_of
from training.sheets import Picture
from training.vae import Autoencoder, encode
from underpaint.image.control import lineart, unit, with_hole

CELL_PX = 8
LINES_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Drawing:
    """One example before it is encoded: what is painted, prompts, and what is seen beside the noise."""

    picture: Picture
    captions: list[str]
    beside: np.ndarray | None = None
    """A mask, uint8 (height, width), or a control picture, float16 (height, width, 3); each lesson says which."""


class Lesson(Protocol):
    """Draws examples, on the processor, and encodes them, where the autoencoder is."""

    channels: ClassVar[int]
    """The first four are the latents that noise is added to; the others are shown as they are."""

    def drawing(
        self, course: Course, rng: np.random.Generator, width: int, height: int, captions: int
    ) -> Drawing:
        """An example of so many pixels, with so many prompts."""
        ...

    def encoded(self, vae: Autoencoder, pictures: Tensor, beside: Tensor | None) -> Tensor:
        """Examples, (count, channels, height / 8, width / 8), of uint8 pictures, (count, height, width, 3)."""
        ...


class Painting:
    """Text to image."""

    channels: ClassVar[int] = 4

    def drawing(
        self, course: Course, rng: np.random.Generator, width: int, height: int, captions: int
    ) -> Drawing:
        made = example(course, rng, width, height, captions)
        return Drawing(made.picture, made.captions)

    def encoded(self, vae: Autoencoder, pictures: Tensor, beside: Tensor | None) -> Tensor:
        return _latents(vae, _pixels(vae, pictures))


class Restyled(Painting):
    """Text to image, with scenes of some kinds drawn another way."""

    def __init__(self, look: Look, kinds: Sequence[str]) -> None:
        self.look, self.kinds = look, kinds

    def drawing(
        self, course: Course, rng: np.random.Generator, width: int, height: int, captions: int
    ) -> Drawing:
        scene = self._scene(course, rng)
        told = [scene_caption(course, scene, rng) for _ in range(captions)]
        return Drawing(draw(scene, width, height, look=self.look), told)

    def _scene(self, course: Course, rng: np.random.Generator) -> Scene:
        while True:
            scene = allowed_scene(course, rng)
            if any(kind_of(subject) in self.kinds for subject in scene.subjects):
                return scene


class RepaintingLesson:
    """Inpainting, with the channels of Stable Diffusion's inpainting model: latents, mask, latents of the picture
    with mid-grey under the mask (Rombach et al. 2022, section 4.5). Beside the noise is a mask, 255 = repaint."""

    channels: ClassVar[int] = 9

    def drawing(
        self, course: Course, rng: np.random.Generator, width: int, height: int, captions: int
    ) -> Drawing:
        made = repainting(course, rng, width, height, captions)
        return Drawing(made.picture, made.captions, made.mask)

    def encoded(self, vae: Autoencoder, pictures: Tensor, beside: Tensor | None) -> Tensor:
        pixels = _pixels(vae, pictures)
        repainted = _needed(beside).to(vae.device)[:, None].float() / 255
        latents, seen = _latents(vae, torch.cat([pixels, pixels * (1 - repainted)])).chunk(2)
        return torch.cat([latents, F.interpolate(repainted, scale_factor=1 / 8, mode="nearest"), seen], 1)


class Controlled:
    """Text to image beside a control picture, as ControlNets learn (Zhang et al. 2023): the lines of the picture, or the
    picture with a hole where it is masked.

    Beside the noise is a control picture. Its blocks of 8x8 pixels lie in 192 further channels, so that pools hold them like
    latents.
    """

    channels: ClassVar[int] = 4 + 3 * CELL_PX**2

    def drawing(
        self, course: Course, rng: np.random.Generator, width: int, height: int, captions: int
    ) -> Drawing:
        if rng.random() < LINES_SHARE:
            shown = example(course, rng, width, height, captions)
            return Drawing(shown.picture, shown.captions, unit(lineart(shown.picture)).astype(np.float16))
        holed = repainting(course, rng, width, height, captions)
        seen = with_hole(holed.picture, holed.mask > 127)
        return Drawing(holed.picture, holed.captions, seen.astype(np.float16))

    def encoded(self, vae: Autoencoder, pictures: Tensor, beside: Tensor | None) -> Tensor:
        controls = folded(_needed(beside).to(vae.device).float())
        return torch.cat([_latents(vae, _pixels(vae, pictures)), controls], 1)


def stacked(drawings: Sequence[Drawing]) -> tuple[Tensor, Tensor | None]:
    """Pictures, and what is beside the noise, of drawings of one size and one lesson."""
    beside = [drawing.beside for drawing in drawings if drawing.beside is not None]
    pictures = torch.from_numpy(np.stack([drawing.picture for drawing in drawings]))
    return pictures, torch.from_numpy(np.stack(beside)) if beside else None


def folded(controls: Tensor) -> Tensor:
    """Control pictures, (count, height, width, 3), as (count, 192, height / 8, width / 8)."""
    return F.pixel_unshuffle(controls.movedim(-1, 1), CELL_PX)


def unfolded(channels: Tensor) -> Tensor:
    """The control pictures again, (count, 3, height, width)."""
    return F.pixel_shuffle(channels, CELL_PX)


def _pixels(vae: Autoencoder, pictures: Tensor) -> Tensor:
    """8-bit pictures in [-1, 1], where the autoencoder is."""
    return in_unit(pictures.to(vae.device))


def _needed(beside: Tensor | None) -> Tensor:
    if beside is None:
        raise ValueError("this lesson needs something beside the pictures")
    return beside


def _latents(vae: Autoencoder, pixels: Tensor) -> Tensor:
    with autocast():
        return encode(vae, pixels).float()
