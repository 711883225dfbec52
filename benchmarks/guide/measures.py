"""What the experiments measure of their shots."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import cv2
import numpy as np

from benchmarks.guide import pixels
from benchmarks.guide.experiment import Gallery, Measure, Shot, each
from benchmarks.guide.judge import SIDE_PX, Sight, load_judge, sights
from benchmarks.guide.look import look_at
from training.cielab import lab
from training.judge import Judge
from training.seam import seam_score
from underpaint.canvas import changed_outside, soft_mask
from underpaint.image.measure import mean_delta_e
from underpaint.image.picture import Picture
from underpaint.image.sketch import sketched


@cache
def _judge() -> Judge:
    return load_judge()


# What the judge sees


def seen(shot: Shot, region: str = "mask") -> Sight:
    """What stands in a region."""
    (sight,) = sights(_judge(), [look_at(shot.pixels, shot.stage.regions[region], SIDE_PX)])
    return sight


def shows(thing: str, region: str = "mask") -> Measure:
    """Whether the judge sees a thing there."""
    return each(f"the judge sees a {thing}", lambda shot: seen(shot, region).thing == thing, is_share=True)


def as_asked(region: str) -> Measure:
    """Whether the judge sees there what it sees in a perfect edit: the thing and its colour."""

    def of(shot: Shot) -> bool:
        pictures = (shot.pixels, shot.stage.drawn["after"])
        places = [look_at(pixels, shot.stage.regions[region], SIDE_PX) for pixels in pictures]
        made, wanted = sights(_judge(), places)
        return made == wanted

    return each("the judge sees what was asked for", of, is_share=True)


# Change


def difference(one: np.ndarray, other: np.ndarray, region: np.ndarray | None) -> float:
    """The mean distance (CIE76), pixel by pixel, inside the region, or everywhere."""
    return mean_delta_e(Picture(one), Picture(other), region)


def changed(region: str = "mask") -> Measure:
    """How much the picture changed."""
    return each(
        "change under the mask",
        lambda shot: difference(shot.stage.picture, shot.pixels, shot.stage.regions[region]),
        unit="ΔE",
        digits=1,
    )


IS_UNTOUCHED = each(
    "not one byte changed",
    lambda shot: np.array_equal(shot.stage.picture, shot.pixels),
    is_share=True,
)
ALL_CHANGED = each(
    "change of the whole picture",
    lambda shot: difference(shot.stage.picture, shot.pixels, None),
    unit="ΔE",
    digits=1,
)


def _outside_in_all(shot: Shot) -> int:
    assert shot.arm.mask is not None, "asked of arms with a mask"
    soft = soft_mask(shot.arm.request, shot.stage.regions[shot.arm.mask])
    return changed_outside(soft, Picture(shot.stage.picture), Picture(shot.pixels))


OUTSIDE_IN_ALL = each("pixels changed outside the mask", _outside_in_all, unit="px", digits=0)
"""Against the picture before the first edit."""
STEPS = each("model calls", lambda shot: shot.steps, digits=0)


def distance_to(label: str, name: str, region: str = "mask") -> Measure:
    """How far each picture is from the same seed's picture of another arm."""

    def of(gallery: Gallery, arm: str) -> Sequence[float]:
        return [
            difference(one.pixels, two.pixels, one.stage.regions[region])
            for one, two in zip(gallery[arm], gallery[label], strict=True)
        ]

    return Measure(name=name, of=of, unit="ΔE", digits=1)


def _neighbours(gallery: Gallery, arm: str) -> Sequence[float]:
    shots = gallery[arm]
    return [
        difference(one.pixels, two.pixels, one.stage.regions["mask"])
        for one, two in zip(shots, [*shots[1:], shots[0]], strict=True)
    ]


VARIETY = Measure(name="difference between two seeds", of=_neighbours, unit="ΔE", digits=1)
"""On a stage that is the same for every seed: each picture against the next seed's."""


# Colour


def residue(region: str) -> Measure:
    """How much of the old colour is left: 0 = the colour a perfect edit has, 1 = the old one."""

    def of(shot: Shot) -> float:
        inside = shot.stage.regions[region]
        new, old = (pixels.mean_lab(p, inside) for p in (shot.stage.drawn["after"], shot.stage.picture))
        return pixels.share_of_way(pixels.mean_lab(shot.pixels, inside), new, old)

    return each("what is left of the old colour", of)


def tone_gap(truth: str, region: str = "mask") -> Measure:
    """How far the mean colour is from the truth."""
    return each(
        "tone off by",
        lambda shot: pixels.tone_gap(shot.pixels, shot.stage.drawn[truth], shot.stage.regions[region]),
        unit="ΔE",
        digits=1,
    )


