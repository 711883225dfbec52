// @ts-check
import { html } from 'htm/preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './button.js';
import { useRoving } from './roving.js';
/** @import { ComponentChildren } from 'preact' */
/** @import { IconName } from '../icons.js' */

/**
 * @typedef {{label: string, icon?: IconName, keys?: string, run: () => void, isDisabled?: boolean, isChecked?: boolean,
 *            isDanger?: boolean} | 'line'} MenuItem
 */

/** Keeps a floating box inside the window. @param {HTMLElement} box @param {Place} at */
function place(box, at) {
  const { width, height } = box.getBoundingClientRect();
  const left = at.right ? at.x - width : at.x;
  box.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  box.style.top = `${at.y + height > innerHeight - 8 ? Math.max(8, at.y - height - 44) : at.y}px`;
}

/**
 * A floating box that closes by Escape, by a click elsewhere and by leaving it with Tab; the focus returns.
 * @param {{at: Place, onClose: () => void, label: string, class?: string, role?: string, children?: ComponentChildren}} props
 */
export function Popover({ at, onClose, label, class: extra = '', role = 'dialog', children }) {
  const ref = useRef(/** @type {HTMLDivElement | null} */ (null));
  useLayoutEffect(() => { if (ref.current) place(ref.current, at); }, [at.x, at.y, children]);
  useEffect(() => {
    const before = document.activeElement;
    const box = ref.current;
    const entry = box?.querySelector('[aria-checked=true]:not(:disabled), button:not(:disabled), input, select');
    if (entry instanceof HTMLElement) entry.focus();
    /** @param {Event} event */
    const onOutside = (event) => { if (!box?.contains(/** @type {globalThis.Node} */ (event.target))) onClose(); };
    document.addEventListener('pointerdown', onOutside, true);
    return () => {
      document.removeEventListener('pointerdown', onOutside, true);
      if (before instanceof HTMLElement && (!document.activeElement || document.activeElement === document.body)) before.focus();
    };
  }, []);
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    if (event.key !== 'Escape' && event.key !== 'Tab') return;
    if (event.key === 'Tab' && role !== 'menu') return;
    event.preventDefault();
    event.stopPropagation();
    onClose();
  };
  return html`<div ref=${ref} class=${`pop ${extra}`} role=${role} aria-label=${label} onKeyDown=${onKeyDown}>${children}</div>`;
}

/** @typedef {{x: number, y: number, right?: boolean}} Place */

/** The entries of a menu. @param {{items: MenuItem[], label: string, at: Place, onClose: () => void}} props */
export function MenuList({ items, label, at, onClose }) {
  const { ref, onKeyDown } = useRoving({ selector: 'button', axis: 'vertical' });
  return html`
    <${Popover} at=${at} onClose=${onClose} label=${label} role="menu" class="menu">
      <div ref=${ref} role="none" onKeyDown=${onKeyDown}>
        ${items.map((item) => (item === 'line'
          ? html`<i class="ml" role="separator"></i>`
          : html`<${MenuButton} item=${item} onClose=${onClose} />`))}
      </div><//>`;
}

/** @param {{item: Exclude<MenuItem, 'line'>, onClose: () => void}} props */
function MenuButton({ item, onClose }) {
  const isChoice = item.isChecked !== undefined;
  const run = () => {
    onClose();
    item.run();
  };
  return html`
    <button type="button" class=${item.isDanger ? 'dan' : ''} role=${isChoice ? 'menuitemradio' : 'menuitem'} tabindex="-1"
      disabled=${item.isDisabled} aria-checked=${isChoice ? String(item.isChecked) : undefined} onClick=${run}>
      ${item.icon
        ? html`<${Icon} name=${item.icon} size=${16} />`
        : html`<i class="mi">${item.isChecked && html`<${Icon} name="check" size=${14} />`}</i>`}
      <span>${item.label}</span>${item.keys && html`<kbd>${item.keys}</kbd>`}
    </button>`;
}

/**
 * A button that opens a menu below itself.
 * @param {{label: string, items: MenuItem[] | (() => MenuItem[]), class?: string, title?: string, isRight?: boolean, isIcon?: boolean,
 *          children?: ComponentChildren}} props isIcon: the button has no words, so that the label names it too
 */
export function Menu({ label, items, class: extra = '', title, isRight = false, isIcon = false, children }) {
  const [at, setAt] = useState(/** @type {Place | null} */ (null));
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const open = () => {
    const box = button.current?.getBoundingClientRect();
    if (box) setAt({ x: isRight ? box.right : box.left, y: box.bottom + 6, right: isRight });
  };
  const close = () => {
    setAt(null);
    button.current?.focus();
  };
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    if (event.key !== 'ArrowDown' || at) return;
    event.preventDefault();
    open();
  };
  return html`
    <button ref=${button} type="button" class=${extra} aria-haspopup="menu" aria-expanded=${String(at !== null)}
      title=${title ?? (isIcon ? label : undefined)} aria-label=${isIcon ? label : undefined} onClick=${() => (at ? close() : open())} onKeyDown=${onKeyDown}>${children}</button>
    ${at && html`<${MenuList} items=${typeof items === 'function' ? items() : items} label=${label} at=${at} onClose=${close} />`}`;
}
