// @ts-check
/** The sections that open: sampling, size, noise, rules. */
import { html } from 'htm/preact';
import { newSeed, reuseSeed, setProfile, setSetting } from '../../state/actions.js';
import { PROFILES } from '../../state/defaults.js';
import { isSame } from '../../state/settings.js';
import { headNode, inspection, isFirstPicture, jobList, models, pickedResult, request, status } from '../../state/store.js';
import { onText } from '../parts/events.js';
import { IconButton, NumberField, Segments, Select, Slider, Switch } from '../parts.js';
import { bound, boundField, boundSwitch } from './bind.js';
import {
  EMPHASIS, PROFILE_NAMES, RESIZE_MODES, RNG_SOURCES, RULES, noiseSummary, profileOf, rulesSummary, samplingSummary, sizeSummary,
} from './labels.js';
import { Section } from './section.js';
import { SizeFields } from './size.js';

const MAX_SEED = 2 ** 32 - 1;

/** @param {string[]} names */
const named = (names) => names.map((name) => ({ value: name, label: name }));
/** @param {number} value */
const oneDecimal = (value) => value.toFixed(1);
/** @param {number} value */
const twoDecimals = (value) => value.toFixed(2);

export function Sampling() {
  const { sampling } = request.value;
  const { samplers, schedulers } = status.value ?? { samplers: [sampling.sampler], schedulers: [sampling.scheduler] };
  return html`
    <${Section} name="sampling" title="Sampling" summary=${samplingSummary(sampling)}>
      <div class="two">
        <${Select} label="Sampler" options=${named(samplers)} ...${bound('sampling.sampler')} />
        <${Select} label="Schedule" options=${named(schedulers)} ...${bound('sampling.scheduler')} />
        <${Slider} label="Steps" min=${1} max=${60} limit=${150} step=${1} page=${5} ...${bound('sampling.steps')} />
        <${Slider} label="CFG" min=${1} max=${20} limit=${100} step=${0.5} page=${2} format=${oneDecimal} ...${bound('sampling.cfg_scale')} />
      </div>
      <${Seed} />
      <div class="two">
        <${Slider} label="CLIP skip" min=${1} max=${12} step=${1} page=${2} ...${bound('prompt.clip_skip')} />
        <${Select} label="Emphasis" options=${EMPHASIS} ...${bound('prompt.emphasis')} />
      </div>
      ${!isFirstPicture.value && html`<${Resampling} />`}
      <${Switch} label="LoRAs named in the prompt" note="As in <lora:name:0.8>" ...${boundSwitch('prompt.uses_networks')} />
    <//>`;
}

/** Inpainting checkpoints see what stays and need none. */
function Resampling() {
  const { model, sampling } = request.value;
  if (models.value.find(({ name }) => name === model)?.is_inpaint_model) return null;
  const isIdle = sampling.resampling > 0 && inspection.value?.resampled_steps === 0;
  return html`
    <${Slider} label="Resampling" min=${0} max=${4} limit=${10} step=${1} page=${1} ...${bound('sampling.resampling')} />
    <p class="why">${isIdle
      ? 'No effect: nothing is masked, or the sampler chooses its own steps.'
      : 'Takes the first third of the steps again, so that what is painted fits what stays.'}</p>`;
}

function Seed() {
  const canReuse = pickedResult.value !== null || jobList.value.length > 0;
  return html`
    <div class="seedrow">
      <span class="lb">Seed</span>
      <${NumberField} label="Seed" isBare isMono isOptional min=${0} max=${MAX_SEED} placeholder="new for each run" ...${boundField('noise.seed')} />
      <${IconButton} icon="dice" label="New seed for each run" keys="N" isOn=${request.value.noise.seed === null} onClick=${newSeed} />
      <${IconButton} icon="link" label=${pickedResult.value ? 'Seed of the chosen result' : 'Seed of the last run'} keys="Shift N"
        disabled=${!canReuse} onClick=${reuseSeed} />
    </div>`;
}

export function Size() {
  const { canvas } = request.value;
  return html`
    <${Section} name="size" title="Size" summary=${sizeSummary(canvas)} isChanged=${canvas.width !== null || canvas.height !== null}>
      <${SizeFields} />
      <${Select} label="Resize mode" options=${RESIZE_MODES} ...${bound('canvas.resize_mode')} />
      ${headNode.value?.picture.has_alpha && html`
        <div class="lr">
          <label for="background">Behind transparent pixels</label>
          <span class="colour"><input id="background" type="color" value=${canvas.background}
            onInput=${onText((colour) => setSetting('canvas.background', colour))} /></span>
        </div>`}
    <//>`;
}

export function Noise() {
  const { noise, rules } = request.value;
  return html`
    <${Section} name="noise" title="Noise" summary=${noiseSummary(noise, rules)}>
      <div class="two">
        <${Slider} label="Multiplier" min=${0} max=${2} step=${0.01} page=${0.1} format=${twoDecimals} ...${bound('noise.multiplier')} />
        <${Slider} label="Extra noise" min=${0} max=${1} limit=${2} step=${0.01} page=${0.1} format=${twoDecimals} ...${bound('noise.extra')} />
      </div>
      <${Slider} label="Variation" min=${0} max=${1} step=${0.01} page=${0.1} format=${twoDecimals} ...${bound('noise.subseed_strength')} />
      ${noise.subseed_strength > 0 && html`
        <${NumberField} label="Variation seed" isMono isOptional min=${0} max=${MAX_SEED} placeholder="new for each run"
          ...${boundField('noise.subseed')} />`}
      <div class="lr">
        <span class="lb">Source</span>
        <${Segments} label="Source of the noise" size="mini" options=${RNG_SOURCES} ...${bound('noise.source')} />
      </div>
      <${NumberField} label="Eta noise seed delta" isMono min=${0} max=${MAX_SEED} ...${boundField('noise.eta_seed_delta')} />
      <${KeepComposition} />
      <${Switch} label="Own random stream for latent noise" note="Off repeats the starting noise, as AUTOMATIC1111 does"
        isOn=${rules.content_noise === 'independent'}
        onChange=${(/** @type {boolean} */ isOn) => setSetting('rules.content_noise', isOn ? 'independent' : 'shared')} />
    <//>`;
}

/** Noise drawn at another size keeps the composition of that size; empty is off. */
const KeepComposition = () => html`
  <div class="two">
    ${/** @type {const} */ (['width', 'height']).map((side) => {
      const { value, onCommit, error } = boundField(`noise.seed_resize_from_${side}`);
      return html`<${NumberField} key=${side} label=${`Resize seed: ${side}`} unit="px" isOptional min=${0} max=${8192} value=${value || null}
        placeholder="off" error=${error} onCommit=${(/** @type {number | null} */ px) => onCommit(px ?? 0)} />`;
    })}
  </div>`;

export function RulesSection() {
  const { rules } = request.value;
  const profile = profileOf(rules);
  const options = PROFILE_NAMES.filter(({ value }) => value !== 'custom' || profile === 'custom');
  /** @param {'studio' | 'a1111' | 'custom'} name */
  const choose = (name) => { if (name !== 'custom') setProfile(name); };
  return html`
    <${Section} name="rules" title="Rules" summary=${rulesSummary(rules)} isChanged=${!isSame(rules, PROFILES.studio)}>
      <${Segments} label="Profile" isFull options=${options} value=${profile} onChange=${choose} />
      <div class="rules">
        ${RULES.map(({ key, label, options }) => html`<${Select} key=${key} label=${label} options=${options} ...${bound(`rules.${key}`)} />`)}
      </div>
    <//>`;
}
