// @ts-check
/** Keeps inspection and underpaintings in step with settings and layers: the chosen underpainting first, then the others. */
import { effect } from '@preact/signals-core';
import * as store from './store.js';
import { api, ApiError } from '../api/client.js';
import { inspectionKey, Newest, previewKey, withPreviews } from './inspecting.js';
import { showFailure } from './actions/page.js';
/** @import { Inspection, Underpaintings } from '../api/api.d.ts' */
/** @import { Question } from './inspecting.js' */

const PREVIEW_PX = 384;

/** @param {boolean} isUnderWay */
function setPreparing(isUnderWay) {
  store.isPreparing.value = isUnderWay;
  store.areOthersPreparing.value = isUnderWay;
}

/** @param {unknown} error */
function failed(error) {
  setPreparing(false);
  if (error instanceof ApiError && error.field) showFailure(error);
}

/** @type {Newest<Question, Inspection>} */
const inspections = new Newest({
  ask: ({ nodeId, settings }, signal) => api.inspect(nodeId, settings, signal),
  take: (answer) => {
    store.inspection.value = answer;
    store.fieldErrors.value = new Map();
  },
  fail: failed,
  waitMs: 120,
});

/** @type {Newest<Question, Underpaintings>} */
const previews = new Newest({
  ask: async ({ nodeId, settings, stage }, signal) => {
    const order = { request: settings.request, stage, px: PREVIEW_PX };
    const chosen = await api.underpaintings(nodeId, { ...order, underpaintings: [store.draft.value.underpainting] }, signal);
    if (signal.aborted) return chosen;
    store.underpaintings.value = withPreviews(store.underpaintings.value, chosen);
    store.isPreparing.value = false;
    return api.underpaintings(nodeId, { ...order, underpaintings: null }, signal);
  },
  take: (answer) => {
    store.underpaintings.value = answer;
    setPreparing(false);
  },
  fail: failed,
  waitMs: 220,
});

/** Starts asking; answers follow every saved change. */
export const startAsking = () => effect(() => {
  const node = store.headNode.value;
  const settings = store.draft.value;
  const { mask, sketch } = store.layers.value;
  const stage = store.stage.value;
  if (!node || store.connection.value === 'offline' || store.isProjectDeleted.value) {
    inspections.cancel();
    previews.cancel();
    queueMicrotask(() => setPreparing(false));
    return;
  }
  const question = { nodeId: node.id, settings, stage, versions: { mask: mask.version, sketch: sketch.version } };
  inspections.request(question, inspectionKey(question));
  const isPossible = mask.bounds !== null || settings.request.canvas.area === 'whole';
  if (!isPossible) {
    previews.cancel();
    queueMicrotask(() => {
      store.underpaintings.value = null;
      setPreparing(false);
    });
  } else if (previews.request(question, previewKey(question))) queueMicrotask(() => setPreparing(true));
});
