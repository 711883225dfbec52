"""The mask that is drawn is the mask that is sent, whatever the zoom, the screen and the picture."""

import hashlib
import io
import time

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.pictures import png
from tests.browser.server import RunningServer
from tests.browser.studio import Studio
from tests.browser.watching import watched

ASPECTS = [(640, 480), (97, 1201), (1201, 97), (333, 331)]


def open_picture(studio: Studio, width: int, height: int) -> None:
    project = studio.server.import_picture(png(width, height))
    studio.open(f"/#{project['id']}")
    studio.wait_for_picture()


def look_at(studio: Studio, x: float, y: float, zoom: float) -> None:
    """Puts a picture point into the middle of the canvas."""
    studio.page.evaluate(
        """([x, y, zoom]) => {
          const { clientWidth, clientHeight } = underpaint.editor.canvas;
          underpaint.editor.setView({ zoom, x: clientWidth / 2 - x * zoom, y: clientHeight / 2 - y * zoom });
        }""",
        [x, y, zoom],
    )


@pytest.mark.parametrize("ratio", [1, 1.5, 2, 3])
def test_drawn_is_sent_at_every_zoom(browser: Browser, shared_server: RunningServer, ratio: float) -> None:
    with watched(browser, viewport={"width": 1280, "height": 800}, device_scale_factor=ratio) as context:
        studio = Studio(context.new_page(), shared_server)
        for width, height in ASPECTS:
            open_picture(studio, width, height)
            for zoom in (0.05, 0.37, 1, 3.3, 32):
                drawn_is_sent(studio, width, height, zoom)


def drawn_is_sent(studio: Studio, width: int, height: int, zoom: float) -> None:
    x, y = width * 0.4, height * 0.6
    look_at(studio, x, y, zoom)
    brush = max(9, 4 / zoom)  # a pixel of the screen is many of the picture when zoomed out
    studio.use_brush(brush, hardness=0.8)
    reach = min(20 / zoom, width / 4)
    studio.press("Delete")
    studio.settle()
    studio.stroke([(x - reach, y), (x + reach, y)], pieces=3)
    drawn = studio.drawn_mask()
    assert np.array_equal(drawn, studio.kept_layer()), (width, height, zoom)
    assert drawn[int(y), int(x)] == 255, f"{width}x{height} at {zoom}: the brush paints elsewhere"
    beyond = int(x - reach - brush - 2 / zoom)
    assert beyond < 0 or drawn[int(y), beyond] == 0


@pytest.mark.parametrize(("width", "height"), [(1, 10_000), (10_000, 1)])
def test_a_picture_of_one_row_of_pixels_is_seen(studio: Studio, width: int, height: int) -> None:
    open_picture(studio, width, height)
    for share in (0.2, 0.8):
        colour = [255 * share * (width > 1), 255 * share * (height > 1), 128]
        seen, deadline = [], time.monotonic() + 20
        while not seen or np.abs(np.subtract(seen, colour)).max() > 8:
            assert time.monotonic() < deadline, f"{seen} instead of {colour}"
            studio.page.evaluate("underpaint.editor.setFrame(null)")  # comes late, and lies over all of it
            studio.page.evaluate(
                "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
            )
            seen = seen_at(studio, int(width * share), int(height * share))


def seen_at(studio: Studio, x: float, y: float) -> list[int]:
    """RGB of the canvas where a picture point is."""
    return studio.page.evaluate(
        """([x, y]) => {
          const { canvas, view } = underpaint.editor;
          const [left, top] = [x * view.zoom + view.x, y * view.zoom + view.y].map((at) => Math.floor(at * devicePixelRatio));
          return [...canvas.getContext('2d').getImageData(left, top, 1, 1).data].slice(0, 3);
        }""",
        [x, y],
    )


def test_the_frame_shown_is_the_frame_sent(studio: Studio) -> None:
    studio.open_sample()
    studio.draft_quality(3)
    studio.stroke()
    studio.wait("underpaint.store.inspection.value?.frame?.width < 768")
    frame = studio.value("inspection")["frame"]
    studio.describe("tree")
    studio.page.get_by_role("spinbutton", name="Images").or_(
        studio.page.get_by_label("Images")
    ).first.wait_for()
    studio.generate()
    job = studio.wait_for_results()
    changed = studio.pixels(job["results"][0]["picture"]["sha256"]) != studio.pixels(studio.picture)
    rows, columns = np.nonzero(changed.any(axis=2))
    assert frame["x"] <= columns.min()
    assert columns.max() < frame["x"] + frame["width"]
    assert frame["y"] <= rows.min()
    assert rows.max() < frame["y"] + frame["height"]


def test_undo_and_redo_of_many_strokes(studio: Studio) -> None:
    studio.open_sample()
    masks = [studio.drawn_mask()]
    for i in range(12):
        studio.stroke([(60 + 50 * i, 60), (90 + 50 * i, 300)], pieces=2)
        masks.append(studio.drawn_mask())
    for mask in reversed(masks[:-1]):
        studio.press("Control+z")
        studio.settle()
        assert np.array_equal(studio.drawn_mask(), mask)
    for mask in masks[1:]:
        studio.press("Control+Shift+z")
        studio.settle()
        assert np.array_equal(studio.drawn_mask(), mask)
    assert np.array_equal(studio.kept_layer(), masks[-1])


def test_mask_commands_reach_the_server(studio: Studio) -> None:
    studio.open_sample()
    studio.stroke()
    plain = studio.drawn_mask()
    for key in ("Alt+]", "Control+i"):
        studio.press(key)
        studio.settle()
        assert np.array_equal(studio.drawn_mask(), studio.kept_layer()), key
    inverted = studio.drawn_mask()
    assert inverted[0, 0] == 255
    assert (255 - inverted).sum() > plain.sum(), "grown before it was inverted"
    studio.press("Delete")
    studio.settle()
    assert not studio.kept_layer().any()


def test_click_select_takes_the_dress(studio: Studio) -> None:
    studio.open_sample()
    studio.tool("w")
    studio.page.mouse.click(*studio.on_screen((353, 330)))
    studio.wait("!underpaint.editor.isMaskEmpty", 30_000)
    studio.settle()
    mask = studio.drawn_mask() > 127
    assert mask[330, 353]
    assert not mask[40, 100], "the sky is not part of it"
    assert 1_000 < mask.sum() < 60_000
    assert np.array_equal(studio.drawn_mask(), studio.kept_layer())


def digest_of_drawn_mask(page: Page) -> str:
    return page.evaluate(
        """async () => {
          const digest = await crypto.subtle.digest('SHA-256', underpaint.editor.drawnMask());
          return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
        }"""
    )


def test_an_8k_picture_is_masked_and_repainted(studio: Studio) -> None:
    open_picture(studio, 8192, 8192)
    studio.draft_quality(3)
    look_at(studio, 4000, 4000, 0.5)
    studio.use_brush(120, hardness=0.8)
    studio.stroke([(3900, 3900), (4100, 3950), (4000, 4150)])
    kept = np.asarray(Image.open(io.BytesIO(studio.server.read(f"/nodes/{studio.head}/layers/mask.png"))))
    assert digest_of_drawn_mask(studio.page) == hashlib.sha256(kept.tobytes()).hexdigest()
    studio.describe("tree with green leaves, field, day")
    studio.generate()
    job = studio.wait_for_results()
    assert job["state"] == "done", job["error"]
    assert {result["changed_outside_px"] for result in job["results"]} == {0}
