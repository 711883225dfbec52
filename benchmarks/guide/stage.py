"""A stage: a picture that someone edits, with everything an experiment may ask about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

SMALL_PX = 256
"""The builtin model's own size."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stage:
    """A picture and the truth about it; drawn anew for every seed, or always the same."""

    picture: np.ndarray
    """uint8 RGB."""
    prompts: Mapping[str, str]
    """By what they say, such as `full` and `change`."""
    regions: Mapping[str, np.ndarray]
    """uint8, 255 = inside, of the picture's size. `mask` is what one would paint; others are asked about or compared."""
    sketches: Mapping[str, np.ndarray] = field(default_factory=dict)
    """uint8 RGBA of the picture's size."""
    drawn: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Other pictures of the same place: `after` = a perfect edit, `land` = with nothing on it."""
