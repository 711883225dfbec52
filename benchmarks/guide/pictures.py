"""The pictures of the page: strips of a few seeds, cut to what matters."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from benchmarks.guide.experiment import Arm, Experiment, Gallery
from benchmarks.guide.stage import Stage
from underpaint.geometry import Box, Size
from underpaint.image.mask import bounding_box
from underpaint.image.resize import size_of
from underpaint.image.sketch import sketched

CELL_PX = 224
"""A picture's side in a strip; pages show it at half of that."""
GAP_PX = 4
ROW_SEEDS, CELL_SEEDS = 6, 4
CELL_COLUMNS = 2
AROUND = 0.3
"""How much is shown beside a region, as a share of it."""
QUALITY = 86
OUTLINE, HALO = (255, 255, 255), (20, 22, 26)


def seeds_shown(experiment: Experiment) -> int:
    """How many seeds of every arm are seen."""
    return ROW_SEEDS if experiment.columns is None else CELL_SEEDS


def start_file(experiment: Experiment) -> str:
    """The strip of what was edited."""
    return f"{experiment.name}-start.webp"


def arm_file(experiment: Experiment, arm: Arm) -> str:
    """The strip of an arm."""
    return f"{experiment.name}-{experiment.arms.index(arm)}.webp"


def write_strips(experiment: Experiment, gallery: Gallery, folder: Path) -> None:
    """Replaces the strips of an experiment."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{experiment.name}-*.webp"):
        if old.stem.removeprefix(f"{experiment.name}-") in ("start", *map(str, range(99))):
            old.unlink()
    for name, strip in _strips(experiment, gallery):
        (folder / name).write_bytes(_webp(strip))


def _strips(experiment: Experiment, gallery: Gallery) -> Iterator[tuple[str, np.ndarray]]:
    columns = ROW_SEEDS if experiment.columns is None else CELL_COLUMNS
    stages = [shot.stage for shot in gallery[experiment.arms[0].label][: seeds_shown(experiment)]]
    begun = [_cell(p, experiment, stage) for stage in stages for p in _starts(experiment, stage)]
    yield start_file(experiment), side_by_side(_without_repeats(begun), ROW_SEEDS)
    for arm in experiment.arms:
        shots = gallery[arm.label][: seeds_shown(experiment)]
        cells = [_cell(shot.pixels, experiment, shot.stage) for shot in shots]
        yield arm_file(experiment, arm), side_by_side(cells, columns)


def _starts(experiment: Experiment, stage: Stage) -> Iterator[np.ndarray]:
    """The stage with its mask outlined, and with every sketch that is used."""
    first = experiment.arms[0]
    yield outlined(stage.picture, stage.regions[first.mask or "mask"])
    for sketch in dict.fromkeys(arm.sketch for arm in experiment.arms if arm.sketch is not None):
        yield sketched(stage.picture, stage.sketches[sketch], stage.regions["mask"])


def _without_repeats(cells: Sequence[np.ndarray]) -> list[np.ndarray]:
    return list({cell.tobytes(): cell for cell in cells}.values())


def outlined(pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The picture with the mask's edge as a light line on a dark one."""
    scale = max(1, round(512 / max(pixels.shape[:2])))
    shown = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    large = cv2.resize(mask, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    edges, _ = cv2.findContours((large > 127).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    for colour, width in ((HALO, 5), (OUTLINE, 2)):
        cv2.drawContours(shown, edges, -1, colour, width, cv2.LINE_AA)
    return shown


def _cell(pixels: np.ndarray, experiment: Experiment, stage: Stage) -> np.ndarray:
    """The square around what matters."""
    scale = pixels.shape[0] / stage.picture.shape[0]
    region = None if experiment.shown is None else stage.regions[experiment.shown]
    box = _square(region, size_of(stage.picture))
    left, top, right, bottom = (round(v * scale) for v in box.edges)
    part = Image.fromarray(pixels).crop((left, top, right, bottom))
    return np.asarray(part.resize((CELL_PX, CELL_PX), Image.Resampling.LANCZOS))


def _square(region: np.ndarray | None, within: Size) -> Box:
    whole = Box.of(within)
    if region is None:
        return whole
    box = bounding_box(region)
    assert box is not None, "a region is not empty"
    side = min(round(max(box.size) * (1 + AROUND)), *within)
    x = min(max(box.x + box.width // 2 - side // 2, 0), within.width - side)
    y = min(max(box.y + box.height // 2 - side // 2, 0), within.height - side)
    return Box(x, y, side, side)


def side_by_side(cells: Sequence[np.ndarray], columns: int) -> np.ndarray:
    """Squares in rows, with transparent gaps between them; RGBA."""
    rows = -(-len(cells) // columns)
    wide = min(columns, len(cells))
    step = CELL_PX + GAP_PX
    sheet = np.zeros((rows * step - GAP_PX, wide * step - GAP_PX, 4), np.uint8)
    for i, cell in enumerate(cells):
        y, x = i // columns * step, i % columns * step
        sheet[y : y + CELL_PX, x : x + CELL_PX, :3] = cell
        sheet[y : y + CELL_PX, x : x + CELL_PX, 3] = 255
    return sheet


def _webp(pixels: np.ndarray) -> bytes:
    file = BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", quality=QUALITY, method=6)
    return file.getvalue()


def strip_size(path: Path) -> Size:
    """Of a strip that was written."""
    with Image.open(path) as image:
        return Size(*image.size)
