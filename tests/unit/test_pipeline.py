from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from underpaint.encoding import encode
from underpaint.errors import InvalidRequest, ModelFailure, UnsupportedFeature
from underpaint.image.picture import Picture
from underpaint.job import prepare_job
from underpaint.metadata import infotext
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.pipeline import inpaint, run_job, underpainting
from underpaint.request import (
    BatchSettings,
    CanvasSettings,
    CompositeRule,
    ContentNoise,
    InpaintArea,
    InpaintRequest,
    LatentMaskRule,
    MaskedContent,
    MaskMode,
    MaskSettings,
    NoiseSettings,
    Profile,
    PromptPadding,
    PromptSettings,
    Rules,
    Sampler,
    SamplingSettings,
    Scheduler,
    StepRule,
    TextLengths,
)
from underpaint.result import (
    BatchSampled,
    Event,
    ImageDone,
    Phase,
    PhaseStarted,
    Result,
    Stepped,
    Underpainted,
)

QUICK = InpaintRequest(
    prompt=PromptSettings(positive="a red circle"),
    mask=MaskSettings(blur_x_px=2, blur_y_px=2),
    canvas=CanvasSettings(width=64, height=64),
    sampling=SamplingSettings(steps=3, denoising_strength=1.0, sampler=Sampler.EULER_A),
    noise=NoiseSettings(seed=11, subseed=0),
)


def results(events: Sequence[Event]) -> list[Result]:
    return [event.result for event in events if isinstance(event, ImageDone)]


def test_resampling_tells_all_its_steps_and_paints_something_else(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray
) -> None:
    request = replace(QUICK, sampling=replace(QUICK.sampling, steps=6, resampling=2))
    plain = replace(QUICK, sampling=replace(QUICK.sampling, steps=6))
    events = list(inpaint(request, tiny_model, pictures=[picture], mask=mask))
    assert [(e.step, e.steps) for e in events if isinstance(e, Stepped)] == [(i, 10) for i in range(1, 11)]
    (resampled,) = results(events)
    (once,) = results(list(inpaint(plain, tiny_model, pictures=[picture], mask=mask)))
    assert resampled.changed_outside_px == 0
    assert not np.array_equal(resampled.picture.pixels, once.picture.pixels)


def test_resampling_has_no_effect_without_a_mask(tiny_model: StableDiffusion, picture: Picture) -> None:
    request = replace(QUICK, sampling=replace(QUICK.sampling, resampling=2))
    plain, resampled = (
        results(list(inpaint(each, tiny_model, pictures=[picture])))[0] for each in (QUICK, request)
    )
    assert np.array_equal(plain.picture.pixels, resampled.picture.pixels)


def test_why_resampling_has_no_effect_is_said(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray
) -> None:
    def notes(mask: np.ndarray | None, sampler: Sampler) -> list[str]:
        request = replace(QUICK, sampling=replace(QUICK.sampling, resampling=1, sampler=sampler))
        job = prepare_job(request, tiny_model, pictures=[picture], mask=mask)
        return [note for note in job.notes if "Resampling" in note]

    assert notes(mask, Sampler.EULER) == []
    assert notes(mask, Sampler.RESTART) == ["Resampling has no effect: Restart chooses its own steps."]
    assert notes(None, Sampler.EULER) == ["Resampling has no effect: there is no mask."]


def test_events_tell_the_journey(tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray) -> None:
    request = replace(QUICK, batch=BatchSettings(size=2, count=2))
    events = list(inpaint(request, tiny_model, pictures=[picture], mask=mask))
    phases = [(e.phase, e.batch) for e in events if isinstance(e, PhaseStarted)]
    assert phases == [
        (Phase.ENCODE, 0),
        (Phase.SAMPLE, 0),
        (Phase.DECODE, 0),
        (Phase.SAMPLE, 1),
        (Phase.DECODE, 1),
    ]
    steps = [(e.batch, e.first_image, e.step, e.steps) for e in events if isinstance(e, Stepped)]
    assert steps == [(batch, 2 * batch, step, 3) for batch in (0, 1) for step in (1, 2, 3)]
    done = [e for e in events if isinstance(e, ImageDone)]
    assert [(e.index, e.total, e.result.recipe.seed) for e in done] == [(i, 4, 11 + i) for i in range(4)]


