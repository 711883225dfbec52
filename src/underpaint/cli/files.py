"""Names and writes the files of a run: one PNG per image, and on request what lay under the mask."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from underpaint.cli.options import OutputOptions
from underpaint.errors import InvalidRequest, OutputError

if TYPE_CHECKING:
    from underpaint.image.picture import Picture
    from underpaint.models.stable_diffusion import StableDiffusion
    from underpaint.result import Event, ImageDone, Underpainted

LONGEST_STEM = 150
UNDER = "-under"
PICTURE_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"}


class OutputFiles:
    """Where a run's pictures go. An explicit file is replaced, unless it is an input; in a folder no existing file ever
    is."""

    def __init__(self, output: OutputOptions, stem: str, total: int, inputs: Iterable[Path] = ()) -> None:
        self._save_under = output.save_under
        self._total = total
        target = output.out or Path(".")
        self._is_file = names_a_picture(target)
        self._folder = target.parent if self._is_file else target
        self._stem = target.stem if self._is_file else stem[:LONGEST_STEM]
        if self._is_file and not output.force:
            check_no_input(self._named_files(), inputs)
        check_writable(self._folder)

    def write(self, event: "Event", model: "StableDiffusion") -> list[dict[str, Any]]:
        """Writes what the event brings; returns a record for each result."""
        from underpaint.result import ImageDone, Underpainted

        if isinstance(event, ImageDone):
            return [self._write_result(event)]
        if isinstance(event, Underpainted) and self._save_under:
            self._write_underpaintings(event, model)
        return []

    def _write_result(self, done: "ImageDone") -> dict[str, Any]:
        from underpaint.metadata import png_text

        result = done.result
        path = self._path(done.index, str(result.recipe.seed))
        write_picture(path, result.picture, png_text(result.recipe))
        return {
            "file": str(path),
            "seed": result.recipe.seed,
            "subseed": result.recipe.subseed,
            "changed_outside_px": result.changed_outside_px,
        }

    def _write_underpaintings(self, event: "Underpainted", model: "StableDiffusion") -> None:
        from underpaint.pipeline import underpainting

        images = len(event.latents)
        for i, picture in enumerate(underpainting(event, model)):
            index = event.batch * images + i
            write_picture(self._path(index, f"under-{index + 1}", mark=UNDER), picture, {})

    def _path(self, index: int, name_in_folder: str, *, mark: str = "") -> Path:
        make_folder(self._folder)
        if self._is_file:
            return self._named_file(index, mark)
        return unused(self._folder / f"{self._stem}-{name_in_folder}.png")

    def _named_file(self, index: int, mark: str) -> Path:
        """`mark` tells another picture of the same image apart where the user named the file."""
        number = f"-{index + 1}" if self._total > 1 else ""
        return self._folder / f"{self._stem}{number}{mark}.png"

    def _named_files(self) -> Iterator[Path]:
        for index in range(self._total):
            yield from (
                self._named_file(index, mark) for mark in (("", UNDER) if self._save_under else ("",))
            )


def check_no_input(outputs: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Raises if one of the files to write is one of those that are read."""
    read = [file.stat() for file in inputs if file.exists()]
    for output in outputs:
        if output.exists() and any(os.path.samestat(output.stat(), status) for status in read):
            raise InvalidRequest(
                f"{output} is an input, which the result would replace. Give another --out, or --force to replace it."
            )


def names_a_picture(target: Path) -> bool:
    """Whether `--out` means a file rather than a folder; only PNG files can be written."""
    try:
        is_folder = target.is_dir()
    except OSError as error:
        raise OutputError(f"Cannot write to {str(target)[:80]}…: {error.strerror}.") from error
    suffix = target.suffix.lower()
    if is_folder or suffix not in PICTURE_SUFFIXES:
        return False
    if suffix != ".png":
        raise InvalidRequest(f"Results are written as PNG; {target.name!r} does not end in .png.")
    return True


def check_writable(folder: Path) -> None:
    """Raises before any work is done if results cannot be written there."""
    existing = folder.absolute()
    while not existing.exists():
        existing = existing.parent
    if not existing.is_dir():
        raise OutputError(f"{existing} is a file; results need a folder there.")
    try:  # permissions do not tell: administrators have them all, and some folders take no files
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        raise OutputError(
            f"The folder {existing} cannot be written to: {error.strerror or error}."
        ) from error


def make_folder(folder: Path) -> None:
    """Makes a folder for results, and those above it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"Cannot make the folder {folder}: {error.strerror}.") from error


def write_picture(path: Path, picture: "Picture", text: dict[str, str]) -> None:
    """Writes a PNG so that it is there whole or not at all."""
    from underpaint.atomic import write_atomically
    from underpaint.image.png import encode_png

    write_atomically(path, encode_png(picture.pixels, icc_profile=picture.icc_profile, text=text))


def unused(path: Path) -> Path:
    """The path, with a number added if it is taken."""
    candidate, number = path, 2
    while candidate.exists():
        candidate = path.with_stem(f"{path.stem}-{number}")
        number += 1
    return candidate
