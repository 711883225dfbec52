"""The LoRA of a character, named in the prompt of an edit or not."""

from dataclasses import replace

from benchmarks.guide.asking import NOISE, ORIGINAL, ask
from benchmarks.guide.experiment import Arm, Check, Experiment
from benchmarks.guide.measures import tone_gap
from benchmarks.guide.stages import heroine

LORA = "minty"
STARTS = {"original, 0.75": (ORIGINAL, 0.75), "noise, 1.00": (NOISE, 1.0)}
HAIR, DRESS = (replace(tone_gap("her", part), name=f"{part} off by") for part in ("hair", "dress"))


def repaired(start: str, lora: str | None) -> Arm:
    """Her hair and her dress, painted anew."""
    content, strength = STARTS[start]
    return Arm(
        label=f"{start}, {'without' if lora is None else 'with'}", request=ask(content, strength), lora=lora
    )


LEFT_OUT = Experiment(
    name="lora-left-out",
    title="Without her LoRA a character loses her colours",
    claim="If the LoRA is excluded, there is a risk of messing up the color composition over being able to add the object. "
    "If your character has a distinct shade of hair or eye color, removing the LoRA can cause you lose the color.",
    setting="Hair and dress of Minty (mint green hair, a white dress with red dots) are masked and painted anew, with "
    "her LoRA named in the prompt and without it. The prompt says green hair and a white dress either way. How far is the "
    "mean colour of each from hers?",
    stage=heroine,
    arms=tuple(repaired(start, lora) for start in STARTS for lora in (LORA, None)),
    measures=(HAIR, DRESS),
    checks=(
        *(
            Check(
                says=f"from {start}, her {part} is farther off without the LoRA",
                measure=measure,
                arm=f"{start}, without",
                than=f"{start}, with",
                least=2,
            )
            for start in STARTS
            for part, measure in (("hair", HAIR), ("dress", DRESS))
        ),
        Check(
            says="out of noise, without it, the mint is lost",
            measure=HAIR,
            arm="noise, 1.00, without",
            least=10,
        ),
        Check(says="with it, it is not", measure=HAIR, arm="noise, 1.00, with", most=10),
    ),
    here="A LoRA that the prompt names and no folder has is refused, not left out.",
)
