// @ts-check
/** Below the canvas while images are made, and when there are some to choose from. */
import { html } from 'htm/preact';
import '@preact/signals';
import { urls } from '../../api/client.js';
import { cancelJob, discard, fourMore, pick, refine, resumeJob, skip, stop, useAsSketch } from '../../state/actions.js';
import { previewOf } from '../../state/job-facts.js';
import { keepPicked } from '../../state/result-verbs.js';
import { activeJob, isSwitching, picked, pickedResult, project } from '../../state/store.js';
import { Cut } from '../cut.js';
import { FailureNote } from '../failure.js';
import { Button, Progress } from '../parts.js';
import { useFrame } from '../running-picture.js';
import { isBeingMade, isPickedResult } from '../tray.js';
/** @import { Frame, Job, JobResult } from '../../api/api.d.ts' */

export function Running() {
  const job = activeJob.value;
  if (!job) return null;
  const isRunning = job.state === 'running';
  return html`
    <div class="pprog"><${Progress} share=${job.progress?.share ?? 0} label="Progress of the job" /></div>
    <${Cards} job=${job} />
    <div class="pgo two-even" data-region="results">
      ${isRunning ? html`<${Button} icon="skip" onClick=${skip}>Skip image<//><${Button} icon="stop" kind="danger" onClick=${stop}>Stop<//>`
        : html`${job.state === 'paused' && html`<${Button} icon="play" onClick=${() => resumeJob(job.id)}>Resume<//>`}
          <${Button} icon="x" onClick=${() => cancelJob(job.id)}>Cancel<//>`}
    </div>`;
}

/** @param {{onDetails: () => void}} props */
export function Picking({ onDetails }) {
  const job = activeJob.value;
  if (!job) return null;
  const result = pickedResult.value;
  const isNone = result === null;
  return html`
    ${job.state === 'failed' && html`<${FailureNote} job=${job} />`}
    <${Cards} job=${job} />
    <div class="prow">
      <${Button} icon="bolt" disabled=${isNone} onClick=${refine}>Refine<//>
      <${Button} icon="plus" onClick=${() => fourMore()}>More<//>
      <${Button} icon="paint" disabled=${isNone || job.node_id === null} onClick=${useAsSketch}>Sketch<//>
      <${Button} icon="info" disabled=${isNone} onClick=${onDetails}>Details<//>
    </div>
    <div class="pgo" data-region="results">
      <${Button} onClick=${() => discard()}>Discard<//>
      <${Button} kind="primary" id="keep" disabled=${isNone || isSwitching.value} onClick=${keepPicked}>${result ? `Keep ${result.index + 1} and continue` : 'Tap one to see it'}<//>
    </div>`;
}

export function Failed() {
  const job = activeJob.value;
  if (!job) return null;
  return html`<${FailureNote} job=${job} /><div class="pgo"><${Button} onClick=${() => discard(job.id)}>Close<//></div>`;
}

/** @param {{job: Job}} props */
function Cards({ job }) {
  const frame = useFrame(job);
  return html`
    <div class="pcards" role="group" aria-label="Results">${job.results.map((result) => {
      const isDone = result.state === 'done';
      const isMade = isBeingMade(job, result);
      const isOn = isPickedResult(job, result) || (!picked.value && isMade);
      return html`
        <button key=${result.index} type="button" class=${`${isOn ? 'on' : ''} ${isDone || isMade ? '' : 'wait'}`} disabled=${!isDone}
          aria-label=${`Result ${result.index + 1}`} aria-pressed=${String(isPickedResult(job, result))} onClick=${() => pick(job.id, result.index)}>
          <${CardCut} job=${job} result=${result} frame=${frame} /><span aria-hidden="true">${result.index + 1}</span>
        </button>`;
    })}</div>`;
}

/** What the model saw of a result, or what is there so far; small cards show no more than that. @param {{job: Job, result: JobResult, frame: Frame | null}} props */
function CardCut({ job, result, frame }) {
  const before = project.value?.nodes.find((node) => node.id === job.node_id)?.picture;
  const preview = isBeingMade(job, result) ? previewOf(job.progress) : 0;
  if (preview && !(before && frame)) return html`<img src=${urls.preview(job.id, preview)} alt="" draggable=${false} />`;
  if (preview) return html`<${Cut} picture=${before} box=${frame} aspect=${1} px=${84} alt="" over=${{ frame, url: urls.preview(job.id, preview) }} />`;
  const shown = result.picture ?? before;
  const isSameSize = shown && (!before || (shown.width === before.width && shown.height === before.height));
  return shown && html`<${Cut} picture=${shown} box=${isSameSize ? frame : null} aspect=${1} px=${84} alt="" />`;
}
