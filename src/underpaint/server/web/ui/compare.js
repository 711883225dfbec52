// @ts-check
/** The option bar while results are looked at: how they are shown, and what with. Also the badges on the canvas. */
import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import '@preact/signals';
import { compare } from '../state/actions.js';
import { editor } from '../state/context.js';
import { previewOf } from '../state/job-facts.js';
import { doneResults, trayState } from '../state/results.js';
import { activeJob, comparison, isFirstPicture, picked, pickedJob, pickedResult, runningJob, zoom } from '../state/store.js';
import { clamp } from './compare-maths.js';
import { MODES } from './compare-modes.js';
import { stepText } from './job-words.js';
import { Icon, Segments } from './parts.js';
import { useStart } from './running-picture.js';
import { ZoomControls } from './zoom.js';
/** @import { ComponentChildren } from 'preact' */
/** @import { IconName } from './icons.js' */
/** @import { Job } from '../api/api.d.ts' */
/** @import { Comparing } from '../state/types.d.ts' */

export function CompareBar() {
  const now = comparison.value;
  if (!now) return null;
  if (isFirstPicture.value) return html`<div class="opt" data-region="options"><b class="tool">${picked.value ? `Result ${picked.value.index + 1}` : 'First picture'}</b></div>`;
  return html`
    <div class="opt wraps" role="group" aria-label="Compare" data-region="options">
      <b class="tool">Compare</b>
      <${Segments} label="Compare mode" options=${MODES} value=${now.mode}
        onChange=${(/** @type {string} */ mode) => compare({ mode: /** @type {Comparing['mode']} */ (mode) })} />
      <span class="lbl">with</span>
      ${pickedJob.value && html`<${WithPicker} now=${now} job=${pickedJob.value} />`}
      <div class="grow"></div>
      <${ZoomControls} />
    </div>`;
}

/** What lay under the mask can only be shown while mask and sketch are those of the job. @param {{now: Comparing, job: Job}} props */
function WithPicker({ now, job }) {
  const start = useStart(job);
  const others = doneResults.value.filter((result) => result.index !== picked.value?.index);
  const isOther = typeof now.with === 'object';
  const isWithItself = typeof now.with === 'object' && now.with.index === picked.value?.index;
  useEffect(() => { if (isWithItself) compare({ with: 'before' }); }, [isWithItself]);
  const options = [
    { value: 'before', label: 'Before' },
    { value: 'underpainting', label: 'Underpainting', isDisabled: start === null },
    ...(others.length ? [{ value: 'result', label: 'Result' }] : []),
  ];
  /** @param {string} value */
  const choose = (value) => {
    const jobId = activeJob.value?.id;
    if (value === 'before' || value === 'underpainting') compare({ with: value });
    else if (jobId && others[0]) compare({ with: { job_id: jobId, index: others[0].index } });
  };
  return html`
    <${Segments} label="Compare with" options=${options} value=${isOther ? 'result' : now.with} onChange=${choose} />
    ${typeof now.with === 'object' && html`
      <select class="compare-result" aria-label="Other result" value=${String(now.with.index)}
        onChange=${(/** @type {{currentTarget: HTMLSelectElement}} */ event) => compare({ with: { job_id: activeJob.value?.id ?? '', index: Number(event.currentTarget.value) } })}>
        ${others.map((result) => html`<option key=${result.index} value=${String(result.index)} selected=${typeof now.with === 'object' && result.index === now.with.index}>${result.index + 1}</option>`)}
      </select>`}`;
}

/** On the canvas: the count of changed pixels of the picked result, or which image is being made. */
export function StageBadge() {
  const result = pickedResult.value;
  const progress = trayState.value === 'running' && activeJob.value === runningJob.value ? runningJob.value?.progress : null;
  if (result && result.changed_outside_px !== null) {
    const changed = result.changed_outside_px;
    return html`<${Badge} icon=${changed ? 'warn' : 'shield'} isBad=${changed > 0}>${proofText(changed)}<//>`;
  }
  if (result || !progress || !previewOf(progress)) return null;
  return html`<${Badge} icon="image">Preview of image ${Math.min(progress.image + 1, progress.images)}, ${stepText(progress)}<//>`;
}

const INSET_PX = 12;
const CORNER = { left: INSET_PX, bottom: INSET_PX };

/** In the lower left corner of the picture, or of what is seen of it. @param {{icon: IconName, isBad?: boolean, children?: ComponentChildren}} props */
function Badge({ icon, isBad = false, children }) {
  const badge = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [corner, setCorner] = useState(CORNER);
  const isSplit = comparison.value?.mode === 'side' && picked.value !== null;
  useEffect(() => {
    const canvas = editor();
    const place = () => {
      const stage = badge.current?.parentElement;
      if (!stage || !canvas.hasPicture || isSplit) {
        setCorner(CORNER);
        return;
      }
      const { zoom: scale, x, y } = canvas.view;
      setCorner({
        left: INSET_PX + clamp(x, 0, stage.clientWidth / 2),
        bottom: INSET_PX + clamp(stage.clientHeight - y - canvas.size.height * scale, 0, stage.clientHeight / 2),
      });
    };
    place();
    canvas.addEventListener('view', place);
    return () => canvas.removeEventListener('view', place);
  }, [zoom.value, isSplit]);
  return html`<div class=${`proof ${isBad ? 'is-bad' : ''}`} ref=${badge} style=${{ left: `${corner.left}px`, bottom: `${corner.bottom}px` }}>
    <${Icon} name=${icon} size=${16} /><span>${children}</span></div>`;
}

/** @param {number} changed */
export const proofText = (changed) => `${changed.toLocaleString('en')} px changed outside the mask`;
