// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultRequest } from '../../../src/underpaint/server/web/state/defaults.js';
import { withSetting } from '../../../src/underpaint/server/web/state/settings.js';
import {
  aboutText, batchSizes, expectedSeconds, headAndRest, isInside, scalingText, stepsOf, zoneOf, zoneText,
} from '../../../src/underpaint/server/web/state/zones.js';
/** @import { Job } from '../../../src/underpaint/server/web/api/api.d.ts' */

test('the recommended strength depends on underpainting and area', () => {
  assert.deepEqual(zoneOf('original', 'only-masked'), [0.25, 0.5]);
  assert.deepEqual(zoneOf('original', 'whole'), [0.7, 0.95]);
  assert.equal(zoneText('sketch', [0.35, 0.6]), '0.35 – 0.60 for a sketch');
  assert.equal(zoneText('latent-noise', [0.75, 1]), '0.75 – 1.00 for noise');
  assert.ok(isInside(0.1 + 0.25, [0.35, 0.6]), 'binary dust does not put a value outside');
  assert.ok(!isInside(0.34, [0.35, 0.6]));
});

test('steps are those of the engine, or unknown', () => {
  assert.deepEqual(stepsOf(null, 20), { runs: null, of: 20, known: 'exact', again: 0 });
  const inspection = { frame: null, working_width: 256, working_height: 256, runs_steps: 9, steps_known: /** @type {const} */ ('at-most'), of_steps: 20, resampled_steps: 3, mask_cover: 0, mask_cover_of_frame: 0, advice: [], notes: [] };
  assert.deepEqual(stepsOf(inspection, 20), { runs: 9, of: 20, known: 'at-most', again: 3 });
});

test('scaling is said by the longer sides', () => {
  assert.equal(scalingText({ x: 0, y: 0, width: 602, height: 602 }, 768, 768), '602 → 768 px');
  assert.equal(scalingText({ x: 0, y: 0, width: 278, height: 398 }, 224, 320), '398 → 320 px');
  assert.equal(scalingText({ x: 0, y: 0, width: 256, height: 256 }, 256, 256), '256 px');
});

test('batches can be of every size that divides the images', () => assert.deepEqual(batchSizes(6), [1, 2, 3, 6]));

/** @param {Partial<Job>} change @returns {Job} */
const job = (change) => ({
  id: 'j', project_id: 'p', node_id: 'n', name: '', state: 'done', position: 0, request: defaultRequest(), underpainting: 'fill', task: 'add',
  results: [0, 1].map((index) => ({ index, state: /** @type {const} */ ('done'), seed: index, picture: null, changed_outside_px: 0, change_delta_e: 1, seconds: 3, is_starred: false, kept_as: null })),
  created_at: '2026-01-01T00:00:00Z', started_at: null, finished_at: null, seconds: 8, error: null, was_resumed: false, is_dismissed: false, variety_delta_e: null, progress: null, ...change,
});

test('time is only promised when the same work was measured', () => {
  const request = defaultRequest();
  assert.equal(expectedSeconds([job({})], request, 'n'), 16, 'two images took 8 s, four take 16');
  assert.equal(expectedSeconds([job({})], withSetting(request, 'sampling.steps', 40), 'n'), null);
  assert.equal(expectedSeconds([job({ state: 'failed' })], request, 'n'), null);
  assert.equal(aboutText(22.4), 'about 22 s');
  assert.equal(aboutText(600), 'about 10 min');
});

test('an advice begins with its first sentence', () => {
  assert.deepEqual(headAndRest('Noise at 0.40 will stay visible. It needs 0.75 or more.'), ['Noise at 0.40 will stay visible.', 'It needs 0.75 or more.']);
  assert.deepEqual(headAndRest('Original keeps what is there below 0.70.'), ['Original keeps what is there below 0.70.', '']);
});
