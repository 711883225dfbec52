"""Running out of memory, told so that it can be mended."""

from collections.abc import Generator
from contextlib import contextmanager

import torch

from underpaint.errors import OutOfMemory

ADVICE = "Try a smaller width and height, a smaller batch, or inpaint only the masked area; or close other programs."


@contextmanager
def out_of_memory_explained() -> Generator[None]:
    """Turns every failed allocation inside, in main or graphics memory, into `OutOfMemory` with advice."""
    try:
        yield
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise OutOfMemory(_message(error)) from error
    except RuntimeError as error:
        # torch reports a failed allocation in main memory as a plain RuntimeError.
        if "you tried to allocate" not in str(error) and "out of memory" not in str(error):
            raise
        raise OutOfMemory(_message(error)) from error


def _message(error: BaseException) -> str:
    where = "graphics card" if isinstance(error, torch.OutOfMemoryError) else "computer"
    return f"The {where} ran out of memory. {ADVICE}"
