"""Inpainting models, which see the picture around the mask beside the latents."""

from collections.abc import Sequence

from benchmarks.guide.asking import NOISE, ORIGINAL, ask
from benchmarks.guide.claims.denoising import CAT
from benchmarks.guide.experiment import Arm, Check, Experiment, Gallery, Measure
from benchmarks.guide.measures import STRUCTURE_KEPT, seam, shape_kept, sharpness_kept, shows, truth_missed
from benchmarks.guide.stages import dress, girl_to_cat
from underpaint.models.catalog import BUILTIN_MODEL

BASE, INPAINTING = BUILTIN_MODEL, f"{BUILTIN_MODEL}-inpainting"
AWAY, SEAM, SHARPNESS = truth_missed("joints"), seam("across"), sharpness_kept("across")

CONNECTS = Experiment(
    name="inpainting-model",
    title="An inpainting model connects limbs and clothing better",
    claim="I have occasionally noticed that inpainting models can connect limbs and clothing noticeably better than a "
    "non-inpainting model but I haven't seen too much of a difference in image quality.",
    setting="A girl is masked from her waist to her ankles and redrawn as herself, original at 0.75, so that dress, arms "
    "and legs have to go on from where the mask cut them. Within 12 px of the cut there is little to choose: the distance "
    "from the drawing is what does not connect.",
    stage=dress,
    arms=tuple(
        Arm(label=model, request=ask(ORIGINAL, 0.75, model=model), prompt="same", mask="across")
        for model in (BASE, INPAINTING)
    ),
    measures=(AWAY, SEAM, SHARPNESS),
    checks=(
        Check(says="it connects better", measure=AWAY, arm=INPAINTING, than=BASE, most=-0.5),
        Check(says="with less of a seam", measure=SEAM, arm=INPAINTING, than=BASE, most=-0.05),
        Check(
            says="it is about as sharp", measure=SHARPNESS, arm=INPAINTING, than=BASE, least=-0.1, most=0.1
        ),
    ),
    shown="all of her",
    here="`underpaint models make-inpaint` makes an inpainting model of any checkpoint.",
)

ALONE, IN_FRONT = "the change alone", "in front of the old prompt"
PROMPTS = {ALONE: "change", IN_FRONT: "in front"}


def becomes_cat(model: str, prompt: str) -> Arm:
    """The girl becomes a cat, asked for with few or many words."""
    return Arm(label=f"{model} | {prompt}", request=ask(NOISE, 0.9, model=model), prompt=PROMPTS[prompt])


def _lost(gallery: Gallery, arm: str) -> Sequence[float]:
    """1 where only the change alone made a cat, -1 where only the long prompt did."""
    model, _, _ = arm.partition(" | ")
    alone, in_front = (CAT.of(gallery, f"{model} | {prompt}") for prompt in PROMPTS)
    return [one - other for one, other in zip(alone, in_front, strict=True)]


LOST = Measure(
    name="cats that the old prompt costs",
    of=_lost,
    arms=tuple(f"{model} | {ALONE}" for model in (BASE, INPAINTING)),
)

SHORT_PROMPT = Experiment(
    name="inpainting-prompt",
    title="Inpainting models prefer the change alone",
    claim="they prefer smaller prompts where you only specify your desired changes. They don't seem to work as well when "
    "using a large prompt.",
    setting="The girl becomes a cat out of latent noise at 0.9. The prompt is the cat alone, or the cat before the girl's "
    "own prompt. The base model, which is not told of the mask, is asked the same.",
    stage=girl_to_cat,
    arms=tuple(becomes_cat(model, prompt) for model in (BASE, INPAINTING) for prompt in PROMPTS),
    measures=(CAT, shows("girl"), LOST),
    checks=(
        Check(
            says="the change alone makes more cats",
            measure=CAT,
            arm=f"{INPAINTING} | {ALONE}",
            than=f"{INPAINTING} | {IN_FRONT}",
            least=0.05,
        ),
        Check(
            says="the old prompt costs an inpainting model more cats than its base",
            measure=LOST,
            arm=f"{INPAINTING} | {ALONE}",
            than=f"{BASE} | {ALONE}",
            least=0.05,
        ),
    ),
    columns="prompt",
    caveat="Six in ten lessons of the builtin inpainting model in which a thing was masked named just this thing. Whether "
    "a model prefers short prompts depends on what it was shown.",
)

SHAPE = shape_kept("girl", "all of her")
CONDITIONINGS = (1.0, 0.5, 0.0)


def conditioned(strength: float) -> Arm:
    """The girl again, with so much of her hidden from the model; the noise knows nothing of her."""
    return Arm(
        label=f"{strength:.1f}",
        request=ask(NOISE, 1.0, model=INPAINTING, conditioning=strength),
        prompt="same",
        mask="all of her",
    )


CONDITIONING = Experiment(
    name="conditioning-strength",
    title="The conditioning mask strength keeps the shape",
    claim='the "inpainting condition mask strength" is supposed to control how much the output conforms the original '
    "image",
    setting="A girl is redrawn as herself under a loose mask, from latent noise at 1, so that what the inpainting model sees "
    "beside the latents is all it knows of her: nothing at a conditioning mask strength of 1, everything at 0.",
    stage=dress,
    arms=tuple(conditioned(strength) for strength in CONDITIONINGS),
    measures=(SHAPE, STRUCTURE_KEPT),
    checks=(
        Check(
            says="at 0 she keeps more of her shape than at 1",
            measure=SHAPE,
            arm="0.0",
            than="1.0",
            least=0.05,
        ),
        Check(says="at 0.5 more than at 1", measure=SHAPE, arm="0.5", than="1.0", least=0.01),
        Check(says="at 0.5 less than at 0", measure=SHAPE, arm="0.5", than="0.0", most=-0.01),
        Check(
            says="at 0 more edges of her dress stay", measure=STRUCTURE_KEPT, arm="0.0", than="1.0", least=0.1
        ),
    ),
    here="*Model conditioning* is shown for inpainting models alone; with others a note says that it has no effect.",
)
