// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { announcementOf } from '../../../src/underpaint/server/web/ui/announcements.js';
import {
  batchText, placeBefore, progressText, queueGroups, queueLine, queueSummary, secondsFor, smallerBatch, startText,
} from '../../../src/underpaint/server/web/ui/job-words.js';
import { recipeRows } from '../../../src/underpaint/server/web/ui/recipe-rows.js';

/**
 * @typedef {import('../../../src/underpaint/server/web/api/api.d.ts').Job} Job
 * @typedef {import('../../../src/underpaint/server/web/api/api.d.ts').Progress} Progress
 */

const REQUEST = /** @type {Job['request']} */ ({
  model: 'storybook',
  prompt: { positive: 'a tree', negative: '', clip_skip: 1, emphasis: 'original' },
  mask: { mode: 'masked', grow_px: 0, blur_x_px: 4, blur_y_px: 4 },
  canvas: { content: 'original', area: 'only-masked', padding_px: 32, width: null, height: null, resize_mode: 'just-resize', background: '#ffffff' },
  sampling: { denoising_strength: 0.4, steps: 20, sampler: 'Euler a', scheduler: 'Karras', cfg_scale: 7, resampling: 0 },
  noise: { seed: 7, subseed: 0, subseed_strength: 0 },
  batch: { size: 1, count: 4 },
  controls: [{ model: 'lines', picture: null, preprocessor: 'lineart', weight: 0.8, start: 0, end: 1 }],
});

/**
 * @param {Partial<Job>} [changes]
 * @param {('done' | 'waiting' | 'skipped')[]} [states]
 * @returns {Job}
 */
const job = (changes = {}, states = ['waiting', 'waiting', 'waiting', 'waiting']) => /** @type {Job} */ ({
  id: 'a', project_id: 'p', node_id: 'n', name: 'Add tree', state: 'queued', position: 1, request: REQUEST,
  underpainting: 'sketch', task: 'add', created_at: '2026-11-24T00:00:00Z', started_at: null, finished_at: null, seconds: 0,
  error: null, was_resumed: false, is_dismissed: false, variety_delta_e: null, progress: null,
  results: states.map((state, index) => ({
    index, state, seed: 7 + index, picture: null, changed_outside_px: state === 'done' ? 0 : null, change_delta_e: null,
    seconds: null, is_starred: false, kept_as: null,
  })),
  ...changes,
});

/** @type {Progress} */
const PROGRESS = { phase: 'sample', image: 1, images: 4, step: 5, steps: 8, share: 0.41, eta_s: 13, preview: 3 };

test('a job tells its start and its state in one line', () => {
  assert.equal(startText(job()), 'Sketch · 0.40');
  assert.equal(startText(job({ node_id: null })), 'Text to image');
  assert.equal(queueLine(job()), '4 images, Sketch 0.40');
  assert.equal(queueLine(job({ state: 'running', progress: PROGRESS })), 'Image 2 of 4, step 5 of 8, 13 s left');
  assert.equal(queueLine(job({ state: 'paused' }, ['done', 'waiting', 'waiting', 'waiting'])), 'paused, 1 of 4 images ready');
  assert.equal(queueLine(job({ state: 'done', seconds: 21.4 }, ['done', 'done', 'done', 'done'])), '4 images, 21 s');
  assert.equal(queueLine(job({ state: 'cancelled', seconds: 9, was_resumed: true }, ['done', 'waiting', 'waiting', 'waiting'])), '1 of 4 images, 9 s, stopped, resumed after restart');
  assert.equal(progressText({ ...PROGRESS, phase: 'loading', image: 0, eta_s: null }), 'Image 1 of 4, loading the model');
});

