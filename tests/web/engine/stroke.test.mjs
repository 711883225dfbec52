import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Edit } from '../../../src/underpaint/server/web/engine/edit.js';
import { Stroke, maskInk, sketchInk } from '../../../src/underpaint/server/web/engine/stroke.js';
import { halvedTile } from '../../../src/underpaint/server/web/engine/render/mips.js';
import { StrokePreview } from '../../../src/underpaint/server/web/engine/render/stroke-preview.js';
import { TileLayer } from '../../../src/underpaint/server/web/engine/tiles.js';

/** @typedef {{x: number, y: number, radius: number, strength: number}} Dab */

/** @param {Dab[]} dabs @param {number} hardness */
function painted(dabs, hardness, { width = 300, height = 280, how = 'add', before = (layer) => {} } = {}) {
  const layer = new TileLayer({ width, height }, 1);
  before(layer);
  const edit = new Edit(layer), stroke = new Stroke(maskInk(edit, how), hardness);
  dabs.forEach((dab) => stroke.to(dab, true));
  stroke.finish();
  edit.commit();
  return layer;
}

/** The definition: the largest coverage over all pieces, each by distance to its axis. @param {Dab[]} dabs @param {number} hardness */
function reference(dabs, hardness, width, height) {
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
    for (let i = 0; i < dabs.length; i++) {
      const a = dabs[Math.max(0, i - 1)], b = dabs[i], dx = b.x - a.x, dy = b.y - a.y, qx = x + 0.5 - a.x, qy = y + 0.5 - a.y;
      const length = dx * dx + dy * dy, u = length ? Math.min(1, Math.max(0, (qx * dx + qy * dy) / length)) : 0;
      const d = Math.hypot(qx - u * dx, qy - u * dy), radius = a.radius + u * (b.radius - a.radius), outer = radius + 0.5;
      const inner = Math.max(-0.5, Math.min(outer - 1, radius * hardness)), t = Math.min(1, Math.max(0, (d - inner) / (outer - inner)));
      out[y * width + x] = Math.max(out[y * width + x], Math.round(255 * (a.strength + u * (b.strength - a.strength)) * (1 - t * t * (3 - 2 * t))));
    }
  }
  return out;
}

const dab = (x, y, radius = 20, strength = 1) => ({ x, y, radius, strength });
const ZIGZAG = [dab(40, 40), dab(200.3, 90.7), dab(60, 250.2), dab(60, 120), dab(140, 120), dab(140.1, 120.1)];
const CASES = {
  'hard dab': [[dab(100.5, 100.5, 30)], 1],
  'soft dab': [[dab(100.2, 99.9, 30)], 0],
  'one pixel': [[dab(10.5, 10.5, 0.5)], 1],
  'zigzag, hard': [ZIGZAG, 1],
  'zigzag, soft': [ZIGZAG, 0.3],
  'over the tile edges and the picture\'s': [[dab(250, 250, 40), dab(-10, 270, 40), dab(310, -5, 40)], 0.8],
  'pressure to size': [[dab(30, 30, 4), dab(150, 60, 25), dab(220, 200, 10)], 0.7],
  'pressure to opacity': [[dab(30, 30, 20, 0.2), dab(150, 60, 20, 0.9), dab(220, 200, 20, 0.5)], 0.7],
  'level and upright': [[dab(40, 100), dab(200, 100), dab(200, 220), dab(40, 220), dab(40, 100)], 0.9],
};

for (const [name, [dabs, hardness]] of Object.entries(CASES)) {
  test(`coverage as defined: ${name}`, () => {
    const got = painted(dabs, hardness).pixels(), want = reference(dabs, hardness, 300, 280);
    // the table over squared distances is a little coarse; nothing else may differ
    const worst = got.reduce((most, value, i) => Math.max(most, Math.abs(value - want[i])), 0);
    assert.ok(worst <= 2, `differs by ${worst}`);
  });
}

test('the same bytes on every machine', () => {
  const hash = createHash('sha256').update(painted(ZIGZAG, 0.6).pixels()).digest('hex');
  assert.equal(hash, 'f503e682c855f45da7815e82abda2536e9aa5c303bbe119a79ae6022d57a8542');
});

