import math
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from underpaint.errors import InvalidRequest
from underpaint.request import (
    GuidanceStart,
    NoiseSettings,
    Profile,
    Rules,
    Sampler,
    SamplingSettings,
    Scheduler,
    ScheduleSettings,
    SubseedBlend,
    UniPcSettings,
    UniPcSpacing,
)
from underpaint.sampling.counts import resampled_steps
from underpaint.sampling.denoiser import SigmaTable, Step
from underpaint.sampling.guidance import GuidedPredictor, Omission
from underpaint.sampling.masking import blended
from underpaint.sampling.noise import BatchNoise
from underpaint.sampling.samplers import Sampling, Start
from underpaint.traits import TRAITS

SHAPE = (4, 6, 5)
MASK = torch.zeros(1, 1, 6, 5)
MASK[..., 2:4, 1:4] = 1
PROFILES = {"studio": Profile.studio(), "a1111": Profile.a1111()}
NOISE = NoiseSettings(seed=0, subseed=0)


@pytest.fixture(scope="module")
def table() -> SigmaTable:
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    return SigmaTable(torch.cumprod(1 - betas, 0))


@pytest.fixture
def sampling(table: SigmaTable) -> Callable[..., Sampling]:
    def make(rules: Rules, noise: NoiseSettings = NOISE, **settings: object) -> Sampling:
        chosen = replace(SamplingSettings(denoising_strength=0.75, steps=12), **settings)
        return Sampling(settings=chosen, noise=noise, rules=rules, table=table)

    return make


def start_of(seeds: list[int], *, from_picture: bool = True) -> Start:
    stream = BatchNoise(NOISE, seeds, [0] * len(seeds), SHAPE, SubseedBlend.IMAGE)
    of_each = (len(seeds), 1, 1, 1)
    return Start(
        noise=stream.first(),
        init=torch.linspace(-1, 1, 120).reshape(1, *SHAPE).repeat(of_each) if from_picture else None,
        mask=MASK.repeat(of_each) if from_picture else None,
        seeds=seeds,
        stream=stream,
    )


def predictor(sampling: Sampling) -> GuidedPredictor:
    """Answers with the noise of a standard Gaussian, bent a little so that images differ in their steps."""

    def predict(x: Tensor, timestep: float, level: float, call: int) -> Tensor:
        alpha = sampling.table.alphas_cumprod[round(timestep)].item()
        noise = x * math.sqrt(1 - alpha) + 0.05 * torch.sin(3 * x)
        return torch.stack([noise, noise]) if sampling.guidance(from_picture=True).shows_unguided else noise

    return predict


def steps_of(sampling: Sampling, start: Start) -> list[Step]:
    return list(sampling.run(predictor(sampling), start))


@pytest.mark.parametrize("from_picture", [True, False], ids=["picture", "text"])
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("sampler", Sampler)
def test_the_steps_are_those_planned(
    sampling: Callable[..., Sampling], sampler: Sampler, profile: str, from_picture: bool
) -> None:
    steps = 40 if sampler is Sampler.RESTART else 12
    ours = sampling(PROFILES[profile], sampler=sampler, steps=steps)
    planned = ours.planned_steps(from_picture=from_picture)
    taken = steps_of(ours, start_of([1, 2], from_picture=from_picture))
    indices = [step.index for step in taken]
    if sampler is Sampler.DPM_ADAPTIVE:
        assert indices == sorted(indices)
        assert indices[-1] == planned - 1
    else:
        assert indices == list(range(planned))
    assert all(step.x.isfinite().all() for step in taken)
    assert taken[-1].x.shape == (2, *SHAPE)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("sampler", Sampler)
