// @ts-check
/** The waiting jobs of the queue, to be put in order, and how any job looks there. */
import { html } from 'htm/preact';
import { useRef, useState } from 'preact/hooks';
import '@preact/signals';
import { urls } from '../api/client.js';
import { announce, cancelJob, moveJob, pauseJob, resumeJob } from '../state/actions.js';
import { finished, previewOf } from '../state/job-facts.js';
import { project } from '../state/store.js';
import { placeBefore, progressText, queueLine } from './job-words.js';
import { Icon, Menu, Progress } from './parts.js';
/** @import { Job } from '../api/api.d.ts' */
/** @import { MenuItem } from './parts/menu.js' */

/** @param {{job: Job}} props */
export function JobPicture({ job }) {
  const result = finished(job).at(-1)?.picture;
  const source = project.value?.nodes.find((node) => node.id === job.node_id)?.picture ?? result;
  const version = job.state === 'running' ? previewOf(job.progress) : 0;
  const preview = version ? urls.preview(job.id, version) : null;
  const shown = job.state === 'done' ? result ?? source : source;
  const address = preview ?? (shown ? urls.thumbnail(shown.sha256, 128) : null);
  return address
    ? html`<img src=${address} alt="" draggable=${false} />`
    : html`<span class="no-picture"><${Icon} name="image" size=${18} /></span>`;
}

/** @param {{job: Job}} props */
export const JobText = ({ job }) => html`
  <div class="qt"><b>${job.name}</b><small>${queueLine(job)}</small>
    ${job.state === 'running' && html`<${Progress} share=${job.progress?.share ?? 0} label=${job.progress ? progressText(job.progress) : 'Starting'} />`}</div>`;

/** @typedef {{id: string, from: number, by: number, y: number, offset: number, height: number}} Drag */

/** In order: drag the grip, or Alt ↑ and Alt ↓. @param {{jobs: Job[]}} props */
export function NextList({ jobs }) {
  const list = useRef(/** @type {HTMLUListElement | null} */ (null));
  const [drag, setDrag] = useState(/** @type {Drag | null} */ (null));
  /** @param {string} id @param {number} by */
  const move = async (id, by) => {
    const before = placeBefore(jobs, id, by);
    if (before === undefined) return;
    await moveJob(id, before);
    announce(`Moved to place ${jobs.findIndex((job) => job.id === id) + by + 1} of ${jobs.length}`);
  };
  /** @param {PointerEvent} event @param {number} from */
  const start = (event, from) => {
    const grip = /** @type {HTMLElement} */ (event.currentTarget);
    const job = jobs[from];
    if (!job || event.button !== 0) return;
    grip.setPointerCapture(event.pointerId);
    setDrag({ id: job.id, from, by: 0, y: event.clientY, offset: 0, height: grip.closest('li')?.offsetHeight ?? 64 });
  };
  /** @param {PointerEvent} event */
  const follow = (event) => {
    if (!drag) return;
    const offset = event.clientY - drag.y;
    setDrag({ ...drag, offset, by: Math.max(-drag.from, Math.min(jobs.length - 1 - drag.from, Math.round(offset / drag.height))) });
  };
  const drop = async () => {
    if (!drag) return;
    setDrag(null);
    await move(drag.id, drag.by);
  };
  /** @param {KeyboardEvent} event @param {Job} job */
  const onKey = async (event, job) => {
    const by = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined;
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    await move(job.id, by);
    const grip = list.current?.querySelector(`[data-job="${CSS.escape(job.id)}"] .grip`);
    if (grip instanceof HTMLElement) grip.focus();
  };
  return html`<ul ref=${list}>${jobs.map((job, index) => html`
    <li key=${job.id} data-job=${job.id} class=${`qi ${drag?.id === job.id ? 'is-dragged' : ''}`} style=${shiftStyle(drag, index)}
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => onKey(event, job)}>
      <button type="button" class="grip" aria-label=${`Move ${job.name}, place ${index + 1} of ${jobs.length}: Alt and arrows`} title="Drag, or Alt ↑ ↓"
        onPointerDown=${(/** @type {PointerEvent} */ event) => start(event, index)} onPointerMove=${follow} onPointerUp=${drop} onPointerCancel=${() => setDrag(null)}>
        <${Icon} name="drag" size=${16} /></button>
      <${JobPicture} job=${job} /><${JobText} job=${job} />
      <${Menu} label=${`More for ${job.name}`} class="ib" title="More" isRight items=${() => itemsFor(job, jobs)}>
        <${Icon} name="more" size=${16} /><span class="visually-hidden">More for ${job.name}</span><//>
    </li>`)}</ul>`;
}

/** The dragged row follows the pointer, the rows it passes make room. @param {Drag | null} drag @param {number} index */
function shiftStyle(drag, index) {
  if (!drag) return undefined;
  if (index === drag.from) return { transform: `translateY(${drag.offset}px)` };
  const isPassed = drag.by > 0 ? index > drag.from && index <= drag.from + drag.by : index < drag.from && index >= drag.from + drag.by;
  return isPassed ? { transform: `translateY(${-Math.sign(drag.by) * drag.height}px)` } : undefined;
}

/** @param {Job} job @param {Job[]} jobs @returns {MenuItem[]} */
const itemsFor = (job, jobs) => [
  job.state === 'paused'
    ? { label: 'Resume', icon: 'play', run: () => void resumeJob(job.id) }
    : { label: 'Pause', icon: 'pause', run: () => void pauseJob(job.id) },
  { label: 'Run next', icon: 'up', isDisabled: jobs[0]?.id === job.id, run: () => void moveJob(job.id, jobs[0]?.id ?? null) },
  'line',
  { label: 'Cancel', icon: 'x', isDanger: true, run: () => void cancelJob(job.id) },
];
