"""ControlNets in an edit."""

from benchmarks.guide.asking import ORIGINAL, ask
from benchmarks.guide.experiment import Arm, Check, Experiment, Measure
from benchmarks.guide.measures import as_asked, details_kept, shape_kept
from benchmarks.guide.stages import dress
from underpaint.request import ControlPreprocessor, ControlUnit

CONTROLNET = "storybook-union"
KINDS = {"with a hole": ControlPreprocessor.INPAINT, "with lines": ControlPreprocessor.LINEART}
PLAIN = "without"
SHAPE, HAIR, EDITED = shape_kept("girl", "all of her"), details_kept("hair"), as_asked("girl")


def edited(label: str) -> Arm:
    """Another dress for her, with all of her masked, at a strength that lets the model do as it likes."""
    controls = (ControlUnit(model=CONTROLNET, preprocessor=KINDS[label]),) if label in KINDS else ()
    return Arm(label=label, request=ask(ORIGINAL, 1.0, controls=controls), mask="all of her")


def against_plain(says: str, measure: Measure, least: float) -> tuple[Check, ...]:
    """Of either kind, by how much at least it has more of it than plain inpainting."""
    return tuple(
        Check(says=f"{kind}, {says}", measure=measure, arm=kind, than=PLAIN, least=least) for kind in KINDS
    )


PRESERVES = Experiment(
    name="controlnet",
    title="A ControlNet keeps body and hair through an edit",
    claim="it does a better job at preservation of character details such as body and hair while being able to make "
    "edits",
    setting="A girl's dress is asked for in another colour, with a loose mask over all of her, original at 1.0: without a "
    "ControlNet, with one that sees the picture with a hole where the mask is (the inpaint mode), and with one that "
    "sees the picture's lines. Details are the edges of her hair, compared with a perfect edit.",
    stage=dress,
    arms=tuple(edited(label) for label in (PLAIN, *KINDS)),
    measures=(SHAPE, HAIR, EDITED),
    checks=(
        *against_plain("she keeps her shape better", SHAPE, 0.03),
        *against_plain("she keeps her hair better", HAIR, 0.05),
        *against_plain("the dress is changed as often", EDITED, -0.15),
    ),
    shown="all of her",
    here="`--control storybook-union --control-preprocessor lineart`, and *Line art lock* in the studio.",
    caveat="A hole hides what is masked: what of her has to stay must then be left outside the mask.",
)
