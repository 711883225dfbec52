"""Makes the picture about growth and resampling: `python -m docs.resampling`.

The first errands of `make evaluate`, none picked out: the mask, and what the builtin model makes of it with what the task
fills in, first without growth and resampling, then with both.
"""

from dataclasses import replace
from pathlib import Path

from PIL import Image

from training.asks import Errand, fixed_errands
from training.sheets import Picture, contact_sheet, marked
from training.shipped import errand_request, repaint_as
from underpaint.models.catalog import BUILTIN_MODEL, find_model
from underpaint.models.stable_diffusion import StableDiffusion, load

FILE = Path(__file__).parent / "images" / "resampling.webp"
QUALITY = 82
ERRANDS = 8
SIDE_PX = 256
SHOWN_PX = 176
STEPS = 25


def both(errand: Errand, seed: int, model: StableDiffusion) -> tuple[Picture, Picture]:
    """Without and with growth and resampling."""
    request = errand_request(errand, seed, steps=STEPS)
    without = replace(
        request,
        mask=replace(request.mask, grow_px=0),
        sampling=replace(request.sampling, resampling=0),
    )
    return repaint_as(without, model, errand), repaint_as(request, model, errand)


def main() -> None:
    model = load(find_model(BUILTIN_MODEL, []))
    errands = fixed_errands(ERRANDS, SIDE_PX)
    before = [marked(errand.picture, errand.mask) for errand in errands]
    without, with_both = zip(*(both(errand, seed, model) for seed, errand in enumerate(errands)), strict=True)
    sheet = Image.fromarray(contact_sheet([*before, *without, *with_both], ERRANDS))
    scale = SHOWN_PX / SIDE_PX
    sheet.resize((round(sheet.width * scale), round(sheet.height * scale)), Image.Resampling.LANCZOS).save(
        FILE, quality=QUALITY, method=6
    )


if __name__ == "__main__":
    main()
