"""Masked content original, and a sketch under it."""

from collections.abc import Sequence
from dataclasses import replace

from benchmarks.guide.asking import FILL, NOISE, NOTHING, ONLY_MASKED, ORIGINAL, ask
from benchmarks.guide.experiment import Arm, Check, Experiment, Gallery, Measure
from benchmarks.guide.measures import (
    VARIETY,
    detail_on_flats,
    difference,
    residue,
    seen_in_sketch,
    shows,
    sketch_missed,
)
from benchmarks.guide.stages import dress, sample

LEFT = residue("cloth")
TREE = shows("tree")
STRENGTHS, STEP_COUNTS = (0.4, 0.6, 0.8, 1.0), (5, 10, 20)
PLAIN, DAUBED = "without", "with sketch"

COLOUR_STAYS = Experiment(
    name="original-keeps-colour",
    title="Original keeps the old colour, even at 1",
    claim="the original color will always end up as an artifact in the output or ends up affect the color tone of the "
    "result",
    setting="A dress is asked for in another colour. How much of the way from the new colour back to the old one is "
    "the result? 0 is the colour that a perfect edit has, 1 the old dress. Latent noise, which knows nothing of the "
    "old colour, is the yardstick.",
    stage=dress,
    arms=(
        Arm(label="original, 0.75", request=ask(ORIGINAL, 0.75)),
        Arm(label="original, 0.90", request=ask(ORIGINAL, 0.9)),
        Arm(label="original, 1.00", request=ask(ORIGINAL, 1.0)),
        Arm(label="noise, 1.00", request=ask(NOISE, 1.0)),
    ),
    measures=(LEFT,),
    checks=(
        *(
            Check(
                says=f"at {strength} more of the old colour is left than from noise",
                measure=LEFT,
                arm=f"original, {strength}",
                than="noise, 1.00",
                least=0.03,
            )
            for strength in ("0.75", "1.00")
        ),
    ),
    shown="mask",
    here="The studio shows what lies under the mask with the noise of the chosen strength on it: whatever can be told "
    "apart there will be in the result.",
)

NOTHING_RECOLOURS = Experiment(
    name="nothing-recolours",
    title="Latent nothing recolours without residue",
    claim="This mode can recreate and recolor objects without leaving the previous color as an artifact",
    setting="The same dress at 0.8, from latent nothing and from original. Latent noise at 1, which knows nothing of the "
    "old colour, is the yardstick.",
    stage=dress,
    arms=(
        Arm(label="original, 0.80", request=ask(ORIGINAL, 0.8)),
        Arm(label="nothing, 0.80", request=ask(NOTHING, 0.8)),
        Arm(label="noise, 1.00", request=ask(NOISE, 1.0)),
    ),
    measures=(LEFT,),
    checks=(
        Check(
            says="nothing leaves no more of the old colour than noise at full strength",
            measure=LEFT,
            arm="nothing, 0.80",
            than="noise, 1.00",
            most=0.03,
        ),
        Check(
            says="and less than original",
            measure=LEFT,
            arm="nothing, 0.80",
            than="original, 0.80",
            most=-0.03,
        ),
    ),
    shown="mask",
)


def tree(strength: float, steps: int = 10, sketch: str | None = None, label: str | None = None) -> Arm:
    """A tree, asked for in the sample picture."""
    row = f"{PLAIN if sketch is None else DAUBED}, {steps} steps"
    return Arm(
        label=label or f"{row} | {strength:.1f}",
        request=ask(ORIGINAL, strength, steps=steps, area=ONLY_MASKED, padding_px=48),
        sketch=sketch,
    )


BLANK_04, DAUBED_04, PASTED_04 = "nothing sketched", "five daubs", "a tree pasted in"
DETAIL = replace(detail_on_flats("daubed", "pasted"), arms=(DAUBED_04,))
IN_SKETCH = seen_in_sketch("tree", (DAUBED_04, PASTED_04))

