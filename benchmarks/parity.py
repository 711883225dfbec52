"""Compares our results with pictures and arrays made by AUTOMATIC1111's webui: `python -m benchmarks.parity DIR`.

DIR holds one folder per case (format: tests/reference/README.md); checkpoints lie in `models` beside DIR.
A case passes when the final latents agree within 1e-3 (5e-3 for PLMS, which amplifies rounding), no value of a pixel
differs by more than 2/255 with at least 99 % of them within 1, the infotexts are equal but for the version, and so is
what lies on the way (`benchmarks.stages`).
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file

from benchmarks.stages import stage_problems
from underpaint.a1111 import request_from_api
from underpaint.errors import StudioError, UnsupportedFeature
from underpaint.image.io import load_mask, load_picture
from underpaint.image.picture import Picture
from underpaint.job import Job, prepare_job
from underpaint.metadata import infotext
from underpaint.models.catalog import find_model
from underpaint.models.stable_diffusion import StableDiffusion, load
from underpaint.pipeline import run_job
from underpaint.request import Sampler
from underpaint.result import BatchSampled, ImageDone, Result

LATENT_TOLERANCE = 1e-3
# one call differs by 2e-5 between two float32 networks; PLMS's alternating weights make 2e-3 of it in eight steps
PLMS_LATENT_TOLERANCE = 5e-3
PICTURE_TOLERANCE = 2
SHARE_WITHIN_ONE = 0.99
DEFAULT_MODEL = "tiny-sd1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one case went. Differences are maxima; `problem` is set when it failed or could not run."""

    case: str
    verdict: str
    picture_difference: int | None = None
    latent_difference: float | None = None
    problem: str = ""


def main(goldens: Path) -> int:
    """Prints a line per case and a summary; 1 if any case failed."""
    cases = sorted(folder.parent for folder in goldens.glob("*/request.json"))
    if not cases:
        print(f"no case folders under {goldens}", file=sys.stderr)
        return 2
    torch.set_num_threads(1)
    models = Models(model_folder_of(goldens))
    verdicts: Counter[str] = Counter()
    for folder in cases:
        outcome = compare(folder, models)
        verdicts[outcome.verdict] += 1
        print_outcome(outcome)
    print(
        f"parity: {verdicts['pass']} passed, {verdicts['fail']} failed, {verdicts['unsupported']} unsupported"
    )
    return 1 if verdicts["fail"] else 0


def model_folder_of(goldens: Path) -> Path:
    """The checkpoints beside a folder of cases."""
    return goldens.resolve().parent / "models"


class Models:
    """Loads each checkpoint once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._loaded: dict[str, StableDiffusion] = {}

    def get(self, name: str) -> StableDiffusion:
        if name not in self._loaded:
            self._loaded[name] = load(find_model(name, [self.folder]))
        return self._loaded[name]


def compare(folder: Path, models: Models) -> Outcome:
    """Runs one case as A1111's API would and measures the differences."""
    try:
        job, record = job_of(folder, models)
        stages = list(stage_problems(folder, job, record))
        events = list(run_job(job))
    except UnsupportedFeature as error:
        return Outcome(case=folder.name, verdict="unsupported", problem=str(error))
    except StudioError as error:
        return Outcome(case=folder.name, verdict="fail", problem=str(error))
    except Exception as error:  # one broken case must not hide the others
        return Outcome(case=folder.name, verdict="fail", problem=f"{type(error).__name__}: {error}")
    latents = [event.latents for event in events if isinstance(event, BatchSampled)]
    results = [event.result for event in events if isinstance(event, ImageDone)]
    if not latents:
        return Outcome(case=folder.name, verdict="fail", problem="nothing was sampled")
    return judged(folder, torch.cat(latents), results, stages)


