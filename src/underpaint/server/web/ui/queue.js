// @ts-check
/** The queue: what runs, what waits, what needs somebody, what is done. */
import { html } from 'htm/preact';
import '@preact/signals';
import { cancelJob, discard, openProject, pauseJob, pauseQueue, resumeQueue, showResults, toggleQueue } from '../state/actions.js';
import { finished } from '../state/job-facts.js';
import { runAgain } from '../state/result-verbs.js';
import { isQueuePaused, jobList, project } from '../state/store.js';
import { failureOf } from './failure.js';
import { queueGroups, queueSummary, secondsFor } from './job-words.js';
import { Button, IconButton } from './parts.js';
import { JobPicture, JobText, NextList } from './queue-next.js';
import { counted, durationText } from './time-words.js';
/** @import { Job } from '../api/api.d.ts' */
/** @import { QueueGroups } from './job-words.js' */

const DONE_SHOWN = 50;

/** @returns {QueueGroups} */
function groupsNow() {
  const waiting = jobList.value.filter((job) => ['queued', 'paused', 'running'].includes(job.state)).sort((a, b) => a.position - b.position);
  const over = jobList.value
    .filter((job) => ['done', 'failed', 'cancelled'].includes(job.state))
    .sort((a, b) => (b.finished_at ?? b.created_at).localeCompare(a.finished_at ?? a.created_at));
  return queueGroups([...waiting, ...over.slice(0, DONE_SHOWN)]);
}

export function QueuePanel() {
  return html`
    <aside class="panel queue" aria-label="Queue" data-region="panel">
      <${QueueHead} onClose=${toggleQueue} />
      <div class="pb" tabindex="-1"><${QueueBody} /></div>
      <footer class="go"><p class="note">The queue is on disk. After a restart it goes on with the next missing image.</p></footer>
    </aside>`;
}

/** @param {{onClose: () => void}} props */
export function QueueHead({ onClose }) {
  const isPaused = isQueuePaused.value;
  return html`
    <div class="qh">
      <h2>Queue</h2><small>${isPaused ? 'paused, ' : ''}${queueSummary(groupsNow())}</small><div class="grow"></div>
      <${Button} isSmall icon=${isPaused ? 'play' : 'pause'} onClick=${isPaused ? resumeQueue : pauseQueue}>${isPaused ? 'Resume' : 'Pause'}<//>
      <${IconButton} icon="x" label="Close queue" size=${16} onClick=${onClose} />
    </div>`;
}

export function QueueBody() {
  const groups = groupsNow();
  const { now, next, needsYou, done } = groups;
  if (![now, next, needsYou, done].some((jobs) => jobs.length)) {
    return html`<p class="queue-none">No job yet. Generate puts one here; more can wait in line.</p>`;
  }
  const wait = secondsFor([...now, ...next], done);
  return html`
    ${now.length > 0 && html`<h3>Now</h3><ul>${now.map((job) => html`<${NowItem} key=${job.id} job=${job} />`)}</ul>`}
    ${next.length > 0 && html`<h3>Next${wait !== null && html`<small>about ${durationText(wait)} until all are done</small>`}</h3><${NextList} jobs=${next} />`}
    ${needsYou.length > 0 && html`<h3>Needs you</h3><ul>${needsYou.map((job) => html`<${FailedItem} key=${job.id} job=${job} />`)}</ul>`}
    ${done.length > 0 && html`<h3>Done<small>${counted(done.length, 'job')}</small></h3><ul>${done.map((job) => html`<${DoneItem} key=${job.id} job=${job} />`)}</ul>`}`;
}

/** @param {{job: Job}} props */
const NowItem = ({ job }) => html`
  <li class="qi"><${JobPicture} job=${job} /><${JobText} job=${job} />
    <${IconButton} icon="pause" label=${`Pause ${job.name}`} size=${16} onClick=${() => pauseJob(job.id)} />
    <${IconButton} icon="stop" label=${`Stop ${job.name}`} size=${16} onClick=${() => cancelJob(job.id)} /></li>`;

/** @param {{job: Job}} props */
function FailedItem({ job }) {
  const { fix } = failureOf(job);
  return html`
    <li class="qi is-bad"><${JobPicture} job=${job} /><${JobText} job=${job} />
      <${Button} isSmall onClick=${fix.run}>${fix.label}<//>
      <${IconButton} icon="x" label=${`Put ${job.name} aside`} isSmall onClick=${() => discard(job.id)} /></li>`;
}

/** @param {{job: Job}} props */
function DoneItem({ job }) {
  const isHere = job.project_id === project.value?.id;
  return html`
    <li class="qi"><${JobPicture} job=${job} /><${JobText} job=${job} />
      ${isHere && finished(job).length > 0 && html`<${IconButton} icon="eye" label=${`Show the results of ${job.name}`} size=${16} onClick=${() => showResults(job.id)} />`}
      ${isHere
        ? html`<${IconButton} icon="refresh" label=${`Run ${job.name} again`} size=${16} onClick=${() => runAgain(job)} />`
        : html`<${IconButton} icon="folder" label=${`Open the project of ${job.name}`} size=${16} onClick=${() => openProject(job.project_id)} />`}</li>`;
}
