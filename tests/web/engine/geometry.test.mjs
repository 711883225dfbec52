import assert from 'node:assert/strict';
import { test } from 'node:test';
import { box, boundsOf, contains, intersection, roundedOut, union } from '../../../src/underpaint/server/web/engine/geometry.js';

test('boxes that only touch do not meet', () => {
  assert.equal(intersection(box(0, 0, 4, 4), box(4, 0, 4, 4)), null);
  assert.deepEqual(intersection(box(0, 0, 4, 4), box(3, 2, 4, 4)), box(3, 2, 1, 2));
});

test('a union takes null for nothing', () => {
  assert.deepEqual(union(null, box(1, 2, 3, 4)), box(1, 2, 3, 4));
  assert.deepEqual(union(box(0, 0, 1, 1), box(5, 5, 1, 1)), box(0, 0, 6, 6));
  assert.equal(union(null, null), null);
});

test('rounding out never loses a point', () => {
  assert.deepEqual(roundedOut(box(-0.5, 1.2, 2, 0.1)), box(-1, 1, 3, 1));
});

test('bounds of points, and none of a line', () => {
  assert.deepEqual(boundsOf([{ x: 3, y: 1 }, { x: -1, y: 5 }]), box(-1, 1, 4, 4));
  assert.equal(boundsOf([{ x: 3, y: 1 }, { x: 3, y: 5 }]), null);
  assert.equal(boundsOf([]), null);
});

test('boxes are half open', () => {
  assert.ok(contains(box(0, 0, 2, 2), { x: 0, y: 1.99 }));
  assert.ok(!contains(box(0, 0, 2, 2), { x: 2, y: 1 }));
});
