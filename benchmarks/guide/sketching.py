"""Sketches of a tree for the sample picture: what anyone daubs in a minute, and a tree cut out of another picture."""

import cv2
import numpy as np

from training.scenes import Scene, Tree, draw, subject_mask

TRUNK = (96, 62, 40)
LEAVES = (
    ((622, 222), (92, 80), (62, 112, 48)),
    ((574, 250), (52, 44), (52, 98, 44)),
    ((672, 246), (50, 46), (78, 132, 56)),
    ((606, 182), (54, 42), (98, 150, 66)),
    ((652, 206), (34, 28), (128, 172, 78)),
)
"""Middles, radii and colours of the daubs of the crown, in pixels of the sample picture."""


def daubed_tree(shape: tuple[int, ...]) -> np.ndarray:
    """Five flat daubs on a stick; uint8 RGBA."""
    sketch = np.zeros((*shape[:2], 4), np.uint8)
    trunk = np.array([(608, 290), (638, 290), (648, 424), (596, 424)], np.int32)
    cv2.fillPoly(sketch, [trunk], (*TRUNK, 255), cv2.LINE_AA)
    for middle, radii, colour in LEAVES:
        cv2.ellipse(sketch, middle, radii, 0, 0, 360, (*colour, 255), -1, cv2.LINE_AA)
    return sketch


def pasted_tree(shape: tuple[int, ...]) -> np.ndarray:
    """A tree from a picture of another day, cut out roughly; uint8 RGBA."""
    height, width = shape[:2]
    tree = Tree(leaves="green", x=622 / width, depth=0.62, scale=0.98, pose=1)
    other = Scene(sky="night", ground="snow", view="scene", subjects=(tree,), horizon=0.57, detail_seed=31)
    cut = cv2.dilate(subject_mask(other, 0, width, height), np.ones((7, 7), np.uint8))
    return np.dstack([draw(other, width, height), cut])
