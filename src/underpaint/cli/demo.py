"""`underpaint demo`: the shipped sample picture, inpainted once per masked content."""

from pathlib import Path
from typing import Annotated

import typer


def demo(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the pictures.")] = Path("demo-output"),
    steps: Annotated[int, typer.Option(help="Sampling steps.")] = 20,
    seed: Annotated[int, typer.Option(help="Seed of every picture.")] = 10,
) -> None:
    """Inpaint the sample picture with the builtin model: one picture per masked content, and what lay under each."""
    from underpaint.cli.demonstration import make_demo

    make_demo(out, steps=steps, seed=seed)
