"""Takes the pictures of the studio's states: `make screenshots`, or `python -m docs.screenshots picking tree`.

Needs Chromium; uses the real server and the real engine. The pages look as designed where the font Inter is installed.
"""

import io
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from math import cos, pi, sin
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from docs.sketch import TREE
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.painters import BROKEN, SHORT_OF_MEMORY
from tests.browser.server import RunningServer
from tests.browser.studio import JOB_TIMEOUT_MS, Point, Studio

FOLDER = Path(__file__).parent / "images" / "studio"
QUALITY = 82
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
ASIDE: Point = (900, 20)
"""Where the pointer is over nothing."""
PROMPT = "tree with green leaves, field, sunset"


def circle(x: float, y: float, radius: float, points: int = 14) -> tuple[Point, ...]:
    """Points on a circle, the first one twice."""
    turns = [2 * pi * i / points for i in range(points + 1)]
    return tuple((x + radius * cos(turn), y + radius * sin(turn)) for turn in turns)


CROWN = (*circle(640, 158, 60), *circle(640, 158, 24))
TRUNK = ((640, 230), (641, 300), (642, 372))


# steps on the way to a state


def options(studio: Studio, change: str) -> None:
    studio.page.evaluate(
        f"{{ const {{ toolOptions }} = underpaint.store; toolOptions.value = {{ ...toolOptions.value, {change} }}; }}"
    )


def mask(studio: Studio) -> None:
    for size, points in ((84, CROWN), (58, TRUNK)):
        options(studio, f"brush: {{ size: {size}, hardness: 0.8 }}")
        studio.stroke(points)


def sketch(studio: Studio) -> None:
    studio.page.evaluate("underpaint.editor.tool = underpaint.store.tool.value = 'paint'")
    for colour, size, points in TREE:
        options(studio, f"paint: {{ size: {size}, hardness: 0.95, opacity: 1, colour: '{colour}' }}")
        studio.stroke(points)


def masked(studio: Studio, prompt: str = PROMPT) -> None:
    studio.open_sample()
    mask(studio)
    studio.describe(prompt)


def calm(studio: Studio) -> None:
    """Everything that was asked for is shown, and no field has the focus."""
    studio.page.evaluate("document.activeElement.blur()")
    wanted = "underpaint.store.underpaintings.value && !underpaint.store.areOthersPreparing.value"
    studio.wait(wanted, 240_000)
    studio.page.wait_for_timeout(2300)  # advice changes at most every two seconds


def hover(studio: Studio, point: Point) -> None:
    studio.page.mouse.move(*studio.on_screen(point))


def images(studio: Studio, number: int) -> None:
    field = studio.page.get_by_role("textbox", name="Images")
    field.fill(str(number))
    field.press("Enter")
    studio.settle()


def first_result(studio: Studio) -> None:
    """The first image is there, the second one has a preview."""
    studio.page.mouse.move(*ASIDE)
    job = "underpaint.store.activeJob.value"
    studio.wait(f"{job}.results[0].state === 'done' && {job}.progress?.preview > 0", JOB_TIMEOUT_MS)
    studio.wait(f"{job}.progress.image === 1 && {job}.progress.step > 2", JOB_TIMEOUT_MS)


def keep(studio: Studio, number: int) -> None:
    """Keeps a result by its key."""
    before = studio.head
    studio.press(str(number))
    studio.wait(f"underpaint.store.picked.value?.index === {number - 1}")
    studio.press("Enter")
    studio.wait(f"underpaint.store.headNode.value.id !== '{before}'")
    studio.settle()


def go_to_the_start(studio: Studio) -> None:
    """Continues from the first picture, in the film."""
    studio.page.locator(".film button.frame").first.click()
    studio.wait("underpaint.store.headNode.value.parent_id === null && !underpaint.store.isSwitching.value")
    studio.settle()


def results_of(studio: Studio, prompt: str) -> None:
    studio.describe(prompt)
    studio.page.evaluate("document.activeElement.blur()")
    studio.generate()
    studio.page.wait_for_timeout(500)
    studio.wait_for_results()


# states


def first_run(studio: Studio) -> None:
    studio.open()
    studio.wait("underpaint.store.engineState.value === 'ready'", 60_000)


