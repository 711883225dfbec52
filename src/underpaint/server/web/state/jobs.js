// @ts-check
/** Jobs by id, as answers and events bring them. */
import * as store from './store.js';
import { isOver } from './job-facts.js';
/** @import { Job, JobResult, Progress, Queue } from '../api/api.d.ts' */

/** @param {Job} job */
export function putJob(job) {
  store.jobs.value = new Map(store.jobs.value).set(job.id, job);
}

/** A job just made: events may have told more of it before the answer came. @param {Job} job */
export function putNewJob(job) {
  if (!store.jobs.value.has(job.id)) putJob(job);
}

/** @param {Job[]} jobs */
export function putJobs(jobs) {
  const known = new Map(store.jobs.value);
  for (const job of jobs) known.set(job.id, job);
  store.jobs.value = known;
}

/** @param {Queue} queue */
export function putQueue(queue) {
  store.isQueuePaused.value = queue.is_paused;
  putJobs(queue.jobs);
  putOrder(queue.jobs.filter((job) => !isOver(job)).map(({ id }) => id));
}

/** @param {string} id @param {(job: Job) => Job} change */
export function changeJob(id, change) {
  const job = store.jobs.value.get(id);
  if (job) putJob(change(job));
}

/** A job that makes progress runs, also when the event that said so is late; unless it was paused or has ended since.
 *  @param {string} id @param {Progress} progress */
export const putProgress = (id, progress) => changeJob(id, (job) =>
  (job.state === 'queued' || job.state === 'running' ? { ...job, progress, state: 'running' } : job));

/** @param {string} id @param {JobResult} result */
export const putResult = (id, result) => changeJob(id, (job) => ({
  ...job, results: job.results.map((known) => (known.index === result.index ? result : known)),
}));

/** Of all open jobs; those of other projects that are not among them have gone with their project. @param {string[]} order of ids */
export function putOrder(order) {
  const openProject = store.project.value?.id;
  const kept = [...store.jobs.value].filter(([id, job]) => isOver(job) || job.project_id === openProject || order.includes(id));
  const known = new Map(kept);
  order.forEach((id, position) => {
    const job = known.get(id);
    if (job) known.set(id, { ...job, position });
  });
  store.jobs.value = known;
}
