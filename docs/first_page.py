"""Makes the pictures of the studio's first page: `python -m docs.first_page`.

All are real: the builtin model inpaints the sample with what is said here, and left of each result stands the
underpainting as the model got it.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageColor

from docs.sketch import TREE
from training.samples import HEIGHT, WIDTH, tree_mask
from training.scenes import draw, sample_scene
from underpaint.geometry import Box
from underpaint.image.picture import Picture
from underpaint.models.catalog import find_model
from underpaint.models.stable_diffusion import StableDiffusion, load
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

FOLDER = Path(__file__).parents[1] / "src" / "underpaint" / "server" / "web" / "pictures"
QUALITY = 82
SAMPLE_SCALE = 1240 / WIDTH
SEEN = Box(WIDTH - 400, 74, 400, 400)
"""The part of the picture that is shown of underpainting and result."""
SIDE_PX = 200
DASH_PX = 12
SKETCH_DOWN = (-18, 52)
"""From where the screenshots have the tree to the middle of the mask."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An underpainting and what comes of it."""

    name: str
    prompt: str
    content: MaskedContent
    strength: float
    seed: int


PAIRS = (
    Pair("sketch", "a tree with green leaves, in a field, sunset", MaskedContent.ORIGINAL, 0.6, 6),
    Pair("fill", "a tree with orange leaves, in a field, sunset", MaskedContent.FILL, 0.85, 8),
    Pair("noise", "a tree with pink leaves, in a field, sunset", MaskedContent.LATENT_NOISE, 0.9, 4),
    Pair("nothing", "a green bush, in a field, sunset", MaskedContent.LATENT_NOTHING, 0.9, 8),
)


def request_of(pair: Pair) -> InpaintRequest:
    """What is asked of the model."""
    return InpaintRequest(
        prompt=PromptSettings(positive=pair.prompt),
        canvas=CanvasSettings(content=pair.content, area=InpaintArea.ONLY_MASKED, padding_px=48),
        sampling=SamplingSettings(denoising_strength=pair.strength, steps=25, cfg_scale=5.0),
        noise=NoiseSettings(seed=pair.seed),
    )


def painted(pair: Pair, model: StableDiffusion) -> tuple[np.ndarray, np.ndarray]:
    """Underpainting and result, RGB."""
    picture = Picture(draw(sample_scene(), WIDTH, HEIGHT))
    layer = sketched(np.zeros((HEIGHT, WIDTH, 4), np.uint8), 1.0) if pair.name == "sketch" else None
    under = result = picture.rgb
    for event in inpaint(request_of(pair), model, pictures=[picture], mask=tree_mask(), sketch=layer):
        if isinstance(event, Underpainted):
            under = underpainting(event, model)[0].rgb
        elif isinstance(event, ImageDone):
            result = event.result.picture.rgb
    return under, result


def sketched(picture: np.ndarray, scale: float) -> np.ndarray:
    """The picture, RGB or RGBA, with the tree in rough strokes on it."""
    opaque = (255,) * (picture.shape[2] - 3)
    for colour, width, points in TREE:
        path = ((np.array(points) + SKETCH_DOWN) * scale).round().astype(np.int32)
        tone = (*ImageColor.getrgb(colour)[:3], *opaque)
        cv2.polylines(picture, [path], False, tone, round(width * scale), cv2.LINE_AA)
    return picture


def outlined(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The picture with black and white dashes around a mask of its size."""
    (contour, *_), _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    edge = contour[:, 0]
    for start in range(0, len(edge), DASH_PX):
        tone = (255, 255, 255) if start // DASH_PX % 2 else (0, 0, 0)
        cv2.polylines(picture, [edge[start : start + DASH_PX + 1]], False, tone, 2, cv2.LINE_AA)
    return picture


def sample() -> np.ndarray:
    """The sample, larger, with mask and sketch."""
    size = round(WIDTH * SAMPLE_SCALE), round(HEIGHT * SAMPLE_SCALE)
    mask = cv2.resize(tree_mask(), size, interpolation=cv2.INTER_NEAREST)
    return outlined(sketched(draw(sample_scene(), *size), SAMPLE_SCALE), mask)


def save(picture: np.ndarray, name: str) -> None:
    """Writes a WebP file."""
    Image.fromarray(picture).save(FOLDER / f"{name}.webp", quality=QUALITY, method=6)


def thumbnail(picture: np.ndarray) -> np.ndarray:
    """What is shown of a picture."""
    cut = Image.fromarray(picture).crop(SEEN.edges)
    return np.asarray(cut.resize((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS))


def main() -> None:
    model = load(find_model("storybook", []))
    save(sample(), "sample")
    for pair in PAIRS:
        under, result = painted(pair, model)
        save(thumbnail(under), f"under-{pair.name}")
        save(thumbnail(result), pair.name)


if __name__ == "__main__":
    main()