SKETCH = Experiment(
    name="sketch",
    title="At 0.4, five daubs become a tree",
    claim="original was able to enhance the quality of my sketch and the result is discernably a tree compared to the "
    "prior example without adding extra",
    setting="A tree is asked for at the right of the sample picture, original at 0.4: on the empty land, over five flat "
    "daubs, and over a tree cut roughly out of another picture (photobashing).",
    stage=sample,
    arms=(
        tree(0.4, label=BLANK_04),
        tree(0.4, sketch="daubed", label=DAUBED_04),
        tree(0.4, sketch="pasted", label=PASTED_04),
    ),
    measures=(TREE, DETAIL, IN_SKETCH),
    checks=(
        Check(says="daubs make a tree", measure=TREE, arm=DAUBED_04, least=0.5),
        Check(says="more often than no daubs", measure=TREE, arm=DAUBED_04, than=BLANK_04, least=0.2),
        Check(says="with detail where the daubs were flat", measure=DETAIL, arm=DAUBED_04, least=0.1),
        Check(says="and so does a pasted one", measure=TREE, arm=PASTED_04, than=BLANK_04, least=0.2),
    ),
    shown="mask",
    caveat="The judge may take the daubs themselves for a tree, as people do; what the model adds is the detail.",
    here="A sketch layer is part of the canvas, and `--sketch` of the command line; it lies under the mask only.",
)


def _row(sketch: str | None, steps: int) -> tuple[Arm, ...]:
    return tuple(tree(strength, steps, sketch) for strength in STRENGTHS)


GRID = tuple(arm for sketch in (None, "daubed") for steps in STEP_COUNTS for arm in _row(sketch, steps))


def cell(row: str, steps: int, strength: float) -> str:
    """The label of an arm of the grid."""
    return f"{row}, {steps} steps | {strength:.1f}"


def _to_next_strength(gallery: Gallery, arm: str) -> Sequence[float]:
    """How far each picture is from the same seed's at the next strength."""
    row, _, strength = arm.partition(" | ")
    beyond = f"{row} | {STRENGTHS[STRENGTHS.index(float(strength)) + 1]:.1f}"
    return [
        difference(one.pixels, two.pixels, one.stage.regions["mask"])
        for one, two in zip(gallery[arm], gallery[beyond], strict=True)
    ]


JUMP = Measure(
    name="difference to the next strength",
    of=_to_next_strength,
    unit="ΔE",
    digits=1,
    arms=tuple(arm.label for arm in GRID if not arm.label.endswith("1.0")),
)

SKETCH_GRID = Experiment(
    name="steps-and-denoising",
    title="Steps × denoising, with and without a sketch",
    claim="Most notably, there isn't a lot of consistency between each denoising strength.",
    setting="The same tree: strength from left to right, steps from top to bottom, without and with the daubs. The "
    "consistency is how much one seed's picture changes from one strength to the next.",
    stage=sample,
    arms=GRID,
    measures=(TREE, JUMP),
    checks=tuple(
        Check(
            says=f"from {strength} on, a sketch keeps more of the picture",
            measure=JUMP,
            arm=cell(DAUBED, 20, strength),
            than=cell(PLAIN, 20, strength),
            most=-0.5,
        )
        for strength in STRENGTHS[:-1]
    ),
    shown="mask",
    columns="denoising strength",
)


def _to_twenty_steps(gallery: Gallery, arm: str) -> Sequence[float]:
    """How far each picture is from the same seed's in 20 steps."""
    row, _, strength = arm.partition(" | ")
    full = cell(row.split(", ")[0], 20, float(strength))
    return [
        difference(one.pixels, two.pixels, one.stage.regions["mask"])
        for one, two in zip(gallery[arm], gallery[full], strict=True)
    ]


SHORT_OF = Measure(name="difference to 20 steps", of=_to_twenty_steps, unit="ΔE", digits=1)
FEW_ARMS = tuple(tree(strength, steps) for steps in (5, 20) for strength in (0.4, 1.0))

STEPS_HELP = Experiment(
    name="steps-help-high-strength",
    title="Steps matter at a high strength, not at a low one",
    claim="Steps only help improve inpainting results, the more you want the image to differ at a high denoising "
    "strength. It is not very helpful at a low denoising strength.",
    setting="5 and 20 steps at both ends of the plot above, without a sketch.",
    stage=sample,
    arms=FEW_ARMS,
    measures=(TREE, SHORT_OF),
    checks=(
        Check(
            says="at 0.4, four times the steps change little",
            measure=SHORT_OF,
            arm=cell(PLAIN, 5, 0.4),
            most=3,
        ),
        Check(
            says="at 1.0 they change more",
            measure=SHORT_OF,
            arm=cell(PLAIN, 5, 1.0),
            than=cell(PLAIN, 5, 0.4),
            least=2,
        ),
        Check(
            says="at 1.0 they make more trees",
            measure=TREE,
            arm=cell(PLAIN, 20, 1.0),
            than=cell(PLAIN, 5, 1.0),
            least=0,
        ),
    ),
    shown="mask",
    columns="denoising strength",
    here="Where most of the steps do not run, the studio says that more of them barely help.",
)

