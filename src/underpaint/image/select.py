"""Selecting a thing with a click, a box or points on its outline: a mask (uint8, 255 = selected) from its edges.

Colour and edges decide; nothing is recognised. Pictures are uint8 RGB (height, width, 3). The search runs on a small
copy, so that time hardly grows with the picture; only the outline is then looked at again at full size.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from underpaint.errors import InvalidRequest
from underpaint.geometry import Box, Size
from underpaint.image.mask import bounding_box
from underpaint.image.resize import size_of

SEARCHED_PX = 320
"""Longest side of the copy that is searched for a region."""
OUTLINED_PX = 768
"""Longest side of the copy on which outlines are traced."""
MOST_POINTS = 64
GRABCUT_ROUNDS = 4
TOLERANCES = tuple(range(3, 40))
"""Distances in CIELAB that a click may spread over."""
LARGEST_SHARE = 0.6
"""Of what is searched: no click spreads further."""
LEAKED_SHARE = 0.15
"""From here on a click may have run through a soft edge."""
FLOODED = 255
BOX_MARGIN = 0.3
"""What a box must show around it, of its longer side, to tell inside from outside."""


def select_region(pixels: np.ndarray, x: int, y: int, *, radius_px: int | None = None) -> np.ndarray:
    """The thing under the pixel at `x`, `y`, as far as its colours reach; `radius_px` bounds the search to a square
    around it. Never empty: the pixel itself is selected."""
    size = size_of(pixels)
    if not (0 <= x < size.width and 0 <= y < size.height):
        raise InvalidRequest(f"The point {x}, {y} lies outside the picture ({size}).")
    window = Box.of(size) if radius_px is None else Box(x, y, 1, 1).padded(max(radius_px, 8), size)
    view = _View.of(pixels, window, SEARCHED_PX)
    seed = view.inwards(x, y)
    spread = _spread(view.pixels, seed)
    found = _cut(view.pixels, _trimap_around(spread))
    found = _component_at(np.maximum(found, cv2.erode(spread, _disc(1))), seed)
    result = view.outwards(found, pixels)
    result[y, x] = 255
    return result


def select_box(pixels: np.ndarray, box: Box) -> np.ndarray:
    """The thing inside a box drawn loosely around it; the whole box where nothing sets it apart."""
    size = size_of(pixels)
    if box.width < 1 or box.height < 1 or not Box.of(size).contains(box):
        raise InvalidRequest(f"The box {tuple(box)} does not lie inside the picture ({size}).")
    margin_px = max(int(max(box.size) * BOX_MARGIN), 8)
    view = _View.of(pixels, box.padded(margin_px, size), SEARCHED_PX)
    left, top = view.inwards(box.x, box.y)
    right, bottom = view.inwards(box.right - 1, box.bottom - 1)
    inside = np.zeros(view.pixels.shape[:2], np.uint8)
    inside[top : bottom + 1, left : right + 1] = 255
    found = _cut(view.pixels, np.where(inside > 0, cv2.GC_PR_FGD, cv2.GC_BGD).astype(np.uint8))
    result = view.outwards(found if found.any() else inside, pixels)
    outside = np.ones(result.shape, bool)
    outside[box.rows, box.columns] = False
    result[outside] = 0
    if not result.any():
        result[box.rows, box.columns] = 255
    return result


def select_edge(pixels: np.ndarray, points: Sequence[tuple[int, int]]) -> np.ndarray:
    """The inside of a closed outline that runs through `points` (x, y) along the edges between them: intelligent
    scissors (Mortensen and Barrett 1995)."""
    size = size_of(pixels)
    if not 3 <= len(points) <= MOST_POINTS:
        raise InvalidRequest(f"An outline needs 3 to {MOST_POINTS} points, not {len(points)}.")
    if not all(0 <= x < size.width and 0 <= y < size.height for x, y in points):
        raise InvalidRequest(f"Every point of an outline must lie inside the picture ({size}).")
    left, top = (min(axis) for axis in zip(*points, strict=True))
    right, bottom = (max(axis) + 1 for axis in zip(*points, strict=True))
    box = Box.from_edges(left, top, right, bottom)
    view = _View.of(pixels, box.padded(max(box.size) // 4 + 8, size), OUTLINED_PX)
    outline = _traced(view.pixels, [view.inwards(x, y) for x, y in points])
    result = np.zeros(pixels.shape[:2], np.uint8)
    # Points are pixel centres; four fractional bits keep the half pixels.
    full = (outline + 0.5) / view.scale + (view.window.x, view.window.y) - 0.5
    cv2.fillPoly(result, [np.rint(full * 16).astype(np.int32)], 255, shift=4)
    return result


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _View:
    """A part of a picture at a size that can be searched."""

    pixels: np.ndarray
    window: Box
    scale: np.ndarray
    """float64 (x, y): pixels of the view per pixel of the picture, at most 1."""

    @classmethod
    def of(cls, pixels: np.ndarray, window: Box, longest_px: int) -> "_View":
        factor = min(longest_px / max(window.size), 1)
        size = Size(max(round(window.width * factor), 1), max(round(window.height * factor), 1))
        part = np.ascontiguousarray(pixels[window.rows, window.columns])
        small = part if factor == 1 else cv2.resize(part, size, interpolation=cv2.INTER_AREA)
        return cls(
            pixels=small,
            window=window,
            scale=np.array([size.width / window.width, size.height / window.height]),
        )

    def inwards(self, x: int, y: int) -> tuple[int, int]:
        """The pixel of the view that shows a pixel of the picture."""
        return int((x - self.window.x) * self.scale[0]), int((y - self.window.y) * self.scale[1])

    def outwards(self, found: np.ndarray, pixels: np.ndarray) -> np.ndarray:
        """A mask of the view as a mask of the picture, its outline found again at full size."""
        result = np.zeros(pixels.shape[:2], np.uint8)
        seen = result[self.window.rows, self.window.columns]
        if size_of(found) == self.window.size:
            seen[:] = found
        else:
            seen[:] = _refined(found, self.pixels, pixels[self.window.rows, self.window.columns])
        return result


# Where a click reaches


def _spread(pixels: np.ndarray, seed: tuple[int, int]) -> np.ndarray:
    """What the click floods; one that has leaked through a soft edge is kept within the edges that can be seen."""
    lab = cv2.cvtColor(cv2.bilateralFilter(pixels, 5, 30, 3), cv2.COLOR_RGB2Lab)
    free = _most_stable_flood(lab, seed, np.zeros(lab.shape[:2], np.uint8))
    if np.count_nonzero(free) < LEAKED_SHARE * free.size:
        return free
    edges = np.maximum.reduce([cv2.Canny(channel, 20, 60) for channel in cv2.split(lab)])
    edges[max(seed[1] - 1, 0) : seed[1] + 2, max(seed[0] - 1, 0) : seed[0] + 2] = 0
    return cv2.dilate(_most_stable_flood(lab, seed, edges), _disc(1))


def _most_stable_flood(lab: np.ndarray, seed: tuple[int, int], barrier: np.ndarray) -> np.ndarray:
    """The flood at the tolerance around which its area changes least (as MSER, Matas et al. 2002)."""
    floods: list[np.ndarray] = []
    for tolerance in TOLERANCES:
        flood = _flooded(lab, seed, tolerance, barrier)
        if floods and np.count_nonzero(flood) > LARGEST_SHARE * flood.size:
            break
        floods.append(flood)
    return floods[_stablest(np.array([np.count_nonzero(flood) for flood in floods], np.float64))]


def _flooded(lab: np.ndarray, seed: tuple[int, int], tolerance: int, barrier: np.ndarray) -> np.ndarray:
    """255 where the flood comes; it does not cross what is not 0 in `barrier`."""
    blocked = np.pad((barrier > 0).astype(np.uint8), 1)
    # OpenCV's 8-bit L is 2.55 times as large as CIELAB's
    reach = (2.55 * tolerance, tolerance, tolerance)
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | FLOODED << 8
    cv2.floodFill(lab, blocked, seed, (0, 0, 0), reach, reach, flags)
    return np.where(blocked[1:-1, 1:-1] == FLOODED, 255, 0).astype(np.uint8)


def _stablest(areas: np.ndarray) -> int:
    """Where the area grows least, relative to itself, over the next tolerances; of equals the widest."""
    if len(areas) < 4:
        return 0
    ahead = np.minimum(np.arange(len(areas)) + 3, len(areas) - 1)
    growth = areas[ahead[:-3]] / areas[:-3]
    return int(len(growth) - 1 - np.argmin(growth[::-1]))


def _trimap_around(spread: np.ndarray) -> np.ndarray:
    """For GrabCut: surely inside, probably inside, probably outside, surely outside."""
    reach = max(int(0.15 * np.sqrt(np.count_nonzero(spread))), 2)
    trimap = np.full(spread.shape, cv2.GC_BGD, np.uint8)
    trimap[cv2.dilate(spread, _disc(reach)) > 0] = cv2.GC_PR_BGD
    trimap[spread > 0] = cv2.GC_PR_FGD
    trimap[cv2.erode(spread, _disc(1)) > 0] = cv2.GC_FGD
    return trimap


def _disc(radius: int) -> np.ndarray:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))


def _cut(pixels: np.ndarray, trimap: np.ndarray) -> np.ndarray:
    """GrabCut (Rother et al. 2004) from a trimap, which is not changed."""
    sides = [(trimap & 1 == side).any() for side in (0, 1)]
    if not all(sides):  # it needs pixels on both sides
        return np.where(trimap & 1, 255, 0).astype(np.uint8)
    labels, background, foreground = trimap.copy(), np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(0)  # its k-means draws from OpenCV's generator
    cv2.grabCut(pixels, labels, (0, 0, 0, 0), background, foreground, GRABCUT_ROUNDS, cv2.GC_INIT_WITH_MASK)
    return np.where(labels & 1, 255, 0).astype(np.uint8)


def _component_at(mask: np.ndarray, seed: tuple[int, int]) -> np.ndarray:
    """The connected part of the mask nearest to the seed, with its holes closed when they are specks."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    x, y = seed
    label = int(labels[y, x])
    if label == 0:
        if count == 1:
            alone = np.zeros_like(mask)
            alone[y, x] = 255
            return alone
        rows, columns = np.nonzero(mask)
        nearest = np.argmin((rows - y) ** 2 + (columns - x) ** 2)
        label = int(labels[rows[nearest], columns[nearest]])
    part = np.where(labels == label, 255, 0).astype(np.uint8)
    return _without_specks(part, 0.01 * stats[label, cv2.CC_STAT_AREA])