def test_resampling_repeats_the_first_third_and_then_walks_all(
    sampling: Callable[..., Sampling], sampler: Sampler, profile: str
) -> None:
    plain = sampling(PROFILES[profile], sampler=sampler, steps=16)
    again = sampling(PROFILES[profile], sampler=sampler, steps=16, resampling=2)
    once, taken = ([step.sigma for step in steps_of(each, start_of([1]))] for each in (plain, again))
    third = resampled_steps(again.settings, again.rules, len(again.sigmas(from_picture=True)) - 1)
    assert taken == once[:third] * 2 + once
    if sampler in (Sampler.RESTART, Sampler.DPM_FAST, Sampler.DPM_ADAPTIVE) or (
        TRAITS[sampler].walks_timesteps and profile == "a1111"
    ):
        assert third == 0
        return
    assert third in (4, 5)  # of 12 in the studio; the other profile takes one more
    assert again.planned_steps(from_picture=True) == len(taken)
    assert [step.index for step in steps_of(again, start_of([1]))] == list(range(len(taken)))


@pytest.mark.parametrize("noise", [NOISE, replace(NOISE, multiplier=0.8), replace(NOISE, extra=1.0)])
@pytest.mark.parametrize(
    "sampler", [Sampler.EULER_A, Sampler.EULER, Sampler.DPMPP_2M_SDE, Sampler.DPMPP_3M_SDE]
)
def test_resampling_starts_every_walk_as_noisy_as_the_first(
    sampling: Callable[..., Sampling], sampler: Sampler, noise: NoiseSettings
) -> None:
    """Of clean latents that are known, the noise level at every call can be measured."""
    ours = sampling(Profile.studio(), noise, sampler=sampler, steps=12, denoising_strength=0.5, resampling=3)
    walks: list[list[tuple[float, float]]] = []
    shape = (1, 4, 64, 64)
    stream = BatchNoise(noise, [5], [0], shape[1:], SubseedBlend.IMAGE)
    start = Start(
        noise=stream.first() * noise.multiplier,
        init=torch.zeros(shape),
        mask=torch.ones(1, 1, 64, 64),
        seeds=[5],
        stream=stream,
    )

    def perfect(x: Tensor, timestep: float, level: float, call: int) -> Tensor:
        """Knows that the picture is all zeros."""
        if call == 0:
            walks.append([])
        walks[-1].append((level, (x * math.hypot(1, level)).std().item() / level))
        return x * math.hypot(1, level) / level

    steps = len(list(ours.run(perfect, start)))
    *again, whole = walks
    assert [len(walk) for walk in again] == [2, 2, 2]
    assert steps == len(whole) + 6
    first = again[0]
    assert first[0][1] == pytest.approx(
        noise.multiplier * (first[0][0] + noise.extra) / first[0][0], rel=0.02
    )
    for walk in walks[1:]:
        for (level, noisy), (level_then, noisy_then) in zip(walk, first, strict=False):
            assert level == level_then
            assert noisy == pytest.approx(noisy_then, rel=0.08)  # ancestral noise is not scaled


@pytest.mark.parametrize("sampler", Sampler)
def test_the_studio_asks_for_the_promised_share_of_steps(
    sampling: Callable[..., Sampling], sampler: Sampler
) -> None:
    ours = sampling(Profile.studio(), sampler=sampler, steps=40, denoising_strength=0.3)
    planned = ours.planned_steps(from_picture=True)
    assert planned == (4 + 1 if sampler is Sampler.DPM_FAST else 12)


