// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineArtLock, withLineArtLock, withoutPicture } from '../../../src/underpaint/server/web/state/line-art.js';
/** @import { ControlUnit } from '../../../src/underpaint/server/web/api/api.d.ts' */

/** @type {ControlUnit} */
const canny = { model: 'canny', picture: 'a'.repeat(64), preprocessor: 'canny', weight: 0.5, start: 0, end: 1 };
/** @type {ControlUnit} */
const lines = { model: 'lines', picture: null, preprocessor: 'lineart', weight: 0.8, start: 0.1, end: 0.7 };

test('the lock is the unit that shows the lines of the picture itself', () => {
  assert.equal(lineArtLock([]), null);
  assert.equal(lineArtLock([canny, { ...lines, picture: 'b'.repeat(64) }]), null);
  assert.equal(lineArtLock([canny, lines]), lines);
});

test('choosing a ControlNet locks, with full weight', () => {
  assert.deepEqual(withLineArtLock([canny], { model: 'lines' }), [
    { model: 'lines', picture: null, preprocessor: 'lineart', weight: 1, start: 0, end: 1 }, canny,
  ]);
});

test('another weight or ControlNet changes nothing else', () => {
  assert.deepEqual(withLineArtLock([canny, lines], { weight: 0.3 }), [{ ...lines, weight: 0.3 }, canny]);
  assert.deepEqual(withLineArtLock([lines], { model: 'other' }), [{ ...lines, model: 'other' }]);
});

test('unlocking leaves other units', () => assert.deepEqual(withLineArtLock([canny, lines], null), [canny]));

test('without a picture only units with one of their own are left', () => assert.deepEqual(withoutPicture([canny, lines]), [canny]));
