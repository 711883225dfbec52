import pytest
import torch

from underpaint.errors import OutOfMemory
from underpaint.models.memory import out_of_memory_explained


def no_memory() -> None:
    raise MemoryError


def no_graphics_memory() -> None:
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")


@pytest.mark.parametrize(
    ("allocate", "where"),
    [
        pytest.param(no_memory, "computer", id="python"),
        pytest.param(lambda: torch.empty(2**60, dtype=torch.uint8), "computer", id="torch-cpu"),
        pytest.param(no_graphics_memory, "graphics card", id="torch-cuda"),
    ],
)
def test_failed_allocations_come_with_advice(allocate, where: str) -> None:
    with (
        pytest.raises(OutOfMemory, match=f"The {where} ran out of memory. Try a smaller"),
        out_of_memory_explained(),
    ):
        allocate()


def test_other_errors_pass() -> None:
    with pytest.raises(RuntimeError, match="shape"), out_of_memory_explained():
        torch.ones(2).reshape(3)  # invalid shape
