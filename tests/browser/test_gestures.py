"""What pointer, wheel, pen and keys do on the canvas."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tests.browser.studio import Point, Studio


@pytest.fixture
def sample(studio: Studio) -> Studio:
    return studio.open_sample()


def view(studio: Studio) -> dict[str, float]:
    return studio.page.evaluate("underpaint.editor.view")


def drag(studio: Studio, points: Sequence[Point], button: Any = "left") -> None:
    """Through points of the picture, without waiting."""
    mouse = studio.page.mouse
    mouse.move(*studio.on_screen(points[0]))
    mouse.down(button=button)
    for point in points[1:]:
        mouse.move(*studio.on_screen(point), steps=3)
    mouse.up(button=button)


def screen_pixels(studio: Studio, x: float, y: float, width: int, height: int) -> np.ndarray:
    """Device pixels of the visible canvas around a picture point: (height, width, RGBA)."""
    values = studio.page.evaluate(
        """async ([x, y, width, height]) => {
          await underpaint.editor.settled();
          const { editor } = underpaint, { zoom, x: left, y: top } = editor.view, ratio = devicePixelRatio;
          const pixels = editor.canvas.getContext('2d').getImageData(
            Math.round((x * zoom + left) * ratio - width / 2), Math.round((y * zoom + top) * ratio - height / 2), width, height);
          return Array.from(pixels.data);
        }""",
        [x, y, width, height],
    )
    return np.array(values, np.uint8).reshape(height, width, 4)


def test_escape_drops_a_stroke(sample: Studio) -> None:
    sample.stroke([(100, 100), (160, 100)])
    before = sample.drawn_mask()
    mouse = sample.page.mouse
    mouse.move(*sample.on_screen((300, 300)))
    mouse.down()
    mouse.move(*sample.on_screen((400, 300)), steps=4)
    assert (sample.drawn_mask() != before).any()
    sample.press("Escape")
    mouse.move(*sample.on_screen((500, 300)), steps=4)
    mouse.up()
    sample.settle()
    assert np.array_equal(sample.drawn_mask(), before)
    assert np.array_equal(sample.kept_layer(), before)
    assert sample.value("history")["undoLabel"] == "Mask brush", "one stroke, not two"
    sample.press("Control+z")
    sample.settle()
    assert not sample.drawn_mask().any()


def test_alt_subtracts_and_shift_draws_straight(sample: Studio) -> None:
    sample.stroke([(100, 200)])
    sample.page.keyboard.down("Shift")
    sample.stroke([(500, 260)])
    mask = sample.drawn_mask()
    assert mask[230, 300] == 255, "the line between the two clicks"
    sample.page.keyboard.down("Alt")
    sample.stroke([(100, 200)])
    sample.page.keyboard.up("Alt")
    sample.page.keyboard.up("Shift")
    assert sample.drawn_mask()[230, 300] == 0
    assert sample.drawn_mask().max() > 0, "Alt and Shift take a straight line away, not all the rest"


def test_alt_and_right_drag_size_the_brush(sample: Studio) -> None:
    before = sample.value("toolOptions")["brush"]
    sample.page.keyboard.down("Alt")
    x, y = sample.on_screen((300, 300))
    mouse = sample.page.mouse
    mouse.move(x, y)
    mouse.down(button="right")
    mouse.move(x + 30, y + 30, steps=3)
    mouse.up(button="right")
    sample.page.keyboard.up("Alt")
    after = sample.value("toolOptions")["brush"]
    zoom = view(sample)["zoom"]
    assert after["size"] == pytest.approx(before["size"] + 60 / zoom, abs=0.2)
    assert after["hardness"] == pytest.approx(before["hardness"] - 0.2)
    assert not sample.drawn_mask().any()
    assert sample.value("layerMenu") is None


def wheel(studio: Studio, at: Point, **how: Any) -> None:
    studio.page.evaluate(
        """([x, y, how]) => underpaint.editor.canvas.dispatchEvent(
          new WheelEvent('wheel', { clientX: x, clientY: y, bubbles: true, cancelable: true, ...how }))""",
        [*studio.on_screen(at), how],
    )


def test_the_wheel_zooms_at_the_cursor_and_shift_pans(sample: Studio) -> None:
    point, before = (200, 150), view(sample)
    on_screen = sample.on_screen(point)
    sample.page.mouse.move(*on_screen)
    sample.page.mouse.wheel(0, -240)
    sample.page.wait_for_timeout(100)
    zoomed = view(sample)
    assert zoomed["zoom"] > before["zoom"] * 1.3
    assert sample.on_screen(point) == pytest.approx(on_screen, abs=1)
    wheel(sample, point, deltaY=120, shiftKey=True)
    assert view(sample) == {**zoomed, "x": zoomed["x"] - 120}, "Shift pans sideways"
    moved = view(sample)
    wheel(sample, point, deltaX=7, deltaY=13)
    assert view(sample) == {**moved, "x": moved["x"] - 7, "y": moved["y"] - 13}, "a trackpad pans"
    wheel(sample, point, deltaY=-13, ctrlKey=True)
    assert view(sample)["zoom"] > moved["zoom"], "a pinch zooms"


def test_zoom_ends_at_five_and_3200_percent(sample: Studio) -> None:
    for delta, zoom in ((-400, 32), (400, 0.05)):
        for _ in range(40):
            wheel(sample, (300, 200), deltaY=delta, deltaMode=0, ctrlKey=True)
        assert view(sample)["zoom"] == zoom


@pytest.mark.parametrize("how", ["Space", "middle"])
def test_space_and_the_middle_button_pan(sample: Studio, how: str) -> None:
    before = view(sample)
    if how == "Space":
        sample.page.get_by_role("application").first.focus()
        sample.page.keyboard.down("Space")
    x, y = sample.on_screen((300, 200))
    button = "left" if how == "Space" else "middle"
    sample.page.mouse.move(x, y)
    sample.page.mouse.down(button=button)
    sample.page.mouse.move(x + 40, y - 25, steps=4)
    sample.page.mouse.up(button=button)
    if how == "Space":
        sample.page.keyboard.up("Space")
    assert view(sample) == {**before, "x": before["x"] + 40, "y": before["y"] - 25}
    assert not sample.drawn_mask().any()


def framed(studio: Studio) -> dict[str, int]:
    """A stroke in the middle, and the frame around it."""
    studio.stroke([(330, 220), (420, 280)])
    studio.wait("underpaint.editor.frame !== null && underpaint.editor.frame.width < 768")
    studio.wait("!underpaint.store.isPreparing.value && underpaint.store.underpaintings.value", 120_000)
    return studio.page.evaluate("underpaint.editor.frame")


def test_the_frame_has_the_same_four_numbers_everywhere(sample: Studio) -> None:
    frame = framed(sample)
    assert frame == sample.value("inspection")["frame"]
    assert frame == sample.value("underpaintings")["frame"]
    assert all(isinstance(frame[side], int) for side in ("x", "y", "width", "height"))


def test_a_double_click_on_the_frame_toggles_the_area_and_paints_nothing(sample: Studio) -> None:
    frame, mask = framed(sample), sample.drawn_mask()
    on_line = sample.on_screen((frame["x"] + frame["width"] / 2, frame["y"]))
    sample.page.mouse.dblclick(*on_line)
    sample.wait("underpaint.store.request.value.canvas.area === 'whole'")
    sample.page.wait_for_timeout(500)
    sample.settle()
    assert np.array_equal(sample.drawn_mask(), mask)
    sample.press("o")
    framed_again = (
        "underpaint.store.request.value.canvas.area === 'only-masked' && underpaint.editor.frame?.width < 768"
    )
    sample.wait(framed_again)
    sample.page.mouse.click(*on_line)
    sample.wait("underpaint.store.history.value.undoLabel === 'Mask brush'")
    sample.settle()
    assert (sample.drawn_mask() != mask).any(), "a single click is the brush's"


def test_a_corner_of_the_frame_sets_the_padding(sample: Studio) -> None:
    frame = framed(sample)
    bounds = sample.page.evaluate("underpaint.editor.maskBounds()")
    corner = (frame["x"], frame["y"])
    drag(sample, [corner, (bounds["x"] - 60, bounds["y"] - 60)])
    padding = sample.value("request")["canvas"]["padding_px"]
    assert padding == pytest.approx(60, abs=2)
    sample.wait(f"underpaint.editor.frame.width > {frame['width']}")
    frame = sample.page.evaluate("underpaint.editor.frame")
    sample.page.mouse.move(*sample.on_screen((frame["x"], frame["y"])))
    sample.press("ArrowRight")
    assert sample.value("request")["canvas"]["padding_px"] == padding + 8
    sample.press("ArrowDown", "ArrowDown")
    assert sample.value("request")["canvas"]["padding_px"] == padding - 8


def test_a_hidden_mask_keeps_a_dotted_outline(sample: Studio) -> None:
    sample.page.evaluate("underpaint.editor.setView({ zoom: 1, x: 0, y: 0 })")
    clean = screen_pixels(sample, 300, 200, 300, 120)
    sample.stroke([(200, 200), (400, 200)])
    sample.page.mouse.move(5, 5)
    # without frame and underpainting, which are not in question here
    hide_others = "underpaint.editor.setFrame(null); underpaint.editor.setUnderpainting(null)"
    sample.page.evaluate(hide_others)
    shown = (screen_pixels(sample, 300, 200, 300, 120) != clean).any(axis=2)
    assert shown[60, 100:200].mean() == 1, "the mask is washed and hatched"
    sample.press("m")
    sample.page.evaluate(hide_others)
    hidden = (screen_pixels(sample, 300, 200, 300, 120) != clean).any(axis=2)
    assert not hidden[40:80, 100:200].any(), "no hatch"
    edge = hidden[26:32, 60:240].any(axis=0)
    assert 0.3 < edge.mean() < 0.8, "dots along the edge"


def test_pixels_have_a_grid_from_800_percent(sample: Studio) -> None:
    def columns(zoom: float) -> np.ndarray:
        sample.page.evaluate(
            "zoom => underpaint.editor.setView({ zoom, x: -300 * zoom, y: -100 * zoom })", zoom
        )
        sample.page.mouse.move(5, 5)
        row = screen_pixels(sample, 330, 120, 64, 1)[0, :, :3].astype(int)
        return np.nonzero(np.abs(np.diff(row, axis=0)).max(axis=1) > 8)[0]

    assert len(columns(7.9)) == 0, "the sky is even"
    lines = columns(8)
    assert len(lines) >= 14
    assert set(np.diff(lines)) <= {1, 7, 8}


def test_the_mask_is_painted_by_keyboard(sample: Studio) -> None:
    sample.use_brush(6)
    sample.page.get_by_role("application").first.focus()
    sample.press("ArrowRight", "Enter")
    sample.settle()
    first = sample.page.evaluate("underpaint.editor.maskBounds()")
    sample.press("Control+z")
    sample.press("ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown", "Enter")
    sample.settle()
    moved = sample.page.evaluate("underpaint.editor.maskBounds()")
    assert (moved["x"] - first["x"], moved["y"] - first["y"]) == (8, 2)
    sample.page.keyboard.down("Space")
    sample.press("ArrowRight", "ArrowRight")
    sample.page.keyboard.up("Space")
    sample.settle()
    line = sample.page.evaluate("underpaint.editor.maskBounds()")
    assert line["width"] == moved["width"] + 16
    sample.press("Control+z", "Control+z", "Control+z")
    sample.settle()
    sample.tool("w")
    sample.press("ArrowUp", "Enter")
    sample.wait("!underpaint.editor.isMaskEmpty")


def test_a_fitted_view_comes_back_fitted_in_another_window(sample: Studio) -> None:
    sample.page.evaluate("underpaint.editor.setView({ zoom: 3, x: -50, y: -60 })")
    sample.press("0")
    sample.page.wait_for_timeout(900)
    sample.page.set_viewport_size({"width": 1700, "height": 1000})
    sample.reload()
    assert sample.page.evaluate("underpaint.editor.isFitted")
    fitted = view(sample)
    sample.press("0")
    assert view(sample) == fitted
    assert fitted["zoom"] > 1.3


def test_a_moved_view_comes_back_as_it_was(sample: Studio) -> None:
    sample.page.evaluate("underpaint.editor.setView({ zoom: 3, x: -50, y: -60 })")
    sample.page.wait_for_timeout(900)
    sample.page.set_viewport_size({"width": 1700, "height": 1000})
    sample.reload()
    assert view(sample) == {"zoom": 3, "x": -50, "y": -60}
    assert not sample.page.evaluate("underpaint.editor.isFitted")
