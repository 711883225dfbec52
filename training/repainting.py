"""What the inpainting variant learns from: a picture, the part of it that is repainted, and prompts for that part."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from training.courses import Course, allowed_detail, allowed_scene, scene_caption
from training.scenes import (
    Scene,
    detail_caption,
    draw,
    place_caption,
    random_scene,
    subject_caption,
    subject_mask,
)
from training.sheets import Picture
from underpaint.geometry import Box
from underpaint.image.mask import bounding_box

WHOLE_SHARE, SUBJECT_SHARE, SCENERY_SHARE = 0.15, 0.4, 0.1
"""How often all, one subject, or all but the subjects is repainted; else what some strokes or a box cover."""

NAMES_ONLY_SUBJECT_SHARE = 0.6
OTHER_SHAPE_SHARE = 0.5
"""Of subjects, so many are masked together with the shape of another: who wants a cat instead of a house masks the house."""

CLEAR = 0.03
"""A mask over less of a subject than this share of it leaves the subject to be."""

NEARLY_CLEAR = 0.2
"""A mask for another subject may touch so much of one that is not named."""


@dataclass(frozen=True, slots=True)
class Repainting:
    """A picture, its mask (255 = repaint) and prompts."""

    picture: Picture
    mask: Picture
    captions: list[str]


def repainting(
    course: Course, rng: np.random.Generator, width: int, height: int, captions: int
) -> Repainting:
    """A random example that shows no combination of colours held out for the evaluation."""
    if course is Course.DETAIL:
        return _detail(rng, width, height, captions)
    scene = allowed_scene(course, rng)
    picture = draw(scene, width, height)
    subjects = [subject_mask(scene, i, width, height) for i in range(len(scene.subjects))]
    roll = rng.random()
    if roll < WHOLE_SHARE:
        mask = np.full((height, width), 255, np.uint8)
        told = [scene_caption(course, scene, rng) for _ in range(captions)]
    elif roll < WHOLE_SHARE + SUBJECT_SHARE:
        index = int(rng.integers(len(subjects)))
        mask = _around(subjects[index], rng)
        told = [_about(course, scene, subjects, index, mask, rng) for _ in range(captions)]
    elif roll < WHOLE_SHARE + SUBJECT_SHARE + SCENERY_SHARE:
        mask = 255 - loosened(np.max(subjects, axis=0), rng, most=0.04)
        told = [scene_caption(course, scene, rng) for _ in range(captions)]
    else:
        mask = scribble(rng, width, height)
        told = [_for_scribble(course, scene, subjects, mask, rng) for _ in range(captions)]
    return Repainting(picture, mask, told)


def _detail(rng: np.random.Generator, width: int, height: int, captions: int) -> Repainting:
    seen = allowed_detail(rng, width, height)
    mask = loosened(seen.mask(), rng, most=0.06) if rng.random() < 0.7 else scribble(rng, width, height)
    told = [detail_caption(seen.scene, seen.subject, seen.part, rng) for _ in range(captions)]
    return Repainting(seen.draw(), mask, told)


def _around(subject: Picture, rng: np.random.Generator) -> Picture:
    """A mask that covers the subject: of its shape, or of its shape and another's laid over each other."""
    if rng.random() < OTHER_SHAPE_SHARE and (box := bounding_box(subject)):
        subject = np.maximum(subject, _other_shape(box, rng, *subject.shape))
    return loosened(subject, rng)


def _other_shape(box: Box, rng: np.random.Generator, height: int, width: int) -> Picture:
    """The mask of some other subject, stretched over a box or beyond it by up to four fifths."""
    other = subject_mask(random_scene(rng, easy=1.0), 0, width, height)
    own = bounding_box(other)
    if own is None:
        return other
    across, down = (new * rng.uniform(1.0, 1.8) / old for old, new in zip(own.size, box.size, strict=True))
    x, y = box.x - across * own.x, box.y - down * own.y
    beyond = rng.random(2) * (box.width - across * own.width, box.height - down * own.height)
    move = np.array([[across, 0, x + beyond[0]], [0, down, y + beyond[1]]])
    stretched: Any = cv2.warpAffine(other, move, (width, height), flags=cv2.INTER_NEAREST)
    return stretched


def _about(
    course: Course, scene: Scene, subjects: list[Picture], index: int, mask: Picture, rng: np.random.Generator
) -> str:
    """The subject alone, now and then, where the mask leaves the others to be; else the scene."""
    others = [share for i, share in enumerate(_covered(subjects, mask)) if i != index]
    if max(others, default=0.0) < NEARLY_CLEAR and rng.random() < NAMES_ONLY_SUBJECT_SHARE:
        return subject_caption(scene, index, rng)
    return scene_caption(course, scene, rng)


def _for_scribble(
    course: Course, scene: Scene, subjects: list[Picture], mask: Picture, rng: np.random.Generator
) -> str:
    """The surroundings where the mask leaves the subjects alone, else the scene."""
    is_clear = max(_covered(subjects, mask)) < CLEAR
    return place_caption(scene, rng) if is_clear else scene_caption(course, scene, rng)


def _covered(subjects: list[Picture], mask: Picture) -> list[float]:
    """The share of each subject that the mask covers."""
    return [float((mask[s > 0] > 0).sum() / max(1, (s > 0).sum())) for s in subjects]


def loosened(mask: Picture, rng: np.random.Generator, most: float = 0.1) -> Picture:
    """The mask as someone paints it by hand: grown by up to a share of the picture's short side, its corners rounded."""
    radius = round(rng.uniform(0.005, most) * min(mask.shape))
    if radius < 1:
        return mask
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    grown = cv2.dilate(mask, kernel)
    return np.where(cv2.GaussianBlur(grown, (0, 0), radius) > 100, 255, grown).astype(np.uint8)


def scribble(rng: np.random.Generator, width: int, height: int) -> Picture:
    """A few brush strokes, or a box."""
    mask = np.zeros((height, width), np.uint8)
    if rng.random() < 0.35:
        w, h = (int(rng.uniform(0.2, 0.75) * side) for side in (width, height))
        x, y = int(rng.integers(width - w + 1)), int(rng.integers(height - h + 1))
        mask[y : y + h, x : x + w] = 255
        return mask
    for _ in range(int(rng.integers(1, 4))):
        points = _stroke(rng, width, height)
        thickness = max(2, round(rng.uniform(0.06, 0.25) * min(width, height)))
        cv2.polylines(mask, [points], False, 255, thickness, cv2.LINE_AA)
    return np.where(mask > 127, 255, 0).astype(np.uint8)


def _stroke(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    """Points of a wandering line."""
    count = int(rng.integers(2, 7))
    steps = rng.normal(0, 0.17, (count, 2)) * (width, height)
    start = rng.uniform(0.1, 0.9, 2) * (width, height)
    return np.clip(start + steps.cumsum(0), 0, (width - 1, height - 1)).astype(np.int32)
