"""Takes the pictures of the studio's states: `make screenshots`. Needs Chromium; uses the real server and engine."""

import io
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.server import RunningServer
from tests.browser.studio import Studio

FOLDER = Path(__file__).parent / "images" / "studio"
QUALITY = 82
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
CROWN = (
    (600, 120),
    (640, 95),
    (690, 120),
    (705, 170),
    (670, 215),
    (620, 210),
    (590, 160),
    (640, 150),
    (660, 190),
)
TRUNK = ((648, 220), (650, 300), (652, 370))


def masked(studio: Studio) -> None:
    studio.open_sample()
    studio.page.evaluate("underpaint.editor.brush = { size: 74, hardness: 0.8 }")
    studio.stroke(CROWN)
    studio.page.evaluate("underpaint.editor.brush = { size: 56, hardness: 0.8 }")
    studio.stroke(TRUNK)
    studio.describe("tree with green leaves, field, sunset")


def prepared(studio: Studio) -> None:
    studio.wait("underpaint.store.underpaintings.value && !underpaint.store.isPreparing.value", 120_000)
    studio.page.wait_for_timeout(800)


def empty(studio: Studio) -> None:
    studio.open()


def edit(studio: Studio) -> None:
    masked(studio)
    prepared(studio)


def paint(studio: Studio) -> None:
    masked(studio)
    studio.tool("p")
    for colour, size, points in (
        ("#6a4028", 26, TRUNK),
        ("#4d7233", 64, ((615, 160), (660, 130), (680, 180), (625, 190))),
        ("#a8a040", 22, ((625, 130), (665, 115))),
    ):
        studio.page.evaluate(
            "([colour, size]) => { underpaint.editor.paint = { size, hardness: 0.9, opacity: 1, colour }; }",
            [colour, size],
        )
        studio.stroke(points)
    studio.choose("Masked content", "Sketch")
    prepared(studio)


def advice(studio: Studio) -> None:
    masked(studio)
    studio.choose("Masked content", "Noise")
    slider = studio.page.get_by_role("slider", name="Denoising strength")
    for _ in range(7):
        slider.press("ArrowLeft")
        slider.press("PageDown")
    prepared(studio)


def expert(studio: Studio) -> None:
    edit(studio)
    for section in ("Sampling", "Noise"):
        studio.page.get_by_role("button", name=section).first.click()
    studio.page.get_by_role("button", name="Noise").last.scroll_into_view_if_needed()


def generating(studio: Studio) -> None:
    edit(studio)
    studio.generate()
    studio.wait("underpaint.store.activeJob.value.results[0].state === 'done'", 240_000)
    studio.wait("underpaint.store.activeJob.value.progress?.preview > 0", 60_000)
    studio.page.wait_for_timeout(900)


def picking(studio: Studio) -> None:
    edit(studio)
    studio.generate()
    studio.wait_for_results()
    studio.press("2")
    studio.page.wait_for_timeout(900)


def tree(studio: Studio) -> None:
    picking(studio)
    first = studio.head
    studio.press("Enter")
    studio.wait(f"underpaint.store.headNode.value.id !== '{first}'")
    studio.settle()
    studio.press("Control+z")
    studio.wait(f"underpaint.store.headNode.value.id === '{first}'")
    studio.page.wait_for_timeout(500)
    studio.describe("tree with pink leaves, field, sunset")
    studio.generate()
    studio.page.wait_for_timeout(500)
    studio.wait_for_results()
    studio.press("1", "Enter")
    studio.wait(f"underpaint.store.headNode.value.id !== '{first}'")
    studio.settle()
    studio.press("t")
    studio.page.wait_for_timeout(900)


def queue(studio: Studio) -> None:
    edit(studio)
    studio.generate()
    studio.describe("tree with pink leaves, field, sunset")
    studio.press("Control+Enter")
    studio.describe("tree with orange leaves, field, sunset")
    studio.press("Control+Enter")
    studio.page.evaluate("document.activeElement.blur()")
    studio.press("q")
    studio.wait("underpaint.store.activeJob.value.progress?.preview > 0", 60_000)
    studio.page.wait_for_timeout(900)


def shortcuts(studio: Studio) -> None:
    edit(studio)
    studio.page.evaluate("document.activeElement.blur()")
    studio.press("?")


def offline(studio: Studio) -> None:
    edit(studio)
    studio.server.kill()
    studio.wait("underpaint.store.connection.value === 'offline'", 30_000)
    studio.page.wait_for_timeout(500)


def phone_run(studio: Studio) -> None:
    masked_by_touch(studio)
    studio.generate()
    studio.wait("underpaint.store.activeJob.value.results[0].state === 'done'", 240_000)
    studio.page.wait_for_timeout(900)


def phone_pick(studio: Studio) -> None:
    masked_by_touch(studio)
    studio.generate()
    studio.wait_for_results()
    studio.press("2")
    studio.page.wait_for_timeout(900)


def masked_by_touch(studio: Studio) -> None:
    """The phone's page has its prompt in the sheet; the mask is painted with a mouse here."""
    studio.open_sample()
    studio.page.evaluate("underpaint.editor.brush = { size: 74, hardness: 0.8 }")
    studio.stroke(CROWN)
    studio.stroke(TRUNK)
    open_sheet(studio)
    studio.describe("tree with green leaves, field, sunset")
    studio.press("Escape")
    studio.page.wait_for_timeout(400)


def open_sheet(studio: Studio) -> None:
    studio.page.locator(".pchip, [aria-controls=sheet], .set-chip").first.click()
    studio.page.wait_for_timeout(400)


def phone_sheet(studio: Studio) -> None:
    masked_by_touch(studio)
    open_sheet(studio)
    prepared(studio)


STATES: dict[str, Callable[[Studio], None]] = {
    state.__name__.replace("_", "-"): state
    for state in (empty, edit, paint, advice, expert, generating, picking, tree, queue, shortcuts, offline)
}
PHONE_STATES: dict[str, Callable[[Studio], None]] = {
    "phone": masked_by_touch,
    "phone-sheet": phone_sheet,
    "phone-run": phone_run,
    "phone-pick": phone_pick,
}


def take(browser: Browser, name: str, reach: Callable[[Studio], None], theme: str, *, is_phone: bool) -> None:
    """One picture, from a server of its own, so that states do not see each other."""
    with tempfile.TemporaryDirectory() as folder:
        server = RunningServer(Path(folder) / "data")
        server.start()
        context = browser.new_context(
            viewport=PHONE if is_phone else DESKTOP,  # type: ignore[arg-type]
            device_scale_factor=2 if is_phone else 1,
            has_touch=is_phone,
            is_mobile=is_phone,
            color_scheme=theme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        studio = Studio(context.new_page(), server)
        try:
            reach(studio)
            picture = Image.open(io.BytesIO(studio.page.screenshot()))
            picture.convert("RGB").save(FOLDER / f"{name}-{theme}.webp", quality=QUALITY, method=6)
        finally:
            context.close()
            server.stop()
    print(f"{name}-{theme}.webp", flush=True)


def main() -> None:
    import sys

    wanted = set(sys.argv[1:])
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for is_phone, states in ((False, STATES), (True, PHONE_STATES)):
            for name, reach in states.items():
                for theme in ("dark", "light"):
                    if not wanted or wanted & {name, f"{name}-{theme}"}:
                        take(browser, name, reach, theme, is_phone=is_phone)
        browser.close()


if __name__ == "__main__":
    main()
