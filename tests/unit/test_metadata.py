import json
from dataclasses import fields, replace

import pytest

from underpaint.errors import UnreadableImage
from underpaint.metadata import RULES_NAMED_LATER, infotext, parse_infotext, png_text, recipe_from_png_text
from underpaint.request import (
    BatchSettings,
    CanvasSettings,
    EditTimes,
    Emphasis,
    InpaintArea,
    InpaintRequest,
    MaskedContent,
    MaskMode,
    MaskSettings,
    NoiseLevels,
    NoiseSettings,
    Profile,
    PromptPadding,
    PromptSettings,
    Rules,
    Sampler,
    SamplingSettings,
    Scheduler,
    ScheduleSettings,
)
from underpaint.result import NetworkKind, Recipe, UsedNetwork

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


@pytest.mark.parametrize("rules", [Profile.a1111(), Profile.studio()], ids=["a1111", "studio"])
def test_recipes_from_before_some_rules_keep_what_held_then(rules: Rules) -> None:
    sampling = SamplingSettings(negative_from=0.4)
    made_now = replace(RECIPE, request=replace(RECIPE.request, rules=rules, sampling=sampling))
    older = json.loads(png_text(made_now)["underpaint"])
    for name in (*RULES_NAMED_LATER, "one_step"):
        del older["request"]["rules"][name]
    read = recipe_from_png_text({"underpaint": json.dumps(older)})
    assert read is not None
    assert (read.guides_late, read.guides_less_at_end) == (True, False)  # what was written then
    for field in fields(Rules):
        source = Profile.a1111() if field.name in RULES_NAMED_LATER else rules
        assert getattr(read.request.rules, field.name) is getattr(source, field.name)


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
    ],
)
def test_sampler_settings_are_written(sampling: SamplingSettings, written: str) -> None:
    assert written in infotext(replace(RECIPE, request=replace(RECIPE.request, sampling=sampling)))


@pytest.mark.parametrize(
    ("scheduler", "rho", "is_written"),
    [
        (Scheduler.KARRAS, 7.0, False),
        (Scheduler.KARRAS, 1.0, True),
        (Scheduler.POLYEXPONENTIAL, 7.0, True),
        (Scheduler.POLYEXPONENTIAL, 1.0, False),
        (Scheduler.EXPONENTIAL, 3.0, False),
    ],
)
def test_a_schedules_own_rho_is_not_written(scheduler: Scheduler, rho: float, is_written: bool) -> None:
    sampling = SamplingSettings(scheduler=scheduler, schedule=ScheduleSettings(rho=rho))
    text = infotext(replace(RECIPE, request=replace(RECIPE.request, sampling=sampling)))
    assert ("Schedule rho" in text) is is_written


def test_settings_come_in_the_order_in_which_a1111_meets_them() -> None:
    sampling = SamplingSettings(
        noise_levels=NoiseLevels.ZERO_TERMINAL_SNR,
        rounds_alphas=True,
        discards_penultimate_sigma=True,
        sampler=Sampler.EULER_A,
        eta=0.5,
        negative_from=0.5,
    )
    noise = NoiseSettings(seed=7, multiplier=0.9, is_sgm_scaled=True)
    prompt = PromptSettings(positive="a (cat)", emphasis=Emphasis.NO_NORM, padding=PromptPadding.EMPTY)
    recipe = replace(
        RECIPE,
        request=InpaintRequest(prompt=prompt, sampling=sampling, noise=noise),
        picture_sha256=(),
        mask_sha256=None,
        guides_late=True,
        is_padded=True,
    )
    wanted = (
        "Emphasis: No norm, Downcast alphas_cumprod: True, Noise Schedule: Zero Terminal SNR, Noise multiplier: 0.9, "
        "Discard penultimate sigma: True, SGM noise multiplier: True, Eta: 0.5, Skip Early CFG: 0.5, Pad conds: True, "
        "Version: "
    )
    assert wanted in infotext(recipe)


@pytest.mark.parametrize(
    ("guides_late", "guides_less_at_end", "written"),
    [
        (False, False, ""),
        (True, False, "Skip Early CFG: 0.4, "),
        (False, True, "NGMS: 2.0, NGMS all steps: True, "),
        (True, True, "Skip Early CFG: 0.4, NGMS: 2.0, NGMS all steps: True, "),
    ],
)
def test_a_negative_prompt_left_out_is_written_where_it_was(
    guides_late: bool, guides_less_at_end: bool, written: str
) -> None:
    sampling = SamplingSettings(negative_min_sigma=2.0, negative_min_sigma_every_call=True, negative_from=0.4)
    recipe = replace(
        RECIPE,
        request=replace(RECIPE.request, sampling=sampling),
        guides_late=guides_late,
        guides_less_at_end=guides_less_at_end,
    )
    assert f"Masked content: latent nothing, {written}Version: " in infotext(recipe)


