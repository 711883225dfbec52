"""Promises about whole runs: same bytes from any batch split and after a restart, and a sacred original."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from underpaint.image.picture import Picture
from underpaint.image.png import encode_png
from underpaint.metadata import png_text
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.pipeline import inpaint
from underpaint.request import (
    BatchSettings,
    CanvasSettings,
    InpaintArea,
    InpaintRequest,
    MaskedContent,
    MaskSettings,
    NoiseSettings,
    PromptSettings,
    Sampler,
    SamplingSettings,
)
from underpaint.result import ImageDone, Result

REQUEST = InpaintRequest(
    prompt=PromptSettings(positive="a (red:1.2) circle", negative="blue"),
    mask=MaskSettings(blur_x_px=3, blur_y_px=3),
    canvas=CanvasSettings(
        width=128, height=192, content=MaskedContent.LATENT_NOISE, area=InpaintArea.ONLY_MASKED, padding_px=6
    ),
    sampling=SamplingSettings(steps=3, denoising_strength=1.0),
    noise=NoiseSettings(seed=5, subseed=0),
)


def run(request: InpaintRequest, model: StableDiffusion, picture: Picture, mask: np.ndarray) -> list[Result]:
    events = inpaint(request, model, pictures=[picture], mask=mask)
    return [event.result for event in events if isinstance(event, ImageDone)]


@pytest.mark.parametrize("sampler", [Sampler.EULER_A, Sampler.DPMPP_2M_SDE])
def test_any_batch_split_gives_the_same_bytes(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray, sampler: Sampler
) -> None:
    request = replace(REQUEST, sampling=replace(REQUEST.sampling, sampler=sampler))
    shas = [
        [r.picture.sha256 for r in run(replace(request, batch=batch), tiny_model, picture, mask)]
        for batch in (BatchSettings(size=4), BatchSettings(size=2, count=2), BatchSettings(count=4))
    ]
    assert len(set(shas[0])) == 4
    assert shas[0] == shas[1] == shas[2]


RESTARTED = """
import sys, hashlib, torch, numpy as np
torch.set_num_threads(int(sys.argv[3]))
from pathlib import Path
from underpaint.image.picture import Picture
from underpaint.image.png import encode_png
from underpaint.metadata import png_text
from underpaint.models.catalog import find_model
from underpaint.models.stable_diffusion import load
from tests.laws.test_pipeline import REQUEST, run
model = load(find_model(sys.argv[1], []))
arrays = np.load(sys.argv[2])
(result,) = run(REQUEST, model, Picture(arrays["picture"]), arrays["mask"])
print(hashlib.sha256(encode_png(result.picture.pixels, text=png_text(result.recipe))).hexdigest())
"""


@pytest.mark.parametrize("threads", [1, 2])
def test_a_restart_gives_the_same_file(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray, tmp_path: Path, threads: int
) -> None:
    (here,) = run(REQUEST, tiny_model, picture, mask)
    expected = hashlib.sha256(encode_png(here.picture.pixels, text=png_text(here.recipe))).hexdigest()
    arrays, root = tmp_path / "inputs.npz", Path(__file__).parents[2]
    np.savez(arrays, picture=picture.pixels, mask=mask)
    model = root / "tests/reference/a1111/models/tiny-sd1.safetensors"
    child = subprocess.run(
        [sys.executable, "-c", RESTARTED, str(model), str(arrays), str(threads)],
        cwd=root,
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert child.stdout.strip() == expected


def test_a_hundred_iterations_change_no_byte_outside(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray
) -> None:
    request = replace(
        REQUEST,
        canvas=replace(REQUEST.canvas, width=64, height=64),
        sampling=SamplingSettings(steps=1, denoising_strength=1.0, cfg_scale=1.0),
    )
    current = picture
    for seed in range(100):
        noise = NoiseSettings(seed=seed, subseed=0)
        (result,) = run(replace(request, noise=noise), tiny_model, current, mask)
        assert result.changed_outside_px == 0
        current = result.picture
    reach = 8  # the blur of 3 px ends after int(2.5 * 3 + 0.5) = 8
    outside = np.ones(mask.shape, bool)
    outside[20 - reach : 40 + reach, 24 - reach : 50 + reach] = False
    assert np.array_equal(current.pixels[outside], picture.pixels[outside])
    assert not np.array_equal(current.pixels, picture.pixels)
