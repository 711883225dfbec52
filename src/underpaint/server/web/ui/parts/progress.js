// @ts-check
import { html } from 'htm/preact';

/** @param {{share: number, label: string, class?: string}} props share 0…1 */
export const Progress = ({ share, label, class: extra = '' }) => html`<div class=${`prog ${extra}`} role="progressbar" aria-label=${label}
  aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round(share * 100)}><i style=${{ width: `${share * 100}%` }}></i></div>`;
