// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Autosave } from '../../../src/underpaint/server/web/state/autosave.js';
/** @import { Kept, Parts } from '../../../src/underpaint/server/web/state/autosave.js' */
/** @import { Layer } from '../../../src/underpaint/server/web/api/api.d.ts' */

const PLACE = { nodeId: 'n', projectId: 'p' };
const INFO = { version: 1, tiles: 1, bounds: null, cover: 0 };

/** A page with a server that can be made to fail, and a clock that is moved by hand. */
function page() {
  /** @type {{run: () => void, at: number}[]} */
  let timers = [];
  const log = /** @type {string[]} */ ([]);
  const state = { now: 0, tries: 0, onTry: () => {}, isFailing: false, refusal: /** @type {Error | null} */ (null), shown: 'saved', kept: /** @type {Map<string, Kept>} */ (new Map()) };
  const dirty = /** @type {Map<Layer, ArrayBuffer>} */ (new Map());
  const answer = async (/** @type {string} */ what) => {
    await Promise.resolve();
    state.tries += 1;
    state.onTry();
    if (state.isFailing) throw new TypeError('no space left');
    if (state.refusal) throw state.refusal;
    log.push(what);
    return INFO;
  };
  /** @type {Parts} */
  const parts = {
    client: {
      changeDraft: (place, change) => answer(`settings ${place.nodeId} ${JSON.stringify(change)}`),
      putTiles: (nodeId, layer, buffer) => answer(`${layer} ${nodeId} ${buffer.byteLength}`),
      changeProject: (id) => answer(`view ${id}`),
    },
    tiles: {
      takeDirtyTiles: async (layer) => {
        const buffer = dirty.get(layer) ?? null;
        dirty.delete(layer);
        return buffer;
      },
      returnDirtyTiles: (layer, buffer) => { dirty.set(layer, buffer); },
    },
    storage: {
      put: async (key, value) => { state.kept.set(key, value); },
      get: async (key) => state.kept.get(key) ?? null,
      remove: async (key) => { state.kept.delete(key); },
    },
    later: (run, ms) => {
      const timer = { run, at: state.now + ms };
      timers.push(timer);
      return timer;
    },
    forget: (timer) => { timers = timers.filter((known) => known !== timer); },
    fateOf: (error) => (error instanceof TypeError ? 'again' : error instanceof RangeError ? 'wait' : 'refused'),
    onState: (shown) => { state.shown = shown; },
    onLayer: () => {},
    onFailure: (error) => { if (!(error instanceof TypeError)) log.push(`refused ${/** @type {Error} */ (error).message}`); },
  };
  const autosave = new Autosave(parts);
  autosave.moveTo(PLACE);
  /** @param {number} ms */
  const pass = async (ms) => {
    state.now += ms;
    const due = timers.filter((timer) => timer.at <= state.now);
    timers = timers.filter((timer) => timer.at > state.now);
    for (const timer of due) timer.run();
    for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
  };
  return { autosave, state, dirty, log, pass };
}

test('settings go out once, 300 ms after the last change', async () => {
  const { autosave, log, pass, state } = page();
  autosave.settings({ task: 'add' });
  await pass(200);
  autosave.settings({ underpainting: 'fill' });
  await pass(200);
  assert.deepEqual(log, []);
  assert.equal(state.shown, 'saving');
  await pass(100);
  assert.deepEqual(log, ['settings n {"task":"add","underpainting":"fill"}']);
  assert.equal(state.shown, 'saved');
});

test('a stroke goes out as soon as it ends', async () => {
  const { autosave, log, pass, dirty } = page();
  dirty.set('mask', new ArrayBuffer(3));
  autosave.layer('mask');
  await pass(0);
  assert.deepEqual(log, ['mask n 3']);
});

test('changes during a request are not lost', async () => {
  const { autosave, log, pass } = page();
  autosave.settings({ task: 'add' });
  const running = pass(300);
  autosave.settings({ task: 'replace' });
  await running;
  await pass(300);
  assert.deepEqual(log, ['settings n {"task":"add"}', 'settings n {"task":"replace"}']);
});

test('without the server nothing is lost: kept in the browser, sent when it is back', async () => {
  const { autosave, log, pass, state, dirty } = page();
  state.isFailing = true;
  dirty.set('mask', new ArrayBuffer(5));
  autosave.settings({ task: 'add' });
  autosave.layer('mask');
  await pass(300);
  assert.equal(state.shown, 'unsaved');
  assert.deepEqual(state.kept.get('n')?.settings, { task: 'add' });
  state.isFailing = false;
  await pass(1000);
  assert.deepEqual(log, ['settings n {"task":"add"}', 'mask n 5']);
  assert.equal(state.shown, 'saved');
  assert.equal(state.kept.size, 0);
});

test('strokes of an offline page are in the browser storage too', async () => {
  const { autosave, pass, state, dirty } = page();
  state.isFailing = true;
  dirty.set('sketch', new ArrayBuffer(7));
  autosave.layer('sketch');
  await pass(0);
  assert.equal(state.kept.get('n')?.sketch?.byteLength, 7);
  assert.ok(dirty.has('sketch'), 'they stay changed, so that the next try has them');
  assert.ok(autosave.isPending('sketch'));
});

test('flush resolves when the server has all, and throws when it has not', async () => {
  const { autosave, log, state, dirty } = page();
  dirty.set('mask', new ArrayBuffer(2));
  autosave.layer('mask');
  autosave.settings({ task: 'custom' });
  await autosave.flush();
  assert.deepEqual(log, ['settings n {"task":"custom"}', 'mask n 2']);
  state.isFailing = true;
  autosave.settings({ task: 'add' });
  await assert.rejects(autosave.flush());
});