def empty(studio: Studio) -> None:
    for name, task, prompt in (
        ("Girl at sunset", "replace", PROMPT),
        ("Blossom", "replace", "tree with pink leaves, field, sunset"),
        ("Autumn", "replace", "tree with orange leaves, field, sunset"),
    ):
        masked(studio, prompt)
        studio.page.evaluate(f"document.querySelector('[data-value={task}]').click()")
        studio.settle()
        results_of(studio, prompt)
        keep(studio, 1)
        project = studio.value("project")["id"]
        studio.server.patch(f"/projects/{project}", {"name": name})
    studio.open()
    studio.page.locator(".rp").nth(2).wait_for()
    studio.page.wait_for_timeout(500)


def edit(studio: Studio) -> None:
    masked(studio)
    sketch(studio)
    options(studio, "brush: { size: 64, hardness: 0.8 }")
    studio.tool("b")
    calm(studio)
    hover(studio, (668, 150))


def paint(studio: Studio) -> None:
    masked(studio)
    sketch(studio)
    calm(studio)
    options(studio, "paint: { size: 42, hardness: 0.9, opacity: 1, colour: '#4d7a33' }")
    hover(studio, (668, 150))


def advice(studio: Studio) -> None:
    edit(studio)
    studio.choose("Masked content", "Noise")
    calm(studio)
    hover(studio, (668, 150))


def sections(studio: Studio, *names: str) -> None:
    for name in names:
        studio.page.get_by_role("button", name=name).and_(studio.page.locator(".acch")).click()
    studio.settle()
    studio.page.evaluate("document.activeElement.blur()")
    studio.page.wait_for_timeout(300)


def expert(studio: Studio) -> None:
    edit(studio)
    sections(studio, "Sampling", "Noise")
    studio.page.locator(".strength").evaluate("section => section.scrollIntoView()")
    hover(studio, (668, 150))


def advanced(studio: Studio) -> None:
    edit(studio)
    sections(studio, "Soft inpainting")
    studio.page.get_by_role("switch", name="Blend by difference").click()
    sections(studio, "Rules")
    studio.page.locator(".acch", has_text="Size").evaluate("section => section.scrollIntoView()")
    hover(studio, (668, 150))


def extend(studio: Studio) -> None:
    studio.open_sample()
    studio.page.get_by_role("radio", name="Extend").click()
    studio.page.get_by_role("dialog").wait_for()
    studio.page.wait_for_timeout(500)


def generating(studio: Studio) -> None:
    edit(studio)
    studio.generate()
    first_result(studio)


def picking(studio: Studio) -> None:
    edit(studio)
    studio.generate()
    studio.wait_for_results()
    studio.press("2")
    studio.page.wait_for_timeout(900)


def tree(studio: Studio) -> None:
    edit(studio)
    results_of(studio, PROMPT)
    keep(studio, 2)
    mask(studio)
    results_of(studio, "tree with orange leaves, field, sunset")
    keep(studio, 1)
    go_to_the_start(studio)
    studio.choose("Masked content", "Noise")
    studio.button("Set 0.85").click()
    results_of(studio, "tree with pink leaves, field, sunset")
    keep(studio, 1)
    studio.press("t")
    studio.page.mouse.move(*ASIDE)
    studio.page.wait_for_timeout(900)


def queue(studio: Studio) -> None:
    edit(studio)
    studio.generate()
    for prompt in ("tree with pink leaves, field, sunset", "house with a blue roof, field, sunset"):
        studio.describe(prompt)
        studio.press("Control+Enter")
        studio.page.wait_for_timeout(300)
    studio.page.evaluate("document.activeElement.blur()")
    studio.press("q")
    first_result(studio)


def shortcuts(studio: Studio) -> None:
    edit(studio)
    studio.press("?")
    studio.page.wait_for_timeout(300)


def offline(studio: Studio) -> None:
    edit(studio)
    studio.server.kill()
    studio.wait("underpaint.store.connection.value === 'offline'", 30_000)
    options(studio, "brush: { size: 58, hardness: 0.8 }")
    studio.stroke_unsaved(((560, 380), (640, 392), (720, 380)))
    studio.page.wait_for_timeout(2500)


def error(studio: Studio) -> None:
    """Out of memory."""
    edit(studio)
    studio.page.get_by_role("button", name="4 × 1 batch").click()
    studio.page.get_by_role("menuitemradio", name="4 at once").click()
    studio.settle()
    studio.generate()
    studio.wait_for_results()
    studio.page.wait_for_timeout(500)