def way_to_her_colour(region: str) -> Measure:
    """How far the mean colour is on the way from the true one to the girl's."""

    def of(shot: Shot) -> float:
        inside, girl = shot.stage.regions[region], shot.stage.regions["girl"]
        truth = pixels.mean_lab(shot.stage.drawn["after"], inside)
        hers = pixels.mean_lab(shot.stage.picture, girl)
        return pixels.share_of_way(pixels.mean_lab(shot.pixels, inside), truth, hers)

    return each("way to her colour", of)


def _is_brown(shot: Shot) -> bool:
    """A dull orange or yellow: hue 30 to 95 degrees, neither grey nor vivid, neither black nor white."""
    light, a, b = pixels.mean_lab(shot.pixels, _deep_inside(shot))
    hue, chroma = float(np.degrees(np.arctan2(b, a))), float(np.hypot(a, b))
    return bool(30 <= hue <= 95 and 8 <= chroma <= 55 and 20 <= light <= 70)


def _deep_inside(shot: Shot) -> np.ndarray:
    """Off the mask's edge, where its neighbours show through."""
    return cv2.erode(shot.stage.regions["mask"], np.ones((25, 25), np.uint8))


IS_BROWN = each("brown", _is_brown, is_share=True)
RIPPLES = each(
    "spread of lightness",
    lambda shot: float(lab(shot.pixels)[..., 0][_deep_inside(shot) > 0].std()),
    unit="L",
)


# Shape


STRUCTURE_KEPT = each(
    "old edges still there",
    lambda shot: pixels.structure_match(shot.pixels, shot.stage.picture, shot.stage.regions["mask"]),
)


def details_kept(region: str) -> Measure:
    """How alike the edges are to those of a perfect edit: 1 = the same, 0 = unrelated."""
    return each(
        f"details of her {region}",
        lambda shot: pixels.structure_match(
            shot.pixels, shot.stage.drawn["after"], shot.stage.regions[region]
        ),
    )


def shape_kept(region: str, within: str) -> Measure:
    """How well the shape that stands out from the land still is the old one: 1 = the same, 0 = elsewhere."""

    def of(shot: Shot) -> float:
        land, around = shot.stage.drawn["land"], shot.stage.regions[within]
        return pixels.overlap(pixels.silhouette(shot.pixels, land, around), shot.stage.regions[region] > 127)

    return each("shape kept", of)


def truth_missed(region: str) -> Measure:
    """How far the picture is from the drawing it started from, in a region; 0 = drawn as it should be."""
    return each(
        "away from the drawing",
        lambda shot: difference(shot.stage.picture, shot.pixels, shot.stage.regions[region]),
        unit="ΔE",
        digits=1,
    )


# Quality


def sharpness_kept(region: str) -> Measure:
    """Sharpness as a share of the drawing's own."""
    return each(
        "sharpness, drawing = 1",
        lambda shot: (
            pixels.sharpness(shot.pixels, shot.stage.regions[region])
            / pixels.sharpness(shot.stage.picture, shot.stage.regions[region])
        ),
    )


def detail(truth: str, region: str = "mask") -> Measure:
    """Sharpness as a share of what is drawn there in truth."""
    return each(
        "detail, drawing = 1",
        lambda shot: (
            pixels.sharpness(shot.pixels, shot.stage.regions[region])
            / pixels.sharpness(shot.stage.drawn[truth], shot.stage.regions[region])
        ),
    )


def mottling(region: str = "mask") -> Measure:
    """How spotted it is; noise that was not denoised is seen as spots of eight pixels."""
    return each(
        "mottling", lambda shot: pixels.mottling(shot.pixels, shot.stage.regions[region]), unit="ΔE", digits=1
    )


def seam(region: str | None = None) -> Measure:
    """The jump across the mask's edge; 1 = no seam."""
    return each(
        "seam, 1 = none",
        lambda shot: seam_score(shot.pixels, shot.stage.regions[region or shot.arm.mask or "mask"]),
    )


# The sketch itself


def _under(shot: Shot) -> np.ndarray:
    """The stage with the arm's sketch on it, before anything is denoised."""
    assert shot.arm.sketch is not None, "asked of arms with a sketch"
    return sketched(shot.stage.picture, shot.stage.sketches[shot.arm.sketch], shot.stage.regions["mask"])


def seen_in_sketch(thing: str, arms: tuple[str, ...]) -> Measure:
    """Whether the judge sees the thing in the sketch already."""

    def of(shot: Shot) -> bool:
        (sight,) = sights(_judge(), [look_at(_under(shot), shot.stage.regions["mask"], SIDE_PX)])
        return sight.thing == thing

    return replace(each(f"a {thing} in the sketch itself", of, is_share=True), arms=arms)


def detail_gained(arms: tuple[str, ...]) -> Measure:
    """Detail as a share of the sketch's own."""

    def of(shot: Shot) -> float:
        mask = shot.stage.regions["mask"]
        return pixels.sharpness(shot.pixels, mask) / pixels.sharpness(_under(shot), mask)

    return replace(each("detail, sketch = 1", of), arms=arms)
