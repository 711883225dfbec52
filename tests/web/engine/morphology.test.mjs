import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutHoles } from '../../../src/underpaint/server/web/engine/pixels/holes.js';
import { feathered, gaussianWeights, grown, shrunk } from '../../../src/underpaint/server/web/engine/pixels/morphology.js';
import { inBlocks, planeOf, tilesOf } from '../../../src/underpaint/server/web/engine/pixels/planes.js';

let seed = 3;
const random = () => (seed = seed * 1103515245 + 12345 & 0x7fffffff) / 0x7fffffff;

/** @param {number} width @param {number} height @param {number} share of pixels that are set */
function noise(width, height, share, isSoft = false) {
  return { width, height, data: Uint8Array.from({ length: width * height }, () => (random() < share ? isSoft ? Math.ceil(random() * 255) : 255 : 0)) };
}

/** @param {{width: number, height: number, data: Uint8Array}} plane @param {number} px @param {(a: number, b: number) => number} pick */
function bruteForce({ width, height, data }, px, pick) {
  return data.map((_, i) => {
    let value = data[i];
    for (let dy = -Math.floor(px); dy <= px; dy++) for (let dx = -Math.floor(px); dx <= px; dx++) {
      const x = i % width + dx, y = Math.floor(i / width) + dy;
      if (dx * dx + dy * dy <= px * px && x >= 0 && y >= 0 && x < width && y < height) value = pick(value, data[y * width + x]);
    }
    return value;
  });
}

for (const px of [0, 1, 1.5, 2, 4, 7.3, 20]) {
  test(`grow and shrink ${px} px as by brute force`, () => {
    for (const plane of [noise(61, 47, 0.01), noise(40, 70, 0.02, true), noise(5, 33, 0.1), noise(33, 5, 0.9, true)]) {
      assert.deepEqual(grown(plane, px).data, bruteForce(plane, px, Math.max));
      assert.deepEqual(shrunk(plane, px).data, bruteForce(plane, px, Math.min));
    }
  });
}

test('a grown dot is a disc', () => {
  const plane = { width: 41, height: 41, data: new Uint8Array(41 * 41) };
  plane.data[20 * 41 + 20] = 255;
  grown(plane, 12).data.forEach((value, i) => assert.equal(value, Math.hypot(i % 41 - 20, Math.floor(i / 41) - 20) <= 12 ? 255 : 0));
});

test('feathering keeps the sum of a mask away from the border', () => {
  const plane = { width: 101, height: 101, data: new Uint8Array(101 * 101) };
  for (let y = 40; y < 60; y++) plane.data.fill(255, y * 101 + 40, y * 101 + 60);
  const { data } = feathered(plane, 5), sum = data.reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(sum / (255 * 400) - 1) < 0.01);
  assert.ok(data[50 * 101 + 50] > 200 && data[50 * 101 + 40] > 100 && data[50 * 101 + 40] < 150);
});

test('feathering follows the Gaussian', () => {
  const step = { width: 120, height: 61, data: new Uint8Array(120 * 61) };
  for (let y = 0; y < 61; y++) step.data.fill(255, y * 120 + 60, y * 120 + 120);
  const sigma = 6, row = feathered(step, sigma).data.subarray(30 * 120, 31 * 120);
  const weights = gaussianWeights(sigma), total = weights.reduce((sum, value, i) => sum + (i ? 2 : 1) * value, 0);
  assert.equal(total, 65536);
  for (let x = 42; x < 78; x++) assert.ok(Math.abs(row[x] / 255 - cdf((x - 59.5) / sigma)) < 0.01, `${x}`);
});

/** Normal distribution, Abramowitz and Stegun 26.2.17. @param {number} z */
function cdf(z) {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z < 0 ? tail : 1 - tail;
}

/** @param {string[]} rows # mask, . nothing, + soft rim */
const drawn = (rows) => ({ width: rows[0].length, height: rows.length, data: Uint8Array.from(rows.join(''), (c) => ({ '#': 255, '.': 0, '+': 200 })[c] ?? 0) });

test('holes are filled with their rim, bays are not', () => {
  const before = drawn([
    '..........',
    '.#####.##.',
    '.#+++#.#..',
    '.#+.+#.##.',
    '.#+++#..#.',
    '.#####.##.',
    '..........']);
  const after = withoutHoles(before).data;
  assert.equal(after[3 * 10 + 3], 255);
  assert.equal(after[3 * 10 + 2], 255); // rim next to the hole
  assert.equal(after[2 * 10 + 8], 0);   // open to the outside
  assert.equal(after[0], 0);
});

test('a region cut off by the border is outside', () => {
  assert.deepEqual([...withoutHoles(drawn(['..#', '..#', '###'])).data.subarray(0, 2)], [0, 0]);
});

test('holes as by brute force', () => {
  for (let round = 0; round < 20; round++) {
    const plane = noise(23, 17, 0.45), got = withoutHoles(plane).data, reached = new Set();
    const walk = (x, y) => {
      const i = y * 23 + x;
      if (x < 0 || y < 0 || x >= 23 || y >= 17 || plane.data[i] || reached.has(i)) return;
      reached.add(i);
      walk(x + 1, y); walk(x - 1, y); walk(x, y + 1); walk(x, y - 1);
    };
    for (let x = 0; x < 23; x++) walk(x, 0), walk(x, 16);
    for (let y = 0; y < 17; y++) walk(0, y), walk(22, y);
    got.forEach((value, i) => assert.equal(value, reached.has(i) ? 0 : 255));
  }
});

test('block by block is the same as at once', () => {
  const size = { width: 1100, height: 700 }, whole = { x: 0, y: 0, ...size };
  const plane = { ...size, data: new Uint8Array(size.width * size.height) };
  for (let y = 300; y < 620; y++) plane.data.fill(255, y * 1100 + 200, y * 1100 + 1100);
  plane.data[690 * 1100 + 510] = 99;
  const tiles = tilesOf(plane, size, whole);
  for (const [change, reach] of [[(p) => grown(p, 9), 9], [(p) => shrunk(p, 9), 9], [(p) => feathered(p, 4), 12]]) {
    const changed = new Map([...tiles, ...inBlocks(tiles, size, reach, change)]);
    assert.deepEqual(planeOf(changed, size, whole).data, change(plane).data);
  }
});

test('flat blocks are not touched', () => {
  let calls = 0;
  const size = { width: 4096, height: 4096 }, tiles = new Map(Array.from({ length: 256 }, (_, key) => [key, 255]));
  assert.equal(inBlocks(tiles, size, 5, (plane) => { calls++; return plane; }).size, 0);
  assert.equal(calls, 0);
});
