"""Every sampler's solver, called with what it takes."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from underpaint.request import LastStepRule, Rules, Sampler, UniPcSettings
from underpaint.sampling.counts import fast_orders
from underpaint.sampling.denoiser import Denoiser, Step
from underpaint.sampling.solvers.ancestral import (
    ddim_cfgpp,
    dpm_2_ancestral,
    dpmpp_2s_ancestral,
    euler_ancestral,
    lcm,
)
from underpaint.sampling.solvers.common import NoiseDraw
from underpaint.sampling.solvers.dpm import dpm_adaptive, dpm_fast
from underpaint.sampling.solvers.karras import Churn, dpm_2, euler, heun
from underpaint.sampling.solvers.multistep import dpmpp_2m, lms, plms
from underpaint.sampling.solvers.restart import restart, restart_legs
from underpaint.sampling.solvers.sde import dpmpp_2m_sde, dpmpp_3m_sde, dpmpp_sde
from underpaint.sampling.solvers.unipc import unipc


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """All that any solver may ask for."""

    denoise: Denoiser
    x: Tensor
    sigmas: Sequence[float]
    """At least two."""
    ends: tuple[float, float]
    """First level and last above 0, for the solvers that choose those in between."""
    fast_calls: int
    """How many calls DPM fast makes between them."""
    noise: NoiseDraw
    eta: float
    noise_scale: float
    churn: Churn
    rules: Rules
    unipc: UniPcSettings


def walked(sampler: Sampler, walk: Walk) -> Iterator[Step]:
    """Yields the steps of a sampler."""
    return SOLVERS[sampler](walk)


def number_of_steps(
    sampler: Sampler, sigmas: Sequence[float], fast_calls: int, last_step: LastStepRule
) -> int:
    """How many steps `walked` yields over these sigmas; for DPM adaptive, the highest index and one."""
    if len(sigmas) < 2:
        return 0
    match sampler:
        case Sampler.DPM_FAST:
            return len(fast_orders(fast_calls)) + (last_step is LastStepRule.CLEAN)
        case Sampler.RESTART:
            return len(restart_legs(sigmas))
        case _:
            return len(sigmas) - 1


def _dpm_fast(w: Walk) -> Iterator[Step]:
    steps = dpm_fast(
        w.denoise, w.x, *w.ends, w.fast_calls, noise=w.noise, eta=w.eta, noise_scale=w.noise_scale
    )
    return _ended(steps, w)


def _dpm_adaptive(w: Walk) -> Iterator[Step]:
    """Its steps are numbered by the way done in log sigma, in as many parts as were planned."""
    planned = len(w.sigmas) - 1
    start, end = w.ends
    for step in _ended(dpm_adaptive(w.denoise, w.x, start, end, noise=w.noise, eta=w.eta), w):
        share = math.log(start / step.sigma) / math.log(start / end) if step.sigma > end else 1.0
        yield replace(step, index=max(math.ceil(share * planned), 1) - 1)


def _ended(steps: Iterator[Step], w: Walk) -> Iterator[Step]:
    """The steps to the lowest level above 0, and the one to 0 where the rule wants it."""
    x, index = w.x, 0
    for step in steps:
        x, index = step.x, step.index + 1
        yield step
    if w.rules.last_step is LastStepRule.CLEAN:
        denoised = w.denoise(x, w.ends[1])
        yield Step(index=index, sigma=0.0, x=denoised, denoised=denoised)


def _unipc(w: Walk) -> Iterator[Step]:
    return unipc(
        w.denoise,
        w.x,
        w.sigmas,
        order=min(w.unipc.order, len(w.sigmas) - 1),
        variant=w.unipc.variant,
        corrector=w.rules.unipc_corrector,
        lowers_final_order=w.unipc.lowers_final_order,
    )


def _with_noise(solver: Callable[..., Iterator[Step]], **more: bool) -> Callable[[Walk], Iterator[Step]]:
    return lambda w: solver(
        w.denoise, w.x, w.sigmas, noise=w.noise, eta=w.eta, noise_scale=w.noise_scale, **more
    )


def _with_churn(solver: Callable[..., Iterator[Step]]) -> Callable[[Walk], Iterator[Step]]:
    return lambda w: solver(w.denoise, w.x, w.sigmas, noise=w.noise, churn=w.churn)


SOLVERS: dict[Sampler, Callable[[Walk], Iterator[Step]]] = {
    Sampler.DPMPP_2M: lambda w: dpmpp_2m(w.denoise, w.x, w.sigmas),
    Sampler.DPMPP_SDE: _with_noise(dpmpp_sde),
    Sampler.DPMPP_2M_SDE: _with_noise(dpmpp_2m_sde),
    Sampler.DPMPP_2M_SDE_HEUN: _with_noise(dpmpp_2m_sde, is_heun=True),
    Sampler.DPMPP_2S_A: _with_noise(dpmpp_2s_ancestral),
    Sampler.DPMPP_3M_SDE: lambda w: dpmpp_3m_sde(
        w.denoise,
        w.x,
        w.sigmas,
        noise=w.noise,
        eta=w.eta,
        noise_scale=w.noise_scale,
        rule=w.rules.third_order,
    ),
    Sampler.EULER_A: _with_noise(euler_ancestral),
    Sampler.EULER: _with_churn(euler),
    Sampler.LMS: lambda w: lms(w.denoise, w.x, w.sigmas),
    Sampler.HEUN: _with_churn(heun),
    Sampler.DPM2: _with_churn(dpm_2),
    Sampler.DPM2_A: _with_noise(dpm_2_ancestral),
    Sampler.DPM_FAST: _dpm_fast,
    Sampler.DPM_ADAPTIVE: _dpm_adaptive,
    Sampler.RESTART: lambda w: restart(w.denoise, w.x, restart_legs(w.sigmas), noise=w.noise),
    Sampler.DDIM: _with_noise(euler_ancestral),
    Sampler.DDIM_CFGPP: lambda w: ddim_cfgpp(w.denoise, w.x, w.sigmas, noise=w.noise, eta=w.eta),
    Sampler.PLMS: lambda w: plms(w.denoise, w.x, w.sigmas),
    Sampler.UNIPC: _unipc,
    Sampler.LCM: lambda w: lcm(w.denoise, w.x, w.sigmas, noise=w.noise),
}