@pytest.mark.parametrize("scheduler", [Scheduler.AUTOMATIC, Scheduler.KL_OPTIMAL, Scheduler.DDIM])
@pytest.mark.parametrize("sampler", Sampler)
def test_the_studio_ends_every_run_clean_and_keeps_what_is_not_masked(
    sampling: Callable[..., Sampling], sampler: Sampler, scheduler: Scheduler
) -> None:
    ours = sampling(Profile.studio(), sampler=sampler, scheduler=scheduler)
    start = start_of([1])
    *_, last = steps_of(ours, start)
    assert start.init is not None
    assert last.sigma == 0
    assert torch.allclose(
        blended(start.init * 0, last.x, MASK), blended(start.init * 0, start.init, MASK), atol=1e-4
    )


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("sampler", Sampler)
def test_an_image_comes_out_the_same_in_any_batch(
    sampling: Callable[..., Sampling], sampler: Sampler, profile: str
) -> None:
    ours = sampling(PROFILES[profile], sampler=sampler, eta=None if sampler is not Sampler.DDIM else 0.5)
    together, alone = (steps_of(ours, start_of(seeds))[-1].x for seeds in ([1, 2, 3], [2]))
    shares_steps = sampler is Sampler.DPM_ADAPTIVE and profile == "a1111"
    assert torch.equal(together[1], alone[0]) is not shares_steps


@pytest.mark.parametrize("sampler", [s for s in Sampler if TRAITS[s].walks_timesteps])
def test_a1111s_timestep_samplers_start_a_stride_too_low_and_end_in_noise(
    sampling: Callable[..., Sampling], sampler: Sampler
) -> None:
    ours = sampling(Profile.a1111(), sampler=sampler, scheduler=Scheduler.KARRAS)
    *_, last = steps_of(ours, start_of([1]))
    alphas = ours.table.alphas_cumprod
    assert ours.sigmas(from_picture=True)[0] == pytest.approx(ours.table.sigmas[665].item(), rel=1e-4)
    start = start_of([1])
    assert start.init is not None
    added = alphas[748].sqrt() * start.init + (1 - alphas[748]).sqrt() * start.noise
    assert torch.allclose(ours.initial(start), added, atol=1e-5)
    ends_at = 0 if sampler is Sampler.UNIPC else 1
    assert last.sigma == pytest.approx(ours.table.sigmas[ends_at].item(), rel=1e-3)


@pytest.mark.parametrize("spacing", UniPcSpacing)
def test_the_spacings_of_unipc_share_their_ends(
    sampling: Callable[..., Sampling], spacing: UniPcSpacing
) -> None:
    ours = sampling(Profile.a1111(), sampler=Sampler.UNIPC, unipc=UniPcSettings(spacing=spacing))
    sigmas = ours.sigmas(from_picture=False)
    assert len(sigmas) == 14
    assert (torch.tensor(sigmas).diff() < 0).all()
    assert sigmas[0] == pytest.approx(ours.table.sigma_max, rel=1e-3)
    assert sigmas[-1] == pytest.approx(ours.table.sigma_min, rel=1e-3)


def test_a1111s_unipc_refuses_fewer_steps_than_its_order(sampling: Callable[..., Sampling]) -> None:
    ours = sampling(Profile.a1111(), sampler=Sampler.UNIPC, steps=3)
    with pytest.raises(InvalidRequest, match="leave 2"):
        ours.planned_steps(from_picture=True)
    assert sampling(Profile.studio(), sampler=Sampler.UNIPC, steps=3).planned_steps(from_picture=True) == 2


@pytest.mark.parametrize(
    ("scheduler", "schedule"),
    [
        (Scheduler.KARRAS, ScheduleSettings(sigma_min=20.0)),
        (Scheduler.EXPONENTIAL, ScheduleSettings(sigma_min=5.0, sigma_max=5.0)),
        (Scheduler.KARRAS, ScheduleSettings(rho=0.01)),
        (Scheduler.BETA, ScheduleSettings(beta_alpha=0.01)),
    ],
    ids=["crossed limits", "equal limits", "tiny rho", "tiny alpha"],
)
def test_schedules_that_do_not_fall_are_refused(
    sampling: Callable[..., Sampling], scheduler: Scheduler, schedule: ScheduleSettings
) -> None:
    with pytest.raises(InvalidRequest, match="do not fall"):
        sampling(Profile.studio(), scheduler=scheduler, schedule=schedule).sigmas(from_picture=True)


