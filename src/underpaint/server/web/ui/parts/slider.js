// @ts-check
import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { onText, selectAll } from './events.js';
import { decimalsOf, numberProblem, shareOf, typedNumber, valueAfterKey, valueAt } from './scale.js';
import { useUnique } from './unique.js';
/** @import { ComponentChildren } from 'preact' */
/** @import { Scale } from './scale.js' */

const POSITIONS = 1000;
const VARIANTS = { large: 'big', inline: 'inl' };

/**
 * A number on a track, with the number itself to type. Arrows step, PgUp and PgDn page, Home and End go to the limits.
 * @param {{
 *   label: string, value: number, onInput: (value: number) => void, onCommit?: () => void,
 *   min: number, max: number, step: number, page?: number, curve?: number,
 *   limit?: number, unit?: string, format?: (value: number) => string, scale?: number,
 *   zone?: [number, number] | null, variant?: 'large' | 'inline', isWarned?: boolean, isDisabled?: boolean, error?: string | undefined,
 *   heading?: ComponentChildren, describedBy?: string, class?: string,
 * }} props max is the end of the track, `limit` what may be typed; `scale` 100 shows 0…1 as percent
 */
export function Slider({
  label, value, onInput, onCommit = () => {}, min, max, step, page, curve = 1, limit = max, unit, format, scale = 1, zone = null,
  variant, isWarned = false, isDisabled = false, error, heading, describedBy, class: extra = '',
}) {
  const track = { min, max, step, curve, ...(page !== undefined && { page }) };
  const shown = format ? format(value) : (value * scale).toFixed(scale === 1 ? decimalsOf(step) : 0);
  const share = shareOf(value, track);
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    const next = event.altKey || event.ctrlKey || event.metaKey ? null : valueAfterKey(event.key, value, track);
    if (next === null) return;
    event.preventDefault();
    onInput(next);
  };
  const limits = { min, max: limit, ...(Number.isInteger(step) && { step }) };
  const number = useTypedNumber({ value, shown, scale, limits, track, onInput, onCommit });
  const id = useUnique();
  const problem = number.problem ?? error ?? null;
  return html`
    <div class=${`num ${variant ? VARIANTS[variant] : ''} ${isWarned ? 'warned' : ''} ${extra}`}>
      <div class="lr">
        <span class="lb">${heading ?? label}</span>
        <span class="val">
          <input type="text" inputmode="decimal" aria-label=${`${label}, number`} disabled=${isDisabled} value=${number.text}
            style=${{ width: `${number.text.length + 0.3}ch` }} aria-invalid=${problem ? 'true' : undefined}
            aria-describedby=${problem ? `${id}e` : undefined} ...${number.events} />
          ${unit && html`<em>${unit}</em>`}
        </span>
      </div>
      <div class=${`sl ${variant === 'large' ? 'lg' : ''}`}>
        ${zone && html`<${Zone} from=${shareOf(zone[0], track)} to=${shareOf(zone[1], track)} />`}
        <i class="fill" style=${{ width: `${share * 100}%` }}></i>
        <input type="range" min="0" max=${POSITIONS} step="1" value=${Math.round(share * POSITIONS)} disabled=${isDisabled} aria-label=${label}
          aria-valuetext=${unit ? `${shown} ${unit}` : shown} aria-describedby=${describedBy} onKeyDown=${onKeyDown} onPointerUp=${onCommit}
          onInput=${onText((position) => onInput(valueAt(Number(position) / POSITIONS, track)))} />
      </div>
      ${problem && html`<p class="ferr" id=${`${id}e`}>${problem}</p>`}
    </div>`;
}

/** The recommended part of the track. @param {{from: number, to: number}} props */
const Zone = ({ from, to }) => html`<i class="zone" style=${{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }}></i>`;

/**
 * The number above the track while it is typed; it counts when Enter is pressed or the field is left.
 * @param {{value: number, shown: string, scale: number, limits: {min: number, max: number, step?: number}, track: Scale & {page?: number},
 *          onInput: (value: number) => void, onCommit: () => void}} parts
 */
function useTypedNumber({ value, shown, scale, limits, track, onInput, onCommit }) {
  const [typed, setTyped] = useState(/** @type {string | null} */ (null));
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  const reset = () => {
    setTyped(null);
    setProblem(null);
  };
  /** @param {string} text */
  const commit = (text) => {
    const number = typedNumber(text);
    const wish = number === null ? null : number / scale;
    const wrong = numberProblem(wish, limits);
    setProblem(wrong);
    if (wrong !== null || wish === null) return;
    setTyped(null);
    if (wish !== value) onInput(wish);
    onCommit();
  };
  /** @param {KeyboardEvent & {currentTarget: HTMLInputElement}} event */
  const onKeyDown = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter') commit(event.currentTarget.value);
    if (event.key === 'Escape' && typed !== null) {
      event.stopPropagation();
      reset();
    }
    if (!['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown'].includes(event.key)) return;
    event.preventDefault();
    reset();
    onInput(valueAfterKey(event.key, value, track) ?? value);
  };
  const onBlur = () => { if (typed !== null) commit(typed); };
  return { text: typed ?? shown, problem, events: { onInput: onText(setTyped), onFocus: selectAll, onBlur, onKeyDown } };
}
