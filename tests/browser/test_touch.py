"""A phone: one finger paints, two move the view, a tap of two undoes."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, CDPSession

from tests.browser.server import RunningServer
from tests.browser.studio import Point, Studio
from tests.browser.watching import refusals_of, watched


@pytest.fixture
def phone(browser: Browser, shared_server: RunningServer, request: pytest.FixtureRequest) -> Iterator[Studio]:
    with watched(
        browser,
        refusals=refusals_of(request),
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
    ) as context:
        yield Studio(context.new_page(), shared_server).open_sample()


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


@pytest.mark.refusals(507)
def test_what_goes_wrong_is_said_on_a_phone(phone: Studio, fingers: Fingers) -> None:
    phone.page.route(
        "**/api/projects/*/jobs",
        lambda route: route.fulfill(
            status=507, json={"error": {"code": "output-error", "message": "No room."}}
        ),
    )
    fingers.paint([(300, 100), (380, 220)])
    phone.page.locator("#generate").click()
    said = phone.page.locator(".tip.err").filter(has_text="No room.")
    said.wait_for()
    said.get_by_role("button", name="Close").click()
    said.wait_for(state="detached")


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


def test_a_tap_of_three_redoes(phone: Studio, fingers: Fingers) -> None:
    fingers.paint([(300, 100), (340, 160)])
    mask = phone.drawn_mask()
    x, y = phone.on_screen((300, 200))
    fingers.send("touchStart", [(x, y), (x + 60, y)])
    fingers.send("touchEnd", [])
    phone.wait("underpaint.editor.isMaskEmpty")
    fingers.send("touchStart", [(x, y), (x + 50, y), (x + 100, y)])
    fingers.send("touchEnd", [])
    phone.wait("!underpaint.editor.isMaskEmpty")
    phone.settle()
    assert np.array_equal(phone.drawn_mask(), mask)


def test_a_second_finger_drops_the_stroke_that_was_begun(phone: Studio, fingers: Fingers) -> None:
    x, y = phone.on_screen((384, 256))
    fingers.send("touchStart", [(x, y)])
    phone.page.wait_for_timeout(60)
    fingers.send("touchMove", [(x + 30, y)])
    assert phone.drawn_mask().any()
    fingers.send("touchStart", [(x + 30, y), (x - 40, y)])
    fingers.send("touchMove", [(x + 60, y), (x - 70, y)])
    fingers.send("touchEnd", [])
    phone.settle()
    assert not phone.drawn_mask().any()
    assert not phone.kept_layer().any()


def test_a_long_press_opens_the_layers_menu_and_leaves_no_dab(phone: Studio, fingers: Fingers) -> None:
    fingers.send("touchStart", [phone.on_screen((384, 256))])
    phone.wait("underpaint.store.layerMenu.value?.layer === 'mask'")
    fingers.send("touchEnd", [])
    phone.settle()
    assert not phone.drawn_mask().any()


def test_a_long_press_on_the_sketch_picks_its_colour(phone: Studio, fingers: Fingers) -> None:
    phone.page.evaluate("underpaint.editor.tool = underpaint.store.tool.value = 'paint'")
    fingers.send("touchStart", [phone.on_screen((355, 330))])
    phone.page.wait_for_timeout(600)
    fingers.send("touchEnd", [])
    phone.settle()
    picked = phone.value("toolOptions")["paint"]["colour"]
    red, green, blue = (int(picked[at : at + 2], 16) for at in (1, 3, 5))
    assert blue > red
    assert blue > green, "the dress is blue"
    assert not phone.page.evaluate("underpaint.editor.drawnSketch().some((value) => value > 0)")


def pen(
    studio: Studio, kind: str, point: Point, *, buttons: int = 1, pressure: float = 0.5, button: int = 0
) -> None:
    """A pen event as a browser makes it; the protocol has no eraser end."""
    x, y = studio.on_screen(point)
    studio.page.evaluate(
        """([kind, how]) => underpaint.editor.canvas.dispatchEvent(
          new PointerEvent(kind, { pointerId: 9, pointerType: 'pen', isPrimary: true, bubbles: true, cancelable: true, ...how }))""",
        [kind, {"clientX": x, "clientY": y, "buttons": buttons, "button": button, "pressure": pressure}],
    )


def test_a_pens_eraser_end_erases_and_its_barrel_button_is_alt(studio: Studio) -> None:
    studio.open_sample()
    studio.stroke([(200, 200), (500, 200)])
    for at, buttons, button in ((300, 32, 5), (400, 2, 2)):
        pen(studio, "pointerdown", (at, 150), buttons=buttons, button=button, pressure=1)
        pen(studio, "pointermove", (at, 250), buttons=buttons, button=-1, pressure=1)
        pen(studio, "pointerup", (at, 250), buttons=0, button=button, pressure=0)
    studio.settle()
    mask = studio.drawn_mask()[200]
    assert (mask[300], mask[350], mask[400]) == (0, 255, 0)


@pytest.mark.parametrize("force", [0.1, 0.4, 1.0])
def test_pressure_scales_the_radius(studio: Studio, force: float) -> None:
    studio.open_sample()
    studio.use_brush(100)
    pen(studio, "pointerdown", (300, 200), pressure=force)
    pen(studio, "pointerup", (300, 200), buttons=0, pressure=0)
    studio.settle()
    bounds = studio.page.evaluate("underpaint.editor.maskBounds()")
    assert bounds["width"] == pytest.approx(100 * force, abs=2)


def test_a_hand_beside_the_pen_draws_nothing(phone: Studio, fingers: Fingers) -> None:
    x, y = phone.on_screen((300, 200))
    fingers.send("touchStart", [(x, y)])  # the hand comes down first
    phone.page.wait_for_timeout(60)
    fingers.send("touchMove", [(x + 10, y)])
    pen(phone, "pointerdown", (500, 300), pressure=1)
    pen(phone, "pointermove", (560, 300), button=-1, pressure=1)
    fingers.send("touchMove", [(x + 40, y)])
    pen(phone, "pointerup", (560, 300), buttons=0, pressure=0)
    fingers.send("touchEnd", [])
    phone.settle()
    mask = phone.drawn_mask()
    assert mask[300, 530] == 255
    assert not mask[:240, :420].any()
    before, mask = phone.page.evaluate("underpaint.editor.view"), mask.copy()
    pen(phone, "pointermove", (560, 300), buttons=0, button=-1, pressure=0)  # still near
    fingers.send("touchStart", [(x, y)])
    phone.page.wait_for_timeout(60)
    fingers.send("touchMove", [(x + 30, y)])
    fingers.send("touchEnd", [])
    phone.settle()
    assert np.array_equal(phone.drawn_mask(), mask)
    assert phone.page.evaluate("underpaint.editor.view.x") == before["x"] + 30, "it pans"
    phone.press("Control+z")
    phone.settle()
    assert not phone.drawn_mask().any(), "one step of the history"


def test_the_frames_label_stays_inside_the_stage(phone: Studio, fingers: Fingers) -> None:
    fingers.paint([(700, 200), (740, 330)])
    phone.wait("underpaint.editor.frame?.x > 400")
    drawn = phone.page.evaluate(
        """async () => {
          await underpaint.editor.settled();
          const { editor } = underpaint, { canvas } = editor, { zoom, y } = editor.view, ratio = devicePixelRatio;
          const row = Math.round((editor.frame.y * zoom + y - 28 + 2) * ratio);
          const { data } = canvas.getContext('2d').getImageData(0, row, canvas.width, 1);
          const columns = [];
          for (let x = 0; x < canvas.width; x++) if (data[4 * x + 3] > 150 && data[4 * x] < 90) columns.push(x / ratio);
          return [columns[0], columns.at(-1), canvas.clientWidth];
        }"""
    )
    left, right, width = drawn
    assert right < width - 4
    assert right - left > 180, "the whole label is drawn"
