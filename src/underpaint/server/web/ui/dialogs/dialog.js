// @ts-check
/** The frame of every dialog. The browser keeps focus inside a modal `<dialog>`; we give it back to who opened it. */
import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import { IconButton } from '../parts.js';

/**
 * @param {object} props
 * @param {string} props.title
 * @param {() => void} props.onClose
 * @param {boolean} [props.isWide]
 * @param {import('preact').ComponentChildren} [props.head]       beside the title
 * @param {import('preact').ComponentChildren} [props.foot]       buttons
 * @param {import('preact').ComponentChildren} [props.children]
 */
export function Dialog({ title, onClose, isWide = false, head, foot, children }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const opener = document.activeElement;
    element.current?.showModal();
    entryOf(element.current)?.focus();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return html`
    <dialog class=${`dlg ${isWide ? 'is-wide' : ''}`} aria-label=${title} ref=${element}
      onCancel=${(/** @type {Event} */ event) => { event.preventDefault(); onClose(); }}
      onClick=${(/** @type {MouseEvent} */ event) => { if (event.target === element.current) onClose(); }}>
      <header class="dlg-head">
        <h2>${title}</h2>
        ${head}
        <${IconButton} icon="x" label="Close" keys="Esc" size=${16} onClick=${onClose} />
      </header>
      ${children}
      ${foot && html`<footer class="dlg-foot">${foot}</footer>`}
    </dialog>`;
}

const FOCUSABLE = 'input:not([tabindex="-1"]):not(:disabled), [role=radio][tabindex="0"], button:not(:disabled)';

/** Where somebody wants to begin: the field that asks for it, else the first thing below the title. @param {HTMLElement | null} dialog @returns {HTMLElement | null} */
const entryOf = (dialog) => dialog?.querySelector('[autofocus]') ?? dialog?.querySelector(`.dlg-body :is(${FOCUSABLE})`) ?? null;