def test_not_reading_on_stops_the_work(tiny_model: StableDiffusion) -> None:
    events = inpaint(replace(QUICK, batch=BatchSettings(count=1000)), tiny_model)
    first = next(event for event in events if isinstance(event, Stepped))
    events.close()
    assert first.step == 1
    assert list(events) == []


@pytest.mark.parametrize("area", list(InpaintArea))
@pytest.mark.parametrize("content", list(MaskedContent))
def test_only_what_is_masked_changes(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray, content: MaskedContent, area: InpaintArea
) -> None:
    request = replace(
        QUICK, canvas=CanvasSettings(width=64, height=64, content=content, area=area, padding_px=4)
    )
    (result,) = results(list(inpaint(request, tiny_model, pictures=[picture], mask=mask)))
    assert result.changed_outside_px == 0
    assert result.picture.size == picture.size
    far = np.ones(mask.shape, bool)
    far[8:52, 12:62] = False
    assert np.array_equal(result.picture.pixels[far], picture.pixels[far])
    assert np.abs(result.picture.pixels[mask > 0].astype(int) - picture.pixels[mask > 0]).mean() > 3


def test_every_masked_content_starts_from_something_else(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray
) -> None:
    starts = {}
    for content in MaskedContent:
        request = replace(QUICK, canvas=replace(QUICK.canvas, content=content))
        events = inpaint(request, tiny_model, pictures=[picture], mask=mask)
        starts[content] = next(event for event in events if isinstance(event, Underpainted))
    latents = [start.latents for start in starts.values()]
    for i, a in enumerate(latents):
        for b in latents[i + 1 :]:
            assert not torch.equal(a, b)
            # outside the mask all start from the picture; the VAE sees a little beyond each cell
            assert torch.allclose(a[..., 0, 0], b[..., 0, 0], atol=0.05)
    assert starts[MaskedContent.LATENT_NOTHING].latents[0, :, 4, 4].tolist() == [0, 0, 0, 0]
    shown = underpainting(starts[MaskedContent.LATENT_NOTHING], tiny_model)
    assert [p.size for p in shown] == [picture.size]


def test_latent_noise_is_independent_of_the_starting_noise(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray
) -> None:
    canvas = replace(QUICK.canvas, content=MaskedContent.LATENT_NOISE)
    starts = []
    for rule in ContentNoise:
        request = replace(QUICK, canvas=canvas, rules=replace(QUICK.rules, content_noise=rule))
        events = inpaint(request, tiny_model, pictures=[picture], mask=mask)
        starts.append(next(event for event in events if isinstance(event, Underpainted)).latents)
    assert not torch.equal(*starts)


def test_an_inverted_mask_keeps_what_was_painted(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray
) -> None:
    request = replace(QUICK, mask=MaskSettings(mode=MaskMode.NOT_MASKED, blur_x_px=0, blur_y_px=0))
    (result,) = results(list(inpaint(request, tiny_model, pictures=[picture], mask=mask)))
    kept = mask > 0
    assert np.array_equal(result.picture.pixels[kept], picture.pixels[kept])
    assert not np.array_equal(result.picture.pixels[~kept], picture.pixels[~kept])


def test_an_empty_mask_returns_the_input(tiny_model: StableDiffusion, picture: Picture) -> None:
    request = replace(QUICK, batch=BatchSettings(size=2))
    found = results(list(inpaint(request, tiny_model, pictures=[picture], mask=np.zeros((56, 72), np.uint8))))
    assert [result.picture.sha256 for result in found] == [picture.sha256] * 2
    assert [result.changed_outside_px for result in found] == [0, 0]


def test_strength_zero_on_the_original_returns_the_input(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray
) -> None:
    request = replace(QUICK, sampling=replace(QUICK.sampling, denoising_strength=0.0))
    (result,) = results(list(inpaint(request, tiny_model, pictures=[picture], mask=mask)))
    assert result.picture.sha256 == picture.sha256