def _without_specks(part: np.ndarray, largest: float) -> np.ndarray:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(255 - part, connectivity=4)
    is_speck = stats[:, cv2.CC_STAT_AREA] <= largest
    is_speck[0] = False
    return np.where(is_speck[labels.astype(np.intp)], 255, part).astype(np.uint8)


# The outline at full size


def _refined(found: np.ndarray, small: np.ndarray, full: np.ndarray) -> np.ndarray:
    """The mask `found` on `small` at the size of `full`: near its outline each pixel goes to the side whose colours,
    averaged close by, are nearer to its own."""
    size = size_of(full)
    result = cv2.resize(found, size, interpolation=cv2.INTER_NEAREST)
    ring = cv2.dilate(found, _disc(1)) - cv2.erode(found, _disc(1))
    box = bounding_box(ring)
    if box is None:
        return result
    means = [_nearby_means(small, side) for side in (found > 0, found == 0)]
    rows, columns = np.nonzero(cv2.resize(ring, size, interpolation=cv2.INTER_NEAREST))
    y = rows * found.shape[0] // size.height
    x = columns * found.shape[1] // size.width
    own = _lab(full[rows, columns])
    inside, outside = (((own - mean[y, x]) ** 2).sum(axis=1) for mean in means)
    result[rows, columns] = np.where(inside < outside, 255, 0)
    return cv2.medianBlur(result, 5)


