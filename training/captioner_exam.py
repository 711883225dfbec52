"""How good is the captioner that ships? It describes scenes that no training showed it, through Underpaint's own code."""

from itertools import cycle, islice

import numpy as np

from training.captioner_lessons import random_view
from training.describing import Told, covered, described, told, visible
from training.scenes import Scene, draw, random_pair
from training.sheets import Picture
from underpaint.describing import describe
from underpaint.image import picture
from underpaint.models.captioner import Captioner

SHAPES = ((256, 256), (384, 256), (512, 512), (256, 384))
"""Width and height of the pictures, in turn."""


def captioner_figures(captioner: Captioner, count: int = 200) -> dict[str, float]:
    """Shares of descriptions that name the kinds that are seen and no other, each in its colour, the sky, the ground; and of
    pairs with both in their colours."""
    rng = np.random.default_rng(4545)
    answers = [examined(captioner, random_view(rng), *shape) for shape in islice(cycle(SHAPES), count)]
    pairs = [examined(captioner, random_pair(rng), *shape) for shape in islice(cycle(SHAPES), count)]
    return {
        "captioner_kinds": _share([truth.colours.keys() == said.colours.keys() for truth, said in answers]),
        "captioner_kinds_and_colours": _share([truth.colours == said.colours for truth, said in answers]),
        "captioner_sky": _share([truth.sky == said.sky for truth, said in answers]),
        "captioner_ground": _share([truth.ground == said.ground for truth, said in answers]),
        "captioner_pair": _share([truth.colours == said.colours for truth, said in pairs]),
    }


def examined(captioner: Captioner, scene: Scene, width: int, height: int) -> tuple[Told, Told]:
    """What is right to say of a scene, and what is said."""
    right = described(scene, visible(scene, covered(scene, width, height)))
    return told(right), told(_said(captioner, draw(scene, width, height)))


def _said(captioner: Captioner, pixels: Picture) -> str:
    return describe(picture.Picture(pixels), captioner)


def _share(right: list[bool]) -> float:
    return sum(right) / len(right)
