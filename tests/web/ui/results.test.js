// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hasRecipe } from '../../../src/underpaint/server/web/state/incoming.js';
import { besideResult, trayStateOf } from '../../../src/underpaint/server/web/state/results.js';
import * as store from '../../../src/underpaint/server/web/state/store.js';
import { checksOf } from '../../../src/underpaint/server/web/ui/checks.js';
import { failureOf } from '../../../src/underpaint/server/web/ui/failure.js';
import { changedBox, inPicture } from '../../../src/underpaint/server/web/ui/picture-diff.js';

/**
 * @typedef {import('../../../src/underpaint/server/web/api/api.d.ts').Job} Job
 * @typedef {import('../../../src/underpaint/server/web/api/api.d.ts').JobResult} JobResult
 * @typedef {import('../../../src/underpaint/server/web/api/api.d.ts').Project} Project
 */

/** @param {Partial<JobResult>} [changes] @returns {JobResult} */
const result = (changes = {}) => ({
  index: 0, state: 'done', seed: 1, picture: null, changed_outside_px: 0, change_delta_e: 31.2, seconds: 1, is_starred: false, kept_as: null, ...changes,
});

/** @param {Job['state']} state @param {JobResult[]} results @param {Partial<Job>} [changes] */
const job = (state, results, changes = {}) => /** @type {Job} */ ({ state, results, variety_delta_e: null, ...changes });

test('the tray picks as soon as a job is over, and only fails when there is nothing to pick', () => {
  assert.equal(trayStateOf(null), 'hidden');
  assert.equal(trayStateOf(job('queued', [])), 'running');
  assert.equal(trayStateOf(job('running', [result()])), 'running');
  assert.equal(trayStateOf(job('done', [result()])), 'picking');
  assert.equal(trayStateOf(job('cancelled', [result()])), 'picking');
  assert.equal(trayStateOf(job('failed', [result()])), 'picking');
  assert.equal(trayStateOf(job('failed', [result({ state: 'waiting' })])), 'failed');
});

test('left and right go round, and start at the ends', () => {
  const results = [result({ index: 0 }), result({ index: 2 }), result({ index: 3 })];
  assert.equal(besideResult(results, 2, 1)?.index, 3);
  assert.equal(besideResult(results, 3, 1)?.index, 0);
  assert.equal(besideResult(results, null, 1)?.index, 0);
  assert.equal(besideResult(results, null, -1)?.index, 3);
  assert.equal(besideResult([], 0, 1), null);
});

test('only what was measured is listed', () => {
  assert.deepEqual(checksOf(job('done', [result()]), result({ changed_outside_px: null, change_delta_e: null })), []);
  const [outside, inside, variety] = checksOf(job('done', [result(), result()], { variety_delta_e: 3.25 }), result());
  assert.deepEqual([outside?.value, outside?.verdict], ['0 px changed', 'ok']);
  assert.deepEqual([inside?.value, inside?.verdict], ['clear, 31 ΔE', 'ok']);
  assert.deepEqual([variety?.name, variety?.value, variety?.verdict], ['Variety of the 2', 'alike, 3.3 ΔE', 'low']);
});

test('one changed pixel outside the mask is a failure, and is shown as one', () => {
  const [outside] = checksOf(job('done', []), result({ changed_outside_px: 1 }));
  assert.deepEqual([outside?.value, outside?.verdict, outside?.icon], ['1 px changed', 'bad', 'warn']);
});

test('out of memory offers a smaller batch, then a smaller size where the panel is its own; other failures another try', () => {
  const error = { code: 'out-of-memory', message: 'Not enough memory.', field: null };
  /** @param {{size: number, count: number}} batch */
  const request = (batch) => /** @type {Job['request']} */ ({ batch });
  const here = { project_id: 'p', node_id: 'n' };
  store.project.value = /** @type {Project} */ ({ id: 'p', head_id: 'n', nodes: [] });
  assert.equal(failureOf(job('failed', [], { error, request: request({ size: 4, count: 1 }) })).fix.label, 'Run 2 × 2');
  assert.equal(failureOf(job('failed', [], { ...here, error, request: request({ size: 1, count: 4 }) })).fix.label, 'Set 512 px');
  const elsewhere = { ...here, node_id: 'm' };
  assert.equal(failureOf(job('failed', [], { ...elsewhere, error, request: request({ size: 1, count: 4 }) })).fix.label, 'Try again', 'the panel is of another picture');
  assert.equal(failureOf(job('failed', [], { error: { ...error, code: 'engine' }, request: request({ size: 4, count: 1 }) })).fix.label, 'Try again');
});

test('the changed box is tight, and noise of the compression is not a change', () => {
  const width = 4;
  const before = new Uint8ClampedArray(4 * width * 3);
  const after = before.slice();
  after[4 * (1 * width + 2)] = 200;
  after[4 * (2 * width + 1) + 1] = 90;
  after[0] = 10;
  assert.deepEqual(changedBox(before, after, width), { x: 1, y: 1, width: 2, height: 2 });
  assert.equal(changedBox(before, before, width), null);
  assert.deepEqual(inPicture({ x: 10, y: 20, width: 100, height: 50 }, 2), { x: -4, y: 16, width: 248, height: 148 });
});

test('settings are recognised in ours, in A1111 files and in UTF-16', () => {
  assert.equal(hasRecipe('...Steps: 20, Sampler: Euler a, CFG scale: 7'), true);
  assert.equal(hasRecipe([...'Steps: 20, Sampler: Euler'].join('\0')), true);
  assert.equal(hasRecipe('tEXtunderpaint {"image_index":0}'), true);
  assert.equal(hasRecipe('Just a photo, 20 steps from the door'), false);
});
