import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Edit } from '../../../src/underpaint/server/web/engine/edit.js';
import { TILE_PIXELS, TileLayer, collapsed, expanded } from '../../../src/underpaint/server/web/engine/tiles.js';

/** @param {TileLayer} layer @param {(edit: Edit) => void} change */
function edited(layer, change) {
  const edit = new Edit(layer);
  change(edit);
  return edit.commit();
}

test('a flat tile is one number', () => {
  assert.equal(collapsed(new Uint8Array(TILE_PIXELS).fill(255), 1), 255);
  assert.equal(collapsed(expanded(0x80ff2010, 4), 4), 0x80ff2010);
  const mixed = new Uint8Array(TILE_PIXELS).fill(255);
  mixed[9] = 0;
  assert.equal(collapsed(mixed, 1), mixed);
  const pattern = new Uint8Array(TILE_PIXELS).map((_, i) => i & 3); // alike as words, not as bytes
  assert.equal(collapsed(pattern, 1), pattern);
});

test('keys of a box, clipped to the picture', () => {
  const layer = new TileLayer({ width: 600, height: 300 }, 1);
  assert.deepEqual([...layer.keysIn({ x: 250, y: 250, width: 10, height: 10 })], [0, 1, 3, 4]);
  assert.deepEqual([...layer.keysIn({ x: -50, y: -50, width: 20, height: 20 })], []);
  assert.deepEqual([...layer.keysIn({ x: 590, y: 290, width: 100, height: 100 })], [5]);
  assert.deepEqual(layer.area(5), { x: 512, y: 256, width: 88, height: 44 });
});

test('bounds and sum follow every write', () => {
  const layer = new TileLayer({ width: 600, height: 300 }, 1);
  assert.equal(layer.bounds(), null);
  edited(layer, (edit) => { edit.write(0)[10 * 256 + 20] = 200; edit.write(4)[5] = 1; });
  assert.deepEqual(layer.bounds(), { x: 20, y: 10, width: 242, height: 247 });
  assert.equal(layer.sum, 201);
  edited(layer, (edit) => edit.replace(0, 0));
  assert.deepEqual(layer.bounds(), { x: 261, y: 256, width: 1, height: 1 });
});

test('bounds equal brute force on random tiles', () => {
  let seed = 1;
  const random = () => (seed = seed * 1103515245 + 12345 & 0x7fffffff) / 0x7fffffff;
  for (let round = 0; round < 30; round++) {
    const layer = new TileLayer({ width: 256, height: 256 }, 1), points = Array.from({ length: 1 + round % 5 }, () => [Math.floor(random() * 256), Math.floor(random() * 256)]);
    edited(layer, (edit) => { for (const [x, y] of points) edit.write(0)[y * 256 + x] = 1; });
    const xs = points.map(([x]) => x), ys = points.map(([, y]) => y), x = Math.min(...xs), y = Math.min(...ys);
    assert.deepEqual(layer.bounds(), { x, y, width: Math.max(...xs) - x + 1, height: Math.max(...ys) - y + 1 });
  }
});

test('bounds of the sketch look at alpha', () => {
  const layer = new TileLayer({ width: 300, height: 300 }, 4);
  edited(layer, (edit) => edit.write(0).set([9, 9, 9, 0, 9, 9, 9, 1], 0));
  assert.deepEqual(layer.bounds(), { x: 1, y: 0, width: 1, height: 1 });
});

test('an edit keeps what was there, and its patch goes both ways', async () => {
  const layer = new TileLayer({ width: 300, height: 300 }, 1);
  edited(layer, (edit) => edit.replace(0, 255));
  const patch = edited(layer, (edit) => { edit.write(0)[7] = 3; });
  assert.equal(layer.pixel(7, 0), 3);
  await patch.swap(layer, null);
  assert.equal(layer.tile(0), 255);
  await patch.swap(layer, null);
  assert.equal(layer.pixel(7, 0), 3);
  assert.equal(layer.pixel(8, 0), 255);
});

test('an edit without effect leaves no patch, a cancelled one no trace', () => {
  const layer = new TileLayer({ width: 300, height: 300 }, 1);
  assert.equal(edited(layer, (edit) => edit.write(0)), null);
  assert.equal(layer.tile(0), 0);
  const edit = new Edit(layer);
  edit.write(1)[0] = 9;
  edit.cancel();
  assert.ok(layer.isEmpty);
});

test('a later edit never writes into a tile that undo holds', () => {
  const layer = new TileLayer({ width: 256, height: 256 }, 1);
  edited(layer, (edit) => { edit.write(0)[0] = 1; });
  const second = edited(layer, (edit) => { edit.write(0)[0] = 2; });
  edited(layer, (edit) => { edit.write(0)[0] = 3; });
  assert.equal(/** @type {Uint8Array} */ (second.tiles.get(0))[0], 1);
});

test('pixels of a layer row by row', () => {
  const layer = new TileLayer({ width: 258, height: 2 }, 1);
  edited(layer, (edit) => { edit.write(1)[0] = 5; edit.write(0)[256 + 255] = 6; });
  const pixels = layer.pixels();
  assert.equal(pixels.length, 516);
  assert.equal(pixels[256], 5);
  assert.equal(pixels[258 + 255], 6);
});

test('only complete edits are sent, and never part of one in progress', () => {
  const layer = new TileLayer({ width: 600, height: 256 }, 1);
  edited(layer, (edit) => { edit.write(0)[0] = 1; });
  const edit = new Edit(layer);
  edit.write(0)[0] = 2;
  edit.write(1)[0] = 2;
  assert.deepEqual([...layer.dirty], [0]);
  assert.equal(/** @type {Uint8Array} */ (layer.kept(0))[0], 1);
  edit.cancel();
  assert.deepEqual([...layer.dirty], [0], 'what was cancelled never happened');
  assert.equal(layer.pixel(0, 0), 1);
  const last = new Edit(layer);
  last.write(1)[0] = 3;
  last.commit();
  assert.deepEqual([...layer.dirty], [0, 1]);
  assert.equal(/** @type {Uint8Array} */ (layer.kept(1))[0], 3);
});

test('a packed patch goes both ways', async () => {
  const layer = new TileLayer({ width: 600, height: 256 }, 1), tiles = new Map(), packer = {
    pack: async (grid, packed) => { assert.deepEqual(grid, layer.grid); const buffer = new ArrayBuffer(9); tiles.set(buffer, packed); return buffer; },
    unpack: async (_, buffer) => tiles.get(buffer),
  };
  edited(layer, (edit) => { edit.write(0)[5] = 7; });
  const patch = edited(layer, (edit) => { edit.write(0)[5] = 8; });
  assert.equal(patch.bytes, 65536 + 16);
  await patch.pack(layer.grid, packer);
  assert.equal(patch.bytes, 9);
  await Promise.all([patch.swap(layer, packer), patch.pack(layer.grid, packer)]);
  assert.equal(layer.pixel(5, 0), 7);
  assert.ok(patch.isPacked);
  await patch.swap(layer, packer);
  assert.equal(layer.pixel(5, 0), 8);
});
