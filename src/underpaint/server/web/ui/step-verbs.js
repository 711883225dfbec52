// @ts-check
/** What can be done with a step of the history besides the plain verbs. */
import { signal } from '@preact/signals-core';
import { announce, continueFrom, deleteNode, loadRecipe, showPanel } from '../state/actions.js';
import { canDelete, selectStep } from '../state/results.js';
/** @import { Node } from '../api/api.d.ts' */

/** The step whose name is being typed. */
export const renamed = signal(/** @type {string | null} */ (null));

/** Removes a step and all that hangs on it, unless the picture that is worked on is among them. @param {Node} node */
export async function removeStep(node) {
  if (!canDelete(node.id)) {
    announce('The picture you work on hangs on this step. Continue from another one first.', true);
    return;
  }
  if (await deleteNode(node.id)) selectStep(node.parent_id);
}

/** Goes back to the picture a step was made from, with the step's settings in the panel: change some and run again. @param {Node} node */
export async function rerunChanged(node) {
  if (node.parent_id === null || !(await continueFrom(node.parent_id))) return;
  loadRecipe(node.id);
  showPanel('settings');
}
