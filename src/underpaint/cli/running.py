"""Runs a request from the command line: progress, files as soon as each image is done, a summary."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.text import Text

from underpaint.cli.controls import control_options
from underpaint.cli.files import OutputFiles
from underpaint.cli.options import Asked, Device, OutputOptions, naming_options
from underpaint.errors import Cancelled, InvalidRequest, StudioError

if TYPE_CHECKING:
    import numpy as np

    from underpaint.image.picture import Picture
    from underpaint.job import Job
    from underpaint.models.stable_diffusion import StableDiffusion
    from underpaint.result import Event, Stepped

messages = Console(stderr=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The pixels beside a request, and the name results are called after."""

    pictures: Sequence["Picture"] = ()
    mask: "np.ndarray | None" = None
    sketch: "np.ndarray | None" = None
    stem: str = "underpaint"
    files: tuple[Path, ...] = ()
    """Those that the pixels came from."""


def report_error(error: StudioError, *, as_json: bool) -> None:
    """One sentence on standard error, or an object on standard output for machines."""
    if as_json:
        print(json.dumps({"error": described(error)}))
    else:
        messages.print("[bold red]error:[/]", Text(str(error)), highlight=False, soft_wrap=True)


def load_model(name: str, device: Device = Device.AUTO, *, allows_pickle: bool = False) -> "StableDiffusion":
    """The model of this name or path, on the device asked for."""
    from underpaint.models.catalog import default_folders, find_model
    from underpaint.models.stable_diffusion import load

    on_device = torch_device(device)
    model = find_model(name, default_folders(), allows_pickle=allows_pickle)
    with messages.status(f"Loading {model.name} …"):
        return load(model, device=on_device)


def torch_device(asked: Device) -> str:
    """What torch calls the device asked for, which must be there."""
    from underpaint.models.stable_diffusion import best_device

    if asked is Device.CUDA and best_device() != Device.CUDA:
        raise InvalidRequest("--device cuda: torch finds no graphics card here; take cpu.")
    return best_device() if asked is Device.AUTO else asked.value


def run(ask: Asked, inputs: Inputs, output: OutputOptions, device: Device) -> None:
    """Makes the pictures that are asked for and writes each as soon as it is done; keeps what they were made from."""
    from underpaint.cli.advising import advice_on, told
    from underpaint.job import prepare_job
    from underpaint.pipeline import run_job

    request, borrowed = ask.request, ask.borrowed
    files_read = (*inputs.files, *ask.control_files, *((borrowed.file,) if borrowed else ()))
    files = OutputFiles(output, inputs.stem, request.batch.total, files_read)
    model = load_model(request.model, device, allows_pickle=ask.allows_pickle)
    with naming_options(control_options(request)):
        job = prepare_job(
            request,
            model,
            pictures=inputs.pictures,
            mask=inputs.mask,
            sketch=inputs.sketch,
            control_pictures=ask.control_pictures,
            allows_pickle=ask.allows_pickle,
        )
    _keep_inputs(job, inputs, ask.control_pictures)
    advice = advice_on(job, inputs)
    notes = [*job.notes, *((*borrowed.notes, *borrowed.differences(job)) if borrowed else ())]
    for note in (*notes, *(each.message for each in advice)):
        messages.print("note:", Text(note), style="yellow", soft_wrap=True)
    written: list[dict[str, Any]] = []
    started = time.perf_counter()
    try:
        for event in shown(run_job(job), quiet=output.as_json):
            for record in files.write(event, model):
                written.append(record)
                if not output.as_json:
                    print_result(record)
    except (StudioError, KeyboardInterrupt) as stopped:
        if not output.as_json:
            if written and isinstance(stopped, KeyboardInterrupt):
                raise Cancelled("Stopped; images that were finished have been kept.") from None
            raise
        error = stopped if isinstance(stopped, StudioError) else Cancelled("Stopped.")
        print(json.dumps({"error": described(error), "images": written}))
        raise typer.Exit(error.exit_code) from None
    if output.as_json:
        record = {
            "images": written,
            "notes": notes,
            "advice": [told(each) for each in advice],
            "seconds": round(time.perf_counter() - started, 3),
        }
        print(json.dumps(record))


def _keep_inputs(job: "Job", inputs: Inputs, control_pictures: Sequence["Picture"]) -> None:
    """Puts what the results are made from into the store, where `redo` finds it."""
    from underpaint.store import keep

    used_sketch = inputs.sketch if job.recipe.sketch_sha256 else None
    for kept in (*inputs.pictures, inputs.mask, used_sketch, *control_pictures):
        if kept is not None:
            keep(kept)


def described(error: StudioError) -> dict[str, str]:
    """An error for machines."""
    return {"code": error.code, "message": str(error)}


def print_result(record: dict[str, Any]) -> None:
    """The path on standard output, what was measured beside it on standard error."""
    changed = record["changed_outside_px"]
    if changed is not None and messages.is_terminal:
        messages.print(f"{changed} px changed outside the mask", style="dim")
    print(record["file"], flush=True)


def shown(events: Iterator["Event"], *, quiet: bool) -> Iterator["Event"]:
    """Passes events on, with a progress bar per batch where a person is looking."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from underpaint.result import PhaseStarted, Stepped

    if quiet or not messages.is_terminal:
        yield from events
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=messages, transient=True) as progress:
        task = progress.add_task("preparing", total=None)
        for event in events:
            if isinstance(event, PhaseStarted):
                progress.reset(task, total=None, description=event.phase.value)
            elif isinstance(event, Stepped):
                progress.update(task, description=_label(event), completed=event.step, total=event.steps)
            yield event


def _label(event: "Stepped") -> str:
    first, last = event.first_image + 1, event.first_image + event.images
    return f"image {first}" if first == last else f"images {first}–{last}"
