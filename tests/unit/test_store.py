import errno
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from underpaint.errors import OutputError
from underpaint.folders import data_folder
from underpaint.image.picture import Picture, sha256_of_pixels
from underpaint.store import DAMAGED, keep, stored_mask, stored_picture, stored_sketch

RNG = np.random.default_rng(2)


@pytest.mark.parametrize("alpha", [None, 255], ids=["any alpha", "opaque"])
def test_a_sketch_comes_back_with_the_colours_under_its_transparent_parts(alpha: int | None):
    sketch = RNG.integers(0, 256, (5, 7, 4), np.uint8)
    sketch[:2, :, 3] = 0
    if alpha is not None:
        sketch[..., 3] = alpha
    sha256 = keep(sketch)
    assert sha256 == sha256_of_pixels(sketch)
    found = stored_sketch(sha256)
    assert found is not None
    np.testing.assert_array_equal(found, sketch)


def test_pictures_and_masks_come_back():
    picture = Picture(RNG.integers(0, 65536, (5, 7, 4), np.uint16))
    mask = RNG.integers(0, 256, (5, 7), np.uint8)
    again, mask_again = stored_picture(keep(picture)), stored_mask(keep(mask))
    assert again is not None
    assert again.sha256 == picture.sha256
    assert mask_again is not None
    np.testing.assert_array_equal(mask_again, mask)


def test_a_damaged_sketch_is_set_aside_and_makes_room():
    sketch = RNG.integers(0, 256, (5, 7, 4), np.uint8)
    sha256 = keep(sketch)
    (path,) = data_folder().rglob("*.png")
    damaged = path.read_bytes()[:40]
    path.write_bytes(damaged)
    assert stored_sketch(sha256) is None
    assert [file.read_bytes() for file in data_folder().rglob(f"*{DAMAGED}")] == [damaged]
    keep(sketch)
    assert stored_sketch(sha256) is not None
    assert stored_sketch("0" * 64) is None


@pytest.mark.parametrize("read", [stored_picture, stored_mask])
def test_what_cannot_be_read_just_now_is_not_lost(
    read: Callable[[str], object], monkeypatch: pytest.MonkeyPatch
):
    sha256 = keep(Picture(RNG.integers(0, 256, (5, 7, 3), np.uint8)))

    def fail(_: Path) -> bytes:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", fail)
        with pytest.raises(OutputError, match="Too many open files"):
            read(sha256)
    assert stored_picture(sha256) is not None


def test_asking_for_the_other_kind_loses_nothing():
    mask = keep(RNG.integers(0, 256, (5, 7), np.uint8))
    picture = keep(Picture(RNG.integers(0, 256, (5, 7, 3), np.uint8)))
    assert stored_picture(mask) is None
    assert stored_mask(picture) is None
    assert stored_mask(mask) is not None
    assert stored_picture(picture) is not None
