// @ts-check
/** Verbs for results: keep, discard, go on from. */
import * as store from '../store.js';
import { api, urls } from '../../api/client.js';
import { autosave } from '../saving.js';
import { record } from '../context.js';
import { putJob } from '../jobs.js';
import { withUnderpainting, withSetting } from '../settings.js';
import { moveHead, stepTo } from './heads.js';
import { pick, unpick } from './look.js';
import { replaceLayer } from './mask.js';
import { announce, attempt, toast } from './page.js';
import { download } from './download.js';
import { followSketch, showSettings } from './settings.js';
import { runLike } from './run.js';
import { continueFrom } from './tree.js';
/** @import { InpaintRequest, ResultRef } from '../../api/api.d.ts' */

/** @param {string} jobId @param {number} index @param {boolean} isStarred */
export const starResult = (jobId, index, isStarred) => attempt(async () => putJob(await api.changeResult(jobId, index, { is_starred: isStarred })));

/** The result becomes the picture; a new node, the head moves there. One undo step.
 *  @param {{keepsMask?: boolean, keepsSketch?: boolean, newSeed?: boolean, name?: string}} [how] @returns whether it is */
export const keep = ({ keepsMask = false, keepsSketch = false, newSeed = true, name } = {}) => attempt(async () => {
  const ref = store.picked.value;
  if (!ref || store.isSwitching.value) return false;
  const hadSketch = store.hasSketch.value;
  const isKept = await moveHead('Keep', async () => {
    await autosave.flush();
    return api.keep(ref.job_id, ref.index, { keeps_mask: keepsMask, keeps_sketch: keepsSketch, ...(name && { name }) });
  }, (nodeId) => takeBack(nodeId, ref));
  if (!isKept) return false;
  if (store.hasSketch.value !== hadSketch) followSketch(hadSketch);
  if (newSeed) showSettings({ ...store.draft.value, request: withSetting(store.request.value, 'noise.seed', null) });
  announce(`Kept result ${ref.index + 1}`);
  return true;
});

/** Back to choosing among the results. @param {string} nodeId @param {ResultRef} ref */
async function takeBack(nodeId, ref) {
  await stepTo(nodeId);
  store.shownJobId.value = ref.job_id;
  pick(ref.job_id, ref.index);
  store.panel.value = 'settings'; // who takes a result back may just as well run again
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

/** The picked result's masked part becomes the sketch of the picture it was made from, to paint over. */
export async function useAsSketch() {
  const ref = store.picked.value;
  const nodeId = store.pickedJob.value?.node_id;
  if (!ref || !nodeId || !(await continueFrom(nodeId))) return;
  unpick();
  if (!(await replaceLayer('Use as sketch', 'sketch', () => api.toSketch(ref.job_id, ref.index)))) return;
  showSettings(withUnderpainting(store.draft.value, 'sketch'));
  store.tool.value = 'paint';
}

/** Settings of the picked result's job, with its own seed, changed and run. @param {(request: InpaintRequest) => InpaintRequest} change */
async function runPicked(change) {
  const job = store.pickedJob.value;
  const result = store.pickedResult.value;
  if (job && result) await runLike(job, change(withSetting(job.request, 'noise.seed', result.seed)));
}

/** The same seed with more steps, one image. */
export const refine = () => runPicked((request) => {
  const steps = Math.min(150, Math.max(request.sampling.steps * 2, 40));
  return withSetting(withSetting(request, 'sampling.steps', steps), 'batch', { size: 1, count: 1 });
});

/** More like it: small variations of its seed. */
export const vary = () => runPicked((request) =>
  withSetting(withSetting(request, 'noise.subseed_strength', 0.15), 'noise.subseed', null));

/** As many again with other seeds. @param {string} [jobId] default: the one in the tray */
export async function fourMore(jobId = store.activeJob.value?.id) {
  const job = jobId ? store.jobs.value.get(jobId) : undefined;
  if (job) await runLike(job, withSetting(job.request, 'noise.seed', null));
}

/** @param {ResultRef} ref @param {'png' | 'jpeg' | 'webp'} [format] @param {boolean} [hasMetadata] */
export const saveResult = (ref, format = 'png', hasMetadata = true) => download(urls.resultFile(ref.job_id, ref.index, format, hasMetadata));