test('a stroke does not build up on itself', () => {
  const once = painted([dab(50, 50, 20, 0.5), dab(150, 50, 20, 0.5)], 0).pixels();
  const twice = painted([dab(50, 50, 20, 0.5), dab(150, 50, 20, 0.5), dab(50, 50, 20, 0.5)], 0).pixels();
  assert.deepEqual(twice, once);
});

test('two strokes do', () => {
  const layer = painted([dab(50, 50, 20, 0.5)], 1), edit = new Edit(layer);
  const stroke = new Stroke(maskInk(edit, 'add'), 1);
  stroke.to(dab(50, 50, 20, 0.5));
  stroke.finish();
  edit.commit();
  assert.equal(layer.pixel(50, 50), 128 + 128 - 64);
});

test('subtract takes away, intersect keeps what the stroke covers', () => {
  const full = (layer) => { for (let key = 0; key < layer.count; key++) layer.set(key, 200); };
  const less = painted([dab(50, 50)], 1, { how: 'subtract', before: full });
  assert.equal(less.pixel(50, 50), 0);
  assert.equal(less.pixel(150, 50), 200);
  const only = painted([dab(50, 50)], 1, { how: 'intersect', before: full });
  assert.equal(only.pixel(50, 50), 200);
  assert.equal(only.pixel(150, 50), 0);
});

test('pixels outside the picture stay 0', () => {
  const layer = painted([dab(299, 279, 60)], 1), tile = layer.tile(3);
  assert.ok(tile instanceof Uint8Array && tile.every((value, i) => value === 0 || (i & 255) < 44 && i >> 8 < 24));
});

/** @param {[number, number, number] | null} colour @param {number} opacity @param {number[][]} before bytes of pixel 0 after each stroke */
function sketched(colour, opacity, before = [0, 0, 0, 0]) {
  const layer = new TileLayer({ width: 64, height: 64 }, 4), first = new Edit(layer);
  for (let i = 0; i < 64 * 256; i++) first.write(0).set(before, i * 4);
  first.commit();
  const edit = new Edit(layer);
  const stroke = new Stroke(sketchInk(edit, colour, opacity), 1);
  stroke.to(dab(10, 10, 5));
  stroke.finish();
  edit.commit();
  const pixel = layer.pixel(10, 10), beside = layer.pixel(40, 40);
  return { pixel: [pixel & 255, pixel >> 8 & 255, pixel >> 16 & 255, pixel >>> 24], beside: [beside & 255, beside >> 8 & 255, beside >> 16 & 255, beside >>> 24] };
}

test('paint on nothing keeps its colour at any opacity', () => {
  assert.deepEqual(sketched([201, 33, 7], 0.02).pixel, [201, 33, 7, 5]);
  assert.deepEqual(sketched([201, 33, 7], 1).pixel, [201, 33, 7, 255]);
});

test('paint over paint mixes with straight alpha', () => {
  assert.deepEqual(sketched([255, 0, 0], 0.5, [0, 0, 255, 255]).pixel, [128, 0, 127, 255]);
  assert.deepEqual(sketched([255, 0, 0], 128 / 255, [0, 0, 255, 64]).pixel, [204, 0, 51, 160]);
});

test('pixels that are not painted on keep their bytes, however transparent', () => {
  assert.deepEqual(sketched([1, 2, 3], 1, [250, 125, 3, 1]).beside, [250, 125, 3, 1]);
});

test('the eraser takes alpha, not colour', () => {
  assert.deepEqual(sketched(null, 0.5, [10, 20, 30, 200]).pixel, [10, 20, 30, 100]);
  assert.deepEqual(sketched(null, 1, [10, 20, 30, 200]).pixel, [0, 0, 0, 0]);
});

test('only what a movement changed has to be drawn again', () => {
  const layer = new TileLayer({ width: 4096, height: 4096 }, 1), /** @type {{x: number, y: number, width: number, height: number}[]} */ areas = [];
  const edit = new Edit(layer), stroke = new Stroke(maskInk(edit, 'add'), 1);
  stroke.to(dab(2000, 2000));
  stroke.show({ x: 0, y: 0, width: 4096, height: 4096 });
  layer.onchange = (_, area) => areas.push(area);
  stroke.to(dab(2010, 2000));
  stroke.show({ x: 0, y: 0, width: 4096, height: 4096 });
  assert.ok(areas.length > 0);
  for (const { x, y, width, height } of areas) assert.ok(x >= 1999 && y >= 1979 && x + width <= 2032 && y + height <= 2021, JSON.stringify(areas));
});

