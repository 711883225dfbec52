// @ts-check
/** What follows from a job as it stands. */
/** @import { Job, Progress } from '../api/api.d.ts' */

/** @param {Job} job */
export const finished = (job) => job.results.filter((result) => result.state === 'done');

/** @param {Job} job */
export const isOver = (job) => ['done', 'failed', 'cancelled'].includes(job.state);

/**
 * The version of the preview of this very image; 0 while the last one is still that of the image before.
 * @param {Progress | null | undefined} progress
 */
export const previewOf = (progress) => (progress && (progress.step > 0 || progress.phase === 'decode') ? progress.preview : 0);
