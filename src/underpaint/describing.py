"""From a picture to a prompt."""

from underpaint.image.blend import flattened
from underpaint.image.picture import Picture
from underpaint.image.resize import bicubic
from underpaint.models.captioner import Captioner

BACKGROUND = "#ffffff"
"""Behind transparent pixels."""
FINEST = 16
"""Pixels of the picture for one of the captioner's, along each side, that are looked at: more tell it nothing."""


def describe(picture: Picture, captioner: Captioner) -> str:
    """A prompt for the picture: what the captioner sees in it. Pictures of any size, depth and shape; those that are not
    square are squeezed, as all captioners of this kind are used to."""
    across, down = (
        max(1, side // (FINEST * most)) for side, most in zip(picture.size, captioner.size, strict=True)
    )
    seen = flattened(picture.pixels[::down, ::across], BACKGROUND)
    return captioner.caption(bicubic(seen, captioner.size))