test('the queue is grouped by what it wants from you', () => {
  const groups = queueGroups([job({ state: 'running' }), job(), job({ state: 'paused' }), job({ state: 'failed' }), job({ state: 'failed', is_dismissed: true }), job({ state: 'done' })]);
  assert.deepEqual([groups.now.length, groups.next.length, groups.needsYou.length, groups.done.length], [1, 2, 1, 1]);
  assert.equal(queueSummary(groups), '1 running, 2 waiting');
  assert.equal(queueSummary(queueGroups([])), 'nothing to do');
});

test('the time for waiting jobs comes from measured steps only', () => {
  const done = job({ state: 'done', seconds: 16 }, ['done', 'done', 'waiting', 'waiting']);
  assert.equal(secondsFor([job()], []), null);
  assert.equal(secondsFor([job()], [done]), 32);
  const again = job({ request: { ...REQUEST, sampling: { ...REQUEST.sampling, resampling: 3 } } });
  assert.equal(secondsFor([again], [done]), 64, 'three times the first third takes as long again');
});

test('moving a job names the one it is put before', () => {
  const next = ['a', 'b', 'c'].map((id) => job({ id }));
  assert.equal(placeBefore(next, 'a', 1), 'c');
  assert.equal(placeBefore(next, 'b', 1), null);
  assert.equal(placeBefore(next, 'c', -2), 'a');
  assert.equal(placeBefore(next, 'a', -1), undefined);
  assert.equal(placeBefore(next, 'c', 1), undefined);
});

test('a smaller batch makes the same number of images', () => {
  assert.equal(batchText({ size: 4, count: 1 }), '1 × 4');
  assert.deepEqual(smallerBatch({ size: 4, count: 1 }), { size: 2, count: 2 });
  assert.deepEqual(smallerBatch({ size: 2, count: 2 }), { size: 1, count: 4 });
  assert.deepEqual(smallerBatch({ size: 3, count: 1 }), { size: 1, count: 3 });
  assert.deepEqual(smallerBatch({ size: 6, count: 1 }), { size: 3, count: 2 });
  assert.equal(smallerBatch({ size: 1, count: 4 }), null);
});

test('each image that is ready is announced once, the last one with the count outside the mask', () => {
  const running = job({ state: 'running' });
  assert.equal(announcementOf(job(), running)?.text, 'Generating, 4 images');
  assert.equal(announcementOf(running, job({ state: 'running' }, ['done', 'done', 'waiting', 'waiting']))?.text, '2 of 4 ready');
  assert.equal(announcementOf(running, running), null);
  const done = job({ state: 'done' }, ['done', 'done', 'done', 'done']);
  assert.equal(announcementOf(running, done)?.text, '4 results, 0 pixels changed outside the mask');
  assert.equal(announcementOf(undefined, done), null);
});

test('only failures are urgent', () => {
  const failed = announcementOf(job({ state: 'running' }), job({ state: 'failed', error: { code: 'out-of-memory', message: 'Not enough memory.', field: null } }));
  assert.deepEqual(failed, { text: 'Not enough memory.', isUrgent: true });
});

test('a recipe leaves out what has no meaning', () => {
  const names = recipeRows({ request: REQUEST, underpainting: 'sketch', seed: 9, image: 'result 3 of 4' });
  assert.deepEqual(names.find(([name]) => name === 'Seed'), ['Seed', '9, result 3 of 4']);
  assert.deepEqual(names.find(([name]) => name === 'Area'), ['Area', 'Only masked, padding 32']);
  assert.deepEqual(names.find(([name]) => name === 'ControlNet'), ['ControlNet', 'lines 0.80 · lineart']);
  const grown = recipeRows({ request: { ...REQUEST, mask: { ...REQUEST.mask, grow_px: 6 }, sampling: { ...REQUEST.sampling, resampling: 1 } } });
  assert.deepEqual(grown.filter(([name]) => name === 'Mask growth' || name === 'Resampling'), [['Mask growth', '6 px'], ['Resampling', '1']]);
  assert.equal(names.some(([name]) => name === 'Not' || name === 'Size' || name === 'Variation'), false);
});
