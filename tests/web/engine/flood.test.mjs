import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allLike, flooded } from '../../../src/underpaint/server/web/engine/pixels/flood.js';
import { planeOf } from '../../../src/underpaint/server/web/engine/pixels/planes.js';

/** @param {{width: number, height: number}} size @param {(x: number, y: number) => number} grey */
function pictureOf(size, grey) {
  const columns = Math.ceil(size.width / 256), asked = [];
  /** @param {number} key */
  const source = async (key) => {
    asked.push(key);
    const tile = new Uint8Array(256 * 256 * 4), left = key % columns * 256, top = Math.floor(key / columns) * 256;
    for (let y = 0; y < 256; y++) for (let x = 0; x < 256; x++) {
      const inside = left + x < size.width && top + y < size.height, value = inside ? grey(left + x, top + y) : 0;
      tile.set([value, value, value, inside ? 255 : 0], (y * 256 + x) * 4);
    }
    return tile;
  };
  return { source, asked };
}

/** @param {{width: number, height: number}} size @param {(x: number, y: number) => number} grey @param {{x: number, y: number}} seed @param {number} tolerance */
function bruteForce({ width, height }, grey, seed, tolerance) {
  const out = new Uint8Array(width * height), stack = [[seed.x, seed.y]], start = grey(seed.x, seed.y);
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [x, y] = next;
    if (x < 0 || y < 0 || x >= width || y >= height || out[y * width + x] || Math.abs(grey(x, y) - start) > tolerance) continue;
    out[y * width + x] = 255;
    stack.push([x + 1, y], [x - 1, y], [x, y + 1], [x, y - 1]);
  }
  return out;
}

const hash = (x, y) => Math.imul(Math.imul(x, 73856093) ^ Math.imul(y, 19349663), 2654435761) >>> 24;
const PICTURES = {
  noise: (x, y) => hash(x >> 1, y >> 1),
  rings: (x, y) => Math.floor(Math.hypot(x - 300, y - 250)) % 40 < 30 ? 200 : 20,
  spiral: (x, y) => ((x >> 3) % 2 && !((y < 8 && (x >> 4) % 2) || (y > 480 && !((x >> 4) % 2))) ? 0 : 255),
};

for (const [name, grey] of Object.entries(PICTURES)) {
  test(`flood fill as by brute force: ${name}`, async () => {
    const size = { width: 600, height: 500 }, seed = { x: 311, y: 255 }, { source } = pictureOf(size, grey);
    for (const tolerance of [0, 60, 130]) {
      const got = planeOf(await flooded(source, size, seed, tolerance), size, { x: 0, y: 0, ...size }).data;
      assert.deepEqual(got, bruteForce(size, grey, seed, tolerance), `tolerance ${tolerance}`);
    }
  });
}

test('only the tiles that are reached are asked for', async () => {
  const size = { width: 8192, height: 8192 }, { source, asked } = pictureOf(size, (x, y) => (x < 300 && y < 100 ? 255 : 0));
  const tiles = await flooded(source, size, { x: 5, y: 5 }, 10);
  assert.deepEqual([...new Set(asked)].sort((a, b) => a - b), [0, 1]);
  assert.equal(tiles.size, 2);
});

test('all that is alike, wherever it is', async () => {
  const size = { width: 600, height: 300 }, { source } = pictureOf(size, (x) => (x < 10 || x > 590 ? 99 : 0));
  const got = planeOf(await allLike(source, size, { x: 3, y: 3 }, 0), size, { x: 0, y: 0, ...size }).data;
  assert.equal(got.reduce((sum, value) => sum + value, 0), 255 * 300 * (10 + 9));
});
