import assert from 'node:assert/strict';
import { test } from 'node:test';
import { box } from '../../../src/underpaint/server/web/engine/geometry.js';
import { Region } from '../../../src/underpaint/server/web/engine/region.js';

const ALL = box(0, 0, 1000, 1000);

test('boxes that lie together become one, others stay apart', () => {
  const region = new Region();
  for (const one of [box(0, 0, 10, 10), box(900, 900, 10, 10), box(10, 0, 10, 10), box(2, 2, 3, 3)]) region.add(one);
  assert.deepEqual(region.take(ALL), [box(900, 900, 10, 10), box(0, 0, 20, 10)]);
  assert.ok(region.isEmpty);
});

test('a box that joins two others joins them too', () => {
  const region = new Region();
  for (const one of [box(0, 0, 10, 10), box(20, 0, 10, 10), box(10, 0, 10, 10)]) region.add(one);
  assert.deepEqual(region.take(ALL), [box(0, 0, 30, 10)]);
});

test('many boxes become one around all, cut at the edge', () => {
  const region = new Region();
  for (let i = 0; i < 7; i++) region.add(box(150 * i, 150 * i, 5, 5));
  assert.deepEqual(region.take(box(0, 0, 500, 500)), [box(0, 0, 500, 500)]);
});