let seed = 5;
const random = () => (seed = seed * 1103515245 + 12345 & 0x7fffffff) / 0x7fffffff;

/** A wander over 1100 × 700 pixels. @param {number} radius @param {boolean} isPen */
function wander(radius, isPen) {
  let x = 1100 * random(), y = 700 * random();
  return Array.from({ length: 30 }, () => {
    x += (random() - 0.5) * radius * 1.5;
    y += (random() - 0.5) * radius;
    return dab(x, y, isPen ? Math.max(1, radius * random()) : radius, isPen ? random() : 1);
  });
}

test('a stroke has the same bytes whenever its tiles are painted', () => {
  const size = { width: 1100, height: 700 }, all = { x: 0, y: 0, ...size };
  for (let round = 0; round < 12; round++) {
    const dabs = wander([3, 40, 300, 700][round % 4], round % 3 === 2), hardness = random();
    const [atOnce, atEnd, bitByBit] = [0, 1, 2].map((how) => {
      const layer = new TileLayer(size, 1), edit = new Edit(layer), stroke = new Stroke(maskInk(edit, 'add'), hardness);
      dabs.forEach((dab, i) => {
        stroke.to(dab, i === dabs.length - 1);
        if (how === 0) stroke.show(all);
        if (how === 2) stroke.work(i % 3 ? 0 : Infinity);
      });
      stroke.finish();
      edit.commit();
      return layer.pixels();
    });
    assert.deepEqual(atEnd, atOnce, `round ${round}`);
    assert.deepEqual(bitByBit, atOnce, `round ${round}`);
  }
});

test('a wide brush is shown in halvings that look like the halved mask', () => {
  const size = { width: 1100, height: 700 }, level = 2, layer = new TileLayer(size, 1), edit = new Edit(layer), ink = maskInk(edit, 'add');
  const preview = new StrokePreview(edit, ink.row, level, (tile) => halvedTile(tile, level, 1)), stroke = new Stroke(ink, 0.4, preview);
  wander(200, false).forEach((dab) => stroke.to(dab, true));
  stroke.show({ x: 0, y: 0, ...size });
  assert.ok(layer.isEmpty, 'the tiles come later');
  const shown = new Map(Array.from({ length: layer.count }, (_, key) => [key, preview.plane(key, level)?.slice()]));
  stroke.finish();
  for (const [key, plane] of shown) {
    const want = halvedTile(layer.tile(key), level, 1), { width, height } = layer.area(key);
    if (!plane) { assert.equal(want, 0); continue; }
    for (let y = 0; y < height >> level; y++) for (let x = 0; x < width >> level; x++) {
      const got = plane[y * 64 + x], exact = typeof want === 'number' ? want : want[y * 64 + x];
      assert.ok(Math.abs(got - exact) <= 4, `tile ${key}, ${x} ${y}: ${got} for ${exact}`);
    }
    assert.equal(preview.plane(key, level), undefined, 'then the tile itself is shown');
  }
});

test('while the brush moves on, tiles that it has left are painted', () => {
  const size = { width: 2048, height: 512 }, layer = new TileLayer(size, 1), edit = new Edit(layer), ink = maskInk(edit, 'add');
  const stroke = new Stroke(ink, 1, new StrokePreview(edit, ink.row, 1, (tile) => halvedTile(tile, 1, 1)));
  for (let x = 100; x <= 1500; x += 100) stroke.to(dab(x, 256, 90));
  stroke.work(Infinity);
  assert.equal(layer.pixel(300, 256), 255);
  assert.equal(layer.pixel(1500, 256), 0, 'still under the brush');
  assert.ok(!stroke.isComplete);
  assert.ok(stroke.work(Infinity), 'the brush rests');
  assert.equal(layer.pixel(1500, 256), 255);
});

test('a tile of one value is combined as one of many', () => {
  for (const how of ['add', 'subtract', 'intersect']) {
    const flat = painted(ZIGZAG, 0.3, { how, before: (layer) => layer.set(0, 99) }).pixels();
    const many = painted(ZIGZAG, 0.3, { how, before: (layer) => layer.set(0, new Uint8Array(65536).fill(99)) }).pixels();
    assert.deepEqual(many, flat);
  }
});
