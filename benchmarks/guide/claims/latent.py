"""Masked content fill, latent nothing and latent noise."""

from benchmarks.guide.asking import FILL, NOISE, NOTHING, ORIGINAL, ask
from benchmarks.guide.claims.denoising import CAT, noise
from benchmarks.guide.experiment import Arm, Check, Experiment
from benchmarks.guide.measures import (
    IS_BROWN,
    RIPPLES,
    STRUCTURE_KEPT,
    detail,
    mottling,
    shape_kept,
    shows,
    tone_gap,
    way_to_her_colour,
)
from benchmarks.guide.stages import dress, girl_to_cat, removal, surroundings
from underpaint.request import MaskedContent, MaskMode

CONTENTS = {"original": ORIGINAL, "fill": FILL, "nothing": NOTHING, "noise": NOISE}
TONE, DETAIL, MOTTLING = tone_gap("land"), detail("land"), mottling()


def removed(name: str, strength: float) -> Arm:
    """The girl makes way for land, from one of the contents."""
    return Arm(label=f"{name}, {strength:.2f}", request=ask(CONTENTS[name], strength))


FILL_TONE = Experiment(
    name="fill-keeps-tone",
    title="Fill keeps the tone, not the shape",
    claim="This allows the final output to retain the color scheme of image but not the overall base shape.",
    setting="A girl is masked and only the land behind her asked for, at 0.8. The tone is compared with the same land "
    "drawn without her; the shape is her edges.",
    stage=removal,
    arms=tuple(removed(name, 0.8) for name in ("original", "fill", "nothing", "noise")),
    measures=(TONE, STRUCTURE_KEPT),
    checks=(
        Check(
            says="fill meets the tone better than latent nothing",
            measure=TONE,
            arm="fill, 0.80",
            than="nothing, 0.80",
            most=-0.5,
        ),
        Check(
            says="fill keeps less of her shape than original",
            measure=STRUCTURE_KEPT,
            arm="fill, 0.80",
            than="original, 0.80",
            most=-0.1,
        ),
        Check(
            says="hardly any of it is left",
            measure=STRUCTURE_KEPT,
            arm="fill, 0.80",
            most=0.15,
        ),
    ),
)

HER_COLOUR = way_to_her_colour("around")


def elsewhere(name: str, content: MaskedContent) -> Arm:
    """Everything but the girl, repainted."""
    return Arm(label=name, request=ask(content, 0.8, mode=MaskMode.NOT_MASKED))


FILL_BIAS = Experiment(
    name="fill-takes-her-colour",
    title="Fill takes the colour of whoever fills the picture",
    claim="if your character takes up a majority of the image and you have a darkened or bright scenery, fill will "
    "likely reuse the color from the character versus the environment",
    setting="A large girl is to stand somewhere else: all around her is repainted at 0.8. How far is the new land on "
    "the way from its true colour to hers?",
    stage=surroundings,
    arms=(elsewhere("fill", FILL), elsewhere("nothing", NOTHING), elsewhere("original", ORIGINAL)),
    measures=(HER_COLOUR,),
    checks=(
        Check(says="with fill, the land takes her colour", measure=HER_COLOUR, arm="fill", least=0.05),
        Check(
            says="more than with latent nothing",
            measure=HER_COLOUR,
            arm="fill",
            than="nothing",
            least=0.03,
        ),
    ),
)


def underneath(name: str, label: str) -> Arm:
    """What lies under the mask, before any noise."""
    return Arm(label=label, request=ask(CONTENTS[name]), is_underpainting=True)


BROWN = Experiment(
    name="nothing-is-brown",
    title="Latent nothing is a rippled brown",
    claim="For people, this looks like a shade of brown with some distinct rippling effects.",
    setting="What lies under the mask with latent nothing, decoded. Brown is a dull orange or yellow: a hue of 30 to 95 "
    "degrees, a chroma of 8 to 55, a lightness of 20 to 70. Ripples are what varies within 8 px.",
    stage=removal,
    arms=(underneath("nothing", "latent nothing"),),
    measures=(IS_BROWN, RIPPLES),
    checks=(
        Check(says="it is brown", measure=IS_BROWN, arm="latent nothing", least=0.85),
        Check(says="it ripples", measure=RIPPLES, arm="latent nothing", least=1.0),
    ),
    caveat="The builtin model's decoder was taught to make zeros a flat brown; those of Stable Diffusion come to theirs, "
    "and to its ripples, by chance. So this shows what you would see, and proves nothing about why.",
)

