"""Whole picture or only masked, and padding."""

from benchmarks.guide.asking import FILL, ONLY_MASKED, ORIGINAL, WHOLE, ask
from benchmarks.guide.experiment import Arm, Check, Experiment
from benchmarks.guide.measures import seam, sharpness_kept, shows, truth_missed
from benchmarks.guide.stages import beside_the_house, empty_place, eyes

EYES_SHARP, EYES_AWAY = sharpness_kept("eyes"), truth_missed("eyes")
AREAS = {"whole picture": WHOLE, "only masked": ONLY_MASKED}

EYES = Experiment(
    name="eyes",
    title="Only masked draws sharper eyes",
    claim="You may need to zoom into see the results but the overall of the eyes are sharper.",
    setting="A girl's eyes, some ten pixels wide, are refined at 0.4. The drawing itself is the yardstick: its "
    "sharpness is 1, and the distance from it is what went wrong.",
    stage=eyes,
    arms=tuple(Arm(label=name, request=ask(ORIGINAL, 0.4, area=area)) for name, area in AREAS.items()),
    measures=(EYES_SHARP, EYES_AWAY),
    checks=(
        Check(
            says="the eyes are sharper",
            measure=EYES_SHARP,
            arm="only masked",
            than="whole picture",
            least=0.02,
        ),
        Check(
            says="and closer to the drawing",
            measure=EYES_AWAY,
            arm="only masked",
            than="whole picture",
            most=-0.3,
        ),
    ),
    shown="face",
    here="The task *Fix detail* fills in only masked at 0.35.",
)

GIRL_AGAIN = shows("girl")
STRENGTHS = (0.3, 0.5, 0.7, 0.9)

DUPLICATES = Experiment(
    name="duplicates",
    title="Only masked paints a second girl at a high strength",
    claim="you may end up with another copy of your prompt in the final result if you increase your denoising "
    "strength too high",
    setting="Beside a girl, an empty place is masked, with the whole picture's prompt. In how many results does another "
    "girl stand there?",
    stage=empty_place,
    arms=tuple(
        Arm(label=f"{name} | {strength:.1f}", request=ask(ORIGINAL, strength, area=area))
        for name, area in AREAS.items()
        for strength in STRENGTHS
    ),
    measures=(GIRL_AGAIN,),
    checks=(
        Check(
            says="at 0.5 hardly ever",
            measure=GIRL_AGAIN,
            arm="only masked | 0.5",
            most=0.2,
        ),
        Check(
            says="at 0.9 more often than at 0.3",
            measure=GIRL_AGAIN,
            arm="only masked | 0.9",
            than="only masked | 0.3",
            least=0.1,
        ),
        Check(
            says="at 0.9 more often than with the whole picture",
            measure=GIRL_AGAIN,
            arm="only masked | 0.9",
            than="whole picture | 0.9",
            least=0,
        ),
    ),
    columns="denoising strength",
    here="When the mask fills most of the frame at a high strength, the studio warns and offers more padding.",
)

PADDINGS = (0, 32, 96)

PADDING_COSTS = Experiment(
    name="padding-costs",
    title="Padding costs sharpness",
    claim="The downside of increasing this value is that it will decrease the quality of output.",
    setting="The same eyes, only masked at 0.4, with 0, 32 and 96 px of padding.",
    stage=eyes,
    arms=tuple(
        Arm(label=f"{px} px", request=ask(ORIGINAL, 0.4, area=ONLY_MASKED, padding_px=px)) for px in PADDINGS
    ),
    measures=(EYES_SHARP, EYES_AWAY),
    checks=(
        Check(says="32 px are softer than 0", measure=EYES_SHARP, arm="32 px", than="0 px", most=-0.02),
        Check(says="96 px are softer than 0", measure=EYES_SHARP, arm="96 px", than="0 px", most=-0.02),
        Check(says="and farther from the drawing", measure=EYES_AWAY, arm="96 px", than="0 px", least=0.3),
    ),
    shown="face",
    here="The studio says when padding costs detail: more than 128 px, in a frame that has to be shrunk.",
)

SEAM, BUSH = seam("tight"), shows("bush", "tight")

PADDING_HELPS = Experiment(
    name="padding-helps",
    title="Padding, or the whole picture, makes it fit",
    claim="The mode uses the whole image as a reference point which allows the final output to match better with "
    "overall image.",
    setting="A bush is asked for beside a house, from fill at 0.8, in ever wider view. The seam is how much colour "
    "jumps across the mask's edge, compared with lines beside it.",
    stage=beside_the_house,
    arms=(
        *(
            Arm(
                label=f"{px} px",
                request=ask(FILL, 0.8, area=ONLY_MASKED, padding_px=px),
                mask="tight",
            )
            for px in PADDINGS
        ),
        Arm(label="whole picture", request=ask(FILL, 0.8), mask="tight"),
    ),
    measures=(SEAM, BUSH),
    checks=(
        Check(says="32 px leave less of a seam than 0", measure=SEAM, arm="32 px", than="0 px", most=-0.05),
        Check(says="96 px leave less of a seam than 0", measure=SEAM, arm="96 px", than="0 px", most=-0.05),
        Check(
            says="the whole picture leaves less than 0",
            measure=SEAM,
            arm="whole picture",
            than="0 px",
            most=-0.05,
        ),
    ),
    here="The frame on the canvas shows what the model sees; its corner drags the padding.",
)
