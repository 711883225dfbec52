"""Opens an 8192 × 8192 picture in Debian's Chromium without a graphics card and measures opening and strokes.

What a stroke costs is the time of the animation-frame callbacks plus that of the pointer events they show, on the page's
own clock; `end` is the frame in which the pointer is lifted and the mask is complete. Nothing is asserted: figures depend
on the machine.
"""

import argparse
import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.canvas.pictures import save
from benchmarks.canvas.server import serving

FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--enable-precise-memory-info"),
]
POINTS = 200
RATE_HZ = 120
UNDO_STEPS = 200

# Moves the pointer on the page's own clock: driving each event from outside would measure the driver.
STROKE = """
async ({points, rate, path, isPen}) => {
  const {editor, timings} = bench, canvas = document.querySelector('canvas');
  const fire = (type, [x, y], t, buttons) => canvas.dispatchEvent(new PointerEvent(type, {
    pointerId: 1, pointerType: isPen ? 'pen' : 'mouse', isPrimary: true, bubbles: true, cancelable: true,
    button: type === 'pointermove' ? -1 : 0, buttons, clientX: x, clientY: y,
    pressure: isPen ? 0.6 + 0.4 * Math.sin(9 * t) : 0.5}));
  const at = (t) => path === 'circle'
    ? [innerWidth / 2 + innerHeight * 0.35 * Math.cos(6.3 * t), innerHeight / 2 + innerHeight * 0.35 * Math.sin(6.3 * t)]
    : [innerWidth * (0.2 + 0.6 * t), innerHeight * (0.5 + 0.3 * Math.sin(20 * t))];
  const sum = (list, from) => list.slice(from).reduce((a, b) => a + b, 0);
  const frame = async (act) => {
    const before = [timings.frames.length, timings.events.length];
    act();
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    return sum(timings.frames, before[0]) + sum(timings.events, before[1]);
  };
  await editor.settled();
  timings.frames.length = timings.events.length = 0;
  const costs = [];
  let sent = 0;
  fire('pointerdown', at(0), 0, 1);
  const start = performance.now();
  while (sent < points) {
    costs.push(await frame(() => {
      const due = Math.min(points, Math.ceil((performance.now() - start) / 1000 * rate) + 1);
      for (; sent < due; sent++) fire('pointermove', at(sent / points), sent / points, 1);
    }));
  }
  const end = await frame(() => fire('pointerup', at(1), 1, 0));
  await editor.settled();
  return {costs, end};
}
"""


VIEW = """
async ({frames, isZoom}) => {
  const {editor, timings} = bench, costs = [];
  await editor.settled();
  for (let i = 0; i < frames; i++) {
    const before = timings.frames.length, start = performance.now(), there = i % 20 < 10;
    if (isZoom) editor.zoomBy(there ? 1.05 : 1 / 1.05);
    else editor.setView({...editor.view, x: editor.view.x + (there ? 7 : -7), y: editor.view.y + 3 * (i % 2) - 1});
    const called = performance.now() - start;
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    costs.push(called + timings.frames.slice(before).reduce((a, b) => a + b, 0));
  }
  return costs;
}
"""


MASK_HASH = """
async () => {
  const digest = await crypto.subtle.digest('SHA-256', bench.editor.drawnMask());
  return Array.from(new Uint8Array(digest)).join();
}
"""

# Large overlapping strokes: each step of the history has many tiles to keep.
STROKES = """
async (count) => {
  const {editor} = bench, canvas = document.querySelector('canvas');
  for (let i = 0; i < count; i++) {
    const fire = (type, t, buttons) => canvas.dispatchEvent(new PointerEvent(type, {
      pointerId: 1, pointerType: 'mouse', isPrimary: true, bubbles: true, cancelable: true, button: type === 'pointermove' ? -1 : 0, buttons,
      clientX: innerWidth * (0.3 + 0.4 * ((i * 0.37 + t * 0.5) % 1)), clientY: innerHeight * (0.15 + 0.7 * ((i * 0.61 + t * 0.3) % 1)),
      altKey: i % 3 === 2}));
    fire('pointerdown', 0, 1);
    for (let t = 0.1; t < 1; t += 0.1) fire('pointermove', t, 1);
    fire('pointerup', 1, 0);
    if (i % 10 === 9) await editor.settled();
  }
  await editor.settled();
}
"""

UNDO_ALL = """
async () => {
  const start = performance.now();
  let steps = 0;
  while (await bench.editor.history.undo()) steps++;
  return {steps, ms: performance.now() - start};
}
"""


