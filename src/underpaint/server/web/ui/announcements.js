// @ts-check
/** What is said aloud when a job goes on. One sentence per change; nothing for steps and percentages. */

import { finished, isOver } from '../state/job-facts.js';
import { imagesIn } from './job-words.js';
import { counted } from './time-words.js';

/**
 * @typedef {import('../api/api.d.ts').Job} Job
 * @typedef {{text: string, isUrgent: boolean}} Announcement
 */

/**
 * @param {Job | undefined} before   the job as it was known; undefined for a new one
 * @param {Job} after
 * @returns {Announcement | null}
 */
export function announcementOf(before, after) {
  const isNewState = before?.state !== after.state;
  if (after.state === 'running') {
    if (isNewState && before?.state !== 'running') return polite(`Generating, ${counted(imagesIn(after), 'image')}`);
    const ready = finished(after).length;
    const isMore = before !== undefined && ready > finished(before).length;
    return isMore && ready < imagesIn(after) ? polite(`${ready} of ${imagesIn(after)} ready`) : null;
  }
  if (!isNewState || !isOver(after) || before === undefined) return null;
  if (after.state === 'failed') return { text: after.error?.message ?? 'The job failed.', isUrgent: true };
  return polite(after.state === 'cancelled' ? `Stopped, ${resultsText(after)}` : resultsText(after));
}

/**
 * "4 results, 0 pixels changed outside the mask".
 * @param {Job} job
 */
export function resultsText(job) {
  const results = finished(job);
  const counts = results.flatMap((result) => (result.changed_outside_px == null ? [] : [result.changed_outside_px]));
  const text = counted(results.length, 'result');
  if (!results.length || counts.length < results.length) return text;
  return `${text}, ${counted(Math.max(...counts), 'pixel')} changed outside the mask`;
}

/** @param {string} text @returns {Announcement} */
const polite = (text) => ({ text, isUrgent: false });
