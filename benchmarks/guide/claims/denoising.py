"""Denoising strength, and how many steps it leaves."""

from benchmarks.guide.asking import NOISE, ORIGINAL, STEPS, ask
from benchmarks.guide.experiment import Arm, Check, Experiment
from benchmarks.guide.measures import IS_UNTOUCHED, STRUCTURE_KEPT, changed, shows, truth_missed
from benchmarks.guide.measures import STEPS as MODEL_CALLS
from benchmarks.guide.stages import eyes, girl_to_cat
from underpaint.request import Rules, StepRule

CHANGE, CAT = changed(), shows("cat")


def original(strength: float) -> Arm:
    """The girl, repainted from herself."""
    return Arm(label=f"{strength:.2f}", request=ask(ORIGINAL, strength))


def noise(strength: float, label: str | None = None) -> Arm:
    """The girl, repainted from noise."""
    return Arm(label=label or f"{strength:.2f}", request=ask(NOISE, strength))


ENDS = Experiment(
    name="denoising-ends",
    title="Strength 0 keeps, strength 1 alters completely",
    claim="a denoising strength of 0 keeps the image the same and a denoising of 1 completely alters the image",
    setting="A girl is masked and a cat asked for, with masked content original. How much changes under the mask?",
    stage=girl_to_cat,
    arms=(*(original(d) for d in (0.0, 0.25, 0.5, 0.75, 1.0)), noise(1.0, "noise, 1.00")),
    measures=(CHANGE, STRUCTURE_KEPT, IS_UNTOUCHED),
    checks=(
        Check(says="at 0 not one byte changes", measure=IS_UNTOUCHED, arm="0.00", least=0.85),
        Check(says="at 1 no edge of the girl is left", measure=STRUCTURE_KEPT, arm="1.00", most=0.1),
        Check(
            says="at 1 as much changes as when there was only noise",
            measure=CHANGE,
            arm="1.00",
            than="noise, 1.00",
            least=-2,
            most=2,
        ),
    ),
    here="At 0 the file is the input's, byte for byte, and no model is called.",
)

ORIGINAL_NEEDS = Experiment(
    name="original-needs",
    title="Original needs 0.7 before the content changes",
    claim="You will typically need a fairly high denoising strength in order to produce different results. "
    "This usually requires 0.7 denoising strength or higher.",
    setting="The same girl and cat, original, in steps of 0.1. In how many pictures is there a cat?",
    stage=girl_to_cat,
    arms=tuple(original(d) for d in (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)),
    measures=(CAT, CHANGE),
    checks=(
        Check(says="at 0.6 most pictures show no cat", measure=CAT, arm="0.60", most=0.5),
        Check(says="at 0.8 most pictures show one", measure=CAT, arm="0.80", least=0.5),
    ),
    here="Below 0.70 the studio says that original keeps what is there, and offers 0.75.",
)

STEP_COUNT = Experiment(
    name="step-count",
    title="Ten steps are enough",
    claim="Step count doesn't seem to have a large impact on inpainting so it is possible to lower the count from "
    "what is normally used in txt2img. Personally, I have been using 10 steps without any problems. I don't "
    "recommend setting the steps too low",
    setting="The girl becomes a cat out of latent noise at strength 1, in 3 to 40 steps of DPM++ 2M.",
    stage=girl_to_cat,
    arms=tuple(
        Arm(label=f"{steps} steps", request=ask(NOISE, 1.0, steps=steps)) for steps in (3, 5, 10, 20, 40)
    ),
    measures=(CAT,),
    checks=(
        Check(
            says="10 steps give as many cats as 40",
            measure=CAT,
            arm="10 steps",
            than="40 steps",
            least=-0.15,
        ),
        Check(says="3 steps give fewer than 10", measure=CAT, arm="3 steps", than="10 steps", most=0),
    ),
    here="Below four model calls the studio warns.",
)

A1111, FIXED, EXACT = "a1111", "a1111, fixed steps", "exact"
AWAY_IN_FACE = truth_missed("face")


def face(label: str, rule: StepRule) -> Arm:
    """A face, refined under a step rule."""
    return Arm(label=label, request=ask(ORIGINAL, 0.4, rules=Rules(steps=rule)), mask="face")


STEP_RULE = Experiment(
    name="step-rule",
    title="A1111 runs fewer steps than it says",
    claim="img2img steps. This adds more noise to the image which can improve quality. Apparently, img2img secretly "
    "changes the step count in the background to something lower if this setting is not enabled.",
    setting=f"A face is refined at 0.4 with {STEPS} steps asked for, under the three step rules. Quality is how close "
    "the face stays to the drawing.",
    stage=eyes,
    arms=(face(A1111, StepRule.A1111), face(FIXED, StepRule.A1111_FIX_STEPS), face(EXACT, StepRule.EXACT)),
    measures=(MODEL_CALLS, AWAY_IN_FACE),
    checks=(
        Check(says="fewer steps run than were asked for", measure=MODEL_CALLS, arm=A1111, most=STEPS - 1),
        Check(
            says="all of them run with the setting", measure=MODEL_CALLS, arm=FIXED, least=STEPS, most=STEPS
        ),
        Check(says="that draws the face better", measure=AWAY_IN_FACE, arm=FIXED, than=A1111, most=-0.1),
    ),
    shown="face",
    here='The studio says "4 of 10 steps run" under exact steps, and the rule is a field of the recipe.',
)