test('a stroke while the server cannot save sends the settings too, and only then says saved', async () => {
  const { autosave, log, pass, state, dirty } = page();
  state.isFailing = true;
  autosave.settings({ task: 'add' });
  await pass(300);
  state.isFailing = false;
  dirty.set('mask', new ArrayBuffer(4));
  autosave.layer('mask');
  assert.equal(state.shown, 'unsaved', 'nothing has arrived yet');
  await pass(0);
  assert.deepEqual(log, ['settings n {"task":"add"}', 'mask n 4']);
  assert.equal(state.shown, 'saved');
});

test('it is tried again with longer and longer pauses, and at once after a change', async () => {
  const { autosave, pass, state } = page();
  state.isFailing = true;
  autosave.settings({ task: 'add' });
  await pass(300);
  assert.equal(state.tries, 1);
  await pass(1000);
  assert.equal(state.tries, 2);
  await pass(1000);
  assert.equal(state.tries, 2);
  await pass(1000);
  assert.equal(state.tries, 3);
  autosave.settings({ task: 'replace' });
  await pass(300);
  assert.equal(state.tries, 4);
  assert.equal(state.shown, 'unsaved');
});

test('a change during the try that works at last is sent as well', async () => {
  const { autosave, log, pass, state } = page();
  state.isFailing = true;
  autosave.settings({ task: 'add' });
  await pass(300);
  state.isFailing = false;
  state.onTry = () => {
    state.onTry = () => {};
    autosave.settings({ task: 'replace' });
    void pass(300);
  };
  await pass(1000);
  await pass(300);
  assert.deepEqual(log, ['settings n {"task":"add"}', 'settings n {"task":"replace"}']);
  assert.equal(state.shown, 'saved');
});

test('strokes that wait behind settings are in the browser storage too', async () => {
  const { autosave, pass, state, dirty } = page();
  state.isFailing = true;
  dirty.set('mask', new ArrayBuffer(6));
  autosave.settings({ task: 'add' });
  autosave.layer('mask');
  await pass(300);
  assert.deepEqual(state.kept.get('n')?.settings, { task: 'add' });
  assert.equal(state.kept.get('n')?.mask?.byteLength, 6);
  assert.ok(dirty.has('mask'));
});

test('changes that have to wait are kept, and sent when there is a reason to try', async () => {
  const { autosave, log, pass, state } = page();
  state.refusal = new RangeError('deleted');
  autosave.settings({ task: 'add' });
  await pass(300);
  await pass(60_000);
  assert.equal(state.tries, 1, 'nothing goes out by itself');
  autosave.settings({ underpainting: 'fill' });
  await pass(300);
  assert.equal(state.shown, 'unsaved');
  assert.deepEqual(state.kept.get('n')?.settings, { task: 'add', underpainting: 'fill' });
  state.refusal = null;
  await autosave.retry();
  assert.deepEqual(log.at(-1), 'settings n {"task":"add","underpainting":"fill"}');
  assert.equal(state.shown, 'saved');
});

test('what the server refuses is said and not tried again', async () => {
  const { autosave, log, pass, state } = page();
  state.refusal = new Error('steps must be at most 150');
  autosave.settings({ task: 'add' });
  await pass(300);
  assert.deepEqual(log, ['refused steps must be at most 150']);
  state.refusal = null;
  await pass(60_000);
  assert.equal(log.length, 1);
  autosave.settings({ task: 'replace' });
  await pass(60_000);
  assert.deepEqual(log.at(-1), 'settings n {"task":"replace"}');
});

test('changes of one node never reach another', async () => {
  const { autosave, log, pass } = page();
  autosave.settings({ task: 'add' });
  autosave.moveTo({ nodeId: 'm', projectId: 'p' });
  await pass(300);
  assert.deepEqual(log, []);
});

test('what fails while another node is opened stays away from that node', async () => {
  const { autosave, log, pass, state, dirty } = page();
  state.isFailing = true;
  autosave.settings({ task: 'add' });
  state.onTry = () => {
    state.onTry = () => {};
    autosave.moveTo({ nodeId: 'm', projectId: 'p' });
    state.isFailing = false;
    dirty.set('mask', new ArrayBuffer(2));
    autosave.layer('mask');
    throw new TypeError('no space left');
  };
  await pass(300);
  await pass(60_000);
  assert.deepEqual(log, ['mask m 2']);
  assert.equal(state.shown, 'saved');
});

test('strokes on a node opened meanwhile are not sent to the one before', async () => {
  const { autosave, log, pass, state, dirty } = page();
  autosave.settings({ task: 'add' });
  state.onTry = () => {
    state.onTry = () => {};
    autosave.moveTo({ nodeId: 'm', projectId: 'p' });
    dirty.set('mask', new ArrayBuffer(2));
    autosave.layer('mask');
  };
  await pass(300);
  await pass(0);
  assert.deepEqual(log, ['settings n {"task":"add"}', 'mask m 2']);
});

test('what was looked at in one project is not kept with the next', async () => {
  const { autosave, log, state } = page();
  autosave.view({ open_sections: ['noise'] });
  autosave.moveTo({ nodeId: 'm', projectId: 'p' });
  await autosave.flush();
  assert.deepEqual(log, ['view p'], 'another step of the same project');
  state.isFailing = true;
  autosave.settings({ task: 'add' });
  autosave.view({ open_sections: [] });
  await assert.rejects(autosave.flush());
  state.isFailing = false;
  autosave.moveTo({ nodeId: 'x', projectId: 'q' });
  await autosave.flush();
  assert.deepEqual(log, ['view p']);
});
