"""The LoRA of a character, named in the prompt of an edit or not."""

from dataclasses import replace

from benchmarks.guide.asking import ORIGINAL, ask
from benchmarks.guide.experiment import Arm, Check, Experiment
from benchmarks.guide.measures import tone_gap
from benchmarks.guide.stages import heroine

LORA = "minty"
WITH, WITHOUT = "with her LoRA", "without it"
HAIR, DRESS = (replace(tone_gap("her", part), name=f"{part} off by") for part in ("hair", "dress"))

LEFT_OUT = Experiment(
    name="lora-left-out",
    title="Without her LoRA a character loses her colours",
    claim="If the LoRA is excluded, there is a risk of messing up the color composition over being able to add the object. "
    "If your character has a distinct shade of hair or eye color, removing the LoRA can cause you lose the color.",
    setting="Hair and dress of Minty (mint green hair, a white dress with red dots) are masked and painted anew, original "
    "at 0.75, with her LoRA named in the prompt and without it. The prompt says green hair and a white dress either way. "
    "How far is the mean colour of each from hers?",
    stage=heroine,
    arms=tuple(
        Arm(label=label, request=ask(ORIGINAL, 0.75), lora=lora)
        for label, lora in ((WITH, LORA), (WITHOUT, None))
    ),
    measures=(HAIR, DRESS),
    checks=(
        *(
            Check(
                says=f"her {part} is farther off without it",
                measure=measure,
                arm=WITHOUT,
                than=WITH,
                least=2,
            )
            for part, measure in (("hair", HAIR), ("dress", DRESS))
        ),
        Check(says="without it, the mint is lost", measure=HAIR, arm=WITHOUT, least=10),
        Check(says="with it, the mint is kept", measure=HAIR, arm=WITH, most=10),
    ),
    here="A LoRA that the prompt names and no folder has is refused; under A1111's rules it is left out, with a note.",
)
