"""What sets the samplers apart, in one table: which schedule is their own and which settings they listen to."""

from dataclasses import dataclass

from underpaint.request import Sampler, Scheduler


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """A sampler's habits. Settings it does not take have no effect on it."""

    own_scheduler: Scheduler | None = None
    """What Automatic stands for; None = the model's own discrete schedule (Uniform)."""
    default_eta: float | None = None
    """None: takes no eta."""
    takes_churn: bool = False
    takes_noise_scale: bool = False
    names_seed_delta: bool = False
    """A1111 writes ENSD into a file only for these."""


TRAITS: dict[Sampler, Traits] = {
    Sampler.DPMPP_2M: Traits(own_scheduler=Scheduler.KARRAS),
    Sampler.DPMPP_2M_SDE: Traits(
        own_scheduler=Scheduler.EXPONENTIAL, default_eta=1.0, takes_noise_scale=True
    ),
    Sampler.EULER_A: Traits(default_eta=1.0, names_seed_delta=True),
    Sampler.EULER: Traits(takes_churn=True, takes_noise_scale=True),
    Sampler.DDIM: Traits(default_eta=0.0),
}


def effective_scheduler(sampler: Sampler, scheduler: Scheduler) -> Scheduler:
    """The schedule that will be used, with Automatic resolved. (A1111's DDIM walks timesteps of its own.)"""
    if scheduler is not Scheduler.AUTOMATIC:
        return scheduler
    return TRAITS[sampler].own_scheduler or Scheduler.UNIFORM
