"""The mask: how soft, and how large."""

from benchmarks.guide.asking import NOISE, ONLY_MASKED, ORIGINAL, ask
from benchmarks.guide.claims.area import EYES_AWAY, EYES_SHARP
from benchmarks.guide.experiment import Arm, Check, Experiment
from benchmarks.guide.measures import seam_added, shows, truth_missed
from benchmarks.guide.stages import beside_the_house, eyes, girl_to_cat

EDGE = seam_added("land")

BLUR = Experiment(
    name="mask-blur",
    title="Without blur there is an edge",
    claim="Not applying a blur tends to adds a sharp edge to the image after inpainting due to color differences.",
    setting="The girl becomes a cat out of latent noise at 1, with a mask blur of 0, 4 and 16 px. How much more does the "
    "colour jump across the mask's edge than where only land is drawn?",
    stage=girl_to_cat,
    arms=tuple(Arm(label=f"{px} px", request=ask(NOISE, 1.0, blur_px=px)) for px in (0, 4, 16)),
    measures=(EDGE,),
    checks=(
        Check(says="without blur there is a seam", measure=EDGE, arm="0 px", least=0.1),
        Check(says="4 px soften it", measure=EDGE, arm="4 px", than="0 px", most=-0.05),
        Check(says="16 px leave none", measure=EDGE, arm="16 px", most=0.1),
    ),
    here="At 0 px the studio warns of a hard line.",
)

BUSH, BLEND, HARM = shows("bush", "tight"), seam_added(), truth_missed("house")
MASKS = ("tight", "roomy", "huge")

MASK_SIZE = Experiment(
    name="mask-size",
    title="A larger mask blends better, and harms what is near",
    claim="When trying to add something new to image, a larger mask size can be important towards helping Stable "
    "Diffusion making a better blended output but at the same time it can be destructive to the nearby objects.",
    setting="A bush is asked for beside a house, original at 0.85, under a tight mask, one with 16 px of room, and one "
    "that reaches over the house. How much more does the colour jump across each mask's edge than before?",
    stage=beside_the_house,
    arms=tuple(Arm(label=name, request=ask(ORIGINAL, 0.85), mask=name) for name in MASKS),
    measures=(BLEND, HARM, BUSH),
    checks=(
        Check(says="with room it blends better", measure=BLEND, arm="roomy", than="tight", most=-0.05),
        Check(says="a huge mask harms the house", measure=HARM, arm="huge", than="tight", least=1),
    ),
)

PARTS = {"eyes": "mask", "face": "face", "all of her": "all of her"}

MASK_SIZE_ZOOM = Experiment(
    name="mask-size-only-masked",
    title="With only masked, a smaller mask is sharper",
    claim="Size matters since it's directly tied how to well the image quality is improved.",
    setting="Only masked at 0.4, with a mask over the eyes, the face, and all of the girl. How well are the eyes drawn?",
    stage=eyes,
    arms=tuple(
        Arm(label=label, request=ask(ORIGINAL, 0.4, area=ONLY_MASKED), mask=region)
        for label, region in PARTS.items()
    ),
    measures=(EYES_SHARP, EYES_AWAY),
    checks=(
        Check(
            says="masked alone they are sharper than with all of her",
            measure=EYES_SHARP,
            arm="eyes",
            than="all of her",
            least=0.02,
        ),
        Check(
            says="and closer to the drawing",
            measure=EYES_AWAY,
            arm="eyes",
            than="all of her",
            most=-0.3,
        ),
    ),
    shown="face",
)
