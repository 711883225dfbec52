// @ts-check
/** How the result meets the picture: soft inpainting, colours, and what an inpainting checkpoint is told. */
import { html } from 'htm/preact';
import { models, request } from '../../state/store.js';
import { Slider, Switch } from '../parts.js';
import { bound, boundSwitch } from './bind.js';
import { blendingSummary } from './labels.js';
import { Section } from './section.js';

/** @param {number} value */
const twoDecimals = (value) => value.toFixed(2);

export function Blending() {
  const { canvas, soft_inpainting: soft } = request.value;
  const summary = blendingSummary(canvas, soft);
  return html`
    <${Section} name="blending" title="Soft inpainting" summary=${summary || 'off'} isChanged=${summary !== ''}>
      <${Switch} label="Blend by difference" note="Steps near the mask edge mix softly with the picture"
        ...${boundSwitch('soft_inpainting.enabled')} />
      ${soft.enabled && html`<${SoftSettings} />`}
      <${Switch} label="Match the picture’s colours" note="The result keeps its own light" ...${boundSwitch('canvas.corrects_colours')} />
      <${Switch} label="Put into the original" note="Off: all that the model made, of the working size"
        ...${boundSwitch('canvas.keeps_original')} />
    <//>`;
}

const SoftSettings = () => html`
  <div class="two">
    <${Slider} label="Schedule bias" min=${0} max=${8} step=${0.1} page=${1} ...${bound('soft_inpainting.schedule_bias')} />
    <${Slider} label="Preservation" min=${0} max=${8} step=${0.05} page=${0.5} format=${twoDecimals}
      ...${bound('soft_inpainting.preservation_strength')} />
    <${Slider} label="Transition contrast" min=${1} max=${32} step=${0.5} page=${4} ...${bound('soft_inpainting.transition_contrast')} />
    <${Slider} label="Mask influence" min=${0} max=${1} step=${0.05} page=${0.2} format=${twoDecimals}
      ...${bound('soft_inpainting.mask_influence')} />
    <${Slider} label="Difference threshold" min=${0} max=${8} step=${0.25} page=${1} format=${twoDecimals}
      ...${bound('soft_inpainting.difference_threshold')} />
    <${Slider} label="Difference contrast" min=${0} max=${8} step=${0.25} page=${1} format=${twoDecimals}
      ...${bound('soft_inpainting.difference_contrast')} />
  </div>`;

/** Only inpainting checkpoints listen to this. */
export function ModelConditioning() {
  const { model, mask } = request.value;
  const known = models.value.find(({ name }) => name === model);
  if (known && !known.is_inpaint_model) return null;
  return html`
    <${Section} name="conditioning" title="Model conditioning" summary=${mask.conditioning_strength.toFixed(2)}
      isChanged=${mask.conditioning_strength !== 1}>
      <${Slider} label="Conditioning mask strength" min=${0} max=${1} step=${0.01} page=${0.1} format=${twoDecimals}
        ...${bound('mask.conditioning_strength')} />
      <p class="why">How much of the masked part is hidden from an inpainting checkpoint.</p>
    <//>`;
}