def job_of(folder: Path, models: Models) -> tuple[Job, dict[str, Any]]:
    """The job of a case, with the seeds that A1111 drew, and its record."""
    record = json.loads((folder / "request.json").read_text())
    body = {**record["request"], "seed": record["seeds"][0], "subseed": record["subseeds"][0]}
    options = {"sd_model_checkpoint": DEFAULT_MODEL} | record["global_options"]
    request = request_from_api(body, options, endpoint=record["endpoint"].rpartition("/")[2])
    rule = request.rules.file_reading
    pictures = [load_picture(folder / name, rule=rule) for name in body.get("init_images") or []]
    mask = None
    if body.get("mask"):
        mask = load_mask(folder / body["mask"], rule=rule, keeps_soft_alpha=request.keeps_soft_alpha)
    model = models.get(request.model)
    return prepare_job(request, model, pictures=pictures, mask=mask, folders=[models.folder]), record


def judged(folder: Path, latents: torch.Tensor, made: list[Result], stages: list[str]) -> Outcome:
    """The verdict over final latents, pictures, infotexts and what was found on the way."""
    results = [picture.rgb for result in made for picture in pictures_of(result)]
    golden = load_file(folder / "arrays.safetensors")["final_latent"]
    pictures = [load_picture(path).rgb for path in golden_pictures(folder)]
    if latents.shape != golden.shape or [p.shape for p in pictures] != [r.shape for r in results]:
        return Outcome(case=folder.name, verdict="fail", problem="number or size of the pictures differs")
    latent_difference = (latents - golden).abs().max().item()
    differences = np.concatenate(
        [np.abs(a.astype(int) - b.astype(int)).ravel() for a, b in zip(pictures, results, strict=True)]
    )
    is_plms = made[0].recipe.request.sampling.sampler is Sampler.PLMS
    tolerance = PLMS_LATENT_TOLERANCE if is_plms else LATENT_TOLERANCE
    found = [
        *stages,
        *problems(latent_difference, differences, tolerance),
        *infotext_problems(folder, made),
    ]
    problem = "; ".join(found)
    return Outcome(
        case=folder.name,
        verdict="fail" if problem else "pass",
        picture_difference=int(differences.max()),
        latent_difference=latent_difference,
        problem=problem,
    )


def pictures_of(result: Result) -> list[Picture]:
    """A result and the pictures that came beside it, in A1111's order."""
    return [each for each in (result.picture, result.mask, result.cut_out) if each is not None]


def golden_pictures(folder: Path) -> list[Path]:
    """out_0.png, out_1.png, … in the order of their numbers."""
    return sorted(folder.glob("out_*.png"), key=lambda path: int(path.stem.removeprefix("out_")))


def problems(
    latent_difference: float, differences: np.ndarray, tolerance: float = LATENT_TOLERANCE
) -> Iterator[str]:
    """What lies outside the tolerances."""
    if not latent_difference <= tolerance:
        yield f"latents differ by {latent_difference:.2g}"
    if differences.max() > PICTURE_TOLERANCE:
        yield f"pixels differ by {differences.max()}"
    share = float((differences <= 1).mean())
    if share < SHARE_WITHIN_ONE:
        yield f"only {share:.1%} of the values lie within 1"


def infotext_problems(folder: Path, made: list[Result]) -> Iterator[str]:
    """Where our `parameters` text is another than A1111's; only the program's version may differ."""
    golden = (folder / "infotext.txt").read_text().split("\n----\n")
    for i, (theirs, result) in enumerate(zip(golden, made, strict=False)):
        ours = infotext(result.recipe)
        if without_version(ours) != without_version(theirs):
            yield f"infotext {i} is {without_version(ours)!r}, not {without_version(theirs)!r}"


def without_version(text: str) -> str:
    return text.rpartition(", Version: ")[0].strip()


def print_outcome(outcome: Outcome) -> None:
    picture = "-" if outcome.picture_difference is None else str(outcome.picture_difference)
    latent = "-" if outcome.latent_difference is None else f"{outcome.latent_difference:.1e}"
    line = (
        f"{outcome.case:34} picture {picture:>3}  latents {latent:>8}  {outcome.verdict:11} {outcome.problem}"
    )
    print(line.rstrip(), flush=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
