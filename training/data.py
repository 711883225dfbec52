"""Endless drawn pictures as tensors in [-1, 1]."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from training.scenes import InkPen, Look, draw, draw_heroine, random_scene
from training.sheets import Picture

EASY_SHARE = 0.5
LOOKS = (Look(), Look(pen=InkPen), Look(girl=draw_heroine))
LOOK_SHARES = (0.8, 0.12, 0.08)
CROPS_PER_SCENE = 3
CANDIDATES = 9
"""Crops to choose from: faces and foliage teach an autoencoder more than the sky does."""


def to_pixels(pictures: list[Picture]) -> Tensor:
    """Pictures of one size as a batch in [-1, 1]."""
    return in_unit(torch.from_numpy(np.stack(pictures)))


def in_unit(pictures: Tensor) -> Tensor:
    """8-bit pictures, (count, height, width, 3), as (count, 3, height, width) in [-1, 1]."""
    return pictures.permute(0, 3, 1, 2).float().div(127.5).sub(1).contiguous()


class CropStream:
    """Pictures for the autoencoder: crops of scenes at mixed scales, some small scenes whole."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def whole_scenes(self, count: int, size_px: int) -> Tensor:
        """Square pictures, each of another scene."""
        return to_pixels([self._scene(size_px) for _ in range(count)])

    def batches(self, pixels_per_batch: int, sizes_px: Sequence[int]) -> Iterator[Tensor]:
        """Batches of squares of one of the sizes, with the same number of pixels in each batch."""
        while True:
            size = int(self.rng.choice(sizes_px))
            count = max(1, pixels_per_batch // size**2)
            if self.rng.random() < 0.2:
                yield self.whole_scenes(count, size)
            else:
                scenes = -(-count // CROPS_PER_SCENE)
                yield to_pixels([crop for _ in range(scenes) for crop in self._crops(size)][:count])

    def _scene(self, size_px: int) -> Picture:
        look = LOOKS[int(self.rng.choice(len(LOOKS), p=LOOK_SHARES))]
        return draw(random_scene(self.rng, easy=EASY_SHARE), size_px, size_px, look=look)

    def _crops(self, size_px: int) -> list[Picture]:
        """Several crops of one scene, because drawing costs more than cutting; the more there is to see in one, the likelier."""
        scene_px = int(self.rng.integers(size_px, 321))
        scene = self._scene(scene_px)
        corners = self.rng.integers(0, scene_px - size_px + 1, size=(CANDIDATES, 2))
        crops = [scene[y : y + size_px, x : x + size_px] for x, y in corners]
        details = np.array([_detail(crop) for crop in crops])
        chosen = self.rng.choice(CANDIDATES, CROPS_PER_SCENE, replace=False, p=details / details.sum())
        return [self._flipped(crops[i]) for i in chosen]

    def _flipped(self, picture: Picture) -> Picture:
        return np.ascontiguousarray(picture[:, ::-1] if self.rng.random() < 0.5 else picture)


def _detail(picture: Picture) -> float:
    """How much there is to see: the mean difference between neighbours, and a little for a plain sky."""
    levels = picture.astype(np.int16)
    return 0.5 + float(np.abs(np.diff(levels, axis=0)).mean() + np.abs(np.diff(levels, axis=1)).mean())
