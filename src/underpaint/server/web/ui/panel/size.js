// @ts-check
import { html } from 'htm/preact';
import { inspection } from '../../state/store.js';
import { NumberField } from '../parts.js';
import { boundField } from './bind.js';

/** Working size; empty means the model's own. */
export const SizeFields = () => html`
  <div class="two">
    <${NumberField} label="Width" unit="px" isOptional min=${64} max=${8192} step=${8} placeholder=${String(inspection.value?.working_width ?? 'the model’s own')}
      ...${boundField('canvas.width')} />
    <${NumberField} label="Height" unit="px" isOptional min=${64} max=${8192} step=${8} placeholder=${String(inspection.value?.working_height ?? 'the model’s own')}
      ...${boundField('canvas.height')} />
  </div>`;
