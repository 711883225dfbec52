// @ts-check
/** Verbs for jobs and the queue. */
import * as store from '../store.js';
import { api } from '../../api/client.js';
import { autosave } from '../saving.js';
import { putJob, putNewJob, putQueue } from '../jobs.js';
import { announce, attempt, showPanel, showProblem } from './page.js';
import { endGesture } from './settings.js';
/** @import { Settings } from '../../api/api.d.ts' */

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
    const job = await api.createJob(project.id, {
      ...(settings ?? store.draft.value), node_id: store.headNode.value?.id ?? null, is_next: isNext, ...(name && { name }),
    });
    store.shownJobId.value = null;
    store.picked.value = null;
    putNewJob(job);
  });
}

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
export const rescanModels = () => attempt(async () => { store.models.value = await api.rescanModels(); });

/** A failed job again, in smaller batches. @param {string} id @param {number} size images at once */
export async function runSmaller(id, size) {
  const job = store.jobs.value.get(id);
  if (!job) return;
  const total = job.request.batch.size * job.request.batch.count;
  const batch = { size, count: Math.ceil(total / size) };
  await generate({ settings: { request: { ...job.request, batch }, underpainting: job.underpainting, task: job.task }, name: job.name });
}

/** Shows a job's results in the tray, also those that were put aside. @param {string | null} id */
export function showResults(id) {
  store.shownJobId.value = id;
  store.picked.value = null;
  if (id) {
    store.view.value = 'studio';
    showPanel('settings');
  }
}
