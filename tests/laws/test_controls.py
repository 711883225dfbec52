"""Promises about whole runs hold with ControlNets too: same bytes from any batch split and after a restart."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests import controlnets
from tests.laws.test_pipeline import REQUEST
from underpaint.image.picture import Picture
from underpaint.image.png import encode_png
from underpaint.metadata import png_text
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.pipeline import inpaint
from underpaint.request import BatchSettings, ControlPreprocessor, ControlUnit, InpaintRequest
from underpaint.result import ImageDone, Result

CONTROLLED = replace(
    REQUEST,
    canvas=replace(REQUEST.canvas, width=64, height=96),
    controls=(
        ControlUnit(model="one", preprocessor=ControlPreprocessor.LINEART, weight=0.8, end=0.7),
        ControlUnit(model="two", preprocessor=ControlPreprocessor.INPAINT),
    ),
)


@pytest.fixture(scope="module")
def folder(tiny_model: StableDiffusion, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models")
    for seed, name in enumerate(("one", "two")):
        controlnets.write(path, name, controlnets.of_unet(tiny_model, seed).state_dict())
    return path


def run(
    request: InpaintRequest, model: StableDiffusion, picture: Picture, mask: np.ndarray, folder: Path
) -> list[Result]:
    events = inpaint(request, model, pictures=[picture], mask=mask, folders=[folder])
    return [event.result for event in events if isinstance(event, ImageDone)]


def file_sha256(result: Result) -> str:
    return hashlib.sha256(encode_png(result.picture.pixels, text=png_text(result.recipe))).hexdigest()


def test_any_batch_split_gives_the_same_bytes(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray, folder: Path
) -> None:
    shas = [
        [r.picture.sha256 for r in run(replace(CONTROLLED, batch=split), tiny_model, picture, mask, folder)]
        for split in (BatchSettings(size=4), BatchSettings(size=2, count=2), BatchSettings(count=4))
    ]
    assert len(set(shas[0])) == 4
    assert shas[0] == shas[1] == shas[2]
    (without, *_) = run(replace(CONTROLLED, controls=()), tiny_model, picture, mask, folder)
    assert without.picture.sha256 != shas[0][0]


RESTARTED = """
import sys, torch, numpy as np
torch.set_num_threads(2)
from pathlib import Path
from underpaint.image.picture import Picture
from underpaint.models.catalog import find_model
from underpaint.models.stable_diffusion import load
from tests.controlnets import TINY_SD1
from tests.laws.test_controls import CONTROLLED, file_sha256, run
arrays = np.load(sys.argv[1])
model = load(find_model(str(TINY_SD1), []))
(result,) = run(CONTROLLED, model, Picture(arrays["picture"]), arrays["mask"], Path(sys.argv[2]))
print(file_sha256(result))
"""


def test_a_restart_with_more_threads_gives_the_same_file(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray, folder: Path, tmp_path: Path
) -> None:
    (here,) = run(CONTROLLED, tiny_model, picture, mask, folder)
    arrays = tmp_path / "inputs.npz"
    np.savez(arrays, picture=picture.pixels, mask=mask)
    child = subprocess.run(
        [sys.executable, "-c", RESTARTED, str(arrays), str(folder)],
        cwd=Path(__file__).parents[2],
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert child.stdout.strip() == file_sha256(here)
