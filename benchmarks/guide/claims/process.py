"""Working on a picture: prompts, samplers, noise, one edit after the other."""

from benchmarks.guide.asking import FILL, NOISE, ONLY_MASKED, ORIGINAL, ask
from benchmarks.guide.claims.denoising import CAT
from benchmarks.guide.claims.latent import TONE
from benchmarks.guide.experiment import Arm, Check, Experiment
from benchmarks.guide.measures import (
    ALL_CHANGED,
    OUTSIDE_IN_ALL,
    changed,
    distance_to,
    shape_kept,
    sharpness_kept,
)
from benchmarks.guide.stages import dress, eyes, girl_to_cat, removal
from underpaint.request import Profile, Rules, Sampler

PROMPTS = {
    "only the change": "change",
    "the change in front": "in front",
    "the change at the end": "at the end",
}

PROMPT = Experiment(
    name="prompt",
    title="The change in front of the old prompt, or alone",
    claim="you have the option of only having your desired changes in the positive prompt and removing everything "
    "else. Personally, I haven't seen a worrisome difference between the two",
    setting="The girl becomes a cat out of latent noise at 0.9. The prompt is the cat alone, or the cat before or after "
    "the girl's own prompt.",
    stage=girl_to_cat,
    arms=tuple(Arm(label=label, request=ask(NOISE, 0.9), prompt=prompt) for label, prompt in PROMPTS.items()),
    measures=(CAT,),
    checks=(
        Check(
            says="in front works as well as alone",
            measure=CAT,
            arm="the change in front",
            than="only the change",
            least=-0.15,
        ),
        Check(
            says="in front works better than at the end",
            measure=CAT,
            arm="the change in front",
            than="the change at the end",
            least=0,
        ),
    ),
)

SAMPLERS = (Sampler.EULER, Sampler.EULER_A, Sampler.DPM2, Sampler.DPM2_A)

ANCESTRAL = Experiment(
    name="ancestral-colour",
    title="Ancestral samplers match the colours better",
    claim="I have noticed that ancestorial samplers are better for getting a color match with the overall image.",
    setting="Land behind a girl, from fill at 0.75, with two samplers and their ancestral forms. The tone is compared "
    "with the same land drawn without her.",
    stage=removal,
    arms=tuple(Arm(label=sampler.value, request=ask(FILL, 0.75, sampler=sampler)) for sampler in SAMPLERS),
    measures=(TONE,),
    checks=(
        Check(says="Euler a beats Euler", measure=TONE, arm="Euler a", than="Euler", most=-0.2),
        Check(says="DPM2 a beats DPM2", measure=TONE, arm="DPM2 a", than="DPM2", most=-0.2),
    ),
)

FIRST, AGAIN = "at first", "after a restart"
APART = distance_to(FIRST, "difference to the first time")

RESTART = Experiment(
    name="restart",
    title="Ancestral pictures differ after a restart",
    claim="even if you reuse the same seed, you can get different results after restarting the webui at a different "
    "time",
    setting="The same pictures with Euler a, made again by another process.",
    stage=removal,
    arms=tuple(
        Arm(label=label, request=ask(FILL, 0.75, sampler=Sampler.EULER_A), take=take)
        for take, label in enumerate((FIRST, AGAIN))
    ),
    measures=(APART,),
    checks=(Check(says="the second time differs", measure=APART, arm=AGAIN, least=0.01),),
    here="Noise is drawn on the processor, one stream per image: same request, same bytes, after a restart and in any "
    "batch.",
)

CHANGE, SHAPE = changed("all of her"), shape_kept("girl", "all of her")
MULTIPLIERS = (1.0, 1.1, 1.3)

