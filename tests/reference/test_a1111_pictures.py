"""Everything A1111 does to pixels around the model, bit for bit, on pictures it made itself."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from tests.reference.a1111.cases import NATIVE_PX, Case, case_folders, load_case
from underpaint.canvas import PreparedCanvas, composite, latent_mask, prepare_all, soft_mask
from underpaint.errors import UnsupportedFeature
from underpaint.image.mask import bounding_box
from underpaint.image.resize import size_of
from underpaint.plan import plan
from underpaint.request import LatentMaskRule


@dataclass(frozen=True)
class Prepared:
    case: Case
    canvases: tuple[PreparedCanvas, ...]


WITH_PICTURES = [folder for folder in case_folders() if (folder / "init.png").exists()]


@pytest.fixture(scope="module", params=WITH_PICTURES, ids=lambda folder: folder.name)
def prepared(request: pytest.FixtureRequest) -> Prepared:
    folder: Path = request.param
    try:
        case = load_case(folder)
    except UnsupportedFeature as error:
        pytest.skip(str(error))
    soft = None if case.mask is None else soft_mask(case.request, case.mask)
    plans = [
        plan(
            case.request,
            picture=picture.size,
            mask_box=None if soft is None else bounding_box(soft),
            mask_size=None if soft is None else size_of(soft),
            native_px=NATIVE_PX,
        )
        for picture in case.pictures
    ]
    canvases = prepare_all(case.request, list(zip(plans, case.pictures, strict=True)), soft)
    return Prepared(case, tuple(canvases))


def test_crop_is_pasted_where_a1111_pastes_it(prepared: Prepared):
    wanted = prepared.case.record["paste_to"]
    for canvas in prepared.canvases:
        assert (list(canvas.plan.paste) if canvas.plan.is_cropped else None) == wanted


def test_prepared_picture(prepared: Prepared):
    for i, canvas in enumerate(prepared.canvases):
        wanted = prepared.case.picture(f"prepared_{i}")
        if wanted is None:
            wanted = prepared.case.pictures[i].pixels
        np.testing.assert_array_equal(canvas.image, wanted)


def test_mask_for_overlay(prepared: Prepared):
    wanted = prepared.case.picture("mask_for_overlay")
    for canvas in prepared.canvases:
        if wanted is None:
            assert canvas.mask_for_overlay is None
        else:
            np.testing.assert_array_equal(canvas.mask_for_overlay, wanted[..., 0])


def test_overlay(prepared: Prepared):
    wanted = prepared.case.picture("overlay")
    if wanted is None:
        pytest.skip("not recorded for this case")
    canvas = prepared.canvases[0]
    if canvas.plan.is_cropped:  # ours is of the crop: the rest of the picture shows as it is
        wanted = wanted[canvas.plan.crop.rows, canvas.plan.crop.columns]
    np.testing.assert_array_equal(canvas.overlay, wanted)


def test_latent_mask(prepared: Prepared):
    arrays = load_file(prepared.case.folder / "arrays.safetensors")
    for canvas in prepared.canvases:
        assert (canvas.mask is None) == ("nmask" not in arrays)
        if canvas.mask is not None:
            ours = latent_mask(canvas.mask, prepared.case.request.latent_mask_rule)
            np.testing.assert_array_equal(ours, arrays["nmask"][0])


def test_composite_of_the_decoded_picture(prepared: Prepared):
    if prepared.case.request.latent_mask_rule is LatentMaskRule.SOFT:
        pytest.skip(
            "soft inpainting's overlay depends on the sampled latents; the whole run is compared elsewhere"
        )
    compared = 0
    for i in range(prepared.case.request.batch.total):
        raw, wanted = prepared.case.picture(f"raw_{i}"), prepared.case.picture(f"out_{i}")
        if raw is None or wanted is None:
            continue
        canvas = prepared.canvases[i % len(prepared.canvases)]
        decoded = ((raw + 0.5) / 255).astype(np.float32)  # the half is what truncating takes away
        np.testing.assert_array_equal(composite(canvas, decoded).pixels, wanted)
        compared += 1
    if not compared:
        pytest.skip("no decoded picture recorded for this case")
