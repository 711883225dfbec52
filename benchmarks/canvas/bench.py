"""Opens an 8192 × 8192 picture in Debian's Chromium without a graphics card and measures opening and strokes.

What a stroke costs is the time of the animation-frame callback plus that of the pointer events it shows, on the page's
own clock. Nothing is asserted: figures depend on the machine.
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

# Moves the pointer on the page's own clock: driving each event from outside would measure the driver.
STROKE = """
async ({points, rate, path}) => {
  const {editor, timings} = bench, canvas = document.querySelector('canvas');
  const fire = (type, x, y, buttons) => canvas.dispatchEvent(new PointerEvent(type, {
    pointerId: 1, pointerType: 'mouse', isPrimary: true, bubbles: true, cancelable: true, button: type === 'pointermove' ? -1 : 0, buttons,
    clientX: x, clientY: y}));
  const at = (t) => path === 'circle'
    ? [innerWidth / 2 + innerHeight * 0.35 * Math.cos(6.3 * t), innerHeight / 2 + innerHeight * 0.35 * Math.sin(6.3 * t)]
    : [innerWidth * (0.2 + 0.6 * t), innerHeight * (0.5 + 0.3 * Math.sin(20 * t))];
  await editor.settled();
  timings.frames.length = timings.events.length = 0;
  const costs = [];
  let sent = 0;
  fire('pointerdown', ...at(0), 1);
  const start = performance.now();
  while (sent < points) {
    const before = [timings.frames.length, timings.events.length];
    const due = Math.min(points, Math.ceil((performance.now() - start) / 1000 * rate) + 1);
    for (; sent < due; sent++) fire('pointermove', ...at(sent / points), 1);
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const sum = (list, from) => list.slice(from).reduce((a, b) => a + b, 0);
    costs.push(sum(timings.frames, before[0]) + sum(timings.events, before[1]));
  }
  fire('pointerup', ...at(1), 0);
  await editor.settled();
  return costs;
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
        browser.close()


def _strokes(page: Page, side: int) -> None:
    title = f"stroke, {POINTS} points at {RATE_HZ} Hz"
    print(f"{title:<40}{'p50':>8}{'p95':>8}{'max':>8}  ms per frame")
    fitted = "bench.editor.fit()"
    close = f"bench.editor.setView({{zoom: 1, x: {-side / 2}, y: {-side / 2}}})"
    for label, view, setup, path in (
        ("mask, whole picture, 64 px", fitted, "bench.editor.brush = {size: 64, hardness: 0.8}", "wave"),
        ("mask, whole picture, 800 px", fitted, "bench.editor.brush = {size: 800, hardness: 0.8}", "circle"),
        (
            "mask, whole picture, 800 px, soft",
            fitted,
            "bench.editor.brush = {size: 800, hardness: 0}",
            "wave",
        ),
        ("mask, 100 %, 64 px", close, "bench.editor.brush = {size: 64, hardness: 0.8}", "wave"),
        ("eraser, whole picture, 800 px", fitted, "bench.editor.tool = 'eraser'", "wave"),
        (
            "sketch, whole picture, 400 px",
            fitted,
            "bench.editor.tool = 'paint'; bench.editor.paint = {...bench.editor.paint, size: 400}",
            "wave",
        ),
        ("sketch, 100 %, 64 px", close, "bench.editor.paint = {...bench.editor.paint, size: 64}", "circle"),
    ):
        page.evaluate(f"{view}; {setup}")
        _print_costs(label, page.evaluate(STROKE, {"points": POINTS, "rate": RATE_HZ, "path": path}))
    for label, view in (("whole picture", fitted), ("100 %", close)):
        for verb in ("pan", "zoom"):
            page.evaluate(view)
            _print_costs(f"{verb}, {label}", page.evaluate(VIEW, {"frames": 100, "isZoom": verb == "zoom"}))
    for label, command in (
        ("invert", "invert()"),
        ("grow 4 px", "grow(4)"),
        ("pack the mask for sending", "readTiles('mask')"),
    ):
        taken = page.evaluate(
            f"(async () => {{const t = performance.now(); await bench.editor.{command}; return performance.now() - t}})()"
        )
        print(f"{label:<40}{taken:8.0f} ms")
    heap = page.evaluate("performance.memory.usedJSHeapSize")
    print(f"{'JavaScript heap':<40}{heap / 1e6:8.0f} MB")


def _print_costs(label: str, costs: list[float]) -> None:
    ordered = sorted(costs)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    print(f"{label:<40}{statistics.median(ordered):8.1f}{p95:8.1f}{ordered[-1]:8.1f}")


if __name__ == "__main__":
    main()
