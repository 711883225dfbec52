"""The demonstration: one sample picture, one mask, every masked content, and what lay under each."""

import json
import time
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from rich.console import Console

from underpaint.atomic import write_atomically
from underpaint.canvas import changed_outside, soft_mask
from underpaint.cli.files import make_folder, write_picture
from underpaint.cli.options import naming_options
from underpaint.cli.running import load_model, shown
from underpaint.codec import validated
from underpaint.geometry import Box
from underpaint.image.io import load_mask, load_picture
from underpaint.image.mask import bounding_box
from underpaint.image.picture import Picture
from underpaint.image.resize import size_of
from underpaint.metadata import png_text
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.pipeline import inpaint, underpainting
from underpaint.request import (
    CanvasSettings,
    InpaintArea,
    InpaintRequest,
    MaskedContent,
    NoiseSettings,
    PromptSettings,
    SamplingSettings,
)
from underpaint.result import ImageDone, Underpainted

CAPTION_PX = 26
GAP_PX = 12
THUMBNAIL_HEIGHT_PX = 400
ROW_PX = THUMBNAIL_HEIGHT_PX + GAP_PX
SHEET_PADDING_PX = 60


def make_demo(folder: Path, *, steps: int, seed: int) -> None:
    """Writes sample, mask, a result and its underpainting per masked content, a contact sheet and `report.json`."""
    with naming_options({"sampling.steps": "steps", "noise.seed": "seed"}):
        request = validated(demo_request(steps=steps, seed=seed))
    make_folder(folder)
    console = Console(markup=False, emoji=False, highlight=False, soft_wrap=True)
    sample, mask = _write_sample(folder)
    model = load_model("storybook")
    console.print(f"Prompt: {request.prompt.positive}")
    console.print(
        f"Denoising strength {request.sampling.denoising_strength}, {steps} steps, seed {seed}, only masked"
    )
    report = [
        _demonstrate(folder, _with_content(request, content), model, sample, mask)
        for content in MaskedContent
    ]
    sheet = folder / "contact-sheet.png"
    write_picture(sheet, contact_sheet(folder, report), {})
    write_atomically(folder / "report.json", json.dumps(report, indent=2).encode())
    for entry in report:
        console.print(f"{folder / entry['file']}  {entry['changed_outside_px']} px changed outside the mask")
    console.print(str(sheet))


def demo_request(*, steps: int, seed: int) -> InpaintRequest:
    """What the demonstration asks for."""
    return InpaintRequest(
        prompt=PromptSettings(positive="a tree with green leaves, in a field, sunset"),
        canvas=CanvasSettings(area=InpaintArea.ONLY_MASKED, padding_px=48),
        sampling=SamplingSettings(denoising_strength=0.8, steps=steps, cfg_scale=4.0),
        noise=NoiseSettings(seed=seed),
    )


def sample_files() -> tuple[bytes, bytes]:
    """The shipped sample picture and its mask, as PNG files."""
    folder = files("underpaint") / "builtin" / "samples"
    return (folder / "girl.png").read_bytes(), (folder / "tree-mask.png").read_bytes()


def _write_sample(folder: Path) -> tuple[Path, Path]:
    for name, data in zip(("sample.png", "mask.png"), sample_files(), strict=True):
        write_atomically(folder / name, data)
    return folder / "sample.png", folder / "mask.png"


def _with_content(request: InpaintRequest, content: MaskedContent) -> InpaintRequest:
    return replace(request, canvas=replace(request.canvas, content=content))


def _demonstrate(
    folder: Path, request: InpaintRequest, model: StableDiffusion, sample: Path, mask: Path
) -> dict[str, Any]:
    """One masked content: the files and their entry in the report."""
    content = request.canvas.content
    path = folder / f"{content}.png"
    started = time.perf_counter()
    events = inpaint(request, model, pictures=[load_picture(sample)], mask=load_mask(mask))
    for event in shown(events, quiet=False):
        if isinstance(event, Underpainted):
            write_picture(folder / f"under-{content}.png", underpainting(event, model)[0], {})
        elif isinstance(event, ImageDone):
            write_picture(path, event.result.picture, png_text(event.result.recipe))
    seconds = time.perf_counter() - started
    return {
        "file": path.name,
        "content": content.value,
        "area": request.canvas.area.value,
        "seed": request.noise.seed,
        "changed_outside_px": changed_outside(
            soft_mask(request, load_mask(mask)), load_picture(sample), load_picture(path)
        ),
        "seconds": round(seconds, 2),
    }


def contact_sheet(folder: Path, report: list[dict[str, Any]]) -> Picture:
    """Around the mask, enlarged: above what lay under it, below what came of it. The sample leads both rows."""
    mask = load_mask(folder / "mask.png")
    box = _seen(mask)
    columns = [("sample.png", "mask.png", "sample, mask")]
    columns += [(f"under-{e['content']}.png", e["file"], e["content"].replace("-", " ")) for e in report]
    width = round(THUMBNAIL_HEIGHT_PX * box.size.aspect)
    sheet = Image.new(
        "RGB", (len(columns) * (width + GAP_PX) + GAP_PX, 2 * ROW_PX + CAPTION_PX + GAP_PX), "#18191c"
    )
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=18)
    for column, (above, below, title) in enumerate(columns):
        x = GAP_PX + column * (width + GAP_PX)
        draw.text((x, GAP_PX / 2), title, fill="#eceef1", font=font)
        for row, name in enumerate((above, below)):
            cut = Image.fromarray(load_picture(folder / name).rgb).crop(box.edges)
            enlarged = cut.resize((width, THUMBNAIL_HEIGHT_PX), Image.Resampling.LANCZOS)
            sheet.paste(enlarged, (x, CAPTION_PX + GAP_PX + row * ROW_PX))
    return Picture(np.asarray(sheet))


def _seen(mask: np.ndarray) -> Box:
    box = bounding_box(mask)
    assert box is not None, "the sample's mask is not empty"
    return box.padded(SHEET_PADDING_PX, size_of(mask))
