from dataclasses import replace

import numpy as np
import pytest

from underpaint.image.picture import Picture
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.pipeline import inpaint
from underpaint.request import (
    CanvasSettings,
    ExtraPictures,
    InpaintArea,
    InpaintRequest,
    NoiseSettings,
    Profile,
    ResizeMode,
    SamplingSettings,
    SoftInpaintingSettings,
)
from underpaint.result import ImageDone, Result

SOFT = InpaintRequest(
    sampling=SamplingSettings(steps=2),
    noise=NoiseSettings(seed=1),
    canvas=CanvasSettings(width=64, height=64),
    soft_inpainting=SoftInpaintingSettings(enabled=True),
    extras=ExtraPictures(mask=True, cut_out=True),
)


def result_of(request: InpaintRequest, model: StableDiffusion, picture: Picture, mask: np.ndarray) -> Result:
    (done,) = (
        event
        for event in inpaint(request, model, pictures=[picture], mask=mask)
        if isinstance(event, ImageDone)
    )
    return done.result


@pytest.mark.parametrize("area", list(InpaintArea))
def test_soft_inpainting_changes_nothing_outside_the_soft_mask(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray, area: InpaintArea
) -> None:
    result = result_of(replace(SOFT, canvas=replace(SOFT.canvas, area=area)), tiny_model, picture, mask)
    assert result.changed_outside_px == 0
    assert not np.array_equal(result.picture.pixels, picture.pixels)


@pytest.mark.parametrize("rules", [Profile.studio(), Profile.a1111()], ids=["studio", "a1111"])
@pytest.mark.parametrize("area", list(InpaintArea))
def test_extra_pictures_lie_over_the_result(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray, rules: object, area: InpaintArea
) -> None:
    request = replace(SOFT, rules=rules, canvas=replace(SOFT.canvas, area=area))
    result = result_of(request, tiny_model, picture, mask)
    assert result.mask is not None
    assert result.cut_out is not None
    assert result.mask.size == result.cut_out.size == result.picture.size
    np.testing.assert_array_equal(result.cut_out.pixels[..., 3], result.mask.pixels[..., 0])


def test_a1111s_soft_inpainting_keeps_the_original_whatever_the_setting(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray
) -> None:
    canvas = replace(SOFT.canvas, area=InpaintArea.ONLY_MASKED)
    kept, not_kept = (
        result_of(
            replace(SOFT, rules=Profile.a1111(), canvas=replace(canvas, keeps_original=keeps)),
            tiny_model,
            picture,
            mask,
        )
        for keeps in (True, False)
    )
    assert not_kept.picture.size == picture.size
    np.testing.assert_array_equal(not_kept.picture.pixels, kept.picture.pixels)


def test_the_cut_out_of_a1111s_latent_upscale_has_the_working_size(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray
) -> None:
    canvas = CanvasSettings(width=128, height=64, resize_mode=ResizeMode.LATENT_UPSCALE)
    extras = ExtraPictures(cut_out=True)
    request = InpaintRequest(
        sampling=SOFT.sampling, noise=SOFT.noise, canvas=canvas, extras=extras, rules=Profile.a1111()
    )
    result = result_of(request, tiny_model, picture, mask)
    assert result.cut_out is not None
    assert result.cut_out.size == result.picture.size == (128, 64)


def test_without_the_original_the_result_has_the_working_size(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray
) -> None:
    canvas = replace(SOFT.canvas, keeps_original=False, corrects_colours=True)
    result = result_of(replace(SOFT, canvas=canvas), tiny_model, picture, mask)
    assert result.picture.size == (64, 64)
    assert result.changed_outside_px is None
