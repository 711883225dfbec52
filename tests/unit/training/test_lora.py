"""LoRAs as they are trained and as the product reads them."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from training import students
from training.denoiser import Denoiser
from training.lora import LowRank, write_lora
from training.scenes import InkPen, Look, draw, draw_heroine, part_mask, sample_scene, subject_box
from training.students import LORAS, STUDENTS
from training.text import new_text_encoder, new_tokenizer
from underpaint.models.lora import Applied, applied, read_lora, unmatched


@pytest.fixture
def denoiser(monkeypatch: pytest.MonkeyPatch) -> Denoiser:
    torch.manual_seed(0)
    painter = Denoiser(new_text_encoder(new_tokenizer()))
    monkeypatch.setattr(
        students, "needed_state", {"unet": {"average": {"values": painter.state_dict()}}}.__getitem__
    )
    return painter


def answer(unet: nn.Module) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    x, states = torch.randn(1, 4, 8, 8, generator=generator), torch.randn(1, 77, 128, generator=generator)
    with torch.no_grad():
        return unet.eval()(x, torch.tensor([500]), states).sample


@pytest.mark.parametrize("name", LORAS)
def test_an_untrained_lora_changes_nothing_and_is_all_that_learns(name: str, denoiser: Denoiser) -> None:
    student = STUDENTS[name].build()
    assert torch.equal(answer(student.unet), answer(denoiser.unet))
    learns = {name.rsplit(".", 1)[-1] for name, p in student.unet.named_parameters() if p.requires_grad}
    assert learns == {"down", "up"}


def test_the_product_reads_what_was_trained(denoiser: Denoiser, tmp_path: Path) -> None:
    """The UNet with the file laid on it answers as the one that learned, but for half precision."""
    student = STUDENTS["minty"].build()
    for module in student.unet.modules():
        if isinstance(module, LowRank):
            nn.init.normal_(module.up, std=0.3)
    write_lora(student.unet, tmp_path / "minty.safetensors", "minty")
    lora = read_lora(tmp_path / "minty.safetensors")
    layers = load_file(tmp_path / "minty.safetensors").keys()
    assert any("resnets" in layer for layer in layers)
    assert any("transformer_blocks" in layer for layer in layers)
    assert unmatched(lora, denoiser.unet, denoiser.text_encoder) == 0
    learned, before = answer(student.unet), answer(denoiser.unet)
    with applied(
        denoiser.unet, denoiser.text_encoder, [Applied(lora=lora, text_strength=0.0, unet_strength=1.0)]
    ):
        assert (answer(denoiser.unet) - learned).abs().max() < 0.02 * (learned - before).abs().max()


def test_looks_change_what_they_should() -> None:
    """Ink what a pen draws, the heroine nothing but the girl."""
    scene = sample_scene()
    plain, inked = (draw(scene, 96, 96, look=look) for look in (Look(), Look(pen=InkPen)))
    heroine = draw(scene, 96, 96, look=Look(girl=draw_heroine))
    assert (plain != inked).any(2).mean() > 0.2
    x, y, width, height = subject_box(scene, 0, 96, 96)
    changed = (plain != heroine).any(2)
    assert changed.any()
    changed[max(0, y - 8) : y + height + 8, max(0, x - 8) : x + width + 8] = False
    assert not changed.any()


def test_the_heroines_masks_cover_her_buns_and_her_dots() -> None:
    scene, look = sample_scene(), Look(girl=draw_heroine)
    red, green, blue = np.moveaxis(draw(scene, 384, 256, look=look).astype(int), 2, 0)
    hair, dress = (part_mask(scene, 0, part, 384, 256, look=look) > 0 for part in ("hair", "dress"))
    plain_hair = part_mask(scene, 0, "hair", 384, 256) > 0
    mint, dots = green - red > 60, red - green > 100
    assert mint[hair].mean() > 0.8
    assert mint[hair & ~plain_hair].mean() > 0.6
    assert dots[dress].mean() > 0.1
    assert (blue - red > 60)[dress].mean() < 0.05