def test_strength_zero_shows_any_other_underpainting(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray
) -> None:
    request = replace(
        QUICK,
        canvas=replace(QUICK.canvas, content=MaskedContent.LATENT_NOTHING),
        sampling=replace(QUICK.sampling, denoising_strength=0.0),
    )
    events = list(inpaint(request, tiny_model, pictures=[picture], mask=mask))
    start = next(event for event in events if isinstance(event, Underpainted))
    (sampled,) = [event for event in events if isinstance(event, BatchSampled)]
    assert torch.equal(sampled.latents, start.latents)


def test_a_picture_without_mask_is_remade(tiny_model: StableDiffusion, picture: Picture) -> None:
    (result,) = results(list(inpaint(QUICK, tiny_model, pictures=[picture])))
    assert result.picture.size == (64, 64)
    assert result.changed_outside_px is None


def test_words_alone_make_a_picture(tiny_model: StableDiffusion) -> None:
    (result,) = results(list(inpaint(QUICK, tiny_model)))
    assert result.picture.size == (64, 64)
    assert result.recipe.picture_sha256 == ()


@pytest.mark.parametrize("sampler", list(Sampler))
@pytest.mark.parametrize("rules", [Profile.studio(), Profile.a1111()], ids=["studio", "a1111"])
def test_every_sampler_runs_under_both_profiles(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray, sampler: Sampler, rules: Rules
) -> None:
    request = replace(QUICK, sampling=replace(QUICK.sampling, sampler=sampler, steps=4), rules=rules)
    (result,) = results(list(inpaint(request, tiny_model, pictures=[picture], mask=mask)))
    assert result.picture.pixels.std() > 5


def test_open_seeds_are_drawn_and_recorded(tiny_model: StableDiffusion) -> None:
    request = replace(QUICK, noise=NoiseSettings())
    recipes = [results(list(inpaint(request, tiny_model)))[0].recipe for _ in range(2)]
    assert recipes[0].request.noise.seed == recipes[0].seed
    assert recipes[0].seed != recipes[1].seed


def test_a_covering_mask_leaves_no_masked_cell_out(tiny_model: StableDiffusion, picture: Picture) -> None:
    dot = np.zeros((56, 72), np.uint8)
    dot[30, 40] = 255
    for rule, changes in ((LatentMaskRule.ROUNDED, False), (LatentMaskRule.COVERING, True)):
        request = replace(
            QUICK,
            mask=MaskSettings(blur_x_px=0, blur_y_px=0),
            rules=replace(QUICK.rules, latent_mask=rule, composite=CompositeRule.EXACT),
        )
        events = list(inpaint(request, tiny_model, pictures=[picture], mask=dot))
        start = next(event for event in events if isinstance(event, Underpainted))
        (sampled,) = [event for event in events if isinstance(event, BatchSampled)]
        assert torch.equal(start.latents, sampled.latents) is not changes


@pytest.mark.parametrize("area", list(InpaintArea))
def test_an_image_of_several_pictures_is_the_one_made_alone(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray, area: InpaintArea
) -> None:
    wider = Picture(np.ascontiguousarray(np.tile(picture.pixels, (1, 2, 1))[:, :90]))
    request = replace(
        QUICK, canvas=replace(QUICK.canvas, area=area, padding_px=4), batch=BatchSettings(size=2)
    )
    together = results(list(inpaint(request, tiny_model, pictures=[picture, wider], mask=mask)))
    second = replace(request, noise=NoiseSettings(seed=12, subseed=0), batch=BatchSettings())
    (alone,) = results(list(inpaint(second, tiny_model, pictures=[wider], mask=mask)))
    assert together[1].picture.sha256 == alone.picture.sha256


def test_open_sizes_of_several_pictures_follow_the_first(
    tiny_model: StableDiffusion, picture: Picture
) -> None:
    tall = Picture(np.ascontiguousarray(picture.pixels.transpose(1, 0, 2)))
    request = replace(
        QUICK,
        canvas=CanvasSettings(width=64),
        sampling=replace(QUICK.sampling, steps=1),
        batch=BatchSettings(size=2),
    )
    found = results(list(inpaint(request, tiny_model, pictures=[picture, tall])))
    assert len({result.picture.size for result in found}) == 1


