import json
from dataclasses import replace

import pytest

from underpaint.errors import UnreadableImage
from underpaint.metadata import infotext, parse_infotext, png_text, recipe_from_png_text
from underpaint.request import (
    BatchSettings,
    CanvasSettings,
    InpaintArea,
    InpaintRequest,
    MaskedContent,
    MaskMode,
    MaskSettings,
    NoiseLevels,
    NoiseSettings,
    PromptSettings,
    Sampler,
    SamplingSettings,
    Scheduler,
    ScheduleSettings,
)
from underpaint.result import Recipe

RECIPE = Recipe(
    request=InpaintRequest(
        prompt=PromptSettings(positive="a cat,\nsitting", negative="a dog: brown", clip_skip=2),
        canvas=CanvasSettings(
            width=128, height=64, area=InpaintArea.ONLY_MASKED, content=MaskedContent.LATENT_NOTHING
        ),
        mask=MaskSettings(mode=MaskMode.NOT_MASKED),
        noise=NoiseSettings(seed=7, subseed=9, subseed_strength=0.25),
        batch=BatchSettings(size=2),
    ),
    image_index=1,
    seed=7,
    subseed=10,
    model_name="storybook",
    model_sha256="0123456789" + "a" * 54,
    device="cpu",
    picture_sha256=("b" * 64,),
    mask_sha256="c" * 64,
    versions={"underpaint": "0"},
)


def test_the_recipe_survives_the_png_text() -> None:
    assert recipe_from_png_text(png_text(RECIPE)) == RECIPE


def test_a_sketch_is_named_and_recipes_from_before_sketches_are_read() -> None:
    sketched = replace(RECIPE, sketch_sha256="d" * 64)
    assert recipe_from_png_text(png_text(sketched)) == sketched
    older = json.loads(png_text(RECIPE)["underpaint"])
    del older["sketch_sha256"]
    assert recipe_from_png_text({"underpaint": json.dumps(older)}) == RECIPE


def test_the_infotext_is_laid_out_as_a1111_does() -> None:
    prompt, sitting, negative, settings = infotext(RECIPE).split("\n")
    assert (prompt, sitting, negative) == ("a cat,", "sitting", "Negative prompt: a dog: brown")
    assert settings.startswith(
        "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.0, Seed: 7, Size: 128x64, "
        "Model hash: 0123456789, Model: storybook, Variation seed: 10, Variation seed strength: 0.25, "
        "Denoising strength: 0.75, Clip skip: 2, RNG: CPU, Mask mode: Inpaint not masked, Mask blur: 4, "
        "Inpaint area: Only masked, Masked area padding: 32, Masked content: latent nothing, Version: "
    )


def test_the_infotext_is_read_back() -> None:
    parsed = parse_infotext(infotext(RECIPE))
    assert (parsed.prompt, parsed.negative_prompt) == ("a cat,\nsitting", "a dog: brown")
    assert parsed.settings["Masked content"] == "latent nothing"
    assert parsed.settings["Size"] == "128x64"


