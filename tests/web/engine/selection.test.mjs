import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Edit } from '../../../src/underpaint/server/web/engine/edit.js';
import { polygonRows } from '../../../src/underpaint/server/web/engine/raster/polygon.js';
import { alphaSelection, combineSelection, combineTile, combined, div255, inverted, polygonSelection } from '../../../src/underpaint/server/web/engine/selection.js';
import { TILE_PIXELS, TileLayer } from '../../../src/underpaint/server/web/engine/tiles.js';

/** @param {{x: number, y: number}[]} points */
function raster(points, width = 64, height = 64) {
  const out = new Uint8Array(width * height);
  for (const { x, y, cover } of polygonRows(points, { x: 0, y: 0, width, height })) out.set(cover, y * width + x);
  return out;
}

const p = (x, y) => ({ x, y });

test('div255 is rounded division', () => {
  for (let x = 0; x <= 65025; x++) assert.equal(div255(x), Math.round(x / 255));
});

test('a rectangle of whole pixels has no soft edge, wound either way', () => {
  const corners = [p(3, 5), p(20, 5), p(20, 9), p(3, 9)], got = raster(corners);
  got.forEach((value, i) => {
    const x = i % 64, y = i >> 6;
    assert.equal(value, x >= 3 && x < 20 && y >= 5 && y < 9 ? 255 : 0);
  });
  assert.deepEqual(raster(corners.toReversed()), got);
});

test('a part of a pixel is covered in part', () => {
  const got = raster([p(3.25, 5), p(5.5, 5), p(5.5, 6), p(3.25, 6)]);
  assert.deepEqual([...got.subarray(5 * 64 + 2, 5 * 64 + 7)], [0, 191, 255, 128, 0]);
});

test('a diamond has its area', () => {
  const area = raster([p(30, 10.3), p(50.2, 30), p(30, 49.7), p(9.8, 30)]).reduce((sum, value) => sum + value, 0) / 255;
  assert.ok(Math.abs(area - 20.2 * 19.7 * 2) < 1, `${area}`);
});

test('a loop drawn twice is filled, not hollow', () => {
  const square = [p(10, 10), p(30, 10), p(30, 30), p(10, 30)];
  assert.equal(raster([...square, ...square])[20 * 64 + 20], 255);
});

test('parts outside the clip are cut off', () => {
  const got = raster([p(-20, -20), p(100, -20), p(100, 100), p(-20, 100)]);
  assert.ok(got.every((value) => value === 255));
});

test('a polygon across tiles becomes flat tiles inside', () => {
  const layer = new TileLayer({ width: 1024, height: 1024 }, 1);
  const selection = polygonSelection([p(100, 100), p(900, 100), p(900, 900), p(100, 900)], layer);
  assert.equal(selection.get(layer.key(1, 1)), 255);
  assert.equal(selection.size, 16);
});

test('add, subtract and intersect agree on flat and mixed tiles', () => {
  const values = [0, 1, 64, 128, 254, 255];
  for (const how of /** @type {const} */ (['add', 'subtract', 'intersect'])) for (const before of values) for (const cover of values) {
    const want = combined[how](before, cover), mixed = new Uint8Array(TILE_PIXELS).fill(before), covers = new Uint8Array(TILE_PIXELS).fill(cover);
    for (const got of [combineTile(before, cover, how), combineTile(mixed, cover, how), combineTile(before, covers, how), combineTile(mixed, covers, how)]) {
      assert.equal(typeof got === 'number' ? got : got[77], want, `${how} ${before} ${cover}`);
    }
  }
});

test('intersecting clears the tiles that the selection does not reach', () => {
  const layer = new TileLayer({ width: 512, height: 256 }, 1), edit = new Edit(layer);
  layer.set(0, 255);
  layer.set(1, 255);
  combineSelection(edit, new Map([[1, 255]]), 'intersect');
  assert.equal(layer.tile(0), 0);
  assert.equal(layer.tile(1), 255);
});

test('inverting a large mask makes no pixels, and inverting twice is nothing', () => {
  const layer = new TileLayer({ width: 8192, height: 8192 }, 1);
  assert.ok([...inverted(layer).values()].every((tile) => tile === 255));
  const odd = new TileLayer({ width: 300, height: 300 }, 1);
  for (const [key, tile] of inverted(odd)) odd.set(key, tile);
  assert.deepEqual(odd.bounds(), { x: 0, y: 0, width: 300, height: 300 });
  assert.equal(odd.sum, 255 * 300 * 300);
  for (const [key, tile] of inverted(odd)) odd.set(key, tile);
  assert.ok(odd.isEmpty);
});

test("the sketch's alpha as a selection", () => {
  const sketch = new TileLayer({ width: 512, height: 256 }, 4), edit = new Edit(sketch);
  edit.write(0).set([1, 2, 3, 77], 8);
  edit.replace(1, 0xff102030);
  edit.commit();
  const selection = alphaSelection(sketch);
  assert.equal(/** @type {Uint8Array} */ (selection.get(0))[2], 77);
  assert.equal(selection.get(1), 255);
});