def failed(studio: Studio) -> None:
    edit(studio)
    studio.generate()
    studio.wait_for_results()
    studio.page.wait_for_timeout(500)


def busy(studio: Studio) -> None:
    """Another project's job runs, this one's waits."""
    masked(studio)
    images(studio, 48)
    studio.generate()
    masked(studio)
    images(studio, 4)
    studio.press("Control+Enter")
    studio.wait("underpaint.store.activeJob.value !== null")
    studio.wait("underpaint.store.runningJob.value?.progress?.step > 0", JOB_TIMEOUT_MS)
    calm(studio)
    studio.page.mouse.move(*ASIDE)
    studio.page.wait_for_timeout(500)


def phone(studio: Studio) -> None:
    studio.open_sample()
    mask(studio)
    sketch(studio)
    options(studio, "brush: { size: 64, hardness: 0.8 }")
    studio.page.get_by_role("button", name="Mask brush").click()
    open_sheet(studio)
    studio.describe(PROMPT)
    studio.press("Escape")
    calm(studio)
    look_closely(studio)


def look_closely(studio: Studio) -> None:
    """The masked part fills the screen."""
    studio.page.evaluate(
        """() => {
          const { width, height } = underpaint.editor.canvas.getBoundingClientRect();
          const zoom = 1.16;
          underpaint.editor.setView({ zoom, x: width - 768 * zoom - 18, y: (height - 512 * zoom) / 2 });
        }"""
    )
    studio.page.wait_for_timeout(300)


def open_sheet(studio: Studio) -> None:
    studio.page.locator(".pchip").click()
    studio.page.wait_for_timeout(400)


def phone_sheet(studio: Studio) -> None:
    phone(studio)
    open_sheet(studio)
    calm(studio)


def phone_run(studio: Studio) -> None:
    phone(studio)
    studio.generate()
    first_result(studio)
    look_closely(studio)


def phone_pick(studio: Studio) -> None:
    phone(studio)
    studio.generate()
    studio.wait_for_results()
    studio.press("2")
    look_closely(studio)
    studio.page.wait_for_timeout(900)


@dataclass(frozen=True)
class State:
    """How to get there, and where."""

    reach: Callable[[Studio], None]
    is_phone: bool = False
    environment: dict[str, str] = field(default_factory=dict)
    """Of the server."""

    @property
    def name(self) -> str:
        return self.reach.__name__.replace("_", "-")


STATES = (
    *map(State, (first_run, empty, edit, paint, advice, expert, advanced, extend, generating, picking)),
    *map(State, (tree, queue, shortcuts, offline, busy)),
    State(error, environment=SHORT_OF_MEMORY),
    State(failed, environment=BROKEN),
    *(State(reach, is_phone=True) for reach in (phone, phone_sheet, phone_run, phone_pick)),
)


def take(browser: Browser, state: State, folder: Path) -> None:
    """The state in both themes, from a server of its own, so that states do not see each other."""
    server = RunningServer(folder / state.name, **state.environment)
    server.start()
    context = context_for(browser, state)
    studio = Studio(context.new_page(), server)
    try:
        state.reach(studio)
        for theme in ("dark", "light"):
            studio.page.evaluate(f"underpaint.store.theme.value = '{theme}'")
            studio.page.wait_for_timeout(250)
            picture = Image.open(io.BytesIO(studio.page.screenshot()))
            name = f"{state.name}-{theme}.webp"
            picture.convert("RGB").save(FOLDER / name, quality=QUALITY, method=6)
            print(name, flush=True)
    finally:
        context.close()
        server.stop()


def context_for(browser: Browser, state: State) -> BrowserContext:
    return browser.new_context(
        viewport=PHONE if state.is_phone else DESKTOP,
        device_scale_factor=2 if state.is_phone else 1,
        has_touch=state.is_phone,
        is_mobile=state.is_phone,
        color_scheme="dark",
        reduced_motion="reduce",
    )


def main() -> None:
    wanted = set(sys.argv[1:])
    unknown = wanted - {state.name for state in STATES}
    if unknown:
        raise SystemExit(
            f"No state is called {', '.join(unknown)}. Known: {', '.join(s.name for s in STATES)}"
        )
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for state in STATES:
            if not wanted or state.name in wanted:
                take(browser, state, Path(folder))
        browser.close()


if __name__ == "__main__":
    main()