def _nearby_means(small: np.ndarray, side: np.ndarray) -> np.ndarray:
    """float32 (h, w, 3) CIELAB: the mean colour of the pixels of one side within three pixels."""
    weight = cv2.boxFilter(side.astype(np.float32), -1, (7, 7), normalize=False)
    lab = _lab(small.reshape(-1, 3)).reshape(small.shape)
    total = cv2.boxFilter(lab * side[..., None].astype(np.float32), -1, (7, 7), normalize=False)
    return np.where(weight[..., None] > 0, total / np.maximum(weight, 1)[..., None], 1e6)


def _lab(levels: np.ndarray) -> np.ndarray:
    """float32 (n, 3) CIELAB of uint8 (n, 3) RGB."""
    unit = levels.astype(np.float32) / 255
    return cv2.cvtColor(np.ascontiguousarray(unit)[None], cv2.COLOR_RGB2Lab)[0]


# Along edges


def _traced(pixels: np.ndarray, points: Sequence[tuple[int, int]]) -> np.ndarray:
    """float64 (n, 2): the pixels of the cheapest closed path along edges through `points`."""
    scissors = cv2.segmentation.IntelligentScissorsMB()
    scissors.setEdgeFeatureCannyParameters(32, 100)
    scissors.setGradientMagnitudeMaxLimit(200)
    scissors.applyImage(pixels)
    paths: list[np.ndarray] = []
    for start, end in zip(points, [*points[1:], points[0]], strict=True):
        scissors.buildMap(start)
        paths.append(scissors.getContour(end).reshape(-1, 2))
    return np.concatenate(paths).astype(np.float64)
