// @ts-check
/** Results of the active job: while they are made, to choose from, or why there are none. */
import { html } from 'htm/preact';
import '@preact/signals';
import { urls } from '../api/client.js';
import { cancelJob, discard, fourMore, peekResult, pick, resumeJob, skip, starResult, stop, unpick } from '../state/actions.js';
import { isOver, previewOf } from '../state/job-facts.js';
import { keepPicked } from '../state/result-verbs.js';
import { doneResults, trayState } from '../state/results.js';
import { activeJob, engineProblem, picked, project, waitingJobs } from '../state/store.js';
import { FailureNote, FailureHead } from './failure.js';
import { imageText, imagesIn, stepText } from './job-words.js';
import { Button, Icon, Progress, useRoving } from './parts.js';
import { RunningPicture } from './running-picture.js';
import { counted, durationText, leftText } from './time-words.js';
/** @import { Job, JobResult, PictureInfo } from '../api/api.d.ts' */

export function Tray() {
  const job = activeJob.value;
  const state = trayState.value;
  if (!job || state === 'hidden') return null;
  const heads = { running: RunningHead, picking: PickingHead, failed: FailureHead };
  return html`
    ${job.state === 'failed' && html`<${FailureNote} job=${job} />`}
    <section class="tray" aria-label="Results" data-region="results">
      <header class="tray-head"><${heads[state]} job=${job} /></header>
      <${Cards} job=${job} />
    </section>`;
}

/** @param {{job: Job}} props */
export function RunningHead({ job }) {
  const { progress } = job;
  if (job.state !== 'running') return html`<${WaitingHead} job=${job} />`;
  return html`
    <h2>${progress ? imageText(progress) : 'Starting'}</h2>
    <span>${progress && stepText(progress)}</span>
    <${Progress} share=${progress?.share ?? 0} label="Progress of the job" />
    <span class="eta">${engineProblem.value ? 'on hold' : leftText(progress?.eta_s)}</span>
    <${Button} icon="skip" keys="S" onClick=${skip}>Skip image<//>
    <${Button} icon="stop" keys="Esc" kind="danger" onClick=${stop}>Stop<//>`;
}

/** @param {{job: Job}} props */
function WaitingHead({ job }) {
  const ahead = waitingJobs.value.filter((other) => other.position < job.position).length;
  const isPaused = job.state === 'paused';
  return html`
    <h2>${isPaused ? 'Paused' : 'Waiting'}</h2>
    <span>${isPaused ? job.name : ahead ? `${counted(ahead, 'job')} before this one` : 'starts next'}</span>
    <div class="grow"></div>
    ${isPaused && html`<${Button} icon="play" onClick=${() => resumeJob(job.id)}>Resume<//>`}
    <${Button} icon="x" onClick=${() => cancelJob(job.id)}>Cancel<//>`;
}

/** @param {{job: Job}} props */
function PickingHead({ job }) {
  const results = doneResults.value.length;
  const line = [job.name, job.seconds ? durationText(job.seconds) : '', job.state === 'cancelled' ? 'stopped' : ''].filter(Boolean).join(', ');
  return html`
    <h2>${counted(results, 'result')}</h2>
    <span>${line}</span>
    <div class="grow"></div>
    ${picked.value && job.node_id !== null && html`<${Button} icon="edit" onClick=${unpick}>Back to the mask<//>`}
    <${Button} icon="plus" keys="G" onClick=${() => fourMore()}>${moreLabel(job)}<//>
    <${Button} keys="Esc" onClick=${() => discard()}>Discard all<//>`;
}

