// @ts-check
/** Line art lock: a ControlNet that keeps the result to the lines of the picture. Shown where one fits the checkpoint. */
import { html } from 'htm/preact';
import { endGesture, setSetting } from '../../state/actions.js';
import { lineArtLock, withLineArtLock } from '../../state/line-art.js';
import { controlNets, request } from '../../state/store.js';
import { Select, Slider } from '../parts.js';
import { Section } from './section.js';

const OFF = '';

/** @param {number} value */
const twoDecimals = (value) => value.toFixed(2);

/** @param {{model?: string, weight?: number} | null} change */
const setLock = (change) => setSetting('controls', withLineArtLock(request.value.controls, change));

export function LineArtLock() {
  const { controls, model } = request.value;
  const lock = lineArtLock(controls);
  const fitting = controlNets.value.filter(({ fits }) => fits.includes(model)).map(({ name }) => name);
  const names = [...new Set([...fitting, ...(lock ? [lock.model] : [])])];
  if (names.length === 0) return null;
  const options = [{ value: OFF, label: 'Off' }, ...names.map((name) => ({ value: name, label: name }))];
  /** @param {string} name */
  const choose = (name) => {
    setLock(name === OFF ? null : { model: name });
    endGesture();
  };
  return html`
    <${Section} name="line-art" title="Line art lock" summary=${lock ? `${lock.model} ${twoDecimals(lock.weight)}` : 'off'}
      isChanged=${lock !== null}>
      <${Select} label="ControlNet" options=${options} value=${lock?.model ?? OFF} onChange=${choose} />
      ${lock && html`
        <${Slider} label="Weight" min=${0} max=${2} step=${0.05} page=${0.25} format=${twoDecimals} value=${lock.weight}
          onInput=${(/** @type {number} */ weight) => setLock({ weight })} onCommit=${endGesture} />`}
      <p class="why">Keeps the result to the lines of the picture, while the prompt changes colours and surfaces. Needs a ControlNet for line art.</p>
    <//>`;
}