def test_a_job_goes_on_from_a_later_batch(tiny_model: StableDiffusion) -> None:
    request = replace(QUICK, batch=BatchSettings(count=3))
    whole = results(list(inpaint(request, tiny_model)))
    rest = results(list(run_job(prepare_job(request, tiny_model), first_batch=2)))
    assert [result.recipe for result in rest] == [whole[2].recipe]
    assert rest[0].picture.sha256 == whole[2].picture.sha256


@pytest.mark.parametrize("scheduler", [Scheduler.AUTOMATIC, Scheduler.DDIM, Scheduler.KL_OPTIMAL])
@pytest.mark.parametrize(("strength", "steps"), [(0.0, 0), (0.5, 6), (1.0, 12)])
def test_the_exact_rule_runs_the_share_of_steps_it_promises(
    tiny_model: StableDiffusion,
    picture: Picture,
    mask: np.ndarray,
    scheduler: Scheduler,
    strength: float,
    steps: int,
) -> None:
    sampling = SamplingSettings(
        sampler=Sampler.DDIM, scheduler=scheduler, steps=12, denoising_strength=strength
    )
    canvas = replace(QUICK.canvas, content=MaskedContent.FILL)
    request = replace(QUICK, canvas=canvas, sampling=replace(sampling, cfg_scale=1.0))
    events = list(inpaint(request, tiny_model, pictures=[picture], mask=mask))
    assert sum(isinstance(event, Stepped) for event in events) == steps
    if steps == 0:
        start = next(event for event in events if isinstance(event, Underpainted))
        (sampled,) = [event for event in events if isinstance(event, BatchSampled)]
        assert torch.equal(start.latents, sampled.latents)


def test_a1111s_ddim_without_a_step_leaves_the_noise(
    tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray
) -> None:
    sampling = SamplingSettings(sampler=Sampler.DDIM, steps=20, denoising_strength=0.05)
    request = replace(QUICK, sampling=sampling, rules=Profile.a1111())
    events = list(inpaint(request, tiny_model, pictures=[picture], mask=mask))
    start = next(event for event in events if isinstance(event, Underpainted))
    (sampled,) = [event for event in events if isinstance(event, BatchSampled)]
    assert not any(isinstance(event, Stepped) for event in events)
    assert not torch.equal(start.latents, sampled.latents)


@pytest.mark.parametrize("strength", [0.01, 0.001])
def test_schedules_longer_than_the_models_are_refused(
    tiny_model: StableDiffusion, picture: Picture, strength: float
) -> None:
    request = replace(
        QUICK,
        sampling=SamplingSettings(steps=20, denoising_strength=strength),
        rules=replace(QUICK.rules, steps=StepRule.A1111_FIX_STEPS),
    )
    with pytest.raises(InvalidRequest, match="need a schedule of"):
        list(inpaint(request, tiny_model, pictures=[picture]))


def test_seeds_that_count_past_the_last_are_refused(tiny_model: StableDiffusion) -> None:
    request = replace(QUICK, noise=NoiseSettings(seed=2**32 - 1, subseed=0), batch=BatchSettings(count=2))
    with pytest.raises(InvalidRequest, match="leaves no seeds for 2 images"):
        next(inpaint(request, tiny_model))


