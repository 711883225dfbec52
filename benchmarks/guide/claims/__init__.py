"""All claims, in the guide's order."""

from benchmarks.guide.claims import area, control, denoising, latent, lora, mask, models, original, process
from benchmarks.guide.experiment import Experiment

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
    "Inpainting models, ControlNets, LoRAs": (
        models.CONNECTS,
        models.SHORT_PROMPT,
        models.CONDITIONING,
        control.PRESERVES,
        control.LINEART,
        lora.LEFT_OUT,
    ),
}

EXPERIMENTS: dict[str, Experiment] = {
    experiment.name: experiment for experiments in PARTS.values() for experiment in experiments
}
