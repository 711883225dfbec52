"""`underpaint styles`: which styles there are."""

from underpaint.models.catalog import default_folders
from underpaint.styles import known_styles


def styles() -> None:
    """List the styles of styles.csv, A1111's file, in the data folder and the models folders."""
    for style in known_styles(default_folders()).values():
        print("\t".join((style.name, style.prompt, style.negative)))
