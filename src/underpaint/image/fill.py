"""Masked content *fill*: the surroundings flow into the masked area."""

import numpy as np
from PIL import Image, ImageFilter

from underpaint.image.blend import cut_out

BLURS = ((256, 1), (64, 1), (16, 2), (4, 4), (2, 2), (0, 1))
"""Radius in pixels and how often that blur is laid on; later ones cover earlier ones near the mask's border."""


def filled(pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """RGB picture whose masked part is the blurred unmasked part, ever sharper towards the border.

    Where nothing is unmasked there is nothing to blur: the result is black.
    """
    unmasked = cut_out(pixels, mask)
    canvas = Image.new("RGBA", unmasked.size)
    for radius_px, repeats in BLURS:
        layer = unmasked.filter(ImageFilter.GaussianBlur(radius_px)).convert("RGBA")
        for _ in range(repeats):
            canvas.alpha_composite(layer)
    return np.array(canvas.convert("RGB"))
