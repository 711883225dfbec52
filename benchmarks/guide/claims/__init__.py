"""All claims, in the guide's order."""

from benchmarks.guide.claims import area, denoising, latent, mask, original, process
from benchmarks.guide.experiment import Experiment, Unmeasured

PARTS: dict[str, tuple[Experiment, ...]] = {
    "Denoising strength and steps": (
        denoising.ENDS,
        denoising.ORIGINAL_NEEDS,
        denoising.STEP_COUNT,
        denoising.STEP_RULE,
    ),
    "Original, and a sketch": (
        original.COLOUR_STAYS,
        original.SKETCH,
        original.SKETCH_WINS,
        original.SKETCH_GRID,
        original.STEPS_HELP,
        original.SKETCH_SAVES,
        original.SIMILAR,
    ),
    "Fill, latent nothing, latent noise": (
        latent.BROWN,
        original.NOTHING_RECOLOURS,
        latent.PROPORTIONS,
        latent.FILL_TONE,
        latent.FILL_BIAS,
        latent.PLAIN_LAND,
        latent.NOISE_NEEDS,
        latent.GIRL_TO_CAT,
    ),
    "What the model sees": (
        area.EYES,
        area.DUPLICATES,
        area.PADDING_COSTS,
        area.PADDING_HELPS,
    ),
    "The mask": (mask.BLUR, mask.MASK_SIZE, mask.MASK_SIZE_ZOOM),
    "Edit after edit": (
        process.PROMPT,
        process.BLUR_GROWS,
        process.CLEAN_UP,
        process.ANCESTRAL,
        process.RESTART,
        process.MULTIPLIER,
    ),
}

EXPERIMENTS: dict[str, Experiment] = {
    experiment.name: experiment for experiments in PARTS.values() for experiment in experiments
}

UNMEASURED = (
    Unmeasured(
        claim="inpainting models can connect limbs and clothing noticeably better than a non-inpainting model",
        reason="The builtin model has no inpainting variant yet.",
    ),
    Unmeasured(
        claim="they prefer smaller prompts where you only specify your desired changes",
        reason="It is a claim about inpainting models.",
    ),
    Unmeasured(
        claim='the "inpainting condition mask strength" is supposed to control how much the output conforms the '
        "original image",
        reason="The setting acts on inpainting models alone.",
    ),
    Unmeasured(
        claim="it does a better job at preservation of character details such as body and hair while being able to "
        "make edits",
        reason="There is no ControlNet for the builtin model yet.",
    ),
    Unmeasured(
        claim="If the LoRA is excluded, there is a risk of messing up the color composition",
        reason="There is no character LoRA for the builtin model yet.",
    ),
)
"""What waits for parts of the product. Each becomes an experiment when its part is there."""
