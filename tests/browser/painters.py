"""Painters for the engine process that fail as real ones do, at moments that a test can choose."""

from collections.abc import Iterator

from underpaint.errors import ModelFailure
from underpaint.models.memory import out_of_memory_explained
from underpaint.server.messages import ImageMade, MakeImages, Painting
from underpaint.server.painter import Painter
from underpaint.server.runner import PAINTER_VARIABLE

SHORT_OF_MEMORY = {PAINTER_VARIABLE: "tests.browser.painters:ShortOfMemory"}
BROKEN = {PAINTER_VARIABLE: "tests.browser.painters:Broken"}


class ShortOfMemory(Painter):
    """Has memory for one image at a time."""

    def paint(self, order: MakeImages) -> Iterator[Painting | ImageMade | None]:
        if order.request.batch.size > 1:
            yield Painting(job_id=order.job_id, phase="loading", images=())
            with out_of_memory_explained():
                raise MemoryError
        yield from super().paint(order)


class Broken(Painter):
    """Makes the first image, then fails."""

    def paint(self, order: MakeImages) -> Iterator[Painting | ImageMade | None]:
        for told in super().paint(order):
            yield told
            if isinstance(told, ImageMade):
                raise ModelFailure("The model answered with numbers that are not finite.")
