// @ts-check
/** What lay under a job's mask when it started: asked of the server for as long as its mask and sketch are unchanged. */
import { effect } from '@preact/signals-core';
import { api, urls } from '../api/client.js';
import { previewOf } from '../ui/job-words.js';
import * as store from './store.js';
/** @import { Frame, Job } from '../api/api.d.ts' */

/** @typedef {{frame: Frame, url: string}} JobStart */

/** Versions of the layers when a job was first seen waiting. @type {Map<string, string>} */
const versions = new Map();
/** @type {Map<string, Promise<JobStart | null>>} */
const starts = new Map();
/** @type {Map<string, Promise<Frame | null>>} */
const frames = new Map();

const LARGEST_PREVIEW_PX = 1024;
const versionNow = () => `${store.layers.value.mask.version}/${store.layers.value.sketch.version}`;

/** Remembers for each new job which mask and sketch it was made from. @returns {() => void} to stop */
export const followJobs = () => effect(() => {
  for (const job of store.jobs.value.values()) {
    if (job.state === 'queued' && !versions.has(job.id)) versions.set(job.id, versionNow());
  }
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
export function startOf(job) {
  const { node_id: nodeId } = job;
  const key = `${job.id} ${versionNow()}`;
  const known = starts.get(key);
  if (known) return known;
  if (nodeId === null || !isUnchanged(job)) return Promise.resolve(null);
  const asked = api
    .underpaintings(nodeId, { request: job.request, stage: 'prepared', underpaintings: [job.underpainting], px: 768 })
    .then(({ frame, previews }) => (previews[0] ? { frame, url: previews[0].url } : null))
    .catch(() => null);
  starts.set(key, asked);
  return asked;
}

/**
 * What the model sees of the picture in this job; null when its mask is gone. Needs no engine, so that it is there at once.
 * @param {Job} job
 * @returns {Promise<Frame | null>}
 */
export function frameOf(job) {
  const { node_id: nodeId, request, underpainting, task } = job;
  const key = `${job.id} ${versionNow()}`;
  const known = frames.get(key);
  if (known) return known;
  if (nodeId === null || !isUnchanged(job)) return Promise.resolve(null);
  const asked = api.inspect(nodeId, { request, underpainting, task }).then(({ frame }) => frame).catch(() => null);
  frames.set(key, asked);
  return asked;
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
