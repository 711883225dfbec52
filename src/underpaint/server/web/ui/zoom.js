// @ts-check
import { html } from 'htm/preact';
import { editor } from '../state/context.js';
import { zoom } from '../state/store.js';
import { IconButton } from './parts.js';

const STEP = 1.25;

/** Zoom of the picture, in the option bar so that nothing covers the picture. */
export function ZoomControls() {
  const percent = Math.round(zoom.value * 100);
  return html`
    <div class="zoom" role="group" aria-label="Zoom">
      <${IconButton} icon="minus" label="Zoom out" keys="-" isSmall onClick=${() => editor().zoomBy(1 / STEP)} />
      <button type="button" class="zv" title="Show at 100 %" aria-label=${`${percent}%, show at 100%`}
        onClick=${() => editor().zoomTo(1)}>${percent}%</button>
      <${IconButton} icon="plus" label="Zoom in" keys="+" isSmall onClick=${() => editor().zoomBy(STEP)} />
      <${IconButton} icon="fit" label="Fit" keys="0" isSmall onClick=${() => editor().fit()} />
    </div>`;
}
