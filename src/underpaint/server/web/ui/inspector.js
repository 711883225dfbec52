// @ts-check
/** The panel beside a picked result: where it came from, what was measured, and how to go on. */
import { html } from 'htm/preact';
import '@preact/signals';
import { refine, saveResult, showPanel, togglePanel, useAsSketch, vary } from '../state/actions.js';
import { fixDetailInPicked, keepPicked, starPicked } from '../state/result-verbs.js';
import { doneResults, fileFormat, hasFileMetadata, keepSwitches, setKeepSwitches } from '../state/results.js';
import { isDrawer, isSwitching, panel, pickedJob, pickedResult, project } from '../state/store.js';
import { checksOf } from './checks.js';
import { Cut, useChangedBox } from './cut.js';
import { Button, Icon, IconButton, Segments, Switch } from './parts.js';
import { useStart } from './running-picture.js';
import { moreLabel } from './tray.js';
/** @import { Job, JobResult } from '../api/api.d.ts' */
/** @import { IconName } from './icons.js' */

/** "Settings | Result 2", on top of either panel while a result is picked; where the panel is a drawer, the way to close it. */
export function PanelTabs() {
  const result = pickedResult.value;
  if (!result && !isDrawer.value) return null;
  const options = [{ value: 'settings', label: 'Settings' }, ...(result ? [{ value: 'result', label: `Result ${result.index + 1}` }] : [])];
  return html`
    <div class="ptabs">
      ${result
        ? html`<${Segments} label="Panel" isFull=${true} options=${options} value=${panel.value === 'result' ? 'result' : 'settings'}
            onChange=${(/** @type {string} */ value) => showPanel(value === 'result' ? 'result' : 'settings')} />`
        : html`<h2>Settings</h2>`}
      ${isDrawer.value && html`<${IconButton} icon="x" label="Close the panel" keys="Ctrl ." size=${16} onClick=${togglePanel} />`}
    </div>`;
}

export function Inspector() {
  const job = pickedJob.value;
  const result = pickedResult.value;
  if (!job || !result) return null;
  return html`
    <aside class="panel inspector" aria-label="Result" data-region="panel">
      <${PanelTabs} />
      <div class="pb" tabindex="-1"><${InspectorBody} job=${job} result=${result} /></div>
      <${KeepFooter} result=${result} />
    </aside>`;
}

/** @param {{job: Job, result: JobResult}} props */
export const InspectorBody = ({ job, result }) => html`
  <${Pair} job=${job} result=${result} />
  <${Checks} job=${job} result=${result} />
  <${GoOn} job=${job} result=${result} />
  ${job.node_id !== null && html`<${KeepOptions} />`}
  <${SaveFile} job=${job} result=${result} />`;

const PAIR_ASPECT = 1.12;
/** Upright pieces would push the rest of the panel out of sight. */
const NARROWEST = 0.95;

/** @param {{job: Job, result: JobResult}} props */
function Pair({ job, result }) {
  const start = useStart(job);
  const before = project.value?.nodes.find((node) => node.id === job.node_id)?.picture;
  const changed = useChangedBox(before, result.picture);
  if (!result.picture) return null;
  const box = start?.frame ?? changed;
  const aspect = start ? Math.max(NARROWEST, start.frame.width / start.frame.height) : before ? PAIR_ASPECT : result.picture.width / result.picture.height;
  const left = before && html`<${Cut} picture=${before} box=${box} aspect=${aspect} over=${start} alt=${start ? 'What lay under the mask' : 'The picture before'} />`;
  return html`
    <section class="ps">
      <h3>${start ? 'Under the mask, then the result' : before ? 'Before, then the result' : 'The result'}</h3>
      <div class=${left ? 'pair' : 'pair is-one'}>${left}<${Cut} picture=${result.picture} box=${box} aspect=${aspect} alt=${`Result ${result.index + 1}`} /></div>
    </section>`;
}

/** @param {{job: Job, result: JobResult}} props */
function Checks({ job, result }) {
  const checks = checksOf(job, result);
  if (!checks.length) return null;
  return html`
    <section class="ps"><h3>Checks</h3>
      <ul class="checks">${checks.map((check) => html`
        <li class=${`is-${check.verdict}`}><${Icon} name=${check.icon} size=${16} /><b>${check.name}</b><span>${check.value}</span></li>`)}
      </ul>
    </section>`;
}

