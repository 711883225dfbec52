"""What sets the samplers apart, in one table: which schedule is their own and which settings they listen to."""

from dataclasses import dataclass

from underpaint.request import DdimRule, Rules, Sampler, SamplingSettings, Scheduler


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """A sampler's habits. Settings it does not take have no effect on it."""

    own_scheduler: Scheduler | None = None
    """What Automatic stands for; None = the model's own discrete schedule (Uniform)."""
    default_eta: float | None = None
    """None: takes no eta."""
    takes_churn: bool = False
    takes_noise_scale: bool = False
    discards_penultimate_sigma: bool = False
    """Always, whatever the setting."""
    calls_per_step: int = 1
    """As A1111 counts them; prompt editing and guidance that starts late go by this count."""
    walks_timesteps: bool = False
    """Under `rules.ddim` a1111 it walks timesteps of its own instead of the schedule."""
    chooses_levels: bool = False
    """It walks levels of its own choice, of which the schedule only gives the ends."""
    is_brownian: bool = False
    """Its noise is one path per image over the whole schedule, whatever steps are taken along it."""
    names_seed_delta: bool = False
    """A1111 writes ENSD into a file only for these."""
    note: str = ""
    """What to know when choosing it."""


TRAITS: dict[Sampler, Traits] = {
    Sampler.DPMPP_2M: Traits(
        own_scheduler=Scheduler.KARRAS, note="Second order at one call a step; the usual choice."
    ),
    Sampler.DPMPP_SDE: Traits(
        own_scheduler=Scheduler.KARRAS,
        default_eta=1.0,
        takes_noise_scale=True,
        calls_per_step=2,
        is_brownian=True,
        note="Two calls a step; good with few steps.",
    ),
    Sampler.DPMPP_2M_SDE: Traits(
        own_scheduler=Scheduler.EXPONENTIAL,
        default_eta=1.0,
        takes_noise_scale=True,
        is_brownian=True,
        note="DPM++ 2M with fresh noise: more detail, wants 20 steps or more.",
    ),
    Sampler.DPMPP_2M_SDE_HEUN: Traits(
        own_scheduler=Scheduler.EXPONENTIAL,
        default_eta=1.0,
        takes_noise_scale=True,
        is_brownian=True,
        note="DPM++ 2M SDE with Heun's correction term.",
    ),
    Sampler.DPMPP_2S_A: Traits(
        own_scheduler=Scheduler.KARRAS,
        default_eta=1.0,
        takes_noise_scale=True,
        calls_per_step=2,
        names_seed_delta=True,
        note="Single-step second order with ancestral noise.",
    ),
    Sampler.DPMPP_3M_SDE: Traits(
        own_scheduler=Scheduler.EXPONENTIAL,
        default_eta=1.0,
        takes_noise_scale=True,
        discards_penultimate_sigma=True,
        is_brownian=True,
        note="Third order; wants 30 steps or more and a lower CFG scale.",
    ),
    Sampler.EULER_A: Traits(
        default_eta=1.0,
        names_seed_delta=True,
        note="Fresh noise every step: the picture keeps changing with the number of steps.",
    ),
    Sampler.EULER: Traits(takes_churn=True, takes_noise_scale=True, note="First order; predictable."),
    Sampler.LMS: Traits(note="Multistep of order four; unsteady on steep schedules."),
    Sampler.HEUN: Traits(
        takes_churn=True, takes_noise_scale=True, calls_per_step=2, note="Second order by the trapezoid rule."
    ),
    Sampler.DPM2: Traits(
        own_scheduler=Scheduler.KARRAS,
        takes_churn=True,
        takes_noise_scale=True,
        discards_penultimate_sigma=True,
        calls_per_step=2,
        note="Second order by the midpoint rule.",
    ),
    Sampler.DPM2_A: Traits(
        own_scheduler=Scheduler.KARRAS,
        default_eta=1.0,
        takes_noise_scale=True,
        discards_penultimate_sigma=True,
        calls_per_step=2,
        names_seed_delta=True,
        note="DPM2 with ancestral noise.",
    ),
    Sampler.DPM_FAST: Traits(
        chooses_levels=True,
        default_eta=1.0,
        takes_noise_scale=True,
        names_seed_delta=True,
        note="Third-order steps of equal length in log sigma; only the schedule's ends count.",
    ),
    Sampler.DPM_ADAPTIVE: Traits(
        chooses_levels=True,
        default_eta=1.0,
        names_seed_delta=True,
        note="Chooses its steps by their error; only the schedule's ends count.",
    ),
    Sampler.RESTART: Traits(
        chooses_levels=True,
        own_scheduler=Scheduler.KARRAS,
        calls_per_step=2,
        note="Heun, which from 20 steps on goes back up to sigma 2 near the end; then on a Karras schedule of its own.",
    ),
    Sampler.DDIM: Traits(
        default_eta=0.0, walks_timesteps=True, note="First order; with eta 0 no fresh noise."
    ),
    Sampler.DDIM_CFGPP: Traits(
        default_eta=0.0,
        walks_timesteps=True,
        note="DDIM that renoises without guidance; a CFG scale of 12.5 is the paper's 1.",
    ),
    Sampler.PLMS: Traits(
        walks_timesteps=True, note="Linear multistep of order four after one step of order two."
    ),
    Sampler.UNIPC: Traits(walks_timesteps=True, note="Predictor and corrector; good with few steps."),
    Sampler.LCM: Traits(note="4 to 8 steps at a CFG scale of 1 to 2, on checkpoints distilled for it."),
}


OWN_RHO = {Scheduler.KARRAS: 7.0, Scheduler.POLYEXPONENTIAL: 1.0}
"""The exponents of schedules that have one, unless `sampling.schedule.rho` says otherwise."""


def effective_scheduler(sampler: Sampler, scheduler: Scheduler) -> Scheduler:
    """The schedule that will be used, with Automatic resolved. (A1111's DDIM walks timesteps of its own.)"""
    if scheduler is not Scheduler.AUTOMATIC:
        return scheduler
    return TRAITS[sampler].own_scheduler or Scheduler.UNIFORM


def can_resample(sampler: Sampler, rules: Rules) -> bool:
    """Whether it walks the schedule's levels, the first of which can be walked again."""
    traits = TRAITS[sampler]
    walks_timesteps = traits.walks_timesteps and rules.ddim is DdimRule.A1111
    return not (traits.chooses_levels or walks_timesteps)


def resamples(settings: SamplingSettings, rules: Rules, *, has_mask: bool, is_inpaint_model: bool) -> bool:
    """Whether resampling is asked for and has an effect."""
    is_asked = settings.resampling > 0 and has_mask
    return is_asked and not is_inpaint_model and can_resample(settings.sampler, rules)
