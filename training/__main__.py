"""`python -m training unet8 --minutes 30`: one stage of the recipe. `all` runs every stage, or resumes where it stopped."""

import argparse
import os
import sys

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # idle threads must not spin: other work shares the cores

from training.adopt import CheckpointsInTheWay, adopt
from training.captioner import train_captioner
from training.captioner_folder import export_captioner
from training.census import train_census
from training.classifier import train_classifier
from training.curves import save_curves
from training.export import export
from training.judge import release_judge
from training.options import count, duration
from training.plan import NEEDS, PLAN, finish, is_done, pace
from training.runs import MissingCheckpoint, launch, require_states
from training.text import train_text
from training.unet import train_unet
from training.vae import freeze_encoder, train_decoder, train_vae

MINUTES = 30
"""Of a single stage."""


def run_stage(stage: str, minutes: float, workers: int | None) -> None:
    """Runs one stage for so many minutes, continuing from its checkpoint. Raises `MissingCheckpoint` before any work
    is done."""
    require_states(NEEDS.get(stage, ()))
    match stage:
        case "adopt":
            adopt()
        case "vae":
            launch(train_vae, minutes, workers=workers)
        case "freeze":
            freeze_encoder()
        case "decoder":
            launch(train_decoder, minutes, workers=workers)
        case "text":
            launch(train_text, minutes, workers=workers)
        case "classifier":
            launch(train_classifier, minutes, workers=workers)
        case "census":
            launch(train_census, minutes, workers=workers)
        case "judges":
            release_judge("classifier")
            release_judge("census")
        case "captioner":
            launch(train_captioner, minutes, workers=workers)
        case "captioner-export":
            export_captioner()
        case "export":
            export()
        case _:
            launch(train_unet, stage, minutes, workers=workers)


def run_all(workers: int | None) -> None:
    """Runs what is left of the plan; an interrupted stage starts its minutes again, from its checkpoint."""
    for stage, minutes in PLAN.items():
        if not is_done(stage):
            run_stage(stage, minutes / pace(stage), workers)
            finish(stage)
            save_curves()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("stage", choices=["all", "adopt", *PLAN])
    parser.add_argument(
        "--minutes",
        type=duration,
        help=f"of a single stage; default: {MINUTES}. With `all` every stage has its own",
    )
    parser.add_argument("--workers", type=count, help="processes; one per core by default")
    options = parser.parse_args()
    if options.stage == "all" and options.minutes is not None:
        parser.error("--minutes is for a single stage; with `all` every stage has its own")
    try:
        if options.stage == "all":
            run_all(options.workers)
        else:
            run_stage(options.stage, options.minutes or MINUTES, options.workers)
            save_curves()
    except (MissingCheckpoint, CheckpointsInTheWay) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
