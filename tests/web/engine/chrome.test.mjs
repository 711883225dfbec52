import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frameLabel, labelPlace } from '../../../src/underpaint/server/web/engine/render/chrome.js';

const PHONE = { width: 390, height: 600 }, WIDTH = 230;

test('the label has the four numbers of the frame', () => {
  assert.equal(frameLabel({ x: 504, y: 16, width: 208, height: 360 }), 'Model sees 208 × 360 at 504, 16');
});

test('the label is above the frame, inside it when there is no room', () => {
  assert.deepEqual(labelPlace({ x: 40, y: 100, width: 100, height: 90 }, WIDTH, PHONE), { x: 40, y: 72 });
  assert.deepEqual(labelPlace({ x: 40, y: 10, width: 100, height: 90 }, WIDTH, PHONE), { x: 48, y: 16 });
});

test('the label stays in sight as long as the frame does', () => {
  for (const frame of [
    { x: 300, y: 100, width: 80, height: 90 }, { x: -200, y: 100, width: 220, height: 90 }, { x: 10, y: -500, width: 100, height: 520 },
    { x: -900, y: -900, width: 2000, height: 2000 }, { x: 380, y: 590, width: 90, height: 90 },
  ]) {
    const place = labelPlace(frame, WIDTH, PHONE);
    assert.ok(place && place.x >= 0 && place.y >= 0 && place.x + WIDTH <= PHONE.width && place.y + 22 <= PHONE.height, JSON.stringify(place));
  }
  assert.equal(labelPlace({ x: 400, y: 100, width: 80, height: 90 }, WIDTH, PHONE), null);
});