@pytest.mark.parametrize(("sides", "written"), [((512, 640), "512x640"), ((512, 0), None), ((0, 0), None)])
def test_a_resized_seed_is_written_width_first(sides: tuple[int, int], written: str | None) -> None:
    noise = NoiseSettings(seed=7, seed_resize_from_width=sides[0], seed_resize_from_height=sides[1])
    text = infotext(replace(RECIPE, request=replace(RECIPE.request, noise=noise)))
    assert parse_infotext(text).settings.get("Seed resize from") == written


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


def test_growth_and_resampling_are_written_where_they_have_an_effect() -> None:
    sampling = replace(RECIPE.request.sampling, resampling=2)
    request = replace(RECIPE.request, mask=MaskSettings(grow_px=5), sampling=sampling)
    recipe = replace(RECIPE, request=request)
    assert "Mask grow: 5, Mask blur: 4, Inpaint area:" in infotext(recipe)
    assert "Resampling: 2, " in infotext(recipe)
    own_levels = replace(request, sampling=replace(sampling, sampler=Sampler.DPM_ADAPTIVE))
    for other in (
        replace(recipe, is_inpaint_model=True),
        replace(recipe, request=own_levels),
        replace(recipe, mask_sha256=None),
    ):
        assert "Resampling" not in infotext(other)


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


def with_prompt(**settings: object) -> Recipe:
    prompt = PromptSettings(**settings)
    return replace(RECIPE, request=replace(RECIPE.request, prompt=prompt, rules=Profile.a1111()))


@pytest.mark.parametrize(
    ("settings", "is_named"),
    [
        ({"positive": "a (cat)"}, True),
        ({"negative": "[dog]"}, True),
        ({"positive": "a cat) ]"}, False),  # A1111 looks for opening brackets only
        ({"positive": "[cat:dog:0.5]"}, False),  # nothing of it is left in the texts
        ({"positive": "[(cat):dog:0.5]"}, True),
        ({"positive": "[(cat):dog:0]"}, False),  # never reached
        ({"positive": "cat <lora:a(b:1>"}, False),
    ],
)
def test_emphasis_is_named_where_a_text_opens_a_bracket(settings: dict[str, str], is_named: bool) -> None:
    text = infotext(with_prompt(**settings, emphasis=Emphasis.NO_NORM))
    assert ("Emphasis: No norm" in text) is is_named
    assert "Emphasis" not in infotext(with_prompt(**settings))


@pytest.mark.parametrize(("when", "is_named"), [("0.5", False), ("3", False), ("1.5", True), ("0", False)])
def test_old_edit_times_are_named_where_they_matter(when: str, is_named: bool) -> None:
    recipe = with_prompt(positive=f"[a:b:{when}]", edit_times=EditTimes.BELOW_ONE)
    assert ("Old prompt editing timelines: True" in infotext(recipe)) is is_named


@pytest.mark.parametrize(
    ("padding", "written"),
    [(PromptPadding.EMPTY, "Pad conds: True"), (PromptPadding.REPEAT, "Pad conds v0: True")],
)
def test_padding_is_named_where_something_was_padded(padding: PromptPadding, written: str) -> None:
    recipe = with_prompt(positive="a", padding=padding)
    assert "Pad conds" not in infotext(recipe)
    assert f", {written}," in infotext(replace(recipe, is_padded=True))


def test_hashes_of_networks() -> None:
    def used(kind: NetworkKind, name: str, digit: str) -> UsedNetwork:
        return UsedNetwork(kind=kind, name=name, sha256="0" * 64, a1111_hash=digit * 12)

    networks = (
        used(NetworkKind.LORA, "x:y, z", "1"),
        used(NetworkKind.LORA, "x:y, z", "1"),
        used(NetworkKind.EMBEDDING, "e", "2"),
        used(NetworkKind.EMBEDDING, "e", "2"),
    )
    text = infotext(replace(RECIPE, networks=networks))
    assert 'Lora hashes: "xy z: 111111111111", TI hashes: "e: 222222222222, e: 222222222222"' in text


def test_keys_that_a1111_would_not_write_are_left_out() -> None:
    request = replace(
        RECIPE.request,
        sampling=SamplingSettings(sampler=Sampler.EULER, churn=8.0, noise_scale=1.1),
        unwritten_keys=("RNG", "Sigma churn"),
    )
    parsed = parse_infotext(infotext(replace(RECIPE, request=request)))
    assert "RNG" not in parsed.settings
    assert "Sigma churn" not in parsed.settings
    assert parsed.settings["Sigma noise"] == "1.1"


def test_a_value_that_repeats_its_key_is_left_out() -> None:
    text = infotext(replace(RECIPE, model_name="Model"))
    assert ", Model, " in text


def test_the_version_names_the_profile() -> None:
    assert parse_infotext(infotext(RECIPE)).settings["Version"].split()[0] == "Underpaint"
    assert parse_infotext(infotext(with_prompt(positive="a"))).settings["Version"].endswith(" a1111")


def test_a_negative_prompt_may_start_on_the_next_line() -> None:
    parsed = parse_infotext("a\nNegative prompt:\nb\n\nc\nSteps: 1, Sampler: X, Seed: 2")
    assert parsed.negative_prompt == "b\n\nc"
