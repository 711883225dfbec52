// @ts-check
import { html } from 'htm/preact';
import { Icon, IconButton } from './button.js';
import { onText, selectAll } from './events.js';
import { useRoving } from './roving.js';
import { useUnique } from './unique.js';
/** @import { ComponentChildren } from 'preact' */
/** @import { IconName } from '../icons.js' */

/** @typedef {{value: string, label: string, icon?: IconName, title?: string, isDisabled?: boolean}} Option */

/**
 * A radiogroup whose options are drawn by `draw`: arrows choose, Tab leaves.
 * @param {{label: string, options: Option[], value: string, onChange: (value: string, isPressed: boolean) => void, class?: string,
 *          draw: (option: Option, isOn: boolean) => ComponentChildren, onPeek?: (value: string | null) => void}} props
 *   onChange: isPressed is false where arrows passed over an option; onPeek: while an option is hovered or focused
 */
export function Radios({ label, options, value, onChange, class: extra = '', draw, onPeek }) {
  const { ref, onKeyDown } = useRoving({ selector: '[role=radio]', onMove: (item) => item.click() });
  const entry = options.find((option) => option.value === value) ?? options[0];
  /** @param {string} peeked */
  const peeking = (peeked) => {
    if (!onPeek) return {};
    const start = () => onPeek(peeked);
    const end = () => onPeek(null);
    return { onPointerEnter: start, onPointerLeave: end, onFocus: start, onBlur: end };
  };
  return html`
    <div ref=${ref} class=${extra} role="radiogroup" aria-label=${label} onKeyDown=${onKeyDown}>
      ${options.map((option) => {
        const isOn = option.value === value;
        return html`
          <button key=${option.value} type="button" role="radio" aria-checked=${String(isOn)} class=${isOn ? 'on' : ''}
            tabindex=${option === entry ? 0 : -1} disabled=${option.isDisabled} title=${option.title} data-value=${option.value}
            aria-label=${option.label ? undefined : option.title} onClick=${(/** @type {MouseEvent} */ event) => onChange(option.value, event.isTrusted)} ...${peeking(option.value)}>${draw(option, isOn)}</button>`;
      })}
    </div>`;
}

/** @param {Option} option */
const drawSegment = ({ icon, label }) => (icon ? html`<${Icon} name=${icon} size=${16} />` : label);

/**
 * @param {{label: string, options: Option[], value: string, onChange: (value: string) => void, size?: 'mini' | 'icons', isFull?: boolean,
 *          class?: string}} props
 */
export const Segments = ({ label, options, value, onChange, size, isFull = false, class: extra = '' }) => html`
  <${Radios} label=${label} options=${options} value=${value} onChange=${onChange} draw=${drawSegment}
    class=${`seg ${size ?? ''} ${isFull ? 'full' : ''} ${extra}`} />`;

/** @param {{label: string, note?: string, isOn: boolean, onChange: (isOn: boolean) => void, isDisabled?: boolean}} props */
export function Switch({ label, note, isOn, onChange, isDisabled = false }) {
  const id = useUnique();
  const toggle = () => { if (!isDisabled) onChange(!isOn); };
  return html`
    <div class="sw">
      <div>
        <span id=${`${id}l`} class="lb" onClick=${toggle}>${label}</span>
        ${note && html`<small id=${`${id}n`}>${note}</small>`}
      </div>
      <button type="button" role="switch" aria-checked=${String(isOn)} aria-labelledby=${`${id}l`} aria-describedby=${note ? `${id}n` : undefined}
        class=${isOn ? 'on' : ''} disabled=${isDisabled} onClick=${toggle}><i></i></button>
    </div>`;
}

/**
 * A whole number with − and +.
 * @param {{label: string, value: number, min: number, max: number, step?: number, onChange: (value: number) => void}} props
 */
export function Stepper({ label, value, min, max, step = 1, onChange }) {
  /** @param {number} wish */
  const set = (wish) => onChange(Math.max(min, Math.min(max, wish)));
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    const by = { ArrowUp: step, ArrowDown: -step, PageUp: step * 4, PageDown: step * -4 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    set(value + by);
  };
  /** @param {string} text */
  const take = (text) => {
    const typed = Number(text);
    if (text.trim() && Number.isFinite(typed)) set(Math.round(typed));
  };
  return html`
    <div class="stepper" role="group" aria-label=${label}>
      <${IconButton} icon="minus" label=${`${label}: fewer`} size=${14} disabled=${value <= min} onClick=${() => set(value - step)} />
      <input type="text" inputmode="numeric" aria-label=${label} value=${String(value)} size=${4} onKeyDown=${onKeyDown} onFocus=${selectAll}
        onChange=${onText(take)} />
      <${IconButton} icon="plus" label=${`${label}: more`} size=${14} disabled=${value >= max} onClick=${() => set(value + step)} />
    </div>`;
}
