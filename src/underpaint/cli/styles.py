"""`underpaint styles`: which styles there are."""

from rich.text import Text

from underpaint.cli.running import messages
from underpaint.models.catalog import default_folders
from underpaint.styles import known_styles, where_styles_lie


def styles() -> None:
    """List the styles of styles.csv, A1111's file, in the data folder and the models folders."""
    folders = default_folders()
    found = known_styles(folders)
    if not found:
        messages.print(Text(f"No styles. {where_styles_lie(folders)}"), soft_wrap=True)
    for style in found.values():
        print("\t".join((style.name, style.prompt, style.negative)))
