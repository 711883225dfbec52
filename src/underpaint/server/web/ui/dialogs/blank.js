// @ts-check
import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { closeDialog, openBlank } from '../../state/actions.js';
import { Button, NumberField, Segments } from '../parts.js';
import { Dialog } from './dialog.js';

const SIZES = [
  { value: '512x512', label: '512 × 512' },
  { value: '768x512', label: '768 × 512' },
  { value: '512x768', label: '512 × 768' },
  { value: '1024x1024', label: '1024 × 1024' },
];
const SIDE = { min: 64, max: 8192 };

/** A new project from a canvas of one colour. */
export function Blank() {
  const [width, setWidth] = useState(768);
  const [height, setHeight] = useState(512);
  const [colour, setColour] = useState('#ffffff');
  /** @param {string} size */
  const choose = (size) => {
    const [wide, high] = size.split('x').map(Number);
    setWidth(wide ?? width);
    setHeight(high ?? height);
  };
  const make = async () => {
    closeDialog();
    await openBlank({ width, height, colour });
  };
  const foot = html`<${Button} onClick=${closeDialog}>Cancel<//><${Button} kind="primary" onClick=${make}>Make canvas<//>`;
  return html`
    <${Dialog} title="New blank canvas" onClose=${closeDialog} foot=${foot}>
      <div class="dlg-body">
        <${Segments} label="Size" isFull options=${SIZES} value=${`${width}x${height}`} onChange=${choose} />
        <div class="fields">
          <${NumberField} label="Width" unit="px" value=${width} ...${SIDE} onCommit=${(/** @type {number} */ px) => setWidth(px)} />
          <${NumberField} label="Height" unit="px" value=${height} ...${SIDE} onCommit=${(/** @type {number} */ px) => setHeight(px)} />
        </div>
        <label class="colour-field"><span>Colour</span><input class="input" type="color" value=${colour}
          onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) => setColour(event.currentTarget.value)} /></label>
      </div>
    <//>`;
}