def main() -> None:
    """Prints one line per measurement."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.canvas", description=__doc__)
    parser.add_argument("--side", type=int, default=8192, help="of the square picture, pixels")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="browser to use")
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        for name in ("large.jpg", "large.png"):
            save(Path(folder), name, arguments.side, arguments.side)
        browser = playwright.chromium.launch(executable_path=arguments.chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1000, "height": 640})
        for name in ("large.jpg", "large.png"):
            page.goto(address)
            page.wait_for_selector("html[data-ready]")
            opened = page.evaluate(f"bench.open('/pictures/{name}', {arguments.side}, {arguments.side})")
            print(
                f"open {arguments.side} x {arguments.side} {name.rsplit('.', 1)[1]:<22}{opened / 1000:6.2f} s"
            )
        _strokes(page, arguments.side)
        _moves(page, arguments.side)
        _commands(page)
        _undo(page)
        browser.close()


def _strokes(page: Page, side: int) -> None:
    title = f"stroke, {POINTS} points at {RATE_HZ} Hz"
    print(f"{title:<40}{'p50':>8}{'p95':>8}{'max':>8}{'end':>8}  ms per frame")
    fitted, close = _fitted(), _close(side)
    for label, view, tool, size, hardness, path in (
        ("mask, whole picture, 64 px", fitted, "brush", 64, 0.8, "wave"),
        ("mask, whole picture, 800 px", fitted, "brush", 800, 0.8, "circle"),
        ("mask, whole picture, 800 px, soft", fitted, "brush", 800, 0, "wave"),
        ("mask, whole picture, 2048 px, soft", fitted, "brush", 2048, 0, "wave"),
        ("mask, whole picture, 800 px, pen", fitted, "brush", 800, 0.5, "wave"),
        ("mask, 50 %, 800 px, soft", _close(side, 0.5), "brush", 800, 0, "circle"),
        ("mask, 100 %, 64 px", close, "brush", 64, 0.8, "wave"),
        ("mask, 100 %, 800 px, soft", close, "brush", 800, 0, "circle"),
        ("eraser, whole picture, 800 px, soft", fitted, "eraser", 800, 0, "wave"),
        ("sketch, whole picture, 400 px", fitted, "paint", 400, 0.9, "wave"),
        ("sketch, whole picture, 1600 px, soft", fitted, "paint", 1600, 0, "circle"),
        ("sketch, 100 %, 64 px", close, "paint", 64, 0.9, "circle"),
    ):
        page.evaluate(view)
        page.evaluate(
            """([tool, size, hardness]) => {
              const {editor} = bench;
              editor.tool = tool;
              editor.brush = {size, hardness};
              editor.paint = {...editor.paint, size, hardness};
            }""",
            [tool, size, hardness],
        )
        stroke = {"points": POINTS, "rate": RATE_HZ, "path": path, "isPen": label.endswith("pen")}
        taken = page.evaluate(STROKE, stroke)
        _print_costs(label, taken["costs"], taken["end"])


def _fitted() -> str:
    return "bench.editor.fit()"


def _close(side: int, zoom: float = 1) -> str:
    return f"bench.editor.setView({{zoom: {zoom}, x: {-side * zoom / 2}, y: {-side * zoom / 2}}})"


def _moves(page: Page, side: int) -> None:
    for label, view in (("whole picture", _fitted()), ("100 %", _close(side))):
        for verb in ("pan", "zoom"):
            page.evaluate(view)
            _print_costs(f"{verb}, {label}", page.evaluate(VIEW, {"frames": 100, "isZoom": verb == "zoom"}))


def _commands(page: Page) -> None:
    for label, command in (
        ("invert", "invert()"),
        ("grow 4 px", "grow(4)"),
        ("pack the mask for sending", "readTiles('mask')"),
    ):
        taken = page.evaluate(
            f"(async () => {{const t = performance.now(); await bench.editor.{command}; return performance.now() - t}})()"
        )
        print(f"{label:<40}{taken:8.0f} ms")


def _undo(page: Page) -> None:
    """Memory with a long history, and whether all of it can be undone."""
    page.evaluate("bench.editor.history.clear(); bench.editor.fit()")
    page.evaluate("bench.editor.tool = 'brush'; bench.editor.brush = {size: 500, hardness: 0.3}")
    before = page.evaluate(MASK_HASH)
    page.evaluate(STROKES, UNDO_STEPS)
    heap = page.evaluate("performance.memory.usedJSHeapSize")
    page.context.new_cdp_session(page).send("HeapProfiler.collectGarbage")
    kept = page.evaluate("performance.memory.usedJSHeapSize")
    print(
        f"{f'JavaScript heap after {UNDO_STEPS} strokes':<40}{heap / 1e6:8.0f} MB, {kept / 1e6:.0f} of it in use"
    )
    print(f"{'of it for undo':<40}{page.evaluate('bench.editor.history.bytes') / 1e6:8.0f} MB")
    undone = page.evaluate(UNDO_ALL)
    same = "as it was" if page.evaluate(MASK_HASH) == before else "another mask than before"
    print(
        f"{'steps undone':<40}{undone['steps']:8d}     {same}, {undone['ms'] / max(1, undone['steps']):.0f} ms each"
    )


def _print_costs(label: str, costs: list[float], end: float | None = None) -> None:
    ordered = sorted(costs)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    last = "" if end is None else f"{end:8.1f}"
    print(f"{label:<40}{statistics.median(ordered):8.1f}{p95:8.1f}{ordered[-1]:8.1f}{last}", flush=True)


if __name__ == "__main__":
    main()
