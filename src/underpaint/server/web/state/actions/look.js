// @ts-check
/** Verbs for looking at results. */
import * as store from '../store.js';
/** @import { ResultRef } from '../../api/api.d.ts' */
/** @import { Comparing } from '../types.d.ts' */

/** With the picture before; the slider goes through the middle of what is masked, where both sides differ. @returns {Comparing} */
function firstComparison() {
  const { value: masked } = store.maskBounds;
  const width = store.headNode.value?.picture.width;
  return { mode: 'wipe', with: 'before', position: masked && width ? (masked.x + masked.width / 2) / width : 0.5 };
}

/** Looks at a result, compared with the picture before. @param {string} jobId @param {number} index */
export function pick(jobId, index) {
  store.picked.value = { job_id: jobId, index };
  store.peekedResult.value = null;
  store.comparison.value ??= firstComparison();
  store.panel.value = 'result';
}

/** Back to the picture with its mask. */
export function unpick() {
  store.picked.value = null;
  store.comparison.value = null;
  if (store.panel.value === 'result') store.panel.value = 'settings';
}

/** @param {ResultRef | null} ref while the pointer is over it */
export function peekResult(ref) { store.peekedResult.value = ref; }

/** @param {Partial<Comparing>} change */
export function compare(change) {
  store.comparison.value = { ...firstComparison(), ...store.comparison.value, ...change };
}
