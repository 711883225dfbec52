// @ts-check
/** A job that failed: what happened, what is safe, one action. */
import { html } from 'htm/preact';
import '@preact/signals';
import { discard, retryJob, runSmaller, setSetting } from '../state/actions.js';
import { finished } from '../state/job-facts.js';
import { draft, project } from '../state/store.js';
import { CopyButton } from './copy.js';
import { batchText, smallerBatch } from './job-words.js';
import { Button, Icon } from './parts.js';
import { counted } from './time-words.js';
/** @import { Job } from '../api/api.d.ts' */

const MEMORY = 'out-of-memory';
const SMALL_SIDE_PX = 512;

/** The strip above the tray. @param {{job: Job}} props */
export function FailureNote({ job }) {
  const { title, fix } = failureOf(job);
  return html`
    <div class="tip err" role="alert">
      <${Icon} name="warn" size=${16} />
      <p><b>${title}</b> Nothing was lost: mask, sketch and settings are unchanged.</p>
      <${Button} isSmall onClick=${fix.run}>${fix.label}<//>
    </div>`;
}

/** @param {{job: Job}} props */
export function FailureHead({ job }) {
  const ready = finished(job).length;
  const details = [`Underpaint job ${job.id}`, `${job.error?.code ?? ''}: ${job.error?.message ?? ''}`, JSON.stringify(job.request, null, 2)].join('\n');
  return html`
    <h2>${ready ? `Stopped after ${counted(ready, 'image')}` : 'Stopped before the first image'}</h2>
    <span>${job.name}</span>
    <div class="grow"></div>
    <${CopyButton} class="bt" label="Copy details" text=${() => details} />
    <${Button} keys="Esc" onClick=${() => discard(job.id)}>Close<//>`;
}

/**
 * What to say about a failed job and what to try: less at once, then a smaller size on the picture that is open, else the same again.
 * @param {Job} job
 * @returns {{title: string, fix: {label: string, run: () => void | Promise<unknown>}}}
 */
export function failureOf(job) {
  const message = job.error?.message ?? 'The job failed.';
  const again = { label: 'Try again', run: () => retryJob(job.id) };
  if (job.error?.code !== MEMORY) return { title: message, fix: again };
  const smaller = smallerBatch(job.request.batch);
  if (smaller) {
    return {
      title: `Not enough memory for ${counted(job.request.batch.size, 'image')} at once.`,
      fix: { label: `Run ${batchText(smaller)}`, run: () => runSmaller(job.id, smaller.size) },
    };
  }
  const isHere = project.value?.id === job.project_id && project.value.head_id === job.node_id;
  if (!isHere) return { title: message, fix: again };
  return { title: message, fix: { label: `Set ${SMALL_SIDE_PX} px`, run: useSmallSize } };
}

function useSmallSize() {
  const { width, height } = draft.value.request.canvas;
  const largest = Math.max(width ?? SMALL_SIDE_PX, height ?? SMALL_SIDE_PX);
  /** @param {number | null} side */
  const scaled = (side) => Math.max(64, Math.round(((side ?? largest) * SMALL_SIDE_PX) / largest / 8) * 8);
  setSetting('canvas', { ...draft.value.request.canvas, width: scaled(width), height: scaled(height) });
}
