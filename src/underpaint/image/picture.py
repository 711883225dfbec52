"""A picture in memory."""

import hashlib
from dataclasses import dataclass

import numpy as np

from underpaint.geometry import Size
from underpaint.image.resize import size_of


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    pixels: np.ndarray
    """uint8 or uint16 (height, width, 3 or 4), RGB or RGB with straight alpha, upright."""
    icc_profile: bytes | None = None
    """Colour profile of the pixels; None = sRGB."""

    @property
    def size(self) -> Size:
        return size_of(self.pixels)

    @property
    def rgb(self) -> np.ndarray:
        return self.pixels[..., :3]

    @property
    def alpha(self) -> np.ndarray | None:
        return self.pixels[..., 3] if self.pixels.shape[2] == 4 else None

    @property
    def sha256(self) -> str:
        """Of depth, shape, pixels and colour profile: the same for a PNG and a TIFF that hold the same picture."""
        of_pixels = sha256_of_pixels(self.pixels)
        if self.icc_profile is None:
            return of_pixels
        return hashlib.sha256(of_pixels.encode() + self.icc_profile).hexdigest()


def sha256_of_pixels(pixels: np.ndarray) -> str:
    """Of depth, shape and values of a picture or mask."""
    digest = hashlib.sha256(f"{pixels.dtype.name} {pixels.shape} ".encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()
