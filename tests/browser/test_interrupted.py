"""Strokes that are interrupted, and pictures of extreme shapes: what was drawn is there, and is what is kept."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.browser.pictures import png
from tests.browser.studio import Studio


def begin(studio: Studio) -> None:
    """Half a stroke over the sample; the button stays down."""
    mouse = studio.page.mouse
    mouse.move(*studio.on_screen((200, 200)))
    mouse.down()
    mouse.move(*studio.on_screen((300, 200)), steps=4)


def go_on(studio: Studio) -> None:
    mouse = studio.page.mouse
    mouse.move(*studio.on_screen((400, 200)), steps=4)
    mouse.up()
    studio.settle()


def agreed(studio: Studio) -> np.ndarray:
    """The mask, after checking that the server has the same."""
    studio.settle()
    mask = studio.drawn_mask()
    assert np.array_equal(mask, studio.kept_layer())
    return mask


def one_step_back(studio: Studio) -> None:
    studio.press("Control+z")
    assert not agreed(studio).any()
    assert not studio.value("history")["canUndo"]


def test_a_window_resized_in_the_middle_of_a_stroke(studio: Studio) -> None:
    studio.open_sample()
    begin(studio)
    zoom = studio.page.evaluate("underpaint.editor.view.zoom")
    studio.page.set_viewport_size({"width": 1100, "height": 760})
    studio.wait(f"underpaint.editor.view.zoom !== {zoom}")
    go_on(studio)
    mask = agreed(studio)
    # the pointer stood still while the picture became smaller: the stroke goes on from what is under it now
    assert (mask[200, 200:300] == 255).all()
    assert mask[200, 400] == 255
    one_step_back(studio)


def test_a_resized_canvas_is_never_blank(studio: Studio) -> None:
    studio.open_sample()
    alphas = studio.page.evaluate(
        """async () => {
          const { editor } = underpaint, host = editor.canvas.parentElement, seen = [];
          for (let width = 700; width > 640; width -= 10) {
            host.style.width = `${width}px`;
            await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
            seen.push([editor.canvas.width, editor.canvas.getContext('2d').getImageData(width / 2, editor.canvas.height / 2, 1, 1).data[3]]);
          }
          return seen;
        }"""
    )
    assert alphas == [[width, 255] for width in range(700, 640, -10)]


def test_another_pixel_density_in_the_middle_of_a_stroke(studio: Studio) -> None:
    studio.open_sample()
    begin(studio)
    session = studio.page.context.new_cdp_session(studio.page)
    size = {"width": 1440, "height": 900, "mobile": False}
    session.send("Emulation.setDeviceMetricsOverride", {**size, "deviceScaleFactor": 2})
    go_on(studio)
    assert studio.page.evaluate("underpaint.editor.canvas.width === 2 * underpaint.editor.canvas.clientWidth")
    assert (agreed(studio)[200, 200:400] == 255).all()


def test_a_hidden_page_keeps_what_was_drawn(studio: Studio) -> None:
    studio.open_sample()
    begin(studio)
    studio.page.evaluate(
        """() => {
          Object.defineProperty(document, 'hidden', { value: true, configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
          delete document.hidden;
        }"""
    )
    mask = agreed(studio)
    assert mask[200, 250] == 255
    go_on(studio)
    assert np.array_equal(agreed(studio), mask), "the button that is still down draws no more"
    studio.stroke([(100, 400), (160, 400)])
    assert agreed(studio)[400, 130] == 255, "the next stroke does"


def test_a_lost_pointer_keeps_what_was_drawn(studio: Studio) -> None:
    studio.open_sample()
    begin(studio)
    studio.page.evaluate("underpaint.editor.canvas.releasePointerCapture(1)")
    studio.page.mouse.move(*studio.on_screen((310, 210)))
    mask = agreed(studio)
    assert mask[200, 250] == 255
    studio.page.mouse.up()
    one_step_back(studio)


def test_an_undo_right_after_a_wide_stroke_takes_all_of_it_back(studio: Studio) -> None:
    project = studio.server.import_picture(png(4096, 4096))
    studio.open(f"/#{project['id']}")
    studio.wait_for_picture()
    studio.use_brush(1800, hardness=0)
    studio.stroke_unsaved([(1200, 1200), (2900, 2900), (1200, 2900)])
    studio.press("Control+z")
    assert not agreed(studio).any()
    studio.press("Control+Shift+z")
    assert agreed(studio)[2900, 2000] > 200


@pytest.mark.parametrize(("width", "height"), [(1, 1), (16384, 512)])
def test_extreme_pictures_are_shown_whole_and_masked(studio: Studio, width: int, height: int) -> None:
    project = studio.server.import_picture(png(width, height))
    studio.open(f"/#{project['id']}")
    studio.wait_for_picture()
    x, y = studio.on_screen((0, 0))
    right, bottom = studio.on_screen((width, height))
    canvas = studio.page.evaluate("underpaint.editor.canvas.getBoundingClientRect().toJSON()")
    assert canvas["left"] <= x < right <= canvas["right"]
    assert canvas["top"] <= y < bottom <= canvas["bottom"]
    studio.use_brush(max(2, height / 2))
    studio.stroke([(width * 0.3, height / 2), (width * 0.7, height / 2)])
    mask = studio.drawn_mask()
    kept = np.asarray(Image.open(io.BytesIO(studio.server.read(f"/nodes/{studio.head}/layers/mask.png"))))
    assert np.array_equal(mask, kept)
    assert mask[height // 2, width // 2] == 255
