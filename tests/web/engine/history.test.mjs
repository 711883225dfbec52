import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PictureDocument } from '../../../src/underpaint/server/web/engine/document.js';
import { History } from '../../../src/underpaint/server/web/engine/history.js';

/** @param {string} label @param {string[]} log */
const command = (label, log, bytes = 1) => ({ label, bytes, undo: () => { log.push(`-${label}`); }, redo: () => { log.push(`+${label}`); } });

test('undo and redo in order, a new command ends redo', async () => {
  const history = new History(), /** @type {string[]} */ log = [];
  for (const label of ['a', 'b', 'c']) history.push(command(label, log));
  await history.undo();
  await history.undo();
  await history.redo();
  history.push(command('d', log));
  assert.equal(await history.redo(), null);
  assert.equal(await history.undo(), 'd');
  assert.deepEqual(log, ['-c', '-b', '+b', '-d']);
  assert.equal(history.undoLabel, 'b');
  assert.equal(history.redoLabel, 'd');
});

test('the oldest are forgotten beyond the budget, the newest never', () => {
  const history = new History(100), /** @type {string[]} */ log = [];
  for (let i = 0; i < 50; i++) history.push(command(`${i}`, log, 10));
  assert.equal(history.length, 10);
  assert.equal(history.bytes, 100);
  history.push(command('huge', log, 1000));
  assert.equal(history.length, 1);
  assert.equal(history.undoLabel, 'huge');
});

test('what is long past is packed, oldest first, until the rest is small', async () => {
  const history = new History(1000, 100), /** @type {number[]} */ packed = [], /** @type {string[]} */ log = [];
  for (let i = 0; i < 30; i++) {
    const step = { ...command(`${i}`, log, 20), pack: async () => { packed.push(i); step.bytes = 1; } };
    history.push(step);
    await new Promise((resolve) => setTimeout(resolve));
  }
  assert.deepEqual(packed, Array.from({ length: 25 }, (_, i) => i));
  assert.equal(history.length, 30, 'none is forgotten');
  assert.equal(history.bytes, 25 + 5 * 20);
});

test('asynchronous commands run one after the other', async () => {
  const history = new History(), /** @type {string[]} */ log = [];
  for (const label of ['a', 'b']) {
    history.push({ label, bytes: 0, redo: () => {}, async undo() { log.push(`<${label}`); await new Promise((resolve) => setTimeout(resolve, 5)); log.push(`${label}>`); } });
  }
  await Promise.all([history.undo(), history.undo()]);
  assert.deepEqual(log, ['<b', 'b>', '<a', 'a>']);
});

test('a command that is still at work is undone first', async () => {
  const history = new History(), /** @type {string[]} */ log = [];
  history.push(command('a', log));
  history.whenReady = async () => { await new Promise((resolve) => setTimeout(resolve, 5)); if (history.length < 2) history.push(command('late', log)); };
  assert.equal(await history.undo(), 'late');
  assert.equal(history.redoLabel, 'late');
});

test('a command that fails stays where it was', async () => {
  const history = new History();
  history.push({ label: 'a', bytes: 0, redo: () => {}, undo: () => { throw new Error('no'); } });
  await assert.rejects(history.undo(), /no/);
  assert.equal(history.undoLabel, 'a');
  assert.ok(!history.canRedo);
});

test('200 edits of a document there and back', async () => {
  const history = new History(), document = new PictureDocument(history);
  document.resize({ width: 700, height: 500 });
  const states = [];
  for (let i = 0; i < 200; i++) {
    states.push(document.mask.pixels());
    const edit = document.begin('mask');
    edit.write(i % 6)[i] = 1 + i;
    document.commit('mask', edit, `${i}`);
  }
  const last = document.mask.pixels();
  for (const state of states.toReversed()) {
    await history.undo();
    assert.deepEqual(document.mask.pixels(), state);
  }
  assert.ok(!history.canUndo);
  while (history.canRedo) await history.redo();
  assert.deepEqual(document.mask.pixels(), last);
});

test('inverting an empty 8k mask costs kilobytes', () => {
  const history = new History(), document = new PictureDocument(history);
  document.resize({ width: 8192, height: 8192 });
  document.replace('mask', new Map(Array.from({ length: 1024 }, (_, key) => [key, 255])), 'Invert mask');
  assert.ok(history.bytes < 32 * 1024);
});

test('undo on a picture of another size is refused', async () => {
  const history = new History(), document = new PictureDocument(history);
  document.resize({ width: 300, height: 300 });
  document.replace('mask', new Map([[0, 255]]), 'Fill');
  document.resize({ width: 600, height: 300 });
  await assert.rejects(history.undo(), /300 × 300/);
  assert.ok(history.canUndo);
});