def test_lcm_asks_only_at_the_distilled_timesteps(sampling: Callable[..., Sampling]) -> None:
    ours, asked = (
        sampling(Profile.studio(), sampler=Sampler.LCM, steps=4, denoising_strength=1.0),
        list[float](),
    )

    def predict(x: Tensor, timestep: float, level: float, call: int) -> Tensor:
        asked.append(timestep)
        return x

    list(ours.run(predict, start_of([1])))
    assert asked[0] == 999
    assert all((timestep + 1) % 20 == 0 for timestep in asked)


def test_timesteps_can_be_rounded(sampling: Callable[..., Sampling]) -> None:
    asked: list[float] = []

    def predict(x: Tensor, timestep: float, level: float, call: int) -> Tensor:
        asked.append(timestep)
        return x

    list(sampling(Profile.studio(), rounds_timesteps=True).run(predict, start_of([1])))
    assert all(timestep == int(timestep) for timestep in asked)


def test_text_to_image_may_start_from_the_noise_a_step_of_training_would_have(
    sampling: Callable[..., Sampling],
) -> None:
    start = start_of([1], from_picture=False)
    plain = sampling(Profile.studio()).initial(start)
    scaled = sampling(Profile.studio(), replace(NOISE, is_sgm_scaled=True)).initial(start)
    sigma = plain.std() / start.noise.std()
    assert torch.allclose(scaled, start.noise * (1 + sigma**2).sqrt(), rtol=1e-4)


@pytest.mark.parametrize(
    ("settings", "left_out", "left_out_by_a1111"),
    [
        ({}, [], []),
        ({"negative_from": 0.4}, [0, 1, 2, 3], [0, 1, 2, 3]),
        ({"negative_from": 1 / 3}, [0, 1, 2], [0, 1, 2, 3]),
        ({"negative_from": 0.01}, [], [0]),
        ({"negative_from": 1.0}, list(range(9)), list(range(9))),
        ({"negative_min_sigma": 0.1}, [7], [7]),
        ({"negative_min_sigma": 0.1, "negative_min_sigma_every_call": True}, [6, 7, 8], [6, 7, 8]),
        ({"negative_min_sigma": 0.1, "negative_from": 0.1}, [0, 7], [0, 7]),
        ({"sampler": Sampler.HEUN, "negative_from": 0.4}, list(range(7)), list(range(8))),
    ],
)
@pytest.mark.parametrize("rule", list(GuidanceStart))
def test_calls_without_the_negative_prompt(
    sampling: Callable[..., Sampling],
    settings: dict[str, object],
    left_out: list[int],
    left_out_by_a1111: list[int],
    rule: GuidanceStart,
) -> None:
    """Nine of twelve steps, of which the last three start below sigma 0.1 in the schedule that is used here."""
    rules = replace(Profile.studio(), guidance_start=rule)
    ours = sampling(rules, **{"scheduler": Scheduler.EXPONENTIAL, **settings})
    sigmas, guidance = ours.sigmas(from_picture=True), ours.guidance(from_picture=True)
    calls = [sigma for sigma in sigmas[:-1] for _ in range(TRAITS[ours.settings.sampler].calls_per_step)]
    found = [i for i, sigma in enumerate(calls) if guidance.omission(i, sigma)]
    assert found == (left_out_by_a1111 if rule is GuidanceStart.A1111 else left_out)


def test_a_minimum_sigma_that_is_a_level_leaves_that_level_alone(sampling: Callable[..., Sampling]) -> None:
    """Levels are float32, where 0.399 is a little less; A1111 compares in float32."""
    ours = sampling(Profile.a1111(), scheduler=Scheduler.ALIGN_YOUR_STEPS, steps=11, negative_min_sigma=0.399)
    level = next(sigma for sigma in ours.sigmas(from_picture=True) if abs(sigma - 0.399) < 1e-6)
    assert level < 0.399
    assert ours.guidance(from_picture=True).omission(1, level) is None


