"""ControlNets in an edit."""

from dataclasses import replace

from benchmarks.guide.asking import ORIGINAL, ask
from benchmarks.guide.experiment import Arm, Check, Experiment, Measure
from benchmarks.guide.measures import as_asked, details_kept, shape_kept
from benchmarks.guide.stages import dress
from underpaint.request import ControlPreprocessor, ControlUnit

CONTROLNET = "storybook-union"
KINDS = {"with a hole": ControlPreprocessor.INPAINT, "with lines": ControlPreprocessor.LINEART}
PLAIN, HOLE, LINES = "without", *KINDS
EDITED = as_asked("girl")


def edited(label: str, mask: str) -> Arm:
    """Another dress for her, at a strength that lets the model do as it likes."""
    controls = (ControlUnit(model=CONTROLNET, preprocessor=KINDS[label]),) if label in KINDS else ()
    return Arm(label=label, request=ask(ORIGINAL, 1.0, controls=controls), mask=mask)


def kept(arm: str, shape: Measure, hair: Measure) -> tuple[Check, ...]:
    """What a ControlNet has to do better than plain inpainting, and what not worse."""
    return (
        Check(says="she keeps her shape better", measure=shape, arm=arm, than=PLAIN, least=0.03),
        Check(says="she keeps her hair better", measure=hair, arm=arm, than=PLAIN, least=0.05),
        Check(says="the dress is changed as often", measure=EDITED, arm=arm, than=PLAIN, least=-0.15),
    )


BODY = shape_kept("her in it", "loose dress")
HAIR_BESIDE = replace(details_kept("hair beside it"), name="details of her hair")

PRESERVES = Experiment(
    name="controlnet",
    title="ControlNet inpaint keeps body and hair through an edit",
    claim="it does a better job at preservation of character details such as body and hair while being able to make "
    "edits",
    setting="A girl's dress is asked for in another colour, original at 1.0, under a loose mask that takes in some of her "
    "hair, arms and legs: without a ControlNet, and with one that sees the picture with a hole where the mask is (the "
    "inpaint mode). Shape and hair are judged inside the mask, compared with a perfect edit.",
    stage=dress,
    arms=tuple(edited(label, "loose dress") for label in (PLAIN, HOLE)),
    measures=(BODY, HAIR_BESIDE, EDITED),
    checks=kept(HOLE, BODY, HAIR_BESIDE),
    shown="all of her",
    here="`--control storybook-union --control-preprocessor inpaint`.",
    caveat="A hole hides what is masked. What of her has to stay just so must be left outside the mask.",
)

SHAPE, HAIR = shape_kept("girl", "all of her"), details_kept("hair")

LINEART = Experiment(
    name="controlnet-lines",
    title="A ControlNet for lines keeps the shape",
    claim="try using controlnet canny or lineart to help keep the overall shape intact",
    setting="The same edit with all of her masked: without a ControlNet, and with one that sees the picture's lines.",
    stage=dress,
    arms=tuple(edited(label, "all of her") for label in (PLAIN, LINES)),
    measures=(SHAPE, HAIR, EDITED),
    checks=kept(LINES, SHAPE, HAIR),
    shown="all of her",
    here="`--control storybook-union --control-preprocessor lineart`, and *Line art lock* in the studio.",
)
