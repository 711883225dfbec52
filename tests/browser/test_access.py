"""Without a pointer, with a screen reader's rules, without motion."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.axe import violations
from tests.browser.painters import BROKEN
from tests.browser.server import RunningServer
from tests.browser.studio import Studio


def looks(element: Locator) -> list[str]:
    """Its background and the colour of its words."""
    return element.evaluate(
        "element => [getComputedStyle(element).backgroundColor, getComputedStyle(element).color]"
    )


def start(studio: Studio) -> None:
    studio.open()


def edit(studio: Studio) -> None:
    studio.open_sample()
    studio.stroke()
    studio.wait("underpaint.store.inspection.value !== null")


def expert(studio: Studio) -> None:
    edit(studio)
    for section in ("Sampling", "Noise"):
        studio.page.get_by_role("button", name=section).first.click()


def picking(studio: Studio) -> None:
    edit(studio)
    studio.draft_quality(2)
    studio.generate()
    studio.wait_for_results()
    studio.press("2")
    studio.wait("underpaint.store.picked.value?.index === 1")


def tree(studio: Studio) -> None:
    picking(studio)
    studio.press("Enter")
    studio.wait("underpaint.store.project.value.nodes.length === 2")
    studio.press("t")
    studio.page.get_by_role("tree").wait_for()


def queue(studio: Studio) -> None:
    edit(studio)
    studio.press("q")


def shortcuts(studio: Studio) -> None:
    edit(studio)
    studio.press("?")
    studio.page.get_by_role("dialog").wait_for()


def drawer(studio: Studio) -> None:
    studio.page.set_viewport_size({"width": 900, "height": 700})
    edit(studio)
    studio.page.get_by_role("button", name="Settings", exact=True).click()
    studio.page.get_by_role("complementary", name="Settings").wait_for()


def phone_sheet(studio: Studio) -> None:
    studio.page.set_viewport_size({"width": 390, "height": 844})
    edit(studio)
    studio.page.locator(".pchip").click()


def comparing(studio: Studio) -> None:
    tree(studio)
    studio.page.get_by_role("button", name="Compare two").click()
    studio.page.get_by_role("treeitem").first.click()
    studio.page.get_by_role("radiogroup", name="Compare mode").wait_for()


STATES = [start, edit, expert, picking, tree, queue, shortcuts, drawer, phone_sheet, comparing]
DIALOGS = ["commands", "projects", "blank", "extend", "masks", "export"]
themes = pytest.mark.parametrize("theme", ["dark", "light"])


@themes
@pytest.mark.parametrize("reach", STATES, ids=lambda state: state.__name__)
def test_axe_finds_nothing(studio: Studio, reach: Callable[[Studio], None], theme: str) -> None:
    studio.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    reach(studio)
    studio.page.wait_for_timeout(300)
    assert violations(studio.page) == []


@themes
def test_a_generate_that_cannot_run_is_legible_under_the_pointer(studio: Studio, theme: str) -> None:
    studio.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    studio.open_sample()
    button = studio.page.locator("#generate[aria-disabled=true]")
    resting = looks(button)
    button.hover()
    studio.page.wait_for_timeout(300)
    assert looks(button) == resting
    assert violations(studio.page) == []


@themes
def test_axe_finds_nothing_in_dialogs_and_menus(studio: Studio, theme: str) -> None:
    studio.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    edit(studio)
    for name in DIALOGS:
        studio.page.evaluate("name => { underpaint.store.dialog.value = { name }; }", name)
        studio.page.get_by_role("dialog").wait_for()
        assert violations(studio.page) == [], name
        studio.press("Escape")
    for layer in ("mask", "sketch", "picture"):
        studio.page.evaluate(
            "layer => { underpaint.store.layerMenu.value = { layer, x: 300, y: 200 }; }", layer
        )
        studio.page.get_by_role("menu").wait_for()
        assert violations(studio.page) == [], layer
        studio.press("Escape")


@themes
def test_axe_finds_nothing_when_things_go_wrong(page: Page, tmp_path: Path, theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    server = RunningServer(tmp_path / "data", **BROKEN)
    server.start()
    try:
        studio = Studio(page, server)
        edit(studio)
        studio.draft_quality(2)
        studio.generate()
        assert studio.wait_for_results()["state"] == "failed"
        assert violations(page) == [], "a failed job"
    finally:
        server.stop()
    studio.wait("underpaint.store.connection.value === 'offline'", 30_000)
    assert violations(page) == [], "no server"


def test_reduced_motion_stops_every_animation(studio: Studio) -> None:
    edit(studio)
    studio.page.wait_for_timeout(300)
    assert studio.page.evaluate("document.getAnimations().length") == 0


def tab_to(studio: Studio, name: str) -> None:
    """Presses Tab until the element of that name has the focus."""
    for _ in range(120):
        studio.press("Tab")
        focused = studio.page.evaluate(
            "document.activeElement.ariaLabel || document.activeElement.innerText || ''"
        )
        if name in focused:
            return
    raise AssertionError(f"{name} is not reached with Tab")


def test_everything_by_keyboard(studio: Studio) -> None:
    studio.open()
    tab_to(studio, "Open the sample")
    studio.press("Enter")
    studio.wait_for_picture()
    first = studio.head
    studio.draft_quality(2)
    tab_to(studio, "Picture, 768 by 512")  # the canvas names the picture and how much of it is masked
    for _ in range(12):
        studio.press("ArrowRight")
    studio.press("Enter")
    studio.wait("!underpaint.editor.isMaskEmpty")
    studio.press("j")
    studio.wait("document.activeElement.id === 'prompt'")
    studio.page.keyboard.type("red flower")
    studio.press("Control+Enter")
    studio.wait("underpaint.store.activeJob.value !== null")
    studio.wait_for_results()
    studio.page.evaluate("document.activeElement.blur()")
    studio.press("2", "Enter")
    studio.wait(f"underpaint.store.headNode.value.id !== '{first}'")
    assert studio.value("request")["prompt"]["positive"] == "red flower"


def test_the_canvas_tells_what_is_masked(studio: Studio) -> None:
    edit(studio)
    label = studio.page.get_by_role("application").first.get_attribute("aria-label")
    assert label
    assert "768 by 512" in label
    assert "percent" in label


def test_a_hidden_mask_says_that_it_is_used(studio: Studio) -> None:
    edit(studio)
    studio.press("m")
    footer = studio.page.get_by_role("complementary", name="Settings").locator("footer")
    assert "The mask is hidden, still used." in footer.inner_text()


def test_an_empty_mask_explains_itself(studio: Studio) -> None:
    studio.open_sample()
    assert (
        studio.page.locator("#generate").is_disabled()
        or studio.page.get_by_text("Nothing is masked").first.is_visible()
    )
