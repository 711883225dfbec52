// @ts-check
import { html } from 'htm/preact';
import { ICONS } from '../icons.js';
/** @import { ComponentChildren, JSX } from 'preact' */
/** @import { IconName } from '../icons.js' */

/** @param {{name: IconName, size?: number}} props */
export const Icon = ({ name, size = 18 }) => html`<svg class="ic" width=${size} height=${size} viewBox="0 0 20 20" aria-hidden="true"
  dangerouslySetInnerHTML=${{ __html: ICONS[name] }} />`;

/** Keys as a person reads them. @param {{children: ComponentChildren}} props */
export const Kbd = ({ children }) => html`<kbd>${children}</kbd>`;

/** @param {{children: ComponentChildren}} props */
export const Badge = ({ children }) => html`<span class="badge">${children}</span>`;

/**
 * A button with words. Other attributes go to the element.
 * @param {{children?: ComponentChildren, icon?: IconName, keys?: string, kind?: 'primary' | 'quiet' | 'danger', isSmall?: boolean,
 *          class?: string} & Omit<JSX.HTMLAttributes<HTMLButtonElement>, 'icon'> & {disabled?: boolean, type?: 'button' | 'submit'}} props
 */
export function Button({ children, icon, keys, kind, isSmall = false, class: extra = '', ...rest }) {
  const kinds = { primary: 'pri', quiet: 'q', danger: 'dan' };
  return html`<button type="button" class=${`bt ${kind ? kinds[kind] : ''} ${isSmall ? 'sm' : ''} ${extra}`} ...${rest}>
    ${icon && html`<${Icon} name=${icon} size=${16} />`}<span>${children}</span>${keys && html`<kbd aria-hidden="true">${keys}</kbd>`}</button>`;
}

/**
 * A button with an icon; its label is its name and, with the keys, its tooltip. `isOn` makes it a toggle.
 * @param {{icon: IconName, label: string, keys?: string, isOn?: boolean, isSmall?: boolean, size?: number, badge?: ComponentChildren,
 *          class?: string} & Omit<JSX.HTMLAttributes<HTMLButtonElement>, 'icon' | 'label' | 'size'> & {disabled?: boolean}} props
 */
export function IconButton({ icon, label, keys, isOn, isSmall = false, size = isSmall ? 14 : 18, badge, class: extra = '', ...rest }) {
  return html`<button type="button" class=${`ib ${isOn ? 'on' : ''} ${isSmall ? 'sm' : ''} ${extra}`} aria-label=${label}
    title=${keys ? `${label} (${keys})` : label} aria-pressed=${isOn === undefined ? undefined : String(isOn)} ...${rest}>
    <${Icon} name=${icon} size=${size} />${badge ? html`<${Badge}>${badge}<//>` : null}</button>`;
}
