// @ts-check
import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from './button.js';
import { onText } from './events.js';
import { numberProblem, typedNumber } from './scale.js';
import { useUnique } from './unique.js';
/** @import { ComponentChildren } from 'preact' */

/** Attributes that tie a field to the error below it. @param {string} id @param {string | null | undefined} error */
const errorOf = (id, error) => (error ? { 'aria-invalid': 'true', 'aria-describedby': `${id}e` } : {});

/** @param {{id: string, error: string | null | undefined}} props */
const ErrorText = ({ id, error }) => (error ? html`<p class="ferr" id=${`${id}e`}>${error}</p>` : null);

/**
 * A label above, an error below.
 * @param {{label: string, error?: string | null | undefined, for: string, children?: ComponentChildren}} props
 */
export const Field = ({ label, error, for: id, children }) => html`
  <div class="field"><label for=${id}>${label}</label>${children}<${ErrorText} id=${id} error=${error} /></div>`;

/**
 * @param {{label: string, value: string, options: {value: string, label: string, isDisabled?: boolean}[], onChange: (value: string) => void,
 *          error?: string | undefined}} props
 */
export function Select({ label, value, options, onChange, error }) {
  const id = useUnique();
  return html`
    <${Field} label=${label} for=${id} error=${error}>
      <span class="sel">
        <select id=${id} value=${value} onChange=${onText(onChange)} ...${errorOf(id, error)}>
          ${options.map((option) => html`
            <option key=${option.value} value=${option.value} disabled=${option.isDisabled}
              selected=${option.value === value}>${option.label}</option>`)}
        </select>
        <${Icon} name="down" size=${14} />
      </span><//>`;
}

/**
 * One line of text with its label inside the box.
 * @param {{label: string, value: string, onInput: (value: string) => void, onCommit?: () => void, prefix?: string, placeholder?: string,
 *          error?: string | undefined, maxLength?: number}} props
 */
export function TextField({ label, value, onInput, onCommit, prefix, placeholder, error, maxLength }) {
  const id = useUnique();
  return html`
    <div class="field">
      <span class=${`ta one ${error ? 'bad' : ''}`}>
        ${prefix && html`<em aria-hidden="true">${prefix}</em>`}
        <input type="text" aria-label=${label} value=${value} placeholder=${placeholder} maxlength=${maxLength} onInput=${onText(onInput)}
          onChange=${onCommit} ...${errorOf(id, error)} />
      </span>
      <${ErrorText} id=${id} error=${error} />
    </div>`;
}

/**
 * Several lines; grows with its text.
 * @param {{label: string, value: string, onInput: (value: string) => void, onCommit?: () => void, prefix?: string, placeholder?: string,
 *          rows?: number, error?: string | undefined, id?: string}} props
 */
export function TextArea({ label, value, onInput, onCommit, prefix, placeholder, rows = 2, error, id: name }) {
  const own = useUnique();
  const id = name ?? own;
  return html`
    <div class="field">
      <span class=${`ta ${rows === 1 ? 'one' : ''} ${error ? 'bad' : ''}`}>
        ${prefix && html`<em aria-hidden="true">${prefix}</em>`}
        <textarea id=${id} aria-label=${label} rows=${rows} value=${value} placeholder=${placeholder} onInput=${onText(onInput)}
          onChange=${onCommit} ...${errorOf(id, error)}></textarea>
      </span>
      <${ErrorText} id=${id} error=${error} />
    </div>`;
}

/**
 * A number without a track. Empty means null where `isOptional`.
 * @param {{label: string, value: number | null, min: number, max: number, step?: number, unit?: string, placeholder?: string, isOptional?: boolean,
 *          isMono?: boolean, isBare?: boolean, error?: string | undefined, onCommit: (value: number | null) => void}} props
 *   isBare: the label is only spoken
 */
export function NumberField({
  label, value, min, max, step = 1, unit, placeholder, isOptional = false, isMono = false, isBare = false, error, onCommit,
}) {
  const id = useUnique();
  const [typed, setTyped] = useState(/** @type {string | null} */ (null));
  const [wrong, setWrong] = useState(/** @type {string | null} */ (null));
  useEffect(() => {
    setTyped(null);
    setWrong(null);
  }, [value]);
  const problem = wrong ?? error;
  /** @param {string} text */
  const commit = (text) => {
    const number = typedNumber(text);
    const isEmpty = isOptional && text.trim() === '';
    const reason = isEmpty ? null : numberProblem(number, { min, max, step });
    setWrong(reason);
    if (reason === null) onCommit(isEmpty ? null : number);
  };
  const box = html`
    <span class=${`ta one ${isMono ? 'mono' : ''} ${problem ? 'bad' : ''}`}>
      <input id=${id} type="text" inputmode="decimal" aria-label=${isBare ? label : undefined} placeholder=${placeholder}
        value=${typed ?? (value === null ? '' : String(value))} onInput=${onText(setTyped)} onChange=${onText(commit)} ...${errorOf(id, problem)} />
      ${unit && html`<em>${unit}</em>`}
    </span>`;
  if (isBare) return html`<div class="field">${box}<${ErrorText} id=${id} error=${problem} /></div>`;
  return html`<${Field} label=${label} for=${id} error=${problem}>${box}<//>`;
}

/**
 * A section that opens; its header shows its values, in accent when they differ from the usual ones.
 * @param {{title: string, summary: string, isChanged?: boolean, isOpen: boolean, onToggle: () => void, children?: ComponentChildren}} props
 */
export function Accordion({ title, summary, isChanged = false, isOpen, onToggle, children }) {
  const id = useUnique();
  return html`
    <section class=${`acc ${isOpen ? 'open' : ''}`}>
      <h3 class="acct">
        <button type="button" class="acch" aria-expanded=${String(isOpen)} aria-controls=${id} onClick=${onToggle}>
          <${Icon} name=${isOpen ? 'down' : 'chev'} size=${14} /><b>${title}</b><span class=${isChanged ? 'live' : ''}>${summary}</span>
        </button>
      </h3>
      <div class="accb" id=${id} hidden=${!isOpen}>${isOpen && children}</div>
    </section>`;
}