@pytest.mark.parametrize(
    ("sampling", "written"),
    [
        (SamplingSettings(sampler=Sampler.EULER), "Schedule type: Automatic"),
        (SamplingSettings(sampler=Sampler.EULER, scheduler=Scheduler.BETA), "Schedule type: Beta"),
        (SamplingSettings(sampler=Sampler.DPMPP_2M_SDE), "Schedule type: Exponential"),
        (SamplingSettings(sampler=Sampler.DDIM, eta=0.6), "Eta DDIM: 0.6"),
        (SamplingSettings(sampler=Sampler.EULER_A, eta=0.5), "Eta: 0.5"),
        (SamplingSettings(sampler=Sampler.EULER, churn=8.0), "Sigma churn: 8.0"),
        (SamplingSettings(sampler=Sampler.DDIM_CFGPP, eta=0.6), "Eta DDIM: 0.6"),
        (SamplingSettings(sampler=Sampler.HEUN, churn=8.0), "Sigma churn: 8.0"),
        (
            SamplingSettings(noise_levels=NoiseLevels.ZERO_TERMINAL_SNR, rounds_alphas=True),
            "Downcast alphas_cumprod: True, Noise Schedule: Zero Terminal SNR",
        ),
        (SamplingSettings(sampler=Sampler.DPM2_A), "Schedule type: Karras"),
        (SamplingSettings(discards_penultimate_sigma=True), "Discard penultimate sigma: True"),
        (
            SamplingSettings(schedule=ScheduleSettings(sigma_min=0.1, sigma_max=9.5, rho=5.0)),
            "Schedule min sigma: 0.1, Schedule max sigma: 9.5, Schedule rho: 5.0",
        ),
        (
            SamplingSettings(scheduler=Scheduler.BETA, schedule=ScheduleSettings(beta_alpha=0.7)),
            "Beta schedule alpha: 0.7, Beta schedule beta: 0.6",
        ),
        (
            SamplingSettings(negative_min_sigma=2.0, negative_min_sigma_every_call=True, negative_from=0.4),
            "NGMS: 2.0, NGMS all steps: True, Skip Early CFG: 0.4",
        ),
    ],
)
def test_sampler_settings_are_written(sampling: SamplingSettings, written: str) -> None:
    assert written in infotext(replace(RECIPE, request=replace(RECIPE.request, sampling=sampling)))


def test_text_to_image_names_no_strength_and_no_mask() -> None:
    text = infotext(replace(RECIPE, picture_sha256=(), mask_sha256=None))
    assert "Denoising strength" not in text
    assert "Mask" not in text


@pytest.mark.parametrize(
    ("text", "prompt", "settings"),
    [
        ("just words", "just words", {}),
        ("a: b, c: d", "a: b, c: d", {}),
        (
            'cat\nSteps: 5, Sampler: X, Note: "a, b: \\"c\\"", Seed: 1',
            "cat",
            {"Note": 'a, b: "c"', "Seed": "1"},
        ),
        ("", "", {}),
    ],
    ids=["no settings", "too few settings", "quoted value", "empty"],
)
def test_foreign_texts_are_taken_apart(text: str, prompt: str, settings: dict[str, str]) -> None:
    parsed = parse_infotext(text)
    assert parsed.prompt == prompt
    assert settings.items() <= parsed.settings.items()


def test_files_of_other_programs_have_no_recipe() -> None:
    assert recipe_from_png_text({"parameters": "a cat"}) is None


def test_a_whole_blur_is_written_as_a_whole_number() -> None:
    request = replace(RECIPE.request, mask=MaskSettings(blur_x_px=4.0, blur_y_px=4.0))
    assert "Mask blur: 4," in infotext(replace(RECIPE, request=request))


def test_an_empty_mask_was_not_cropped_to() -> None:
    text = infotext(replace(RECIPE, is_mask_empty=True))
    assert "Mask blur: 4" in text
    assert "Only masked" not in text


def damaged(**changes: object) -> str:
    record = json.loads(png_text(RECIPE)["underpaint"])
    return json.dumps(record | changes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "damaged"),
        ("[]", "not an object"),
        ("{}", "format None"),
        (damaged(format=99), "format 99"),
        ('{"format": 1}', "request is missing"),
        (damaged(seed="x"), "seed must be of type int"),
        (damaged(seed=-1), "seed must lie between"),
        (damaged(versions=[1]), "versions must be an object"),
        (damaged(picture_sha256="abc"), "picture_sha256 must be a list"),
        (damaged(picture_sha256=[5]), r"picture_sha256\[0\] must be of type str"),
        (damaged(picture_sha256=["../x"]), "must be a sha256"),
        (damaged(image_index=2), "no image 3"),
        (damaged(picture_sha256=[]), "a mask without a picture"),
        (damaged(sketch_sha256="d" * 64, mask_sha256=None), "a sketch, which needs a mask"),
        (damaged(sketch_sha256="d" * 64, picture_sha256=["b" * 64] * 2), "a sketch, which needs a mask"),
        ("[" * 100_000, "damaged"),
        (damaged(surprise=1), "surprise"),
    ],
)
def test_a_damaged_recipe_is_named(text: str, message: str) -> None:
    with pytest.raises(UnreadableImage, match=message):
        recipe_from_png_text({"underpaint": text})
