// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { defaultSettings } from '../../../src/underpaint/server/web/state/defaults.js';
import { Newest, inspectionKey, previewKey } from '../../../src/underpaint/server/web/state/inspecting.js';
import { withSetting, withUnderpainting } from '../../../src/underpaint/server/web/state/settings.js';
/** @import { Question } from '../../../src/underpaint/server/web/state/inspecting.js' */
/** @import { SettingPath, SettingValue } from '../../../src/underpaint/server/web/state/types.d.ts' */

/** @type {Question} */
const QUESTION = { nodeId: 'n', settings: defaultSettings(), stage: 'prepared', versions: { mask: 1, sketch: 1 } };

/** @template {SettingPath} P @param {P} path @param {SettingValue<P>} value @returns {Question} */
const changed = (path, value) => ({ ...QUESTION, settings: { ...QUESTION.settings, request: withSetting(QUESTION.settings.request, path, value) } });

test('previews are asked for only when they could look different', () => {
  const key = previewKey(QUESTION);
  assert.equal(previewKey(changed('prompt.positive', 'a tree')), key);
  assert.equal(previewKey(changed('sampling.denoising_strength', 0.1)), key);
  assert.equal(previewKey({ ...QUESTION, settings: withUnderpainting(QUESTION.settings, 'fill') }), key, 'all underpaintings come at once');
  assert.notEqual(previewKey(changed('canvas.padding_px', 64)), key);
  assert.notEqual(previewKey({ ...QUESTION, versions: { mask: 2, sketch: 1 } }), key);
});

test('the first step shows the noise of its strength', () => {
  const first = { ...QUESTION, stage: /** @type {const} */ ('first-step') };
  assert.notEqual(previewKey({ ...changed('sampling.denoising_strength', 0.1), stage: 'first-step' }), previewKey(first));
  assert.notEqual(inspectionKey(changed('prompt.positive', 'a')), inspectionKey(QUESTION));
});

/** Answers with the question after as many milliseconds as it says. */
function asker() {
  const taken = /** @type {number[]} */ ([]);
  const aborted = /** @type {number[]} */ ([]);
  const asked = /** @type {number[]} */ ([]);
  /** @type {Newest<number, number>} */
  const newest = new Newest({
    ask: async (ms, signal) => {
      asked.push(ms);
      signal.addEventListener('abort', () => aborted.push(ms));
      await wait(ms);
      return ms;
    },
    take: (answer) => { taken.push(answer); },
    fail: () => {},
    waitMs: 5,
  });
  return { newest, taken, aborted, asked };
}

test('a burst of changes asks once', async () => {
  const { newest, asked, taken } = asker();
  for (let ms = 1; ms <= 5; ms += 1) newest.request(ms, String(ms));
  await wait(30);
  assert.deepEqual([asked, taken], [[5], [5]]);
});

test('an answer that was overtaken is dropped, and its request aborted', async () => {
  const { newest, taken, aborted } = asker();
  newest.request(60, 'slow');
  await wait(15);
  newest.request(1, 'quick');
  await wait(90);
  assert.deepEqual([taken, aborted], [[1], [60]]);
});

test('the same question is not asked twice', async () => {
  const { newest, asked } = asker();
  assert.equal(newest.request(1, 'same'), true);
  await wait(20);
  assert.equal(newest.request(1, 'same'), false);
  await wait(20);
  assert.deepEqual(asked, [1]);
});
