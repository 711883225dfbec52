"""The page as a person uses it, and its state and pixels as a test reads them."""

import base64
import io
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page

from tests.browser.server import RunningServer

Point = tuple[float, float]
JOB_TIMEOUT_MS = 240_000
SETTLE_TIMEOUT_MS = 60_000
TREE_TRUNK: tuple[Point, ...] = ((620, 150), (660, 170), (640, 220), (620, 180), (650, 260), (650, 330))
"""A stroke over empty sky and field at the right of the sample."""


class Studio:
    """One tab."""

    def __init__(self, page: Page, server: RunningServer) -> None:
        self.page, self.server = page, server

    # getting somewhere

    def open(self, path: str = "/") -> "Studio":
        self.page.goto("about:blank")  # a new hash alone would not load the page again
        self.page.goto(self.server.url + path)
        self.page.wait_for_selector("html[data-ready=true]")
        return self

    def open_sample(self) -> "Studio":
        self.open()
        self.button("Open the sample").click()
        self.wait_for_picture()
        return self

    def reload(self) -> None:
        self.page.reload()
        self.page.wait_for_selector("html[data-ready=true]")
        self.wait_for_picture()

    def wait_for_picture(self) -> None:
        self.wait("underpaint.store.headNode.value && underpaint.editor.hasPicture")
        self.settle()

    # reading

    def value(self, signal: str) -> Any:
        """The value of a signal of the store."""
        return self.page.evaluate(f"underpaint.store.{signal}.value")

    @property
    def head(self) -> str:
        return self.value("headNode")["id"]

    @property
    def picture(self) -> str:
        return self.value("headNode")["picture"]["sha256"]

    def drawn_mask(self) -> np.ndarray:
        """The mask as the canvas draws it, uint8 (height, width)."""
        size = self.page.evaluate("underpaint.editor.size")
        text = self.page.evaluate(
            """() => new Promise((done) => {
              const reader = new FileReader();
              reader.onload = () => done(reader.result);
              reader.readAsDataURL(new Blob([underpaint.editor.drawnMask()]));
            })"""
        )
        pixels = np.frombuffer(base64.b64decode(text.partition(",")[2]), np.uint8)
        return pixels.reshape(size["height"], size["width"])

    def kept_layer(self, layer: str = "mask") -> np.ndarray:
        """The layer as the server has it: what a job gets."""
        data = self.server.read(f"/nodes/{self.head}/layers/{layer}.png")
        return np.asarray(Image.open(io.BytesIO(data)))

    def pixels(self, sha256: str) -> np.ndarray:
        return np.asarray(Image.open(io.BytesIO(self.server.read(f"/pictures/{sha256}"))))

    def jobs(self) -> list[dict[str, Any]]:
        """The project's jobs as the server knows them, newest first."""
        return self.server.get(f"/jobs?project_id={self.value('project')['id']}")

    # waiting

    def wait(self, expression: str, timeout_ms: float = 20_000) -> None:
        """Until the expression is true in the page. (The page's content policy forbids Playwright's own way.)"""
        deadline = time.monotonic() + timeout_ms / 1000
        while not self.page.evaluate(f"Boolean({expression})"):
            assert time.monotonic() < deadline, f"never true: {expression}"
            self.page.wait_for_timeout(50)

    def settle(self) -> None:
        """Until nothing is being drawn, encoded or saved. (The browser may forget a promise that Playwright awaits.)"""
        self.page.evaluate(
            """() => {
              window.isSettled = false;
              underpaint.editor.settled().then(() => { window.isSettled = true; });
            }"""
        )
        self.wait("window.isSettled", SETTLE_TIMEOUT_MS)
        self.wait("underpaint.store.saveState.value === 'saved'")

    def wait_for_results(self) -> dict[str, Any]:
        """Until the newest job is over; that job."""
        ended = "['done', 'failed', 'cancelled'].includes(underpaint.store.activeJob.value?.state)"
        self.wait(ended, JOB_TIMEOUT_MS)
        return self.value("activeJob")

    # acting

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=False).first

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tool(self, key: str) -> None:
        """Chooses a tool by its key, with the focus out of any text field."""
        self.page.get_by_role("application").first.focus()
        self.press(key)

    def use_brush(self, size: float, hardness: float = 1) -> None:
        """Sets the brush of the masks, in picture pixels."""
        self.page.evaluate(
            """brush => {
              const { toolOptions } = underpaint.store;
              toolOptions.value = { ...toolOptions.value, brush };
            }""",
            {"size": size, "hardness": hardness},
        )

    def on_screen(self, point: Point) -> Point:
        """A picture point in the page's CSS pixels."""
        x, y = self.page.evaluate(
            """([x, y]) => {
              const { zoom, x: left, y: top } = underpaint.editor.view;
              const box = underpaint.editor.canvas.getBoundingClientRect();
              return [box.left + x * zoom + left, box.top + y * zoom + top];
            }""",
            list(point),
        )
        return x, y

    def stroke(self, points: Sequence[Point] = TREE_TRUNK, *, pieces: int = 4) -> None:
        """Draws with the mouse through points of the picture, and waits until it is saved."""
        self.stroke_unsaved(points, pieces=pieces)
        self.settle()

    def stroke_unsaved(self, points: Sequence[Point], *, pieces: int = 4) -> None:
        """Draws with the mouse."""
        mouse = self.page.mouse
        mouse.move(*self.on_screen(points[0]))
        mouse.down()
        for point in points[1:]:
            mouse.move(*self.on_screen(point), steps=pieces)
        mouse.up()

    def describe(self, prompt: str) -> None:
        self.page.get_by_label("Prompt", exact=True).fill(prompt)
        self.settle()

    def choose(self, group: str, option: str) -> None:
        """One of a group of radio buttons."""
        self.page.get_by_role("radiogroup", name=group).get_by_role("radio", name=option).first.click()
        self.settle()

    def choose_file(self, button: str, file: Path) -> None:
        """Gives a file to the button that asks for one."""
        with self.page.expect_file_chooser() as chooser:
            self.button(button).click()
        chooser.value.set_files(file)

    def hold(self, part: str) -> None:
        """From now on the page gets what it reads from addresses with this part only after `release`."""
        self.page.evaluate(
            """part => {
              const really = window.fetch;
              let release;
              const released = new Promise((resolve) => { release = resolve; });
              window.heldAnswers = 0;
              window.fetch = async (address, options) => {
                const answer = await really(address, options);
                if (options?.method === 'GET' && String(address).includes(part)) {
                  window.heldAnswers += 1;
                  await released;
                }
                return answer;
              };
              window.releaseAnswers = () => {
                window.fetch = really;
                release();
              };
            }""",
            part,
        )

    def wait_until_held(self) -> None:
        self.wait("window.heldAnswers > 0")

    def release(self) -> None:
        """Lets the held answers through."""
        self.page.evaluate("window.releaseAnswers()")

    def draft_quality(self, steps: int = 6) -> None:
        """Few steps, so that tests are quick."""
        self.page.get_by_role("button", name="Sampling").click()
        slider = self.page.get_by_role("slider", name="Steps")
        slider.press("Home")
        for _ in range(steps - 1):
            slider.press("ArrowRight")
        self.settle()
        assert self.value("request")["sampling"]["steps"] == steps

    def generate(self) -> None:
        self.button("Generate").click()
        self.wait("underpaint.store.activeJob.value !== null")
