// @ts-check
/** What lies under the mask when denoising starts: shown exactly as the model gets it. */
import { html } from 'htm/preact';
import { endGesture, setBlur, setUnderpainting } from '../../state/actions.js';
import { BLUR_ZONE, GROW_ZONE, PADDING_ZONE, UNDERPAINTING_NAMES, scalingText, scalingTitle } from '../../state/zones.js';
import {
  areOthersPreparing, draft, fieldErrors, hasSketch, isPreparing, maskBounds, peekedUnderpainting, request, stage, underpaintings,
} from '../../state/store.js';
import { Icon, Radios, Segments, Slider } from '../parts.js';
import { bound } from './bind.js';
import { AREAS, MASK_MODES, STAGES } from './labels.js';
/** @import { Stage, Underpainting } from '../../api/api.d.ts' */

/** @type {Underpainting[]} */
const ALL = ['sketch', 'original', 'fill', 'latent-noise', 'latent-nothing'];

/** @param {Underpainting} underpainting */
const previewOf = (underpainting) => underpaintings.value?.previews.find((preview) => preview.underpainting === underpainting) ?? null;

/** What is chosen from alone, for the sheet of the phone. */
export const UnderpaintingChoices = () => html`<section class="ps under"><h3>Underpainting</h3><${Choices} /></section>`;

/** @param {{title?: string, hasChoices?: boolean}} props */
export function UnderpaintingSection({ title = 'Underpainting', hasChoices = true }) {
  const seen = underpaintings.value;
  const scaling = seen && /** @type {const} */ ([seen.frame, seen.working_width, seen.working_height]);
  return html`
    <section class="ps under">
      <div class="head">
        <h3><span>${title}${scaling && html`<small title=${scalingTitle(...scaling)}>${scalingText(...scaling)}</small>`}</span></h3>
        <${Segments} label="Stage shown" size="mini" options=${STAGES} value=${stage.value}
          onChange=${(/** @type {Stage} */ wanted) => { stage.value = wanted; }} />
      </div>
      <div class="hero"><${ModelView} /><${MaskControls} /></div>
      ${hasChoices && html`<${Choices} />`}
    </section>`;
}

/** The picture that the model sees, large. */
function ModelView() {
  const chosen = draft.value.underpainting;
  const shown = peekedUnderpainting.value ?? chosen;
  const preview = previewOf(shown);
  const name = UNDERPAINTING_NAMES[shown];
  return html`
    <div class=${`hv ${isPreparing.value ? 'old' : ''}`} aria-busy=${String(isPreparing.value)}>
      ${preview
        ? html`<img src=${preview.url} alt=${`What the model sees with ${name} under the mask`} draggable=${false} />`
        : html`<div class="none">${whyNone()}</div>`}
      ${shown !== chosen && html`<span class="of">${name}</span>`}
    </div>`;
}

function whyNone() {
  if (isPreparing.value) return 'Preparing …';
  if (maskBounds.value === null && request.value.canvas.area === 'only-masked') return 'Mask a part to see what the model sees.';
  return 'Shown as soon as the engine has prepared it.';
}

function MaskControls() {
  const { canvas, mask } = request.value;
  return html`
    <div class="hc">
      <${Segments} label="Inpaint area" size="mini" isFull options=${AREAS} ...${bound('canvas.area')} />
      <${Slider} label="Padding" unit="px" min=${0} max=${512} limit=${1024} step=${1} page=${16} curve=${2} zone=${PADDING_ZONE}
        isDisabled=${canvas.area === 'whole'} ...${bound('canvas.padding_px')} />
      <${Slider} label="Mask growth" unit="px" min=${0} max=${64} limit=${256} step=${1} page=${4} curve=${2} zone=${GROW_ZONE}
        ...${bound('mask.grow_px')} />
      <${Slider} label="Mask blur" unit="px" min=${0} max=${64} limit=${256} step=${1} page=${4} curve=${2} zone=${BLUR_ZONE}
        value=${mask.blur_x_px} error=${fieldErrors.value.get('mask.blur_x_px')} onInput=${setBlur} onCommit=${endGesture} />
      <${Segments} label="Mask mode" size="mini" isFull options=${MASK_MODES} ...${bound('mask.mode')} />
    </div>`;
}

/** Every masked content as it would really be; hover shows it large and on the canvas, a click keeps it. */
function Choices() {
  const { task, underpainting } = draft.value;
  const options = ALL.map((value) => ({
    value,
    label: UNDERPAINTING_NAMES[value],
    title: titleOf(value),
    isDisabled: value === 'original' && task === 'extend' && underpainting !== 'original',
  }));
  return html`
    <${Radios} label="Masked content" class=${`ups ${areOthersPreparing.value ? 'old' : ''}`} options=${options} value=${underpainting}
      onChange=${setUnderpainting} onPeek=${(/** @type {Underpainting | null} */ value) => { peekedUnderpainting.value = value; }}
      draw=${(/** @type {{value: Underpainting, label: string}} */ { value, label }) => html`<${Thumbnail} value=${value} />${label}`} />`;
}

/** Of what the model sees, as far as it looks well in a row. */
function frameAspect() {
  const frame = underpaintings.value?.frame;
  return frame ? Math.max(0.9, Math.min(1.5, frame.width / frame.height)) : 1;
}

/** @param {{value: Underpainting}} props */
function Thumbnail({ value }) {
  const preview = previewOf(value);
  return html`
    <span class="th" style=${{ '--frame': frameAspect() }}>
      ${preview ? html`<img src=${preview.url} alt="" draggable=${false} />` : html`<${Icon} name=${value === 'sketch' ? 'paint' : 'image'} />`}
    </span>`;
}

/** @param {Underpainting} value */
function titleOf(value) {
  if (value === 'sketch') return hasSketch.value ? 'The picture with your sketch on it' : 'Nothing is sketched yet; paint with P';
  if (value === 'original' && draft.value.task === 'extend') return 'There is no picture in the new area';
  return {
    original: 'The picture as it is',
    fill: 'Blurred colours of the surroundings',
    'latent-noise': 'Noise: the most detail, needs a high strength',
    'latent-nothing': 'A blank start, turns brown at low strength',
  }[value];
}