/** @param {{job: Job, result: JobResult}} props */
function GoOn({ job, result }) {
  const { steps } = job.request.sampling;
  const refined = Math.min(150, Math.max(steps * 2, 40));
  const hasPicture = job.node_id !== null;
  return html`
    <section class="ps"><h3>Go on from here</h3>
      <div class="acts">
        <${Act} icon="bolt" name="Refine this one" note=${`same seed, ${steps} → ${refined} steps`} keys="F" run=${refine} />
        <${Act} icon="branch" name=${`${moreLabel(job)} like it`} note=${`variation 0.15 of seed ${result.seed}`} keys="V" run=${vary} />
        ${hasPicture && html`<${Act} icon="paint" name="Use as sketch" note="paint over it, then run it again" keys="U" run=${useAsSketch} />`}
        <${Act} icon="star" name=${result.is_starred ? 'Take the star off' : 'Star it'} note="to find it again in the history" keys="*" run=${starPicked} />
        <${Act} icon="fix" name="Fix detail in it" note="keeps the result, then mask the detail" keys="D" run=${fixDetailInPicked} />
      </div>
    </section>`;
}

/** @param {{icon: IconName, name: string, note: string, keys: string, run: () => Promise<unknown>}} props */
const Act = ({ icon, name, note, keys, run }) => html`
  <button type="button" onClick=${run} disabled=${isSwitching.value}>
    <${Icon} name=${icon} size=${18} /><span><b>${name}</b><small>${note}</small></span><kbd aria-hidden="true">${keys}</kbd>
  </button>`;

function KeepOptions() {
  const { keepsMask, keepsSketch, newSeed } = keepSwitches.value;
  return html`
    <section class="ps"><h3>When I continue</h3>
      <div class="sws">
        <${Switch} label="Keep the mask" isOn=${keepsMask} onChange=${(/** @type {boolean} */ isOn) => setKeepSwitches({ keepsMask: isOn })} />
        <${Switch} label="Keep the sketch" isOn=${keepsSketch} onChange=${(/** @type {boolean} */ isOn) => setKeepSwitches({ keepsSketch: isOn })} />
        <${Switch} label="New random seed" isOn=${newSeed} onChange=${(/** @type {boolean} */ isOn) => setKeepSwitches({ newSeed: isOn })} />
      </div>
    </section>`;
}

const FORMATS = [{ value: 'png', label: 'PNG' }, { value: 'jpeg', label: 'JPEG' }, { value: 'webp', label: 'WebP' }];

/** Format and metadata of a saved file; the choice is kept while the page is open. @param {{onSave: () => void}} props */
export const FileChoice = ({ onSave }) => html`
  <div class="save-file">
    <${Segments} label="File format" options=${FORMATS} value=${fileFormat.value}
      onChange=${(/** @type {'png' | 'jpeg' | 'webp'} */ format) => { fileFormat.value = format; }} />
    <${Button} icon="download" onClick=${onSave}>Save<//>
  </div>
  <${Switch} label="With its settings in the file" isOn=${hasFileMetadata.value} onChange=${(/** @type {boolean} */ isOn) => { hasFileMetadata.value = isOn; }} />`;

/** @param {{job: Job, result: JobResult}} props */
const SaveFile = ({ job, result }) => html`
  <section class="ps"><h3>Save this result</h3>
    <${FileChoice} onSave=${() => saveResult({ job_id: job.id, index: result.index }, fileFormat.value, hasFileMetadata.value)} />
  </section>`;

const NUMBERS = ['', 'one stays', 'two stay', 'three stay', 'four stay', 'five stay', 'six stay', 'seven stay', 'eight stay'];

/** @param {{result: JobResult}} props */
export function KeepFooter({ result }) {
  const others = doneResults.value.length - 1;
  const stay = others > 0 ? ` The other ${NUMBERS[others] ?? `${others} stay`} in the tree.` : '';
  return html`
    <footer class="go">
      <p class="note">Adds a step to the history.${stay}</p>
      <${Button} kind="primary" id="keep" keys="↵" disabled=${isSwitching.value} onClick=${keepPicked}>Keep ${result.index + 1} and continue<//>
    </footer>`;
}
