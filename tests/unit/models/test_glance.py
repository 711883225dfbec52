"""What is known about a model without opening it."""

from pathlib import Path

import pytest

from tests.conftest import TINY_MODEL
from underpaint.errors import UnsupportedCheckpoint
from underpaint.models.catalog import ModelFile, ModelKind, find_model
from underpaint.models.glance import Glance, glance
from underpaint.models.stable_diffusion import StableDiffusion, load


def seen_by_loading(model: StableDiffusion) -> Glance:
    return Glance(
        native_px=model.native_px,
        is_inpaint_model=model.is_inpaint_model,
        text_channels=model.unet.network.config.cross_attention_dim,
    )


def test_a_glance_sees_what_loading_sees(tiny_model: StableDiffusion):
    found = glance(find_model(str(TINY_MODEL), []))
    assert found == seen_by_loading(tiny_model)


def test_the_builtin_model():
    builtin = find_model("storybook", [])
    loaded = load(builtin)
    assert glance(builtin) == seen_by_loading(loaded)


@pytest.mark.parametrize("content", [b"", b"\xff" * 100, b"\x02\0\0\0\0\0\0\0{}", b"\x05\0\0\0\0\0\0\0[1,2]"])
def test_damaged_files_are_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "broken.safetensors"
    path.write_bytes(content)
    with pytest.raises(UnsupportedCheckpoint, match=r"broken cannot be read"):
        glance(ModelFile(name="broken", path=path, kind=ModelKind.SINGLE_FILE))
    with pytest.raises(UnsupportedCheckpoint):
        glance(ModelFile(name="gone", path=tmp_path / "gone", kind=ModelKind.FOLDER))