def test_answers_that_are_no_numbers_make_no_picture(
    tiny_model: StableDiffusion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(x: torch.Tensor, timestep: float, contexts: Sequence[torch.Tensor]) -> list[torch.Tensor]:
        return [x * float("nan") for _ in contexts]

    monkeypatch.setattr(tiny_model.unet, "predict_noise", broken)
    with pytest.raises(ModelFailure, match="not finite"):
        list(inpaint(QUICK, tiny_model))


def test_a_mask_without_a_picture_is_refused(tiny_model: StableDiffusion, mask: np.ndarray) -> None:
    with pytest.raises(InvalidRequest, match="needs a picture"):
        next(inpaint(QUICK, tiny_model, mask=mask))


def test_more_pictures_than_the_batch_holds_are_refused(
    tiny_model: StableDiffusion, picture: Picture
) -> None:
    with pytest.raises(InvalidRequest, match="2 pictures do not fit"):
        next(inpaint(QUICK, tiny_model, pictures=[picture, picture]))


def test_syntax_we_do_not_have_is_refused(tiny_model: StableDiffusion) -> None:
    request = replace(QUICK, prompt=PromptSettings(positive="a cat <hypernet:fluffy:1>"))
    with pytest.raises(UnsupportedFeature, match="fluffy"):
        next(inpaint(request, tiny_model))


@pytest.mark.parametrize(
    ("positive", "negative", "padding", "tokens", "is_padded"),
    [
        ("cat " * 80, "dog", PromptPadding.NONE, (154, 77), False),
        ("cat " * 80, "dog", PromptPadding.EMPTY, (154, 154), True),
        ("cat", "dog " * 80, PromptPadding.EMPTY, (154, 154), True),
        ("cat " * 80, "dog", PromptPadding.REPEAT, (154, 154), True),
        ("cat", "dog " * 80, PromptPadding.REPEAT, (77, 77), True),
        ("cat", "dog", PromptPadding.EMPTY, (77, 77), False),
        ("cat AND " + "cat " * 80, "dog", PromptPadding.EMPTY, (154, 154), True),
    ],
)
def test_prompts_are_padded(
    positive: str,
    negative: str,
    padding: PromptPadding,
    tokens: tuple[int, int],
    is_padded: bool,
    tiny_model: StableDiffusion,
) -> None:
    prompt = PromptSettings(positive=positive, negative=negative, padding=padding)
    job = prepare_job(replace(QUICK, prompt=prompt), tiny_model)
    weighted, other = encode(job).texts.at(0)
    assert ({each.context.shape[1] for each in weighted}, other.shape[1]) == ({tokens[0]}, tokens[1])
    assert job.recipe.is_padded is is_padded


@pytest.mark.parametrize(
    ("settings", "written"),
    [
        ({"negative_min_sigma": 14.0}, ["NGMS"]),
        ({"negative_min_sigma": 0.02}, []),
        ({"steps": 1, "negative_min_sigma": 20.0}, []),  # call 1, the first that may be left out, is not made
        ({"negative_from": 0.34}, ["Skip Early CFG"]),
        ({"negative_from": 0.1}, []),
    ],
)
def test_the_text_names_only_omissions_that_happened(
    settings: dict[str, float], written: list[str], tiny_model: StableDiffusion
) -> None:
    request = replace(QUICK, sampling=replace(QUICK.sampling, **settings))
    (result,) = results(list(inpaint(request, tiny_model)))
    text = infotext(result.recipe)
    assert [key for key in ("Skip Early CFG", "NGMS") if f"{key}: " in text] == written


@pytest.mark.parametrize(
    ("rule", "first", "last"),
    [(TextLengths.OWN, [154, 77], [77, 77]), (TextLengths.A1111, [154, 154], [154, 154])],
)
def test_texts_of_one_prompt_have_their_lengths_by_their_rule(
    rule: TextLengths, first: list[int], last: list[int], tiny_model: StableDiffusion
) -> None:
    prompt = PromptSettings(positive=f"[{'cat ' * 80}:dog:2] AND a bird")
    job = prepare_job(replace(QUICK, prompt=prompt, rules=Rules(text_lengths=rule)), tiny_model)
    texts = encode(job).texts
    found = [[each.context.shape[1] for each in texts.at(call)[0]] for call in (0, 2)]
    assert found == [first, last]
    alone = prepare_job(replace(QUICK, prompt=PromptSettings(positive="dog AND a bird")), tiny_model)
    (dog, bird), _ = encode(alone).texts.at(0)
    for context, wanted in zip(texts.at(2)[0], (dog, bird), strict=True):
        torch.testing.assert_close(context.context[:, :77], wanted.context, rtol=0, atol=1e-5)


def test_parts_of_different_length_make_a_picture(tiny_model: StableDiffusion) -> None:
    prompt = PromptSettings(positive=f"{'cat ' * 80} AND a bird")
    shas = {
        results(list(inpaint(replace(QUICK, prompt=prompt, rules=Rules(text_lengths=rule)), tiny_model)))[
            0
        ].picture.sha256
        for rule in TextLengths
    }
    assert len(shas) == 2
