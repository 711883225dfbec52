// @ts-check
/** What a job is called and how it stands, in words. */

import { finished } from '../state/job-facts.js';
import { UNDERPAINTING_NAMES } from '../state/zones.js';
import { counted, durationText, leftText } from './time-words.js';

/**
 * @typedef {import('../api/api.d.ts').Job} Job
 * @typedef {import('../api/api.d.ts').JobResult} JobResult
 * @typedef {import('../api/api.d.ts').Progress} Progress
 * @typedef {{now: Job[], next: Job[], needsYou: Job[], done: Job[]}} QueueGroups
 */

/**
 * "Sketch · 0.40"; "Text to image" for a job without a picture.
 * @param {Pick<Job, 'node_id' | 'underpainting' | 'request'>} job
 * @param {string} [separator]
 */
export function startText(job, separator = ' · ') {
  if (job.node_id === null) return 'Text to image';
  const strength = job.request.sampling.denoising_strength.toFixed(2);
  return `${UNDERPAINTING_NAMES[job.underpainting]}${separator}${strength}`;
}

/** @param {Job} job */
export const imagesIn = (job) => job.request.batch.size * job.request.batch.count;

/**
 * "Image 2 of 4".
 * @param {Progress} progress
 */
export const imageText = (progress) => `Image ${Math.min(progress.image + 1, progress.images)} of ${progress.images}`;

/**
 * "step 5 of 8", or what goes on before and after the steps.
 * @param {Progress} progress
 */
export function stepText(progress) {
  if (progress.phase === 'loading') return 'loading the model';
  if (progress.phase === 'encode') return 'preparing';
  if (progress.phase === 'decode') return 'finishing';
  if (progress.steps === 0) return 'starting';
  return `step ${progress.step} of ${progress.steps}`;
}

/**
 * "Image 2 of 4, step 5 of 8, 13 s left".
 * @param {Progress} progress
 */
export const progressText = (progress) =>
  [imageText(progress), stepText(progress), leftText(progress.eta_s)].filter(Boolean).join(', ');

/**
 * The line below a job's name in the queue.
 * @param {Job} job
 */
export function queueLine(job) {
  if (job.state === 'running') return job.progress ? progressText(job.progress) : 'starting';
  if (job.state === 'failed') return job.error?.message ?? 'Failed.';
  const images = counted(imagesIn(job), 'image');
  const ready = finished(job).length;
  if (job.state === 'paused') return `paused, ${ready} of ${images} ready`;
  if (job.state === 'queued') {
    const begun = ready ? `${ready} of ${images} ready` : images;
    return `${begun}, ${startText(job, ' ')}`;
  }
  if (job.state === 'cancelled' && !ready) return 'stopped before the first image was ready';
  const made = ready === imagesIn(job) ? images : `${ready} of ${images}`;
  const parts = [made, durationText(job.seconds)];
  if (job.state === 'cancelled') parts.push('stopped');
  if (job.was_resumed) parts.push('resumed after restart');
  return parts.join(', ');
}

/**
 * @param {readonly Job[]} jobs   as in the queue's answer: running, waiting by position, finished newest first
 * @returns {QueueGroups}
 */
export function queueGroups(jobs) {
  /** @param {...Job['state']} states */
  const having = (...states) => jobs.filter((job) => states.includes(job.state));
  return {
    now: having('running'),
    next: having('queued', 'paused'),
    needsYou: having('failed').filter((job) => !job.is_dismissed),
    done: having('done', 'cancelled'),
  };
}

/**
 * "1 running, 3 waiting".
 * @param {QueueGroups} groups
 */
export function queueSummary({ now, next }) {
  const parts = [now.length ? `${now.length} running` : '', next.length ? `${next.length} waiting` : ''];
  return parts.filter(Boolean).join(', ') || 'nothing to do';
}

/**
 * How long the waiting jobs will take, from the seconds per step of the finished ones; null before any was measured.
 * @param {readonly Job[]} waiting
 * @param {readonly Job[]} done
 */
export function secondsFor(waiting, done) {
  const timed = done.filter((job) => job.seconds > 0 && finished(job).length > 0).slice(0, 5);
  const steps = sum(timed.map((job) => finished(job).length * stepsOf(job)));
  if (!steps) return null;
  const secondsPerStep = sum(timed.map((job) => job.seconds)) / steps;
  return secondsPerStep * sum(waiting.map((job) => unfinished(job) * stepsOf(job)));
}

/** @param {Job} job */
const unfinished = (job) => job.results.filter((result) => result.state === 'waiting').length;

/** Roughly the steps an image of it runs. @param {Job} job */
function stepsOf(job) {
  const { steps, denoising_strength, resampling } = job.request.sampling;
  if (job.node_id === null) return steps;
  return Math.max(1, Math.round(steps * denoising_strength * (1 + resampling / 3)));
}

/** @param {readonly number[]} numbers */
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/**
 * Where a job goes so that it stands `by` places further down (negative: up); undefined when it cannot move.
 * @param {readonly Job[]} next   the waiting jobs in order
 * @param {string} id
 * @param {number} by
 * @returns {string | null | undefined}   the job it is put before, null for the end
 */
export function placeBefore(next, id, by) {
  const from = next.findIndex((job) => job.id === id);
  const to = from + by;
  if (from < 0 || by === 0 || to < 0 || to >= next.length) return undefined;
  return (by > 0 ? next[to + 1] : next[to])?.id ?? null;
}

/**
 * A smaller batch with the same number of images, for a job that did not fit into memory: 1 × 4 → 2 × 2 → 4 × 1.
 * @param {{size: number, count: number}} batch
 * @returns {{size: number, count: number} | null}   null when one image at a time is already the size
 */
export function smallerBatch({ size, count }) {
  if (size <= 1) return null;
  const total = size * count;
  const half = Math.floor(size / 2);
  const next = Array.from({ length: half }, (_, i) => half - i).find((each) => total % each === 0) ?? 1;
  return { size: next, count: total / next };
}

/**
 * "2 × 2": batches × images at once.
 * @param {{size: number, count: number}} batch
 */
export const batchText = ({ size, count }) => `${count} × ${size}`;