def test_a1111s_timestep_samplers_compare_timesteps_with_the_minimum_sigma(
    sampling: Callable[..., Sampling],
) -> None:
    levels: dict[str, list[float]] = {}
    for name, rules in PROFILES.items():
        ours, found = sampling(rules, sampler=Sampler.DDIM), levels.setdefault(name, [])

        def predict(
            x: Tensor, timestep: float, level: float, call: int, found: list[float] = found
        ) -> Tensor:
            found.append(level)
            return x

        list(ours.run(predict, start_of([1])))
    assert levels["a1111"] == [665, 582, 499, 416, 333, 250, 167, 84]
    assert levels["studio"] == pytest.approx(
        sampling(PROFILES["studio"], sampler=Sampler.DDIM).sigmas(from_picture=True)[:-1]
    )


def test_cfgpp_takes_a_twelfth_and_a_half_of_the_scale(sampling: Callable[..., Sampling]) -> None:
    guidance = sampling(Profile.studio(), sampler=Sampler.DDIM_CFGPP, cfg_scale=12.5).guidance(
        from_picture=True
    )
    assert (guidance.scale, guidance.shows_unguided) == (1.0, True)


@pytest.mark.parametrize(
    "settings",
    [
        {"sampler": Sampler.LCM},
        {"rounds_timesteps": True},
        {"schedule": ScheduleSettings(sigma_max=20.0), "denoising_strength": 1.0},
    ],
    ids=["50 levels only", "whole timesteps", "above the model's levels"],
)
def test_the_negative_prompt_goes_by_the_sigma_not_by_the_timestep_that_stands_for_it(
    sampling: Callable[..., Sampling], settings: dict[str, object]
) -> None:
    rules, settings = Profile.a1111(), {"scheduler": Scheduler.KARRAS, **settings}
    levels: list[float] = []
    stands_for: list[float] = []

    def predict(x: Tensor, timestep: float, level: float, call: int) -> Tensor:
        levels.append(level)
        stands_for.append(ours.table.sigma(torch.tensor(timestep)).item())
        return x

    ours = sampling(rules, **settings)
    list(ours.run(predict, start_of([1])))
    assert levels == pytest.approx(ours.sigmas(from_picture=True)[:-1])
    i = max(range(len(levels)), key=lambda i: abs(levels[i] - stands_for[i]))
    between = (levels[i] + stands_for[i]) / 2
    ours = sampling(rules, negative_min_sigma=between, negative_min_sigma_every_call=True, **settings)
    omission = ours.guidance(from_picture=True).omission(i, levels[i])
    assert omission is (Omission.LOW if levels[i] < stands_for[i] else None)


@pytest.mark.parametrize(
    "sampler", [s for s in Sampler if TRAITS[s].walks_timesteps and s is not Sampler.UNIPC]
)
def test_without_a_call_the_first_input_is_the_start(
    sampling: Callable[..., Sampling], sampler: Sampler
) -> None:
    for strength in (0.0, 0.1):
        ours = sampling(Profile.a1111(), sampler=sampler, denoising_strength=strength)
        start = start_of([1])
        assert not steps_of(ours, start)
        assert ours.first_input(start) is start.init


def test_dpm_fast_makes_of_text_as_many_calls_as_steps_in_a1111_whatever_the_schedule_holds(
    sampling: Callable[..., Sampling],
) -> None:
    ours, calls = sampling(Profile.a1111(), sampler=Sampler.DPM_FAST, scheduler=Scheduler.DDIM), list[int]()

    def predict(x: Tensor, timestep: float, level: float, call: int) -> Tensor:
        calls.append(call)
        return x

    steps = list(ours.run(predict, start_of([1], from_picture=False)))
    assert len(ours.sigmas(from_picture=False)) == 14
    assert calls == list(range(12))
    assert len(steps) == ours.planned_steps(from_picture=False)
