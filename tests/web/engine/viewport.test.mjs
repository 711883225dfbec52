import assert from 'node:assert/strict';
import { test } from 'node:test';
import { docPoint, viewPoint } from '../../../src/underpaint/server/web/engine/types.js';
import { MAX_ZOOM, MIN_ZOOM, Viewport } from '../../../src/underpaint/server/web/engine/viewport.js';

const ZOOMS = [0.05, 0.0731, 0.33, 1, 1.5, 7.99, 32], DPRS = [1, 1.25, 1.5, 2, 3], ASPECTS = [[8192, 8192], [1216, 832], [64, 4096], [1, 1]];

/** @param {number} width @param {number} height @param {number} dpr */
function viewportFor(width, height, dpr) {
  return Object.assign(new Viewport(), { picture: { width, height }, element: { width: 991, height: 640 }, dpr });
}

test('there and back for every zoom, density and aspect', () => {
  for (const zoom of ZOOMS) for (const dpr of DPRS) for (const [width, height] of ASPECTS) {
    const viewport = viewportFor(width, height, dpr);
    viewport.set({ zoom, x: 13.7 - width * zoom / 3, y: -5.1 });
    for (const [x, y] of [[0, 0], [0.5, 0.5], [width - 0.5, height - 0.5]]) {
      const back = viewport.toImage(viewport.toView(docPoint(x, y)));
      assert.ok(Math.hypot(back.x - x, back.y - y) < 1e-6, `zoom ${zoom}, dpr ${dpr}, ${width} × ${height}`);
    }
  }
});

test('zooming keeps the point under the cursor, up to a pixel of the screen', () => {
  for (const dpr of DPRS) {
    const viewport = viewportFor(1216, 832, dpr), at = viewPoint(311, 207);
    viewport.set(viewport.fitted());
    for (const factor of [1.1, 3, 0.2, 0.9]) {
      const before = viewport.toImage(at);
      viewport.set(viewport.zoomedAt(viewport.zoom * factor, at));
      const after = viewport.toView(before);
      const step = 0.5 * viewport.overlayPixel / dpr + 1e-6;
      assert.ok(Math.abs(after.x - at.x) <= step && Math.abs(after.y - at.y) <= step);
    }
  }
});

test('the picture lies on whole device pixels', () => {
  const viewport = viewportFor(1216, 832, 1.5);
  viewport.set({ zoom: 0.7, x: 10.123, y: 20.456 });
  assert.ok(Math.abs(viewport.deviceMatrix.x - Math.round(viewport.deviceMatrix.x)) < 1e-9);
});

test('zoom stays between its limits', () => {
  const viewport = viewportFor(100, 100, 1);
  viewport.set({ zoom: 1000, x: 0, y: 0 });
  assert.equal(viewport.zoom, MAX_ZOOM);
  viewport.set({ zoom: 0, x: 0, y: 0 });
  assert.equal(viewport.zoom, MIN_ZOOM);
});

test('fitting leaves a margin on all sides', () => {
  const viewport = viewportFor(1216, 832, 1);
  viewport.set(viewport.fitted());
  const { x, y, width, height } = viewport.boxToView({ x: 0, y: 0, width: 1216, height: 832 });
  assert.ok(x >= 15.5 && y >= 15.5 && x + width <= 991 - 15.5 && y + height <= 640 - 15.5);
});

test('the picture cannot be moved out of sight', () => {
  const viewport = viewportFor(1216, 832, 1);
  viewport.set({ zoom: 1, x: 1e6, y: -1e6 });
  assert.deepEqual(viewport.view, { zoom: 1, x: 991 - 48, y: 48 - 832 });
});

test('the whole of a very large picture can be seen on a phone', () => {
  for (const [width, height] of [[8192, 8192], [16384, 512], [1, 16384]]) {
    const viewport = Object.assign(new Viewport(), { picture: { width, height }, element: { width: 390, height: 500 } });
    viewport.set(viewport.fitted());
    const shown = viewport.boxToView({ x: 0, y: 0, width, height });
    assert.ok(shown.x >= 15 && shown.y >= 15 && shown.x + shown.width <= 376 && shown.y + shown.height <= 486, JSON.stringify(shown));
    viewport.set({ zoom: 0, x: 0, y: 0 });
    assert.equal(viewport.zoom, Math.min(MIN_ZOOM, viewport.fitted().zoom));
  }
});

test('what is in sight, in picture pixels', () => {
  const viewport = viewportFor(1216, 832, 1);
  viewport.set({ zoom: 2, x: -100, y: 40 });
  assert.deepEqual(viewport.seen, { x: 50, y: -20, width: 991 / 2, height: 320 });
});
