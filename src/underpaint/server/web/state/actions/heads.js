// @ts-check
/** Moving the head of the project; each move is one step of the history. */
import * as store from '../store.js';
import { api } from '../../api/client.js';
import { record } from '../context.js';
import { switchNow, switchTo } from '../loading.js';
/** @import { Project } from '../../api/api.d.ts' */

/** @type {Promise<unknown>} */
let asking = Promise.resolve();

/** Requests that move the head go out one after the other: where the last one leads is where the server ends too.
 *  @param {() => Promise<Project>} ask @returns {Promise<Project>} */
function inTurn(ask) {
  const turn = asking.then(ask);
  asking = turn.catch(() => undefined);
  return turn;
}

/** For steps of the history, which run one after the other. @param {string} nodeId */
export async function stepTo(nodeId) {
  const project = store.project.value;
  if (project) await switchNow(() => inTurn(() => api.changeProject(project.id, { head_id: nodeId })));
}

/**
 * Shows the project as `ask` brings it.
 * @param {string} label of the step
 * @param {() => Promise<Project>} ask
 * @param {(nodeId: string) => Promise<void>} [back]
 * @returns {Promise<boolean>} false: a later move was faster
 */
export async function moveHead(label, ask, back = stepTo) {
  const move = await switchTo(() => inTurn(ask));
  if (!move) return false;
  const { from, to } = move;
  if (from && to && from !== to) record(label, () => back(from), () => stepTo(to));
  return true;
}
