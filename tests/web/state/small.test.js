// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultRequest } from '../../../src/underpaint/server/web/state/defaults.js';
import { blockedReason, describingBlockedReason } from '../../../src/underpaint/server/web/state/derived.js';
import { mainColours } from '../../../src/underpaint/server/web/state/palette.js';
import { withSetting } from '../../../src/underpaint/server/web/state/settings.js';
import { fitted } from '../../../src/underpaint/server/web/state/sticky.js';
import { pressName, keyText } from '../../../src/underpaint/server/web/ui/key-match.js';
import { nextIndex } from '../../../src/underpaint/server/web/ui/parts/next-index.js';
import { numberProblem, shareOf, typedNumber, valueAfterKey, valueAt } from '../../../src/underpaint/server/web/ui/parts/scale.js';
import { noiseSummary, profileOf, samplingSummary } from '../../../src/underpaint/server/web/ui/panel/labels.js';

const PADDING = { min: 0, max: 512, step: 1, curve: 2 };

test('a curved track gives small values more room, and leads back to them', () => {
  assert.equal(shareOf(32, PADDING), 0.25);
  assert.equal(valueAt(0.25, PADDING), 32);
  assert.equal(shareOf(9999, PADDING), 1, 'a typed value beyond the track stands at its end');
  for (const value of [0, 1, 7, 32, 511, 512]) assert.equal(valueAt(shareOf(value, PADDING), PADDING), value);
});

test('keys step a slider without binary dust', () => {
  const strength = { min: 0, max: 1, step: 0.01, page: 0.1 };
  assert.equal(valueAfterKey('ArrowRight', 0.29, strength), 0.3);
  assert.equal(valueAfterKey('PageDown', 0.05, strength), 0);
  assert.equal(valueAfterKey('End', 0.3, strength), 1);
  assert.equal(valueAfterKey('a', 0.3, strength), null);
});

test('numbers are read as people type them', () => {
  assert.equal(typedNumber(' 0,4 '), 0.4);
  assert.equal(typedNumber('32 px'), 32);
  assert.equal(typedNumber('many'), null);
  assert.equal(numberProblem(500, { min: 1, max: 150 }), 'Between 1 and 150.');
  assert.equal(numberProblem(2.5, { min: 1, max: 150, step: 1 }), 'A whole number.');
  assert.equal(numberProblem(150, { min: 1, max: 150, step: 1 }), null);
});

test('arrows go round in a group', () => {
  assert.equal(nextIndex('ArrowRight', 2, 3, 'both'), 0);
  assert.equal(nextIndex('ArrowUp', 0, 3, 'vertical'), 2);
  assert.equal(nextIndex('ArrowUp', 0, 3, 'horizontal'), null);
  assert.equal(nextIndex('End', 0, 3, 'both'), 2);
});

test('presses have one name on every layout', () => {
  assert.equal(pressName({ key: 'z', ctrlKey: true, shiftKey: true }), 'Ctrl Shift Z');
  assert.equal(pressName({ key: 'z', metaKey: true }), 'Ctrl Z');
  assert.equal(pressName({ key: '{', shiftKey: true, code: 'BracketLeft' }), '{');
  assert.equal(pressName({ key: '<', shiftKey: true, code: 'Comma' }), 'Shift ,');
  assert.equal(pressName({ key: ';', shiftKey: true, code: 'Comma' }), 'Shift ,');
  assert.equal(pressName({ key: '¡', altKey: true, code: 'Digit1' }), 'Alt 1');
  assert.equal(pressName({ key: '“', altKey: true, code: 'BracketLeft' }), 'Alt [');
  assert.equal(pressName({ key: 'Enter', ctrlKey: true }), 'Ctrl ↵');
  assert.equal(pressName({ key: '?', shiftKey: true }), '?');
  assert.equal(pressName({ key: 'F6', shiftKey: true }), 'Shift F6');
  assert.equal(keyText('Ctrl Shift Z', true), '⌘ ⇧ Z');
});

test('Generate says why it cannot run', () => {
  const facts = { project: { id: 'p', name: '', created_at: '', updated_at: '', head_id: 'n', view: {}, nodes: [] }, isDeleted: false, models: [{ name: 'm', kind: '', is_builtin: true, is_inpaint_model: false, recommended: { steps: null, sampler: null, scheduler: null, cfg_scale: null } }], status: null, connection: 'online', isMaskEmpty: false, request: defaultRequest(), hasPicture: true };
  assert.equal(blockedReason(facts), null);
  assert.match(blockedReason({ ...facts, isMaskEmpty: true }) ?? '', /Nothing is masked/);
  assert.equal(blockedReason({ ...facts, isMaskEmpty: true, hasPicture: false }), null, 'the first picture needs no mask');
  assert.match(blockedReason({ ...facts, connection: 'offline' }) ?? '', /does not answer/);
  assert.match(blockedReason({ ...facts, isDeleted: true }) ?? '', /deleted in another window/);
  assert.match(blockedReason({ ...facts, project: null }) ?? '', /Open a picture/);
});

test('Describe says why it cannot run', () => {
  /** @type {import('../../../src/underpaint/server/web/api/api.d.ts').Status} */
  const status = {
    version: '', engine: 'ready', engine_problem: null, device: 'cpu', models_folder: '/models', captioner: 'mine', samplers: [], schedulers: [],
  };
  const facts = { isDeleted: false, status, connection: 'online' };
  assert.equal(describingBlockedReason(facts), null);
  assert.equal(describingBlockedReason({ ...facts, status: null }), null, 'not known yet');
  assert.match(describingBlockedReason({ ...facts, status: { ...status, captioner: null } }) ?? '', /BLIP model into \/models\/captioner/);
  assert.match(describingBlockedReason({ ...facts, connection: 'offline' }) ?? '', /does not answer/);
  assert.match(describingBlockedReason({ ...facts, isDeleted: true }) ?? '', /deleted in another window/);
});

test('closed sections show what differs', () => {
  const { sampling, noise, rules } = defaultRequest();
  assert.equal(samplingSummary(sampling), 'DPM++ 2M · 20 · CFG 7');
  assert.equal(samplingSummary({ ...sampling, scheduler: 'Karras', cfg_scale: 6.5 }), 'DPM++ 2M · Karras · 20 · CFG 6.5');
  assert.equal(noiseSummary(noise, rules), '1.00');
  assert.equal(noiseSummary({ ...noise, extra: 0.1 }, withSetting(defaultRequest(), 'rules.content_noise', 'shared').rules), '1.00 · +0.10 · shared stream');
  assert.equal(profileOf({ ...rules, ddim: 'a1111' }), 'custom');
});

test('a small bright thing is in the palette too', () => {
  /** @type {[number, number, number][]} */
  const pixels = [...Array.from({ length: 500 }, () => /** @type {[number, number, number]} */ ([20, 30, 80])), [250, 240, 40], [250, 240, 40]];
  assert.deepEqual(mainColours(pixels, 4), [[20, 30, 80], [250, 240, 40]]);
});

test('lists among the settings used last stay lists', () => {
  assert.deepEqual(fitted({ keys: [], steps: 20 }, { keys: ['a'], steps: 30 }), { keys: ['a'], steps: 30 });
  assert.deepEqual(fitted({ keys: ['a'] }, { keys: {} }), { keys: ['a'] });
  assert.deepEqual(fitted({ keys: [] }, {}), { keys: [] });
});
