// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { extendedSize, isNothing, NO_SIDES, sidesForAspect, withSide } from '../../../src/underpaint/server/web/ui/extend-maths.js';

const PICTURE = { width: 768, height: 512 };

test('a side grows on the grid, never below nothing', () => {
  assert.equal(withSide(PICTURE, NO_SIDES, 'right', 321).right, 320);
  assert.equal(withSide(PICTURE, NO_SIDES, 'top', -40).top, 0);
});

test('the canvas stays within what the server takes', () => {
  const sides = withSide(PICTURE, { ...NO_SIDES, left: 4000 }, 'right', 9000);
  assert.ok(extendedSize(PICTURE, sides).width <= 8192);
  assert.equal(sides.right, 3424);
});

test('an aspect is reached by growing one direction evenly', () => {
  assert.deepEqual(sidesForAspect(PICTURE, 1), { left: 0, right: 0, top: 128, bottom: 128 });
  assert.deepEqual(extendedSize(PICTURE, sidesForAspect(PICTURE, 16 / 9)), { width: 912, height: 512 });
  assert.equal(isNothing(sidesForAspect(PICTURE, 1.5)), true);
});
