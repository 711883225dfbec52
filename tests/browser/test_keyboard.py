"""The map of keys: what each does, and that letters are text where one types."""

import numpy as np
import pytest

from tests.browser.pictures import png
from tests.browser.studio import Studio

TOOLS = {
    "b": "brush", "e": "eraser", "l": "lasso", "Shift+L": "polygon", "r": "rectangle", "w": "select",
    "Shift+W": "wand", "p": "paint", "Shift+P": "fill", "i": "eyedropper", "h": "pan",
}  # fmt: skip
UNDERPAINTINGS = ["sketch", "original", "fill", "latent-noise", "latent-nothing"]


@pytest.fixture
def sample(studio: Studio) -> Studio:
    studio.open_sample()
    studio.stroke()
    studio.page.get_by_role("application").first.focus()
    return studio


def strength(studio: Studio) -> float:
    return studio.value("request")["sampling"]["denoising_strength"]


def test_tools_and_brush(sample: Studio) -> None:
    for key, tool in TOOLS.items():
        sample.press(key)
        assert sample.value("tool") == tool, key
    sample.press("b", "x")
    assert sample.value("tool") == "eraser"
    sample.press("x")
    assert sample.value("tool") == "brush"
    before = sample.value("toolOptions")["brush"]
    sample.press("]")
    assert sample.value("toolOptions")["brush"]["size"] > before["size"]
    sample.press("[", "[")
    assert sample.value("toolOptions")["brush"]["size"] < before["size"]
    sample.press("{")
    assert sample.value("toolOptions")["brush"]["hardness"] == pytest.approx(before["hardness"] - 0.1)


def test_mask(sample: Studio) -> None:
    share = sample.value("maskShare")
    sample.press("m")
    assert sample.value("isMaskShown") is False
    sample.press("m")
    sample.press("Alt+BracketRight")
    sample.wait(f"underpaint.store.maskShare.value > {share}")
    sample.press("Control+z")
    sample.wait(f"underpaint.store.maskShare.value === {share}")
    sample.press("Control+i")
    sample.wait("underpaint.store.maskShare.value > 0.5")
    sample.press("Delete")
    sample.wait("underpaint.editor.isMaskEmpty")
    sample.press("o")
    assert sample.value("request")["canvas"]["area"] == "whole"


def test_a_copied_mask_is_pasted_onto_another_picture(sample: Studio) -> None:
    copied = sample.drawn_mask()
    sample.press("Control+Shift+c")
    sample.wait("underpaint.store.copiedMask.value !== null")
    other = sample.server.import_picture(png(copied.shape[1], copied.shape[0]))
    sample.page.evaluate("id => { location.hash = id; }", other["id"])
    sample.wait(f"underpaint.store.project.value?.id === '{other['id']}'")
    sample.wait_for_picture()
    assert not sample.drawn_mask().any()
    sample.page.get_by_role("application").first.focus()
    sample.press("Control+Shift+v")
    sample.wait("!underpaint.editor.isMaskEmpty")
    sample.settle()
    assert np.array_equal(sample.drawn_mask(), copied)
    assert np.array_equal(sample.kept_layer(), copied)
    share, version = sample.value("maskShare"), sample.value("layers")["mask"]["version"]
    sample.press("Control+z")
    sample.wait("underpaint.store.maskShare.value === 0")
    assert sample.page.evaluate("underpaint.editor.isMaskEmpty")
    assert sample.value("maskBounds") is None
    assert sample.value("layers")["mask"]["version"] > version
    sample.press("Control+Shift+z")
    sample.wait(f"underpaint.store.maskShare.value === {share}")
    assert np.array_equal(sample.drawn_mask(), copied)


def test_settings(sample: Studio) -> None:
    before = strength(sample)
    sample.press(",")
    assert strength(sample) == pytest.approx(before - 0.05)
    sample.press(".", "Shift+Period")
    assert strength(sample) == pytest.approx(before + 0.01)
    for number, underpainting in enumerate(UNDERPAINTINGS, 1):
        sample.press(f"Alt+{number}")
        assert sample.value("draft")["underpainting"] == underpainting
    task = sample.value("draft")["task"]
    sample.press("Alt+ArrowRight")
    assert sample.value("draft")["task"] != task
    sample.press("Alt+ArrowLeft")
    assert sample.value("draft")["task"] == task


def test_window(sample: Studio) -> None:
    page = sample.page
    zoom = sample.value("zoom")
    sample.press("+")
    assert sample.value("zoom") > zoom
    sample.press("0")
    assert sample.value("zoom") == pytest.approx(zoom)
    sample.press("q")
    assert sample.value("panel") == "queue"
    sample.press("q")
    assert sample.value("panel") == "settings"
    sample.press("Control+.")
    assert sample.value("isPanelOpen") is False
    sample.press("Control+.")
    sample.press("t")
    assert sample.value("view") == "history"
    sample.press("t")
    for keys, title in (("?", "Keyboard"), ("Control+k", "Commands"), ("Control+s", "Save as a file")):
        sample.press(keys)
        page.get_by_role("dialog", name=title).wait_for()
        sample.press("Escape")
        assert page.get_by_role("dialog").count() == 0
    seen = set()
    for _ in range(8):
        sample.press("F6")
        seen.add(page.evaluate("document.activeElement.closest('[data-region]')?.dataset.region"))
    assert {"bar", "tools", "options", "canvas", "layers", "history", "panel"} <= seen


def test_letters_are_text_in_a_field_and_can_be_switched_off(sample: Studio) -> None:
    sample.press("j")
    sample.wait("document.activeElement.id === 'prompt'")
    sample.page.keyboard.type("ebony elk")
    assert sample.value("tool") == "brush"
    assert sample.value("request")["prompt"]["positive"] == "ebony elk"
    sample.tool("?")
    sample.page.get_by_role("switch", name="Single letters as shortcuts").click()
    sample.press("Escape")
    sample.tool("e")
    assert sample.value("tool") == "brush"
    sample.press("Control+.")
    assert sample.value("isPanelOpen") is False, "other keys stay"
