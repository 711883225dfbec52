"""The order of the stages, their minutes on a two-core CPU, and which of them are done."""

import json

from training.curriculum import STAGES
from training.runs import RUNS, has_gpu

PLAN: dict[str, float] = {
    "vae": 25,
    "freeze": 1,
    "text": 2,
    "unet8": 40,
    "unet16": 60,
    "unet32": 240,
    "unet64": 120,
    "inpaint16": 30,
    "inpaint32": 90,
    "control": 60,
    "comic-ink": 20,
    "minty": 20,
    "decoder": 60,
    "classifier": 10,
    "census": 15,
    "judges": 1,
    "captioner": 25,
    "captioner-export": 1,
    "export": 1,
}
NEEDS: dict[str, tuple[str, ...]] = {
    **{name: ("decoder", "text" if stage.student == "unet" else "unet") for name, stage in STAGES.items()},
    "freeze": ("vae",),
    "decoder": ("decoder",),
    "classifier": ("decoder",),
    "judges": ("classifier", "census"),
    "captioner-export": ("captioner",),
    "export": ("decoder", "text", "unet"),
}
"""The checkpoints that a stage does not begin without."""
GPU_PACE = 20
"""A graphics card gives the denoiser's stages their lessons in a twentieth of the minutes, and more of them."""

DONE = RUNS / "plan.json"


def pace(stage: str) -> float:
    """What the stage's minutes are divided by on this machine."""
    return GPU_PACE if stage in STAGES and has_gpu() else 1


def is_done(stage: str) -> bool:
    """Whether the stage has run to its end before."""
    return stage in _done()


def finish(stage: str) -> None:
    """Remembers that a stage ran to its end."""
    RUNS.mkdir(exist_ok=True)
    DONE.write_text(json.dumps([*_done(), stage]) + "\n")


def _done() -> list[str]:
    return json.loads(DONE.read_text()) if DONE.exists() else []
