// @ts-check
import { html } from 'htm/preact';
import { isInside, stepsOf, zoneOf, zoneText } from '../../state/zones.js';
import { draft, inspection, request } from '../../state/store.js';
import { Slider } from '../parts.js';
import { bound } from './bind.js';
/** @import { SamplingSettings } from '../../api/api.d.ts' */

const MOST_PIPS = 60;
/** Its steps are longer than those asked for. */
const FAST = 'DPM fast';
/** So that the words about the zone do not run into those at the ends. */
const TEXT_LIMITS = { least: 30, most: 72 };

/** @param {number} value */
const twoDecimals = (value) => value.toFixed(2);

export function Strength() {
  const { sampling, canvas } = request.value;
  const { underpainting } = draft.value;
  const zone = zoneOf(underpainting, canvas.area);
  const middle = Math.max(TEXT_LIMITS.least, Math.min(TEXT_LIMITS.most, ((zone[0] + zone[1]) / 2) * 100));
  return html`
    <section class="ps strength">
      <${Slider} variant="large" label="Denoising strength" heading=${html`<h3>Denoising strength</h3>`} min=${0} max=${1} step=${0.01} page=${0.1}
        format=${twoDecimals} zone=${zone} isWarned=${!isInside(sampling.denoising_strength, zone)} describedBy="strength-zone strength-steps"
        ...${bound('sampling.denoising_strength')} />
      <div class="scale">
        <span>keep</span>
        <span class="z" id="strength-zone" style=${{ left: `${middle}%` }}>${zoneText(underpainting, zone)}</span>
        <span>${zone[1] > 0.9 ? '' : 'repaint'}</span>
      </div>
      <${Steps} sampling=${sampling} />
    </section>`;
}

/** The number comes from the engine, in whichever mode it runs. @param {{sampling: SamplingSettings}} props */
function Steps({ sampling: { steps, sampler, resampling } }) {
  const { runs, of, known, again } = stepsOf(inspection.value, steps);
  if (runs === null) return html`<div class="steps" id="strength-steps"><span>${of} steps</span></div>`;
  if (known === 'adaptive') return html`<div class="steps" id="strength-steps"><span>${sampler} runs as many steps as it needs</span></div>`;
  const isFast = sampler === FAST;
  return html`
    <div class="steps">
      ${isFast || html`<div class=${`pips ${of > 30 ? 'many' : ''}`} aria-hidden="true">${of <= MOST_PIPS ? pips(runs, of) : bars(runs, of)}</div>`}
      <span id="strength-steps">Runs ${known === 'at-most' && 'at most '}<b>${runs}</b> of ${of} steps${isFast && ', up to 3 calls each'}${again > 0 && againText(again, resampling)}</span>
    </div>`;
}

/** @param {number} first @param {number} times again */
const againText = (first, times) => `, the first ${first === 1 ? 'one' : first} ${times === 1 ? 'twice' : `${times + 1} times`}`;

/** One for each step; the last ones run. @param {number} runs @param {number} of */
const pips = (runs, of) => Array.from({ length: of }, (_, index) => html`<i key=${index} class=${index >= of - runs ? 'on' : ''}></i>`);

/** @param {number} runs @param {number} of */
const bars = (runs, of) => html`<i style=${{ flex: Math.max(0, of - runs) }}></i><i class="on" style=${{ flex: runs }}></i>`;
