// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { counted, dayText, durationText, leftText, momentText } from '../../../src/underpaint/server/web/ui/time-words.js';

test('durations are told in the units people use', () => {
  for (const [seconds, text] of /** @type {[number, string][]} */ ([
    [0, '0 s'], [0.3, 'under 1 s'], [1.4, '1 s'], [22, '22 s'], [59.6, '1 min'], [166, '2 min 46 s'], [3600, '1 h'], [3900, '1 h 5 min'],
  ])) assert.equal(durationText(seconds), text);
});

test('no time left is told before a step was timed', () => {
  assert.equal(leftText(null), '');
  assert.equal(leftText(12.6), '13 s left');
  assert.equal(leftText(-1), '0 s left');
});

test('days are named from the present day', () => {
  const now = new Date(2026, 10, 24, 0, 30);
  assert.equal(dayText(new Date(2026, 10, 24, 0, 1).toISOString(), now), 'today');
  assert.equal(dayText(new Date(2026, 10, 23, 23, 59).toISOString(), now), 'yesterday');
  assert.equal(dayText(new Date(2026, 10, 20).toISOString(), now), '20 Nov');
  assert.equal(dayText(new Date(2025, 10, 20).toISOString(), now), '20 Nov 2025');
  assert.equal(momentText(new Date(2026, 10, 24, 14, 5).toISOString(), now), 'today 14:05');
});

test('one step, two steps', () => {
  assert.equal(counted(1, 'step'), '1 step');
  assert.equal(counted(0, 'step'), '0 steps');
  assert.equal(counted(2, 'branch', 'branches'), '2 branches');
});