MULTIPLIER = Experiment(
    name="noise-multiplier",
    title="A noise multiplier changes more, and bends proportions",
    claim="This causes the image to change more overall but I have found that it noticeably doesn't respect the "
    "original image's proportions.",
    setting="A girl is redrawn as herself under a loose mask, original at 0.5, with the starting noise multiplied.",
    stage=dress,
    arms=tuple(
        Arm(
            label=f"× {multiplier}",
            request=ask(ORIGINAL, 0.5, multiplier=multiplier),
            prompt="same",
            mask="all of her",
        )
        for multiplier in MULTIPLIERS
    ),
    measures=(CHANGE, SHAPE),
    checks=(
        Check(says="× 1.3 changes more", measure=CHANGE, arm="× 1.3", than="× 1.0", least=0.5),
        Check(says="× 1.3 keeps her shape worse", measure=SHAPE, arm="× 1.3", than="× 1.0", most=-0.03),
    ),
    here="Above 1.05 the studio says that extra noise bends proportions.",
)


# One edit after the other


def edits(count: int, name: str, rules: Rules) -> Arm:
    """A face, edited so many times, each time from the last result."""
    arm: Arm | None = None
    for number in range(1, count + 1):
        arm = Arm(
            label=f"{name}, {number} edit{'s' if number > 1 else ''}",
            request=ask(ORIGINAL, 0.3, area=ONLY_MASKED, rules=rules),
            mask="face",
            after=arm,
        )
    assert arm is not None
    return arm


STUDIO, A1111 = Profile.studio(), Profile.a1111()
FACE_SHARP = sharpness_kept("face")

BLUR_GROWS = Experiment(
    name="blur-over-edits",
    title="Blur grows from edit to edit",
    claim="After inpainting, it is natural to find a ton of blurs in the overall images.",
    setting="A face is edited again and again, only masked at 0.3, every edit on the last result and with another seed, "
    "under A1111's rules and under the studio's. Sharpness is 1 in the drawing.",
    stage=eyes,
    arms=tuple(
        edits(count, name, rules)
        for name, rules in (("a1111", A1111), ("studio", STUDIO))
        for count in (1, 3, 6)
    ),
    measures=(FACE_SHARP, OUTSIDE_IN_ALL),
    checks=(
        Check(says="one edit softens the face", measure=FACE_SHARP, arm="a1111, 1 edit", most=0.95),
        Check(
            says="six soften it more",
            measure=FACE_SHARP,
            arm="a1111, 6 edits",
            than="a1111, 1 edit",
            most=-0.02,
        ),
    ),
    shown="face",
    here="Every result goes back into the untouched original through the mask: outside it no pixel changes, however "
    "many edits there are.",
)


def cleaned(strength: float) -> Arm:
    """One pass over all of the picture, after six edits."""
    return Arm(
        label=f"pass at {strength:.2f}",
        request=ask(ORIGINAL, strength),
        mask=None,
        after=edits(6, "studio", STUDIO),
    )


CLEAN_UP = Experiment(
    name="clean-up-pass",
    title="A pass at 0.2 to 0.35 removes the blur, and alters everything",
    claim="do an img2img pass at a low denoising strength around 0.2 ~ 0.35. This does come with the side effect of "
    "slightly altering the image",
    setting="After six edits of the face, all of the picture is refined once.",
    stage=eyes,
    arms=(edits(6, "studio", STUDIO), cleaned(0.2), cleaned(0.35)),
    measures=(FACE_SHARP, ALL_CHANGED),
    checks=tuple(
        check
        for strength in ("0.20", "0.35")
        for check in (
            Check(
                says=f"{strength} makes the face sharper",
                measure=FACE_SHARP,
                arm=f"pass at {strength}",
                than="studio, 6 edits",
                least=0.02,
            ),
            Check(
                says=f"{strength} alters all of the picture",
                measure=ALL_CHANGED,
                arm=f"pass at {strength}",
                than="studio, 6 edits",
                least=0.5,
            ),
        )
    ),
    shown="face",
    here="What was never masked needs no pass: it is still the input, to the byte.",
)
