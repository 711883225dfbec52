"""`underpaint info`: what a result file says about itself."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from underpaint.cli import options


def info(
    file: Annotated[
        Path, typer.Argument(help="A PNG made by Underpaint, A1111 or a relative.", show_default=False)
    ],
    as_json: options.AsJson = False,
) -> None:
    """Show the settings a picture was made with."""
    from underpaint.codec import to_json
    from underpaint.errors import UnreadableImage
    from underpaint.image.io import read_png_text
    from underpaint.metadata import PARAMETERS_KEY, parse_infotext, recipe_from_png_text

    text = read_png_text(file)
    recipe = recipe_from_png_text(text)
    if PARAMETERS_KEY not in text:
        raise UnreadableImage(f"{file} holds no generation settings.")
    if as_json:
        record = {
            "parameters": asdict(parse_infotext(text[PARAMETERS_KEY])),
            "recipe": None if recipe is None else to_json(recipe),
        }
        print(json.dumps(record, ensure_ascii=False))
        return
    print(text[PARAMETERS_KEY])
    if recipe is None:
        print("\nNo Underpaint recipe in this file: the settings above are all there is.")
    else:
        print(f"\nModel sha256: {recipe.model_sha256}")
        print(f"Made with: {', '.join(f'{name} {number}' for name, number in recipe.versions.items())}")
        print(f"Make it again: underpaint redo {file}")
