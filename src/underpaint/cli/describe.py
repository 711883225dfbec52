"""`underpaint describe`: prompts for pictures."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from underpaint.cli import options
from underpaint.cli.options import Device
from underpaint.cli.running import described, messages, torch_device
from underpaint.errors import StudioError

if TYPE_CHECKING:
    from underpaint.models.captioner import Captioner


def describe(
    pictures: Annotated[
        list[Path], typer.Argument(metavar="PICTURE...", help="The pictures.", show_default=False)
    ],
    captioner: Annotated[
        str | None,
        typer.Option(
            "--captioner",
            help="Name or path of a folder with a BLIP model; default: the first in the folder captioner of the "
            "models folders, else the builtin one.",
            show_default=False,
        ),
    ] = None,
    device: options.DeviceOption = Device.AUTO,
    as_json: options.AsJson = False,
) -> None:
    """Print a prompt for each PICTURE: what is in it.

    Example: [cyan]underpaint describe sample.png[/]
    """
    from underpaint.describing import describe
    from underpaint.image.io import load_picture

    found: list[dict[str, str]] = []
    try:
        seeing = _loaded(captioner, device)
        for file in pictures:
            prompt = describe(load_picture(file), seeing)
            found.append({"file": str(file), "prompt": prompt})
            if not as_json:
                print(prompt, flush=True)
    except StudioError as error:
        if not as_json:
            raise
        print(json.dumps({"error": described(error), "pictures": found}))
        raise typer.Exit(error.exit_code) from None
    if as_json:
        print(json.dumps({"pictures": found, "captioner": seeing.name}, ensure_ascii=False))


def _loaded(name: str | None, device: Device) -> "Captioner":
    from underpaint.models.captioner import load_captioner
    from underpaint.models.captioner_files import find_captioner
    from underpaint.models.catalog import default_folders

    folder = find_captioner(name, default_folders())
    with messages.status(f"Loading {folder.name} …"):
        return load_captioner(folder, device=torch_device(device))
