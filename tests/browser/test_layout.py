"""Every width of a window, every size of text, and what lies over what."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.browser.layout import faults, with_large_text
from tests.browser.server import RunningServer
from tests.browser.studio import Studio
from tests.browser.watching import watched

WINDOWS = {900: 700, 1024: 768, 1280: 800, 1440: 900, 1920: 1080, 3840: 2160}


def resized(studio: Studio, width: int, height: int) -> None:
    studio.page.set_viewport_size({"width": width, "height": height})


def faults_everywhere(studio: Studio) -> dict[str, list[str]]:
    """Faults by window, without those that have none."""
    found: dict[str, list[str]] = {}
    for width, height in WINDOWS.items():
        resized(studio, width, height)
        found[f"{width} px"] = faults(studio.page)
        if width in (1024, 1440):
            found[f"{width} px, large text"] = with_large_text(studio.page)
    return {window: each for window, each in found.items() if each}


def test_nothing_is_cut_on_the_first_page(studio: Studio) -> None:
    studio.open()
    assert faults_everywhere(studio) == {}
    assert "mask decides" in " ".join(studio.page.locator("h1").first.inner_text().split())


def test_nothing_is_cut_while_editing_and_picking(studio: Studio) -> None:
    studio.open_sample()
    studio.stroke()
    assert faults_everywhere(studio) == {}
    studio.tool("p")
    assert faults_everywhere(studio) == {}
    resized(studio, 1440, 900)
    studio.draft_quality(1)
    studio.generate()
    studio.wait_for_results()
    studio.press("2")
    assert faults_everywhere(studio) == {}


@pytest.mark.parametrize("width", [390, 768])
def test_nothing_is_cut_on_a_phone(browser: Browser, shared_server: RunningServer, width: int) -> None:
    with watched(
        browser, viewport={"width": width, "height": 844}, has_touch=True, is_mobile=True
    ) as context:
        studio = Studio(context.new_page(), shared_server).open()
        assert (faults(studio.page), with_large_text(studio.page)) == ([], [])
        studio.open_sample()
        studio.stroke()
        assert (faults(studio.page), with_large_text(studio.page)) == ([], [])


@pytest.fixture
def narrow(studio: Studio) -> Studio:
    """A window where the panel is a drawer."""
    resized(studio, 1024, 768)
    return studio.open_sample()


def focused_region(studio: Studio) -> str:
    return studio.page.evaluate("document.activeElement.closest('[data-region]')?.dataset.region ?? ''")


def test_a_button_opens_the_drawer_and_escape_closes_it(narrow: Studio) -> None:
    panel = narrow.page.get_by_role("complementary", name="Settings")
    assert not panel.is_visible()
    opener = narrow.page.get_by_role("button", name="Settings", exact=True)
    opener.click()
    assert panel.is_visible()
    assert opener.get_attribute("aria-expanded") == "true"
    assert focused_region(narrow) == "panel"
    narrow.press("Escape")
    assert not panel.is_visible()
    assert focused_region(narrow) == "bar", "the focus is back where it came from"
    narrow.press("Enter")
    narrow.page.get_by_role("button", name="Close the panel").click()
    assert not panel.is_visible()


def test_the_drawers_button_needs_no_mouse(browser: Browser, shared_server: RunningServer) -> None:
    with watched(browser, viewport={"width": 1150, "height": 800}, has_touch=True) as context:
        studio = Studio(context.new_page(), shared_server).open_sample()
        studio.page.get_by_role("button", name="Settings", exact=True).tap()
        studio.page.get_by_role("complementary", name="Settings").wait_for()
        studio.page.get_by_role("button", name="Close the panel").tap()
        assert not studio.page.get_by_role("complementary", name="Settings").is_visible()


def colours_on_canvas(studio: Studio, x: float, y: float, side: int = 40) -> int:
    """How many colours a square around a point of the picture has on the screen."""
    studio.page.wait_for_timeout(150)
    left, top = studio.on_screen((x, y))
    clip = {"x": left - side / 2, "y": top - side / 2, "width": side, "height": side}
    picture = Image.open(io.BytesIO(studio.page.screenshot(clip=clip)))
    return len(np.unique(np.asarray(picture.convert("RGB")).reshape(-1, 3), axis=0))


def test_the_hatch_is_away_while_the_sketch_is_painted(studio: Studio) -> None:
    studio.open_sample()
    studio.page.evaluate(
        "underpaint.store.toolOptions.value = { ...underpaint.store.toolOptions.value, brush: { size: 200, hardness: 1 },"
        " paint: { size: 150, hardness: 1, opacity: 1, colour: '#4d7a33' } }"
    )
    studio.stroke([(600, 200), (640, 200)])
    studio.tool("p")
    studio.stroke([(600, 200), (640, 200)])
    studio.page.mouse.move(5, 400)
    assert colours_on_canvas(studio, 620, 200) == 1, "the sketch keeps its own colour"
    studio.tool("b")
    studio.page.mouse.move(5, 400)
    assert colours_on_canvas(studio, 620, 200) > 1


def test_the_task_extend_asks_how_far(studio: Studio) -> None:
    studio.open_sample()
    tasks = studio.page.get_by_role("radiogroup", name="Task")
    tasks.get_by_role("radio", name="Replace").focus()
    studio.press("ArrowRight", "ArrowRight")
    studio.wait("underpaint.store.draft.value.task === 'extend'")
    assert studio.page.get_by_role("dialog").count() == 0, "arrows only pass over it"
    studio.press("Enter")
    dialog = studio.page.get_by_role("dialog", name="Extend the canvas")
    dialog.wait_for()
    first = studio.head
    dialog.get_by_role("button", name="Make it 960 × 512").click()
    studio.wait(f"underpaint.store.headNode.value.id !== '{first}'")
    studio.settle()
    assert studio.value("headNode")["picture"]["width"] == 960
    mask = studio.kept_layer()
    assert mask[:, 768:].min() == 255
    assert mask[:, : 768 - 43].max() == 0
