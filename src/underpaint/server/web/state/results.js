// @ts-check
/** What only results and the history need: the switches of Keep, the step looked at in the tree, two steps compared. */
import { computed, signal } from '@preact/signals-core';
import { branchTo, layoutTree, subtree } from './tree-layout.js';
import * as store from './store.js';
/** @import { Job, JobResult, Node } from '../api/api.d.ts' */
/** @import { Comparing } from './types.d.ts' */

// ---- keeping a result
/** @typedef {{keepsMask: boolean, keepsSketch: boolean, newSeed: boolean}} KeepSwitches */
const SWITCHES_KEY = 'underpaint.keep';
/** @type {KeepSwitches} */
const DEFAULT_SWITCHES = { keepsMask: false, keepsSketch: false, newSeed: true };

/** @returns {KeepSwitches} */
function storedSwitches() {
  /** @type {unknown} */
  const stored = JSON.parse(globalThis.localStorage?.getItem(SWITCHES_KEY) ?? '{}');
  return { ...DEFAULT_SWITCHES, .../** @type {Partial<KeepSwitches>} */ (stored) };
}

export const keepSwitches = signal(storedSwitches());

/** @param {Partial<KeepSwitches>} change */
export function setKeepSwitches(change) {
  keepSwitches.value = { ...keepSwitches.value, ...change };
  localStorage.setItem(SWITCHES_KEY, JSON.stringify(keepSwitches.value));
}

/** Z is held: the canvas shows the picture before. */
export const isBeforeHeld = signal(false);

// ---- saving a file
export const fileFormat = signal(/** @type {'png' | 'jpeg' | 'webp'} */ ('png'));
export const hasFileMetadata = signal(true);

// ---- the tray
/** @typedef {'hidden' | 'running' | 'failed' | 'picking'} TrayState */
/** What the tray shows of the active job. */
export const trayState = computed(() => trayStateOf(store.activeJob.value));

/** @param {Job | null} job @returns {TrayState} */
export function trayStateOf(job) {
  if (!job) return 'hidden';
  if (job.state === 'failed' && !job.results.some((result) => result.state === 'done')) return 'failed';
  return job.state === 'done' || job.state === 'cancelled' || job.state === 'failed' ? 'picking' : 'running';
}

/** The results that can be looked at, in order. */
export const doneResults = computed(() => store.trayResults.value.filter((result) => result.state === 'done'));

/** The result a step of ← or → leads to. @param {readonly JobResult[]} results @param {number | null} index @param {1 | -1} by */
export function besideResult(results, index, by) {
  if (!results.length) return null;
  const at = results.findIndex((result) => result.index === index);
  if (at < 0) return (by > 0 ? results[0] : results.at(-1)) ?? null;
  return results[(at + by + results.length) % results.length] ?? null;
}

// ---- the tree
export const treeShows = signal(/** @type {'kept' | 'all'} */ ('kept'));
export const treeZoom = signal(1);
/** Chosen while that head was worked on; another head is looked at itself. */
const chosen = signal(/** @type {{id: string | null, headId: string | null}} */ ({ id: null, headId: null }));
/** Two steps on each other; `otherId` is null while the second is being chosen. */
export const stepComparison = signal(/** @type {{nodeId: string, otherId: string | null, mode: Comparing['mode'], position: number} | null} */ (null));

/** @param {string | null} id */
export function selectStep(id) {
  chosen.value = { id, headId: store.project.value?.head_id ?? null };
}

/** @type {Node[]} */
const NO_NODES = [];
export const nodes = computed(() => store.project.value?.nodes ?? NO_NODES);
/** The step looked at: the chosen one, else the head. */
export const selectedNode = computed(() => {
  const { id, headId } = chosen.value;
  const isCurrent = headId === (store.project.value?.head_id ?? null);
  return (isCurrent && nodes.value.find((node) => node.id === id)) || store.headNode.value;
});
export const branch = computed(() => branchTo(nodes.value, store.project.value?.head_id ?? null));
/** Deleting a step takes all that hangs on it; the head must not be among them. @param {string} id */
export const canDelete = (id) => !subtree(nodes.value, id).includes(store.project.value?.head_id ?? '');

/** Results of the jobs run on a picture. @param {string} nodeId */
export const jobsOn = (nodeId) => store.jobList.value.filter((job) => job.node_id === nodeId && job.results.some((result) => result.state === 'done'));

/** A result that was not kept, hanging on its picture in the tree.
 *  @typedef {{id: string, parent_id: string | null, created_at: string, job: Job, result: JobResult}} SideResult */
/** @returns {SideResult[]} */
const sideResults = () => store.jobList.value
  .filter((job) => job.project_id === store.project.value?.id)
  .flatMap((job) => job.results
    .filter((result) => result.state === 'done' && !result.kept_as)
    .map((result) => ({
      id: `${job.id}/${result.index}`, parent_id: job.node_id,
      created_at: `${job.created_at}/${String(result.index).padStart(4, '0')}`, job, result,
    })));

export const treeItems = computed(() => (treeShows.value === 'kept' ? [] : sideResults()));
export const treeLayout = computed(() => layoutTree([...nodes.value, ...treeItems.value]));
/** For the line above the tree. */
export const treeCounts = computed(() => ({
  steps: nodes.value.length,
  branches: layoutTree(nodes.value).leaves,
  results: store.jobList.value
    .filter((job) => job.project_id === store.project.value?.id)
    .reduce((total, job) => total + job.results.filter((result) => result.state === 'done').length, 0),
}));

/** The job a step was kept from, and its other results. @param {Node} node */
export function originOf(node) {
  const job = node.kept_from ? store.jobs.value.get(node.kept_from.job_id) ?? null : null;
  const result = job?.results[node.kept_from?.index ?? -1] ?? null;
  const others = job?.results.filter((each) => each.state === 'done' && each !== result).length ?? 0;
  return { job, result, others };
}
