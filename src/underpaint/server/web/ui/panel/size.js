// @ts-check
import { html } from 'htm/preact';
import { inspection } from '../../state/store.js';
import { NumberField } from '../parts.js';
import { boundField } from './bind.js';

/** Working size; empty means the model's own. */
export const SizeFields = () => html`
  <div class="two">
    <${Side} label="Width" now=${inspection.value?.working_width} ...${boundField('canvas.width')} />
    <${Side} label="Height" now=${inspection.value?.working_height} ...${boundField('canvas.height')} />
  </div>`;

/**
 * @param {{label: string, now: number | undefined, value: number | null, error: string | undefined, onCommit: (px: number | null) => void}} props
 *   now: what the model's own comes to
 */
const Side = ({ label, now, value, error, onCommit }) => html`
  <${NumberField} label=${label} unit="px" isOptional min=${64} max=${8192} step=${8} placeholder=${String(now ?? 'the model’s own')} value=${value}
    error=${error} onCommit=${onCommit} />`;
