// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultRequest, defaultSettings, PROFILES } from '../../../src/underpaint/server/web/state/defaults.js';
import {
  asRecommended, batchesOf, changeBetween, differsFromTask, isSame, settingAt, withModel, withSetting, withTask, withUnderpainting,
} from '../../../src/underpaint/server/web/state/settings.js';
import { fitted, forAnotherPicture } from '../../../src/underpaint/server/web/state/sticky.js';

/** @type {import('../../../src/underpaint/server/web/api/api.d.ts').TaskPreset} */
const ADD = {
  task: 'add', name: 'Add', description: '', underpainting: 'fill', denoising_strength: 0.75, area: 'only-masked', padding_px: 32,
  grow_px: 6, blur_px: 4, mask_mode: 'masked', resampling: 1, needs_picture: true,
};

test('a setting is changed by its path, and nothing else is', () => {
  const before = defaultRequest();
  const after = withSetting(before, 'sampling.steps', 12);
  assert.equal(settingAt(after, 'sampling.steps'), 12);
  assert.equal(settingAt(before, 'sampling.steps'), 20);
  assert.equal(after.prompt, before.prompt, 'parts that stay are shared');
  assert.equal(withSetting(before, 'model', 'dusk').model, 'dusk');
});

test('another checkpoint brings what it recommends, but for what somebody chose', () => {
  const model = { kind: '', is_builtin: false, is_inpaint_model: false };
  const silent = { steps: null, sampler: null, scheduler: null, cfg_scale: null };
  const models = [
    { ...model, name: 'storybook', recommended: { ...silent, steps: 25, sampler: 'Euler a', cfg_scale: 5 } },
    { ...model, name: 'dusk', recommended: silent },
  ];
  const first = withModel({ ...defaultRequest(), model: 'dusk' }, 'storybook', models);
  assert.deepEqual([first.model, first.sampling.steps, first.sampling.sampler, first.sampling.scheduler, first.sampling.cfg_scale], ['storybook', 25, 'Euler a', 'Automatic', 5]);
  const chosen = withModel(withSetting(first, 'sampling.cfg_scale', 3), 'dusk', models);
  assert.deepEqual(chosen, withSetting({ ...defaultRequest(), model: 'dusk' }, 'sampling.cfg_scale', 3));
  const asked = withSetting(withSetting(first, 'sampling.cfg_scale', 3), 'sampling.denoising_strength', 0.4);
  assert.deepEqual(asRecommended(asked, models), withSetting(first, 'sampling.denoising_strength', 0.4), 'all of it can be taken over again');
  assert.equal(withModel(chosen, 'unknown', models).sampling.sampler, 'DPM++ 2M', 'a checkpoint that is gone recommends nothing');
});

test('a task fills in its values and keeps prompt, seed and sampler', () => {
  const written = withSetting(withSetting(defaultRequest(), 'prompt.positive', 'a tree'), 'noise.seed', 7);
  const filled = withTask({ ...defaultSettings(), request: written }, ADD, { hasSketch: false });
  assert.equal(filled.task, 'add');
  assert.equal(filled.underpainting, 'fill');
  assert.equal(filled.request.canvas.content, 'fill');
  assert.deepEqual([filled.request.mask.grow_px, filled.request.sampling.resampling], [6, 1]);
  assert.equal(filled.request.prompt.positive, 'a tree');
  assert.equal(filled.request.noise.seed, 7);
});

test('adding goes by the sketch where there is one', () => {
  const filled = withTask(defaultSettings(), ADD, { hasSketch: true });
  assert.deepEqual([filled.underpainting, filled.request.canvas.content, filled.request.sampling.denoising_strength], ['sketch', 'original', 0.4]);
});

test('the lit task tells when one of its values was changed', () => {
  const filled = withTask(defaultSettings(), ADD, { hasSketch: false });
  assert.equal(differsFromTask(filled, ADD, { hasSketch: false }), false);
  const prompted = { ...filled, request: withSetting(filled.request, 'prompt.positive', 'a tree') };
  assert.equal(differsFromTask(prompted, ADD, { hasSketch: false }), false, 'the prompt is no part of a task');
  const padded = { ...filled, request: withSetting(filled.request, 'canvas.padding_px', 64) };
  assert.equal(differsFromTask(padded, ADD, { hasSketch: false }), true);
});

test('only what changed is sent', () => {
  const before = defaultSettings();
  assert.deepEqual(changeBetween(before, { ...before }), {});
  const noise = withUnderpainting(before, 'latent-noise');
  assert.deepEqual(Object.keys(changeBetween(before, noise)).sort(), ['request', 'underpainting']);
});

test('images are split into batches that divide them', () => {
  assert.deepEqual(batchesOf(4, 2), { size: 2, count: 2 });
  assert.deepEqual(batchesOf(5, 2), { size: 1, count: 5 });
});

test('values are compared in depth', () => {
  assert.ok(isSame({ a: [1, { b: null }] }, { a: [1, { b: null }] }));
  assert.ok(!isSame({ a: 1 }, { a: 1, b: undefined }));
  assert.ok(!isSame(PROFILES.studio, PROFILES.a1111));
});

test('another picture starts without the words, seed and size of the last', () => {
  let request = withSetting(defaultRequest(), 'prompt.positive', 'a cat');
  request = withSetting(withSetting(request, 'noise.seed', 5), 'canvas.width', 512);
  request = withSetting(request, 'sampling.steps', 31);
  const next = forAnotherPicture({ ...defaultSettings(), request }, defaultSettings()).request;
  assert.deepEqual([next.prompt.positive, next.noise.seed, next.canvas.width, next.sampling.steps], ['', null, null, 31]);
});

test('settings last used keep their shape, lists included', () => {
  const request = { ...defaultRequest(), unwritten_keys: ['Version'] };
  assert.deepEqual(fitted(defaultRequest(), request), request);
  assert.deepEqual(forAnotherPicture({ ...defaultSettings(), request }, defaultSettings()).request, defaultRequest());
});
