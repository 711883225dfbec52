"""Advice on a command line: what is worth knowing before a job runs."""

from typing import TYPE_CHECKING

from underpaint.cli.running import Inputs

if TYPE_CHECKING:
    from underpaint.advice import Advice
    from underpaint.job import Job

SHOWN = 3
SAID_OTHERWISE = {"nothing-masked", "sketch-unused"}
"""The job's own notes say these."""
ONLY_FOR_THE_STUDIO = {"one-image"}
"""One image is what most commands are for."""


def advice_on(job: "Job", inputs: Inputs) -> "list[Advice]":
    """The most urgent advice on a job, at most three pieces."""
    from underpaint.advice import advise
    from underpaint.encoding import sampling_of
    from underpaint.facts import facts_of

    facts = facts_of(
        job.request,
        job.plan,
        native_px=job.model.native_px,
        picture=inputs.pictures[0].size if inputs.pictures else None,
        mask=inputs.mask,
        soft=job.canvases[0].soft_mask if job.canvases else None,
        sketch=inputs.sketch,
        is_inpaint_model=job.model.is_inpaint_model,
        steps=sampling_of(job).planned_steps(from_picture=bool(inputs.pictures)),
    )
    left_out = SAID_OTHERWISE | ONLY_FOR_THE_STUDIO
    return [advice for advice in advise(job.request, facts) if advice.code not in left_out][:SHOWN]


def told(advice: "Advice") -> dict[str, str | None]:
    """Advice for machines."""
    return {
        "code": advice.code,
        "kind": advice.kind.value,
        "message": advice.message,
        "why": advice.why,
        "fix": advice.fix.label if advice.fix else None,
    }
