// @ts-check
/** The whole page on a phone: one picture, one row of tools, the settings in a sheet from below. */
import { html } from 'htm/preact';
import { signal } from '@preact/signals-core';
import '@preact/signals';
import { trayState } from '../../state/results.js';
import { pickedJob, pickedResult, project, view } from '../../state/store.js';
import { AdviceStrip, ProblemStrip } from '../advice.js';
import { StageBadge } from '../compare.js';
import { DeletedBanner } from '../deleted.js';
import { EmptyView } from '../empty.js';
import { EngineBanner } from '../engine-banner.js';
import { InspectorBody } from '../inspector.js';
import { OfflineBanner } from '../offline.js';
import { GenerateButton } from '../panel/footer.js';
import { SettingsBody } from '../panel/panel.js';
import { QueueBody, QueueHead } from '../queue.js';
import { Stage } from '../stage.js';
import { HistoryView } from '../tree.js';
import { PhoneBar } from './bar.js';
import { ImageStepper, SetRow } from './set-row.js';
import { Sheet } from './sheet.js';
import { Tools, BrushSize, ZoomPill } from './tools.js';
import { Failed, Picking, Running } from './results.js';

/** What the sheet shows; null = closed. */
const sheet = signal(/** @type {'settings' | 'queue' | 'result' | null} */ (null));
const close = () => { sheet.value = null; };

export function PhoneApp() {
  const isOpen = project.value !== null;
  return html`
    <div class="phone">
      <${PhoneBar} onQueue=${() => { sheet.value = 'queue'; }} />
      <${OfflineBanner} /><${DeletedBanner} /><${EngineBanner} />
      ${isOpen ? html`<${Project} />` : html`<${EmptyView} />`}
      <${OpenSheet} />
    </div>`;
}

function Project() {
  const isHistory = view.value === 'history';
  if (isHistory) return html`<div class="pview"><${HistoryView} /></div><${ProblemStrip} />`;
  return html`
    <main class="pstudio" aria-label="Canvas">
      <div class=${`pmain ${sheet.value ? 'is-dim' : ''}`}><${Stage}><${StageBadge} /><${StageTools} /><//></div>
      <${ProblemStrip} />
      <${Below} />
    </main>`;
}

/** On the canvas while it is painted on. */
const StageTools = () => (trayState.value === 'hidden' ? html`<${BrushSize} /><${ZoomPill} />` : null);

function Below() {
  switch (trayState.value) {
    case 'running': return html`<${Running} />`;
    case 'picking': return html`<${Picking} onDetails=${() => { sheet.value = 'result'; }} />`;
    case 'failed': return html`<${Failed} />`;
    default: return html`<${Tools} /><${SetRow} onOpen=${() => { sheet.value = 'settings'; }} />`;
  }
}

function OpenSheet() {
  if (sheet.value === 'queue') return html`<${Sheet} key="queue" label="Queue" onClose=${close} head=${html`<${QueueHead} onClose=${close} />`}><div class="queue"><${QueueBody} /></div><//>`;
  const [job, result] = [pickedJob.value, pickedResult.value];
  if (sheet.value === 'result') return job && result && html`<${Sheet} key="result" label=${`Result ${result.index + 1}`} onClose=${close}><${InspectorBody} job=${job} result=${result} /><//>`;
  if (sheet.value !== 'settings' || !project.value) return null;
  const foot = html`<div class="pgo" onClick=${close}><${ImageStepper} /><${GenerateButton} /></div>`;
  return html`<${Sheet} key="settings" label="Settings" onClose=${close} foot=${foot}><${AdviceStrip} /><${SettingsBody} /><//>`;
}