SKETCH_SAVES = Experiment(
    name="sketch-saves-steps",
    title="A sketch saves steps",
    claim="the better you are at making basic sketches, the more you can lower the step count and increase the speed "
    "of your generations",
    setting="5 and 20 steps at 0.6, over the daubs and without them; and at 1.0 without them, which it takes to get a tree.",
    stage=sample,
    arms=(
        tree(0.6, 5, "daubed"),
        tree(0.6, 20, "daubed"),
        tree(0.6, 5),
        tree(0.6, 20),
        tree(1.0, 5),
        tree(1.0, 20),
    ),
    measures=(TREE, SHORT_OF),
    checks=(
        Check(
            says="with a sketch, 5 steps make as many trees as 20",
            measure=TREE,
            arm=cell(DAUBED, 5, 0.6),
            than=cell(DAUBED, 20, 0.6),
            least=-0.15,
        ),
        Check(
            says="with a sketch, 5 steps come closer to 20 than without",
            measure=SHORT_OF,
            arm=cell(DAUBED, 5, 0.6),
            than=cell(PLAIN, 5, 0.6),
            most=0,
        ),
        Check(
            says="let alone where it takes no sketch",
            measure=SHORT_OF,
            arm=cell(DAUBED, 5, 0.6),
            than=cell(PLAIN, 5, 1.0),
            most=-2,
        ),
    ),
    shown="mask",
)

SKETCHED = "original, sketch"
OTHERS = {"original": ORIGINAL, "fill": FILL, "nothing": NOTHING, "noise": NOISE}
AWAY_FROM_DAUBS = sketch_missed("daubed")

SKETCH_WINS = Experiment(
    name="sketch-wins",
    title="Original with a sketch beats every other option",
    claim="Inpainting Original + sketching > every inpainting option",
    setting="The tree once more, by every way there is, all at 0.8: original over the daubs, and the four contents without "
    "them. Control is how alike two seeds come out, and how close to what was sketched.",
    stage=sample,
    arms=(
        tree(0.8, sketch="daubed", label=SKETCHED),
        *(
            Arm(label=name, request=ask(content, 0.8, area=ONLY_MASKED, padding_px=48))
            for name, content in OTHERS.items()
        ),
    ),
    measures=(TREE, VARIETY, AWAY_FROM_DAUBS),
    checks=tuple(
        check
        for other in OTHERS
        for check in (
            Check(says=f"as many trees as {other}", measure=TREE, arm=SKETCHED, than=other, least=-0.15),
            Check(says=f"more alike than {other}", measure=VARIETY, arm=SKETCHED, than=other, most=-1),
            Check(
                says=f"closer to the sketch than {other}",
                measure=AWAY_FROM_DAUBS,
                arm=SKETCHED,
                than=other,
                most=-1,
            ),
        )
    ),
    shown="mask",
)

SIMILAR = Experiment(
    name="too-similar",
    title="Results too similar: too little noise",
    claim="This is usually due to a lack of noise. You can try to use other inpainting setting such as latent noise, "
    "increasing the denoising strength or by adding random manual edits.",
    setting="How much do two seeds differ under the mask of the sample picture?",
    stage=sample,
    arms=(
        *(tree(strength, label=f"original, {strength:.1f}") for strength in STRENGTHS),
        Arm(label="noise, 0.8", request=ask(NOISE, 0.8, area=ONLY_MASKED, padding_px=48)),
    ),
    measures=(VARIETY, TREE),
    checks=(
        Check(
            says="more strength makes them differ more",
            measure=VARIETY,
            arm="original, 0.8",
            than="original, 0.4",
            least=2,
        ),
        Check(
            says="latent noise makes them differ more",
            measure=VARIETY,
            arm="noise, 0.8",
            than="original, 0.8",
            least=1,
        ),
    ),
    shown="mask",
    here="The studio measures how much the four differ, and offers more strength or noise when they are alike.",
)
