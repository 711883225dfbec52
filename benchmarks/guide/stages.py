"""The stages: drawn scenes with their true masks, and the sample picture that ships. Same seed, same stage."""

from dataclasses import replace
from functools import cache
from importlib.resources import files
from itertools import product
from typing import cast

import cv2
import numpy as np

from benchmarks.guide.sketching import daubed_tree, pasted_tree
from benchmarks.guide.stage import SMALL_PX, Stage
from training.asks import GROUND_WORDS, SKY_WORDS
from training.scenes import Cat, Girl, House, Look, Scene, draw, draw_heroine, part_mask, subject_mask
from training.scenes.model import Ground, Sky, View
from underpaint.image.io import load_mask, load_picture

OLD_DRESSES, NEW_DRESSES = ("purple", "red", "blue", "green"), ("yellow", "white", "pink", "orange")
HAIRS, EYES, FURS = (
    ("red", "black", "blonde", "brown"),
    ("blue", "green", "brown"),
    ("orange", "white", "grey"),
)
HEROINE = Look(girl=draw_heroine)
JOINT_PX = 12
"""How far from a mask's edge it is decided whether new limbs and clothes go on from the old ones."""


def grown(mask: np.ndarray, px: int) -> np.ndarray:
    """The mask with a rim of so many pixels."""
    return cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * px + 1, 2 * px + 1)))


def _without_holes(mask: np.ndarray) -> np.ndarray:
    """The mask with what it encloses: eyes are part of a face that is painted over."""
    edges, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(mask.copy(), edges, -1, 255, -1)


def _across(body: np.ndarray) -> np.ndarray:
    """A band over what lies between her waist and her ankles, so that limbs and clothes run into it on either side."""
    rows, columns = np.flatnonzero(body.any(1)), np.flatnonzero(body.any(0))
    height = int(rows[-1]) - int(rows[0])
    band = np.zeros_like(body)
    top, bottom = (int(rows[0]) + round(share * height) for share in (0.55, 0.9))
    band[top:bottom, max(0, int(columns[0]) - 10) : int(columns[-1]) + 11] = 255
    return band


def _joints(mask: np.ndarray, body: np.ndarray) -> np.ndarray:
    """Where she is, or nearly, just inside the mask's edge."""
    rim = mask - cv2.erode(mask, np.ones((2 * JOINT_PX + 1, 2 * JOINT_PX + 1), np.uint8))
    return np.minimum(rim, grown(body, 3))


def _rng(name: str, seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, *name.encode()])


