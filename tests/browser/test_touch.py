"""A phone: one finger paints, two move the view, a tap of two undoes."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, CDPSession

from tests.browser.server import RunningServer
from tests.browser.studio import Point, Studio


@pytest.fixture
def phone(browser: Browser, shared_server: RunningServer) -> Iterator[Studio]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=2, has_touch=True, is_mobile=True
    )
    yield Studio(context.new_page(), shared_server).open_sample()
    context.close()


@pytest.fixture
def fingers(phone: Studio) -> "Fingers":
    return Fingers(phone)


class Fingers:
    """Touches in CSS pixels of the page."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.session: CDPSession = studio.page.context.new_cdp_session(studio.page)

    def send(self, kind: str, points: list[Point]) -> None:
        touches = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
        self.studio.page.wait_for_timeout(20)

    def paint(self, points: list[Point]) -> None:
        on_screen = [self.studio.on_screen(point) for point in points]
        self.send("touchStart", [on_screen[0]])
        self.studio.page.wait_for_timeout(60)
        for point in on_screen[1:]:
            self.send("touchMove", [point])
        self.send("touchEnd", [])
        self.studio.settle()


def test_one_finger_paints_and_a_tap_of_two_undoes(phone: Studio, fingers: Fingers) -> None:
    fingers.paint([(300, 100), (340, 160), (380, 220)])
    mask = phone.drawn_mask()
    assert mask[160, 340] == 255
    assert np.array_equal(mask, phone.kept_layer())
    x, y = phone.on_screen((300, 200))
    fingers.send("touchStart", [(x, y), (x + 60, y)])
    fingers.send("touchEnd", [])
    phone.wait("underpaint.editor.isMaskEmpty")


def test_a_pinch_leaves_no_stroke(phone: Studio, fingers: Fingers) -> None:
    zoom = phone.page.evaluate("underpaint.editor.view.zoom")
    x, y = phone.on_screen((384, 256))
    fingers.send("touchStart", [(x, y)])
    fingers.send("touchStart", [(x, y), (x + 40, y)])
    for spread in range(50, 160, 10):
        fingers.send("touchMove", [(x - spread / 2, y), (x + 40 + spread / 2, y)])
    fingers.send("touchEnd", [])
    phone.settle()
    assert phone.page.evaluate("underpaint.editor.view.zoom") > zoom * 1.5
    assert not phone.drawn_mask().any()


def test_the_page_does_not_scroll_sideways_and_targets_are_large(phone: Studio) -> None:
    assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = phone.page.evaluate(
        """() => [...document.querySelectorAll('button, [role=slider], input, a')]
          .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('.visually-hidden, .skip'))
          .map((element) => [element.ariaLabel || element.innerText || element.className, element.getBoundingClientRect()])
          .filter(([, box]) => box.width > 1 && (box.width < 44 || box.height < 44))
          .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
    )
    assert [item for item in small if "skip" not in item.lower()] == []


def test_a_pen_presses_harder_for_a_wider_stroke(studio: Studio) -> None:
    studio.open_sample()
    session = studio.page.context.new_cdp_session(studio.page)

    def line(y: float, force: float) -> None:
        for kind, x in (
            ("mousePressed", 200),
            ("mouseMoved", 300),
            ("mouseMoved", 400),
            ("mouseReleased", 400),
        ):
            at = studio.on_screen((x, y))
            session.send(
                "Input.dispatchMouseEvent",
                {"type": kind, "x": at[0], "y": at[1], "button": "left", "buttons": 1, "clickCount": 1}
                | {"pointerType": "pen", "force": force},
            )
        studio.settle()

    line(100, 0.2)
    line(300, 1.0)
    mask = studio.drawn_mask() > 0
    light, strong = mask[:200, 300].sum(), mask[200:, 300].sum()
    assert 0 < light < 0.6 * strong
