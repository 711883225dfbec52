"""Writes what was found: figures, pictures, and the page in HTML and in Markdown."""

import os
from pathlib import Path

from benchmarks.guide.claims import EXPERIMENTS
from benchmarks.guide.command import inputs
from benchmarks.guide.experiment import Experiment, Gallery
from benchmarks.guide.markdown import markdown
from benchmarks.guide.page import page
from benchmarks.guide.pictures import write_strips
from benchmarks.guide.record import Record, read_record, write_record
from underpaint.atomic import write_atomically
from underpaint.image.png import encode_png


def keep(experiment: Experiment, gallery: Gallery, found: Record, folder: Path) -> None:
    """Writes figures, pictures and inputs of one experiment."""
    write_record(found, folder / "figures")
    write_strips(experiment, gallery, folder / "pictures")
    (folder / "inputs").mkdir(exist_ok=True)
    for name, pixels in inputs(experiment).items():
        write_atomically(folder / "inputs" / name, encode_png(pixels))


def write_pages(folder: Path, markdown_file: Path) -> list[Path]:
    """Writes both pages about all experiments that have figures."""
    found = {name: read_record(experiment, folder / "figures") for name, experiment in EXPERIMENTS.items()}
    records = {name: record for name, record in found.items() if record is not None}
    written = {
        folder / "index.html": page(records, folder),
        markdown_file: markdown(records, os.path.relpath(folder, markdown_file.parent)),
    }
    for file, text in written.items():
        write_atomically(file, text.encode())
    return list(written)
