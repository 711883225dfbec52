// @ts-check
/** What lay under a job's mask when it started: asked of the server for as long as its mask and sketch are unchanged. */
import { effect } from '@preact/signals-core';
import { api, urls } from '../api/client.js';
import { Answers, keepOnly } from './answers.js';
import { previewOf } from './job-facts.js';
import * as store from './store.js';
/** @import { Frame, Job, Underpaintings } from '../api/api.d.ts' */

/** @typedef {{frame: Frame, url: string}} JobStart */

/** Versions of the layers when a job was first seen waiting. @type {Map<string, string>} */
const versions = new Map();
/** @type {Answers<JobStart>} */
const starts = new Answers();
/** @type {Answers<Frame>} */
const frames = new Answers();

const PREVIEW_PX = 768;
const LARGEST_PREVIEW_PX = 1024;
const versionNow = () => `${store.layers.value.mask.version}/${store.layers.value.sketch.version}`;

/** Remembers for each new job which mask and sketch it was made from. @returns {() => void} to stop */
export const followJobs = () => effect(() => {
  const { value: jobs } = store.jobs;
  for (const job of jobs.values()) {
    if (job.state === 'queued' && !versions.has(job.id)) versions.set(job.id, versionNow());
  }
  keepOnly(versions, jobs);
  starts.keep(jobs);
  frames.keep(jobs);
});

/** Whether mask and sketch are still those of the job, as far as this page can know. @param {Job} job */
const isUnchanged = (job) => job.node_id === store.headNode.value?.id
  && store.maskBounds.value !== null
  && (versions.get(job.id) ?? versionNow()) === versionNow();

/**
 * The underpainting of a job, cut to its frame; null when its mask is gone.
 * @param {Job} job
 * @returns {Promise<JobStart | null>}
 */
export async function startOf(job) {
  const version = versionNow();
  const known = starts.get(job.id, version);
  if (known) return known;
  return isUnchanged(job) ? starts.put(job.id, version, askForStart(job)) : null;
}

/** Asked in nobody's name: a newer question of the same tab voids one that waits, and the panel asks often.
 *  @param {Job} job @returns {Promise<JobStart | null>} */
async function askForStart({ node_id: nodeId, request, underpainting }) {
  if (nodeId === null) return null;
  const response = await fetch(`/api/nodes/${nodeId}/underpaintings`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ request, stage: 'prepared', underpaintings: [underpainting], px: PREVIEW_PX }),
  });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  const { frame, previews } = /** @type {Underpaintings} */ (await response.json());
  return previews[0] ? { frame, url: previews[0].url } : null;
}

/**
 * What the model sees of the picture in this job; null when its mask is gone. Needs no engine, so that it is there at once.
 * @param {Job} job
 * @returns {Promise<Frame | null>}
 */
export async function frameOf(job) {
  const { node_id: nodeId, request, underpainting, task } = job;
  const version = versionNow();
  const known = frames.get(job.id, version);
  if (known) return known;
  if (nodeId === null || !isUnchanged(job)) return null;
  return frames.put(job.id, version, api.inspect(nodeId, { request, underpainting, task }).then(({ frame }) => frame));
}

/**
 * The small preview of the running image, enlarged smoothly, and where it lies; null while there is none.
 * @param {Job} job
 * @returns {Promise<{bitmap: ImageBitmap, frame: Frame} | null>}
 */
export async function runningPreview(job) {
  const version = previewOf(job.progress);
  if (!version) return null;
  const [frame, response] = await Promise.all([frameOf(job), fetch(urls.preview(job.id, version))]);
  if (!frame || !response.ok) return null;
  const scale = Math.min(1, LARGEST_PREVIEW_PX / Math.max(frame.width, frame.height));
  const bitmap = await createImageBitmap(await response.blob(), {
    resizeWidth: Math.max(1, Math.round(frame.width * scale)), resizeHeight: Math.max(1, Math.round(frame.height * scale)), resizeQuality: 'high',
  });
  return { bitmap, frame };
}
