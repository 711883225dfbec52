// @ts-check
/** Verbs for jobs and the queue. */
import * as store from '../store.js';
import { api } from '../../api/client.js';
import { autosave } from '../saving.js';
import { putJob, putNewJob, putQueue } from '../jobs.js';
import { withoutPicture } from '../line-art.js';
import { announce, attempt, showPanel, showProblem } from './page.js';
import { endGesture } from './settings.js';
import { continueFrom } from './tree.js';
/** @import { InpaintRequest, Job, Settings } from '../../api/api.d.ts' */

/**
 * Starts a job with what the panel shows.
 * @param {{isNext?: boolean, settings?: Settings, name?: string}} [how] isNext: to the front of the queue
 */
export async function generate({ isNext = false, settings, name } = {}) {
  const project = store.project.value;
  if (!project) return;
  const reason = store.blocked.value;
  if (reason) {
    announce(reason, true);
    return;
  }
  endGesture();
  showProblem(null);
  await attempt(async () => {
    await autosave.flush();
    const nodeId = store.headNode.value?.id ?? null;
    const job = await api.createJob(project.id, {
      ...forJob(settings ?? store.draft.value, nodeId !== null), node_id: nodeId, is_next: isNext, ...(name && { name }),
    });
    store.shownJobId.value = null;
    store.picked.value = null;
    putNewJob(job);
  });
}

/** @param {Settings} settings @param {boolean} hasPicture @returns {Settings} */
const forJob = (settings, hasPicture) => (hasPicture ? settings
  : { ...settings, request: { ...settings.request, controls: withoutPicture(settings.request.controls) } });

/** The running job; images that are finished stay. */
export async function stop() {
  const job = store.runningJob.value;
  if (job) await cancelJob(job.id);
}

/** Leaves out the image that is being made. */
export async function skip() {
  const job = store.runningJob.value;
  if (job) await attempt(async () => putJob(await api.steerJob(job.id, 'skip')));
}

/** @param {string} id */
export const cancelJob = (id) => attempt(async () => putJob(await api.steerJob(id, 'cancel')));
/** Goes on with a failed or stopped job at the first missing image. @param {string} id */
export const retryJob = (id) => attempt(async () => putJob(await api.steerJob(id, 'retry')));
/** @param {string} id */
export const pauseJob = (id) => attempt(async () => putJob(await api.steerJob(id, 'pause')));
/** @param {string} id */
export const resumeJob = (id) => attempt(async () => putJob(await api.steerJob(id, 'resume')));
/** @param {string} id @param {string | null} beforeId null: to the end */
export const moveJob = (id, beforeId) => attempt(async () => putQueue(await api.moveJob(id, beforeId)));
/** @param {string} id @param {string} name */
export const renameJob = (id, name) => attempt(async () => putJob(await api.changeJob(id, { name })));
export const pauseQueue = () => attempt(async () => putQueue(await api.steerQueue('pause')));
export const resumeQueue = () => attempt(async () => putQueue(await api.steerQueue('resume')));

/** Should it not start by itself. */
export const restartEngine = () => attempt(() => api.restartEngine());
/** Asks the server which models there are. */
export const rescanModels = () => attempt(async () => {
  [store.models.value, store.controlNets.value] = await Promise.all([api.rescanModels(), api.controlNets()]);
});

/**
 * A job's settings, changed, once more on the picture it was run on; where the tray showed the job, it shows the new one.
 * @param {Job} job @param {InpaintRequest} request @param {string} [name]
 */
export const runLike = (job, request, name) => attempt(async () => {
  const { project_id: projectId, node_id: nodeId, underpainting, task } = job;
  const isShown = store.activeJob.value?.id === job.id;
  showProblem(null);
  await autosave.flush();
  const again = await api.createJob(projectId, { node_id: nodeId, request, underpainting, task, ...(name && { name }) });
  putNewJob(again);
  if (!isShown) return;
  store.shownJobId.value = nodeId === (store.headNode.value?.id ?? null) ? null : again.id;
  store.picked.value = null;
});

/** A failed job again, in smaller batches. @param {string} id @param {number} size images at once */
export async function runSmaller(id, size) {
  const job = store.jobs.value.get(id);
  if (!job) return;
  const total = job.request.batch.size * job.request.batch.count;
  await runLike(job, { ...job.request, batch: { size, count: Math.ceil(total / size) } }, job.name);
}

/** Shows a job's results in the tray, over the picture it was run on. @param {string | null} id */
export async function showResults(id) {
  const nodeId = id && store.jobs.value.get(id)?.node_id;
  if (nodeId && store.project.value?.nodes.some((node) => node.id === nodeId) && !(await continueFrom(nodeId))) return;
  store.shownJobId.value = id;
  store.picked.value = null;
  if (id) {
    store.view.value = 'studio';
    showPanel('settings');
  }
}