SHAPE = shape_kept("girl", "all of her")


def redrawn(name: str, strength: float) -> Arm:
    """The girl again, from one of the contents, under a loose mask."""
    return Arm(
        label=f"{name}, {strength:.2f}",
        request=ask(CONTENTS[name], strength),
        prompt="same",
        mask="all of her",
    )


PROPORTIONS = Experiment(
    name="nothing-bends-proportions",
    title="Latent nothing forgets the shape",
    claim="latent nothing does not respect body proportions ,shapes or perspective as well as original",
    setting="A girl is redrawn as herself under a loose mask. How well does her outline still cover the old one? "
    "(intersection over union)",
    stage=dress,
    arms=(redrawn("original", 0.75), redrawn("nothing", 0.75), redrawn("nothing", 0.9)),
    measures=(SHAPE,),
    checks=(
        Check(
            says="at 0.75 nothing keeps her shape worse than original",
            measure=SHAPE,
            arm="nothing, 0.75",
            than="original, 0.75",
            most=-0.05,
        ),
    ),
)

PLAIN_LAND = Experiment(
    name="detail-by-content",
    title="Noise gives detail, nothing simplifies, fill lies between",
    claim="Produces a higher level of detail compared to fill and latent nothing",
    setting="Land behind a girl again, at 0.85. Detail is the variance of the Laplacian, 1 = as much as the drawn land.",
    stage=removal,
    arms=tuple(removed(name, 0.85) for name in ("fill", "nothing", "noise")),
    measures=(DETAIL,),
    checks=(
        Check(
            says="noise gives more than fill",
            measure=DETAIL,
            arm="noise, 0.85",
            than="fill, 0.85",
            least=0,
        ),
        Check(
            says="noise gives more than latent nothing",
            measure=DETAIL,
            arm="noise, 0.85",
            than="nothing, 0.85",
            least=0,
        ),
        Check(
            says="fill gives more than latent nothing",
            measure=DETAIL,
            arm="fill, 0.85",
            than="nothing, 0.85",
            least=0,
        ),
    ),
    caveat="Detail is whatever is there, also what nobody asked for: look at the pictures, too.",
)

NOISE_NEEDS = Experiment(
    name="noise-needs",
    title="Latent noise needs 0.7",
    claim="The main downside is that is mode will always require a very high denoising strength of 0.7 or higher.",
    setting="The girl becomes a cat out of latent noise, in steps of 0.1. In how many pictures is there a cat, and how "
    "much of the noise is left as spots?",
    stage=girl_to_cat,
    arms=tuple(noise(d) for d in (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)),
    measures=(CAT, MOTTLING),
    checks=(
        Check(says="at 0.6 most pictures show no cat", measure=CAT, arm="0.60", most=0.5),
        Check(says="at 0.8 most pictures show one", measure=CAT, arm="0.80", least=0.5),
        Check(
            says="at 0.5 noise is left",
            measure=MOTTLING,
            arm="0.50",
            than="1.00",
            least=3,
        ),
    ),
    here="Below 0.75 the studio says that the noise will stay visible, and offers 0.85.",
)


def becomes_cat(name: str, strength: float) -> Arm:
    """The girl becomes a cat, from one of the contents."""
    return Arm(label=f"{strength:.2f} | {name}", request=ask(CONTENTS[name], strength))


GIRL_TO_CAT = Experiment(
    name="girl-to-cat",
    title="From girl to cat, in all four modes",
    claim="As a result, this mode's main strength is subject replacement or addition.",
    setting="A girl is masked, a cat asked for. In how many pictures does the judge see a cat?",
    stage=girl_to_cat,
    arms=(
        *(underneath(name, f"underneath | {name}") for name in CONTENTS),
        *(becomes_cat(name, strength) for strength in (0.75, 1.0) for name in CONTENTS),
    ),
    measures=(CAT, shows("girl"), MOTTLING),
    checks=tuple(
        Check(
            says=f"at 0.75 noise makes more cats than {name}",
            measure=CAT,
            arm="0.75 | noise",
            than=f"0.75 | {name}",
            least=0,
        )
        for name in ("original", "fill", "nothing")
    ),
    columns="masked content",
    here="The task *Replace* fills in latent noise at 1.0.",
)
