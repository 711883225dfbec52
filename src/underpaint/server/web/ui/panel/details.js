// @ts-check
/** What few people touch: the shape of the schedule, fresh noise of samplers, when the negative prompt counts. */
import { html } from 'htm/preact';
import { endGesture, setSetting } from '../../state/actions.js';
import { defaultRequest } from '../../state/defaults.js';
import { isSame } from '../../state/settings.js';
import { fitted } from '../../state/sticky.js';
import { isFirstPicture, request } from '../../state/store.js';
import { NumberField, Select, Slider, Switch } from '../parts.js';
import { bound, boundField, boundSwitch } from './bind.js';
import { NOISE_LEVELS, UNIPC_SPACINGS, UNIPC_VARIANTS, takesChurn, takesEta, takesNoiseScale } from './labels.js';
import { Section } from './section.js';
/** @import { SamplingSettings, ScheduleSettings, UniPcSettings } from '../../api/api.d.ts' */

/** @param {SamplingSettings} sampling */
function isChanged(sampling) {
  const usual = defaultRequest().sampling;
  const { denoising_strength, steps, sampler, scheduler, cfg_scale, resampling } = usual;
  return !isSame(fitted(usual, { ...sampling, denoising_strength, steps, sampler, scheduler, cfg_scale, resampling }), usual);
}

export function Details() {
  const { sampling } = request.value;
  const isOther = isChanged(sampling);
  return html`
    <${Section} name="details" title="Sampler details" summary=${isOther ? 'changed' : 'usual'} isChanged=${isOther}>
      <${FreshNoise} sampling=${sampling} />
      <${Schedule} sampling=${sampling} />
      <${Negative} sampling=${sampling} />
      ${sampling.sampler === 'UniPC' && html`<${UniPc} settings=${sampling.unipc} />`}
      <${Select} label="Noise levels" options=${NOISE_LEVELS} ...${bound('sampling.noise_levels')} />
      <${Switch} label="Leave out the last step but one" ...${boundSwitch('sampling.discards_penultimate_sigma')} />
      <${Switch} label="Whole timesteps only" note="AUTOMATIC1111’s quantization" ...${boundSwitch('sampling.rounds_timesteps')} />
      <${Switch} label="Noise levels in half precision" note="As AUTOMATIC1111 before 1.8" ...${boundSwitch('sampling.rounds_alphas')} />
      <${Switch} label="Opposite edges fit together" note="For patterns that repeat" ...${boundSwitch('sampling.tiles')} />
      ${isFirstPicture.value && html`<${Switch} label="SGM noise multiplier" ...${boundSwitch('noise.is_sgm_scaled')} />`}
    <//>`;
}

/** Only what the sampler listens to. @param {{sampling: SamplingSettings}} props */
function FreshNoise({ sampling }) {
  const { sampler, churn } = sampling;
  const hasEta = takesEta(sampler);
  const hasChurn = takesChurn(sampler);
  const hasScale = takesNoiseScale(sampler);
  if (!hasEta && !hasChurn && !hasScale) return null;
  return html`
    <div class="two">
      ${hasEta && html`<${NumberField} label="Eta" isOptional min=${0} max=${1} step=${0.01} placeholder="the sampler’s own"
        ...${boundField('sampling.eta')} />`}
      ${hasScale && html`<${Slider} label="Noise scale" min=${0} max=${2} step=${0.01} page=${0.1} ...${bound('sampling.noise_scale')} />`}
      ${hasChurn && html`<${Slider} label="Churn" min=${0} max=${20} limit=${100} step=${0.1} page=${2} ...${bound('sampling.churn')} />`}
      ${hasChurn && churn > 0 && html`
        <${Sigma} label="Churn from sigma" ...${boundField('sampling.churn_sigma_min')} />
        <${Sigma} label="Churn up to sigma" placeholder="no limit" ...${boundField('sampling.churn_sigma_max')} />`}
    </div>`;
}

/**
 * A number where 0 stands for the usual, and is shown as such.
 * @param {{label: string, value: number, max?: number, step?: number, placeholder?: string, onCommit: (value: number) => void}} props
 */
const Sigma = ({ label, value, max = 1000, step = 0.01, placeholder, onCommit }) => html`
  <${NumberField} label=${label} isOptional min=${0} max=${max} step=${step} value=${value || null} placeholder=${placeholder}
    onCommit=${(/** @type {number | null} */ typed) => onCommit(typed ?? 0)} />`;

/** @param {{sampling: SamplingSettings}} props */
function Schedule({ sampling }) {
  const { schedule, scheduler } = sampling;
  /** @param {keyof ScheduleSettings} key */
  const field = (key) => ({
    value: schedule[key],
    onCommit: (/** @type {number} */ value) => {
      setSetting('sampling.schedule', { ...schedule, [key]: value });
      endGesture();
    },
  });
  return html`
    <div class="two">
      <${Sigma} label="Smallest sigma" placeholder="the model’s own" ...${field('sigma_min')} />
      <${Sigma} label="Largest sigma" placeholder="the model’s own" ...${field('sigma_max')} />
      <${Sigma} label="Rho" max=${30} step=${0.1} placeholder="the schedule’s own" ...${field('rho')} />
      ${scheduler === 'Beta' && html`
        <${NumberField} label="Alpha" min=${0.01} max=${10} step=${0.01} ...${field('beta_alpha')} />
        <${NumberField} label="Beta" min=${0.01} max=${10} step=${0.01} ...${field('beta_beta')} />`}
    </div>`;
}

/** @param {{sampling: SamplingSettings}} props */
const Negative = ({ sampling }) => html`
  <${Slider} label="Negative prompt from" min=${0} max=${1} step=${0.01} page=${0.1} scale=${100} unit="% of the steps"
    ...${bound('sampling.negative_from')} />
  <div class="two"><${Sigma} label="Skip it below sigma" placeholder="never" ...${boundField('sampling.negative_min_sigma')} /></div>
  ${sampling.negative_min_sigma > 0 && html`
    <${Switch} label="Skip at every call, not every second" ...${boundSwitch('sampling.negative_min_sigma_every_call')} />`}`;

/** @param {{settings: UniPcSettings}} props */
function UniPc({ settings }) {
  /** @template {keyof UniPcSettings} K @param {K} key */
  const control = (key) => {
    /** @param {UniPcSettings[K]} value */
    const set = (value) => setSetting('sampling.unipc', { ...settings, [key]: value });
    return { value: settings[key], onInput: set, onChange: set, onCommit: endGesture };
  };
  const { value: isOn, onChange } = control('lowers_final_order');
  return html`
    <div class="two">
      <${Select} label="UniPC variant" options=${UNIPC_VARIANTS} ...${control('variant')} />
      <${Slider} label="UniPC order" min=${1} max=${10} step=${1} page=${1} ...${control('order')} />
      <${Select} label="UniPC steps" options=${UNIPC_SPACINGS} ...${control('spacing')} />
    </div>
    <${Switch} label="Lower order at the end" isOn=${isOn} onChange=${onChange} />`;
}
