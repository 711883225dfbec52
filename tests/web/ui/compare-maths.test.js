// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cutPlacement, settledDetent, viewAround, wipeAfterKey } from '../../../src/underpaint/server/web/ui/compare-maths.js';

const PICTURE = { width: 800, height: 600 };

test('a cut is widened to the aspect around its middle', () => {
  assert.deepEqual(viewAround({ x: 300, y: 200, width: 100, height: 100 }, PICTURE, 2), { x: 250, y: 200, width: 200, height: 100 });
});

test('a cut at the border moves inside the picture', () => {
  assert.deepEqual(viewAround({ x: 0, y: 500, width: 100, height: 100 }, PICTURE, 2), { x: 0, y: 500, width: 200, height: 100 });
});

test('a cut never asks for more than the picture', () => {
  const view = viewAround({ x: 0, y: 0, width: 800, height: 600 }, PICTURE, 1);
  assert.deepEqual(view, { x: 100, y: 0, width: 600, height: 600 });
});

test('the placement is the inverse of the cut', () => {
  assert.deepEqual(cutPlacement({ x: 400, y: 300, width: 200, height: 200 }, PICTURE, 1), { width: 400, left: -200, top: -150 });
  assert.deepEqual(cutPlacement(null, PICTURE, 4 / 3), { width: 100, left: -0, top: -0 });
});

test('arrows move the wipe by 1 %, with Shift by 10 %, and it stays on the picture', () => {
  assert.equal(wipeAfterKey(0.5, 'ArrowRight', false), 0.51);
  assert.equal(wipeAfterKey(0.05, 'ArrowLeft', true), 0);
  assert.equal(wipeAfterKey(0.5, 'End', false), 1);
  assert.equal(wipeAfterKey(0.5, 'a', false), undefined);
});

test('a sheet settles on the nearest detent, or the next one when flicked', () => {
  const detents = [0, 0.45, 0.75, 1];
  assert.equal(settledDetent(0.5, 0, detents), 0.45);
  assert.equal(settledDetent(0.5, 2, detents), 0.75);
  assert.equal(settledDetent(0.5, -2, detents), 0.45);
  assert.equal(settledDetent(0.4, -2, detents), 0);
  assert.equal(settledDetent(1, 2, detents), 1);
});
