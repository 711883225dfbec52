import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Edit } from '../../../src/underpaint/server/web/engine/edit.js';
import { Mips, halvedTile } from '../../../src/underpaint/server/web/engine/render/mips.js';
import { TileLayer } from '../../../src/underpaint/server/web/engine/tiles.js';

/** A sketch tile with these four colours in each 2 × 2 pixels. @param {number[][]} four RGBA */
function tileOf(four) {
  const tile = new Uint8Array(256 * 256 * 4);
  for (let y = 0; y < 256; y++) for (let x = 0; x < 256; x++) tile.set(four[2 * (y & 1) + (x & 1)], (y * 256 + x) * 4);
  return tile;
}

/** @param {number[][]} four */
const halved = (four) => [.../** @type {Uint8Array} */ (halvedTile(tileOf(four), 1, 4)).subarray(0, 4)];

test('colours are averaged by their alpha', () => {
  assert.deepEqual(halved([[10, 20, 30, 255], [30, 40, 50, 255], [10, 20, 30, 255], [30, 40, 50, 255]]), [20, 30, 40, 255]);
  assert.deepEqual(halved([[200, 100, 50, 255], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]), [200, 100, 50, 64]);
  assert.deepEqual(halved([[255, 0, 0, 255], [0, 0, 255, 85], [0, 0, 0, 0], [0, 0, 0, 0]]), [191, 0, 64, 85]);
});

test('what is even or empty stays as it is, and a faint pixel does not vanish', () => {
  assert.deepEqual(halved(Array(4).fill([7, 8, 9, 200])), [7, 8, 9, 200]);
  assert.deepEqual(halved(Array(4).fill([0, 0, 0, 0])), [0, 0, 0, 0]);
  assert.deepEqual(halved([[90, 80, 70, 1], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]), [90, 80, 70, 1]);
  assert.equal(halvedTile(0xff102030, 3, 4), 0xff102030);
});

test('halvings of the sketch follow partial writes', () => {
  const layer = new TileLayer({ width: 256, height: 256 }, 4), mips = new Mips(layer), edit = new Edit(layer);
  layer.onchange = (key, area) => mips.invalidate(key, area);
  edit.write(0).set([1, 2, 3, 255], 0);
  layer.touch(0, { x: 0, y: 0, width: 1, height: 1 });
  mips.at(0, 3);
  edit.write(0).set([9, 8, 7, 255], (201 * 256 + 77) * 4);
  layer.touch(0, { x: 77, y: 201, width: 1, height: 1 });
  for (const level of [1, 2, 3]) assert.deepEqual(mips.at(0, level), halvedTile(layer.tile(0), level, 4), `level ${level}`);
});
