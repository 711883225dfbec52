"""`underpaint info`: what a result file says about itself."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from underpaint.cli import options


def info(
    file: Annotated[
        Path,
        typer.Argument(
            help="A picture made by Underpaint, A1111 or a relative: PNG, JPEG or WebP.", show_default=False
        ),
    ],
    as_json: options.AsJson = False,
) -> None:
    """Show the settings a picture was made with."""
    from underpaint.a1111_text import request_from_text
    from underpaint.codec import to_json
    from underpaint.errors import UnreadableImage
    from underpaint.image.header import read_text
    from underpaint.metadata import PARAMETERS_KEY, parse_infotext, recipe_from_png_text

    text = read_text(file)
    recipe = recipe_from_png_text(text)
    if PARAMETERS_KEY not in text:
        raise UnreadableImage(f"{file} holds no generation settings.")
    parsed = parse_infotext(text[PARAMETERS_KEY])
    request, notes = (recipe.request, []) if recipe else request_from_text(parsed)
    if as_json:
        record = {
            "parameters": asdict(parsed),
            "recipe": None if recipe is None else to_json(recipe),
            "request": to_json(request),
            "notes": notes,
        }
        print(json.dumps(record, ensure_ascii=False))
        return
    print(text[PARAMETERS_KEY])
    if recipe is None:
        print("\nNo Underpaint recipe in this file: the settings above are all there is.")
        for note in notes:
            print(f"- {note}")
        print(f"Use them: underpaint inpaint PICTURE --mask MASK --from {file}")
    else:
        print(f"\nModel sha256: {recipe.model_sha256}")
        print(f"Made with: {', '.join(f'{name} {number}' for name, number in recipe.versions.items())}")
        print(f"Make it again: underpaint redo {file}")
