"""What is known about a model without opening it."""

from pathlib import Path

import pytest

from tests.conftest import TINY_MODEL
from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.catalog import ModelFile, ModelKind, find_model
from underpaint.models.glance import Glance, glance
from underpaint.models.stable_diffusion import StableDiffusion, load


def test_a_glance_sees_what_loading_sees(tiny_model: StableDiffusion):
    found = glance(find_model(str(TINY_MODEL), []))
    assert found == Glance(native_px=tiny_model.native_px, is_inpaint_model=tiny_model.is_inpaint_model)


def test_the_builtin_model():
    builtin = find_model("storybook", [])
    loaded = load(builtin)
    assert glance(builtin) == Glance(native_px=loaded.native_px, is_inpaint_model=loaded.is_inpaint_model)


@pytest.mark.parametrize("content", [b"", b"\xff" * 100, b"\x02\0\0\0\0\0\0\0{}", b"\x05\0\0\0\0\0\0\0[1,2]"])
def test_damaged_files_are_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "broken.safetensors"
    path.write_bytes(content)
    with pytest.raises(UnsupportedCheckpoint, match=r"broken cannot be read"):
        glance(ModelFile(name="broken", path=path, kind=ModelKind.SINGLE_FILE))
    with pytest.raises(UnsupportedCheckpoint):
        glance(ModelFile(name="gone", path=tmp_path / "gone", kind=ModelKind.FOLDER))