def _scene(rng: np.random.Generator, seed: int, *subjects: Girl | Cat | House, view: View = "close") -> Scene:
    """Subjects in a landscape; grounds and skies take turns."""
    grounds, skies = ("grass", "field", "sand", "snow"), ("day", "sunset", "day", "night")
    return Scene(
        sky=cast(Sky, skies[(seed + seed // 4) % 4]),
        ground=cast(Ground, grounds[seed % 4]),
        view=view,
        subjects=subjects,
        horizon=round(float(rng.uniform(0.5, 0.64)), 4),
        sun=round(float(rng.uniform(0.15, 0.85)), 4),
        detail_seed=int(rng.integers(2**31 - 1)),
    )


def _place(scene: Scene) -> str:
    return f"{GROUND_WORDS[scene.ground]}, {SKY_WORDS[scene.sky]}"


def _girl(rng: np.random.Generator, dress: str, **where: float) -> Girl:
    return Girl(
        hair=str(rng.choice(HAIRS)),
        dress=dress,
        eyes=str(rng.choice(EYES)),
        mirrored=bool(rng.random() < 0.5),
        pose=int(rng.integers(4)),
        **where,
    )


def _said(girl: Girl, dress: str | None = None) -> str:
    return f"a girl with {girl.hair} hair and {_a(dress or girl.dress)} dress"


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def _drawn(scene: Scene, side_px: int = SMALL_PX) -> np.ndarray:
    return draw(scene, side_px, side_px)


def _land(scene: Scene) -> Scene:
    return replace(scene, view="scene", subjects=())


def dress(seed: int) -> Stage:
    """A girl whose dress is to have another colour."""
    rng = _rng("dress", seed)
    old, new = tuple(product(OLD_DRESSES, NEW_DRESSES))[(seed * 5) % 16]
    girl = _girl(rng, old, scale=float(rng.uniform(0.95, 1.05)))
    scene = _scene(rng, seed, girl)
    cloth, hair = (part_mask(scene, 0, part, SMALL_PX, SMALL_PX) for part in ("dress", "hair"))
    body = subject_mask(scene, 0, SMALL_PX, SMALL_PX)
    band, loose = _across(body), grown(cloth, 14)
    return Stage(
        picture=_drawn(scene),
        prompts={
            "full": f"{_said(girl, new)}, {_place(scene)}",
            "change": f"{_a(new)} dress",
            "same": f"{_said(girl)}, {_place(scene)}",
        },
        regions={
            "mask": grown(cloth, 5),
            "cloth": cloth,
            "hair": grown(hair, 2),
            "loose dress": loose,
            "hair beside it": np.minimum(grown(hair, 2), loose),
            "her in it": np.minimum(body, loose),
            "girl": body,
            "all of her": grown(body, 14),
            "across": band,
            "joints": _joints(band, body),
        },
        drawn={
            "after": _drawn(replace(scene, subjects=(replace(girl, dress=new),))),
            "land": _drawn(_land(scene)),
        },
    )


def heroine(seed: int) -> Stage:
    """Minty, whom the LoRA of that name knows. Her hair and her dress are masked; the prompt says of them what words
    can."""
    rng = _rng("heroine", seed)
    scene = _scene(rng, seed, _girl(rng, "white", scale=float(rng.uniform(0.9, 1.0))))
    hair, cloth = (part_mask(scene, 0, part, SMALL_PX, SMALL_PX, look=HEROINE) for part in ("hair", "dress"))
    picture = draw(scene, SMALL_PX, SMALL_PX, look=HEROINE)
    return Stage(
        picture=picture,
        prompts={"full": f"a girl with green hair and a white dress, {_place(scene)}"},
        regions={"mask": grown(np.maximum(hair, cloth), 5), "hair": hair, "dress": cloth},
        drawn={"her": picture},
    )


def girl_to_cat(seed: int) -> Stage:
    """A girl who is to become a cat."""
    rng = _rng("cat", seed)
    girl = _girl(rng, str(rng.choice(OLD_DRESSES)), scale=float(rng.uniform(0.9, 1.0)))
    scene = _scene(rng, seed, girl)
    fur = FURS[seed % len(FURS)]
    body = subject_mask(scene, 0, SMALL_PX, SMALL_PX)
    return Stage(
        picture=_drawn(scene),
        prompts={
            "full": f"{_a(fur)} cat, {_place(scene)}",
            "change": f"{_a(fur)} cat",
            "in front": f"{_a(fur)} cat, {_said(girl)}, {_place(scene)}",
            "at the end": f"{_said(girl)}, {_place(scene)}, {_a(fur)} cat",
        },
        regions={"mask": grown(body, 8), "girl": body},
        drawn={"land": _drawn(_land(scene))},
    )


def removal(seed: int) -> Stage:
    """A girl who is to make way for the land behind her."""
    rng = _rng("removal", seed)
    girl = _girl(rng, str(rng.choice(OLD_DRESSES)), x=float(rng.uniform(0.35, 0.65)), depth=0.7)
    scene = _scene(rng, seed, girl, view="scene")
    body = subject_mask(scene, 0, SMALL_PX, SMALL_PX)
    return Stage(
        picture=_drawn(scene),
        prompts={"full": _place(scene)},
        regions={"mask": grown(body, 8), "girl": body},
        drawn={"land": _drawn(_land(scene))},
    )


def surroundings(seed: int) -> Stage:
    """A girl who is to stand somewhere else."""
    rng = _rng("surroundings", seed)
    girl = _girl(rng, str(rng.choice(OLD_DRESSES)), scale=1.1)
    here = replace(_scene(rng, seed, girl), sky="day")
    there = replace(here, ground=cast(Ground, ("snow", "sea", "grass", "sea")[seed % 4]), sky="sunset")
    body = subject_mask(here, 0, SMALL_PX, SMALL_PX)
    return Stage(
        picture=_drawn(here),
        prompts={"full": f"{_said(girl)}, {_place(there)}"},
        regions={"mask": body, "around": 255 - grown(body, 6), "girl": body},
        drawn={"land": _drawn(_land(here)), "after": _drawn(there)},
    )


def eyes(seed: int) -> Stage:
    """A girl at some distance, whose eyes are to be drawn better."""
    rng = _rng("eyes", seed)
    girl = _girl(rng, str(rng.choice(OLD_DRESSES)), x=float(rng.uniform(0.4, 0.6)), depth=0.75, scale=1.15)
    scene = _scene(rng, seed, girl, view="scene")
    seen = part_mask(scene, 0, "eyes", SMALL_PX, SMALL_PX)
    face = part_mask(scene, 0, "face", SMALL_PX, SMALL_PX)
    return Stage(
        picture=_drawn(scene),
        prompts={
            "full": f"{_said(girl)}, {_place(scene)}",
            "change": f"close-up of a girl with {girl.hair} hair and {girl.eyes} eyes",
        },
        regions={
            "mask": grown(seen, 3),
            "eyes": grown(seen, 1),
            "face": _without_holes(grown(face, 2)),
            "all of her": grown(subject_mask(scene, 0, SMALL_PX, SMALL_PX), 4),
        },
    )


def empty_place(seed: int) -> Stage:
    """A girl at the left, and a place at the right where nothing is."""
    rng = _rng("empty place", seed)
    girl = _girl(rng, str(rng.choice(OLD_DRESSES)), x=0.24, depth=0.75, scale=1.2)
    scene = _scene(rng, seed, girl, view="scene")
    patch = np.zeros((SMALL_PX, SMALL_PX), np.uint8)
    cv2.ellipse(patch, (180, 158), (46, 66), 0, 0, 360, 255, -1)
    return Stage(
        picture=_drawn(scene),
        prompts={"full": f"{_said(girl)}, {_place(scene)}", "change": _place(scene)},
        regions={"mask": patch, "girl": subject_mask(scene, 0, SMALL_PX, SMALL_PX)},
        drawn={"land": _drawn(_land(scene))},
    )


def beside_the_house(seed: int) -> Stage:
    """A house, and room for a bush beside it, masked tightly or not."""
    rng = _rng("beside the house", seed)
    house = House(roof=("red", "blue", "purple", "orange")[seed % 4], x=0.3, depth=0.3, scale=1.1, pose=3)
    scene = _scene(rng, seed, house, view="scene")
    walls = subject_mask(scene, 0, SMALL_PX, SMALL_PX)
    tight = np.zeros((SMALL_PX, SMALL_PX), np.uint8)
    cv2.ellipse(tight, (192, 192), (46, 38), 0, 0, 360, 255, -1)
    return Stage(
        picture=_drawn(scene),
        prompts={"full": f"a bush with pink leaves, {_place(scene)}"},
        regions={
            "tight": tight,
            "roomy": grown(tight, 16),
            "huge": grown(tight, 56),
            "house": walls,
            "mask": tight,
        },
    )


@cache
def tree_place() -> Stage:
    """The sample picture, with room for a tree."""
    folder = files("underpaint") / "builtin" / "samples"
    picture = load_picture((folder / "girl.png").read_bytes()).pixels
    mask = load_mask((folder / "tree-mask.png").read_bytes())
    tree, place = "a tree with green leaves", "in a field, sunset"
    scene = "a girl with red hair and a blue dress and a house with a red roof"
    return Stage(
        picture=picture,
        prompts={
            "full": f"{tree}, {place}",
            "change": tree,
            "in front": f"{tree}, {scene}, {place}",
            "at the end": f"{scene}, {place}, {tree}",
        },
        regions={"mask": mask},
        sketches={"daubed": daubed_tree(mask.shape), "pasted": pasted_tree(mask.shape)},
        drawn={"land": picture},
    )


def sample(seed: int) -> Stage:
    """The sample picture, with room for a tree; the same for every seed."""
    return tree_place()
