// @ts-check
/** Verbs for results: look at, compare, keep, discard, go on from. */
import * as store from '../store.js';
import { api, urls } from '../../api/client.js';
import { autosave } from '../saving.js';
import { record } from '../context.js';
import { putJob } from '../jobs.js';
import { loadLayer, switchTo } from '../loading.js';
import { withUnderpainting, withSetting } from '../settings.js';
import { announce, attempt, toast } from './page.js';
import { download } from './download.js';
import { followSketch, newSeed, showSettings } from './settings.js';
import { generate } from './run.js';
/** @import { ResultRef, Settings } from '../../api/api.d.ts' */
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

/** @param {string} jobId @param {number} index @param {boolean} isStarred */
export const starResult = (jobId, index, isStarred) => attempt(async () => putJob(await api.changeResult(jobId, index, { is_starred: isStarred })));

/** The result becomes the picture; a new node, the head moves there. One undo step.
 *  @param {{keepsMask?: boolean, keepsSketch?: boolean, newSeed?: boolean, name?: string}} [how] */
export async function keep({ keepsMask = false, keepsSketch = false, newSeed: wantsSeed = true, name } = {}) {
  const ref = store.picked.value;
  const before = store.project.value;
  if (!ref || !before || store.isSwitching.value) return;
  store.isSwitching.value = true;
  await attempt(async () => {
    await autosave.flush();
    const after = await api.keep(ref.job_id, ref.index, { keeps_mask: keepsMask, keeps_sketch: keepsSketch, ...(name && { name }) });
    const hadSketch = store.hasSketch.value;
    unpick();
    store.shownJobId.value = null;
    await switchTo(after);
    if (store.hasSketch.value !== hadSketch) followSketch(hadSketch);
    if (wantsSeed) newSeed();
    const { head_id: from } = before;
    const { head_id: to } = after;
    if (from && to) record('Keep', () => takeBack(from, ref), () => moveHead(to));
    announce(`Kept result ${ref.index + 1}`);
  });
  store.isSwitching.value = false;
}

/** Back to choosing among the results. @param {string} nodeId @param {ResultRef} ref */
async function takeBack(nodeId, ref) {
  await moveHead(nodeId);
  store.shownJobId.value = ref.job_id;
  pick(ref.job_id, ref.index);
  store.panel.value = 'settings'; // who takes a result back may just as well run again
}

/** @param {string} nodeId */
async function moveHead(nodeId) {
  const project = store.project.value;
  if (!project) return;
  store.shownJobId.value = null;
  await autosave.flush();
  unpick();
  await switchTo(await api.changeProject(project.id, { head_id: nodeId }));
}

/** Puts a job's results aside; they stay in the history. @param {string} [jobId] default: the one in the tray */
export async function discard(jobId = store.activeJob.value?.id) {
  if (!jobId) return;
  /** @param {boolean} isDismissed */
  const set = async (isDismissed) => { putJob(await api.changeJob(jobId, { is_dismissed: isDismissed })); };
  await attempt(async () => {
    await set(true);
    unpick();
    store.shownJobId.value = null;
    record('Discard', () => set(false), () => set(true));
    toast('Results put aside. They stay in the history.', () => set(false));
  });
}

/** The picked result's masked part becomes the sketch, to paint over. */
export const useAsSketch = () => attempt(async () => {
  const ref = store.picked.value;
  const node = store.headNode.value;
  if (!ref || !node) return;
  await autosave.flush();
  await api.toSketch(ref.job_id, ref.index);
  unpick();
  await loadLayer(node.id, 'sketch');
  showSettings(withUnderpainting(store.draft.value, 'sketch'));
  store.tool.value = 'paint';
});

/** Settings of the picked result's job, with its own seed. @returns {Settings | null} */
function settingsOfPicked() {
  const job = store.pickedJob.value;
  const result = store.pickedResult.value;
  if (!job || !result) return null;
  return { request: withSetting(job.request, 'noise.seed', result.seed), underpainting: job.underpainting, task: job.task };
}

/** The same seed with more steps, one image. */
export async function refine() {
  const settings = settingsOfPicked();
  if (!settings) return;
  const steps = Math.min(150, Math.max(settings.request.sampling.steps * 2, 40));
  const request = withSetting(withSetting(settings.request, 'sampling.steps', steps), 'batch', { size: 1, count: 1 });
  await generate({ settings: { ...settings, request } });
}

/** More like it: small variations of its seed. */
export async function vary() {
  const settings = settingsOfPicked();
  if (!settings) return;
  const request = withSetting(withSetting(settings.request, 'noise.subseed_strength', 0.15), 'noise.subseed', null);
  await generate({ settings: { ...settings, request } });
}

/** As many again with other seeds. @param {string} [jobId] default: the one in the tray */
export async function fourMore(jobId = store.activeJob.value?.id) {
  const job = jobId ? store.jobs.value.get(jobId) : undefined;
  if (!job) return;
  await generate({ settings: { request: withSetting(job.request, 'noise.seed', null), underpainting: job.underpainting, task: job.task } });
}

/** @param {ResultRef} ref @param {'png' | 'jpeg' | 'webp'} [format] @param {boolean} [hasMetadata] */
export const saveResult = (ref, format = 'png', hasMetadata = true) => download(urls.resultFile(ref.job_id, ref.index, format, hasMetadata));
