"""What the experiments measure of their shots."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import cv2
import numpy as np

from benchmarks.guide import pixels
from benchmarks.guide.experiment import Gallery, Measure, Shot, each
from benchmarks.guide.judge import SIDE_PX, Sight, load_judge, sights
from benchmarks.guide.look import look_at
from benchmarks.guide.stage import Stage
from training.cielab import lab
from training.judge import Judge
from training.seam import seam_score
from underpaint.canvas import changed_outside, soft_mask
from underpaint.image.measure import mean_delta_e
from underpaint.image.picture import Picture
from underpaint.image.sketch import sketched
from underpaint.request import GRID_PX


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
    return _apart("change under the mask", region)


def truth_missed(region: str) -> Measure:
    """How far the picture is from the drawing it started from, in a region; 0 = drawn as it should be."""
    return _apart("away from the drawing", region)


def _apart(name: str, region: str) -> Measure:
    """How far the picture is from the stage's."""
    return each(
        name,
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


def _pairs(gallery: Gallery, arm: str) -> Sequence[float]:
    shots = gallery[arm]
    return [
        difference(one.pixels, two.pixels, one.stage.regions["mask"])
        for one, two in zip(shots[::2], shots[1::2], strict=False)
    ]


VARIETY = Measure(name="difference between two seeds", of=_pairs, unit="ΔE", digits=1)
"""On a stage that is the same for every seed: the first against the second, the third against the fourth, and so on, so
that no picture counts twice."""


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


def _ripples(shot: Shot) -> float:
    """What is left of the lightness without its slow changes, which shine in from the edge."""
    light = lab(shot.pixels)[..., 0]
    return float((light - cv2.GaussianBlur(light, (0, 0), GRID_PX))[_deep_inside(shot) > 0].std())


RIPPLES = each("ripples", _ripples, unit="L")
"""The standard deviation of lightness (0 to 100) within some latent cells."""


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


# Quality


def sharpness_kept(region: str) -> Measure:
    """Sharpness as a share of the drawing's own."""
    return _sharpness("sharpness, drawing = 1", region, lambda shot: shot.stage.picture)


def detail(truth: str, region: str = "mask") -> Measure:
    """Sharpness as a share of what is drawn there in truth."""
    return _sharpness("detail, drawing = 1", region, lambda shot: shot.stage.drawn[truth])


def _sharpness(name: str, region: str, beside: Callable[[Shot], np.ndarray]) -> Measure:
    """As a share of another picture's."""

    def of(shot: Shot) -> float:
        inside = shot.stage.regions[region]
        return pixels.sharpness(shot.pixels, inside) / pixels.sharpness(beside(shot), inside)

    return each(name, of)


def mottling(region: str = "mask") -> Measure:
    """How spotted it is; noise that was not denoised is seen as spots of eight pixels."""
    return each(
        "mottling", lambda shot: pixels.mottling(shot.pixels, shot.stage.regions[region]), unit="ΔE", digits=1
    )


def seam(region: str) -> Measure:
    """The jump across a region's edge; about 1 = none, but lines that the picture has there anyway count."""
    return each("seam, about 1 = none", lambda shot: seam_score(shot.pixels, shot.stage.regions[region]))


def seam_added(truth: str | None = None) -> Measure:
    """By how much the jump across the edge of the arm's own mask is larger than in the truth, or than before the edit."""

    def of(shot: Shot) -> float:
        assert shot.arm.mask is not None, "asked of arms with a mask"
        edge = shot.stage.regions[shot.arm.mask]
        without = shot.stage.picture if truth is None else shot.stage.drawn[truth]
        return seam_score(shot.pixels, edge) - seam_score(without, edge)

    return each("seam added, 0 = none", of)


# The sketch itself


def _sketched(stage: Stage, sketch: str) -> np.ndarray:
    """The picture with a sketch on it, before anything is denoised."""
    return sketched(stage.picture, stage.sketches[sketch], stage.regions["mask"])


def _under(shot: Shot) -> np.ndarray:
    assert shot.arm.sketch is not None, "asked of arms with a sketch"
    return _sketched(shot.stage, shot.arm.sketch)


def seen_in_sketch(thing: str, arms: tuple[str, ...]) -> Measure:
    """Whether the judge sees the thing in the sketch already."""

    def of(shot: Shot) -> bool:
        (sight,) = sights(_judge(), [look_at(_under(shot), shot.stage.regions["mask"], SIDE_PX)])
        return sight.thing == thing

    return replace(each(f"a {thing} in the sketch itself", of, is_share=True), arms=arms)


def sketch_missed(sketch: str) -> Measure:
    """How far the picture is from what was sketched, whether the arm had the sketch or not."""
    return each(
        "away from the sketch",
        lambda shot: difference(_sketched(shot.stage, sketch), shot.pixels, shot.stage.regions["mask"]),
        unit="ΔE",
        digits=1,
    )


def detail_on_flats(sketch: str, model: str) -> Measure:
    """Sharpness where the sketch has one flat colour, as a share of that on another one: 0 = still flat."""

    def of(shot: Shot) -> float:
        stage = shot.stage
        whole = _sketched(stage, model)
        painted = np.minimum(stage.sketches[model][..., 3], stage.regions["mask"])
        return pixels.sharpness(shot.pixels, _flats(stage, sketch)) / pixels.sharpness(whole, painted)

    return each("detail on the daubs, drawn tree = 1", of)


def _flats(stage: Stage, sketch: str) -> np.ndarray:
    """Where a sketch is opaque and nothing changes within some pixels, inside the mask."""
    around = np.ones((9, 9), np.uint8)
    layer = stage.sketches[sketch]
    is_flat = (cv2.dilate(layer, around) == cv2.erode(layer, around)).all(axis=2) & (layer[..., 3] == 255)
    return np.minimum(is_flat.astype(np.uint8) * 255, stage.regions["mask"])