const NUMBERS = ['', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'];

/** "Four more". @param {Job} job */
export const moreLabel = (job) => `${NUMBERS[imagesIn(job)] ?? imagesIn(job)} more`;

/** @param {{job: Job}} props */
function Cards({ job }) {
  const { ref, onKeyDown } = useRoving({ selector: '[role=radio]', axis: 'horizontal', onMove: (item) => item.click() });
  return html`
    <div ref=${ref} class="cards" role="radiogroup" aria-label="Results" onKeyDown=${onKeyDown}>
      ${job.results.map((result) => html`<${Card} key=${result.index} job=${job} result=${result} />`)}
    </div>`;
}

/** @param {{job: Job, result: JobResult}} props */
function Card({ job, result }) {
  const number = result.index + 1;
  const isOn = isPickedResult(job, result);
  const isRunning = isBeingMade(job, result);
  const isDone = result.state === 'done';
  const isFirst = result.index === doneResults.value[0]?.index;
  const ref = { job_id: job.id, index: result.index };
  const caption = captionOf(job, result);
  const look = `card ${isOn || isRunning ? 'is-on' : ''} ${isDone || isRunning ? '' : 'is-waiting'}`;
  return html`
    <div class=${`card-frame ${isOn ? 'is-on' : ''}`}>
      <button type="button" class=${look} role="radio" aria-checked=${String(isOn)} disabled=${!isDone}
        aria-label=${`${isOver(job) || isDone ? 'Result' : 'Image'} ${number}, ${caption.toLowerCase()}, seed ${result.seed}`}
        tabindex=${isOn || (!picked.value && isFirst) ? 0 : -1} data-result=${result.index}
        onClick=${() => pick(job.id, result.index)} onDblClick=${keepPicked}
        onPointerEnter=${() => isDone && peekResult(ref)} onPointerLeave=${() => peekResult(null)}>
        <span class="card-image">
          <${CardPicture} job=${job} result=${result} />
          <kbd aria-hidden="true">${number}</kbd>
          ${isOn && html`<span class="mark"><${Icon} name="check" size=${14} /></span>`}
          ${isRunning && job.progress && html`<${Progress} class="in" share=${shareOfImage(job.progress)} label=${`Image ${number}`} />`}
        </span>
        <span class="card-text"><b>${caption}</b><small>seed ${result.seed}</small></span>
      </button>
      ${isDone && html`<button type="button" class="star" aria-pressed=${String(result.is_starred)} aria-label=${`Star result ${number}`}
        title="Star (*)" onClick=${() => starResult(job.id, result.index, !result.is_starred)}><${Icon} name="star" size=${14} /></button>`}
    </div>`;
}

/** The picture of a result, or what is known of it so far. @param {{job: Job, result: JobResult, px?: number}} props */
export function CardPicture({ job, result, px = 512 }) {
  const isRunning = isBeingMade(job, result);
  const before = project.value?.nodes.find((node) => node.id === job.node_id)?.picture;
  const preview = isRunning ? previewOf(job.progress) : 0;
  if (preview) return html`<${RunningPicture} job=${job} version=${preview} px=${px} />`;
  const source = result.picture ? urls.thumbnail(result.picture.sha256, px) : before ? urls.thumbnail(before.sha256, px) : null;
  return source && html`<img class=${fitClass(result.picture ?? before)} src=${source} alt="" draggable=${false} />`;
}

const UPRIGHT = 1.25;
/** Upright pictures are shown whole in cards that lie. @param {PictureInfo | null | undefined} picture */
export const fitClass = (picture) => (picture && picture.width / picture.height < UPRIGHT ? 'is-upright' : '');

/** @param {Job} job @param {JobResult} result */
export const isPickedResult = (job, result) => picked.value?.job_id === job.id && picked.value.index === result.index;

/** Whether this image is shown as being made: of a batch, which is made together, the first. @param {Job} job @param {JobResult} result */
export function isBeingMade(job, result) {
  if (job.state !== 'running' || !job.progress || result.state !== 'waiting') return false;
  return result.index === job.results.find((each) => each.state === 'waiting')?.index;
}

/** @param {Job} job @param {JobResult} result */
function captionOf(job, result) {
  if (result.state === 'done') return isOver(job) ? `Result ${result.index + 1}` : 'Ready';
  if (result.state === 'skipped') return 'Skipped';
  if (isBeingMade(job, result) && job.progress) return sentence(stepText(job.progress));
  return isOver(job) ? 'Not started' : 'Waiting';
}

/** @param {string} text */
const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @param {{step: number, steps: number}} progress */
const shareOfImage = ({ step, steps }) => (steps ? step / steps : 0);
