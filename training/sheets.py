"""Contact sheets: pictures beside each other in one PNG, to be looked at while training runs."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from torch import Tensor

Picture = NDArray[np.uint8]
GAP_PX = 2


def to_pictures(pixels: Tensor) -> list[Picture]:
    """A batch in [-1, 1] as 8-bit RGB pictures."""
    array = (pixels.detach().float().clamp(-1, 1) * 127.5 + 127.5).round().byte()
    return list(array.permute(0, 2, 3, 1).cpu().numpy())


def contact_sheet(
    pictures: Sequence[Picture], columns: int, captions: Sequence[str] = (), text_px: int = 24
) -> Picture:
    """Pictures of any size in a grid, row by row, each with up to two lines of caption below."""
    width = max(p.shape[1] for p in pictures) + GAP_PX
    height = max(p.shape[0] for p in pictures) + GAP_PX + (text_px if captions else 0)
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * width, rows * height), "white")
    pen = ImageDraw.Draw(sheet)
    for i, picture in enumerate(pictures):
        left, top = i % columns * width, i // columns * height
        sheet.paste(Image.fromarray(picture), (left, top))
        if captions:
            pen.multiline_text(
                (left, top + picture.shape[0]), _wrap(captions[i], width), fill="black", spacing=0
            )
    return np.asarray(sheet)


def interleaved_sheet(
    series: Sequence[Sequence[Picture]], captions: Sequence[Sequence[str]], most: int = 48
) -> Picture:
    """The first picture of each series beside each other, then the second, …: so many in all, eight in a row."""
    pictures = [picture for group in zip(*series, strict=True) for picture in group]
    texts = [text for group in zip(*captions, strict=True) for text in group]
    return contact_sheet(pictures[:most], 8, texts[:most])


def marked(picture: Picture, mask: Picture) -> Picture:
    """The picture with what a mask of its size covers in green."""
    green = picture // 2 + np.array([0, 90, 60], np.uint8)
    return np.where(mask[..., None] > 0, green, picture)


def save_picture(picture: Picture, path: Path) -> None:
    """Writes a file of the kind that its name ends in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)


def _wrap(caption: str, width_px: int) -> str:
    letters = max(8, width_px // 6)
    lines: list[str] = [""]
    for word in caption.split():
        if len(lines[-1]) + len(word) >= letters and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines[:2])
