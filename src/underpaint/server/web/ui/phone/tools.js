// @ts-check
import { html } from 'htm/preact';
import { useRef } from 'preact/hooks';
import '@preact/signals';
import {
  clearMask, clearSketch, growMask, invertMask, openDialog, setTool, setToolOptions, showLayer,
} from '../../state/actions.js';
import { editor } from '../../state/context.js';
import { isMaskShown, tool, toolOptions, zoom } from '../../state/store.js';
import { clamp } from '../compare-maths.js';
import { Icon, IconButton, Menu } from '../parts.js';
/** @import { ToolName } from '../../engine/types.js' */
/** @import { IconName } from '../icons.js' */
/** @import { MenuItem } from '../parts/menu.js' */

/** @type {{name: ToolName, icon: IconName, label: string}[]} */
const FIRST = [
  { name: 'brush', icon: 'brush', label: 'Mask brush' },
  { name: 'eraser', icon: 'eraser', label: 'Mask eraser' },
  { name: 'lasso', icon: 'lasso', label: 'Lasso' },
  { name: 'wand', icon: 'wand', label: 'Click select' },
  { name: 'paint', icon: 'paint', label: 'Paint on sketch' },
  { name: 'pan', icon: 'hand', label: 'Pan' },
];
/** @type {{name: ToolName, icon: IconName, label: string}[]} */
const MORE = [
  { name: 'rectangle', icon: 'rect', label: 'Rectangle' },
  { name: 'polygon', icon: 'polygon', label: 'Polygon' },
  { name: 'select', icon: 'select', label: 'Select what is there' },
  { name: 'fill', icon: 'bucket', label: 'Fill on sketch' },
  { name: 'eyedropper', icon: 'dropper', label: 'Eyedropper' },
];
const GROW_PX = 8;

export function Tools() {
  const isMore = MORE.some(({ name }) => name === tool.value);
  return html`
    <div class="ptools" role="toolbar" aria-label="Tools" data-region="tools">
      ${FIRST.map(({ name, icon, label }) => html`<${IconButton} key=${name} icon=${icon} label=${label} size=${22} isOn=${tool.value === name} onClick=${() => setTool(name)} />`)}
      <${Menu} label="More tools" class=${`ib ${isMore ? 'on' : ''}`} items=${moreItems} isRight><${Icon} name="more" size=${22} /><span class="visually-hidden">More tools</span><//>
    </div>`;
}

/** @returns {MenuItem[]} */
const moreItems = () => [
  ...MORE.map(({ name, icon, label }) => ({ label, icon, isChecked: tool.value === name, run: () => setTool(name) })),
  'line',
  { label: isMaskShown.value ? 'Hide the mask' : 'Show the mask', icon: isMaskShown.value ? 'eyeoff' : 'eye', run: () => showLayer('mask', !isMaskShown.value) },
  { label: 'Invert the mask', icon: 'invert', run: () => void invertMask() },
  { label: `Grow the mask ${GROW_PX} px`, icon: 'add', run: () => void growMask(GROW_PX) },
  { label: `Shrink the mask ${GROW_PX} px`, icon: 'sub', run: () => void growMask(-GROW_PX) },
  { label: 'Clear the mask', icon: 'x', run: () => void clearMask() },
  { label: 'Clear the sketch', icon: 'trash', run: () => void clearSketch() },
  { label: 'Mask library', icon: 'layers', run: () => openDialog({ name: 'masks' }) },
];

const SIZE = { min: 4, max: 400 };
const TRACK_TOP_PX = 16;
/** Small sizes get more of the track. @param {number} size */
const shareOf = (size) => Math.sqrt(clamp((size - SIZE.min) / (SIZE.max - SIZE.min), 0, 1));
/** @param {number} share */
const sizeAt = (share) => Math.round(SIZE.min + clamp(share, 0, 1) ** 2 * (SIZE.max - SIZE.min));

/** The brush's size, upright at the left edge where a thumb is. */
export function BrushSize() {
  const track = useRef(/** @type {HTMLDivElement | null} */ (null));
  const isPaint = tool.value === 'paint';
  if (!isPaint && tool.value !== 'brush' && tool.value !== 'eraser') return null;
  const { brush, paint } = toolOptions.value;
  const size = isPaint ? paint.size : brush.size;
  /** @param {number} wanted */
  const set = (wanted) => {
    const change = clamp(wanted, SIZE.min, SIZE.max);
    setToolOptions(isPaint ? { paint: { ...paint, size: change } } : { brush: { ...brush, size: change } });
  };
  /** @param {PointerEvent} event */
  const follow = (event) => {
    const box = track.current?.getBoundingClientRect();
    if (box && event.buttons) set(sizeAt(1 - (event.clientY - box.top - TRACK_TOP_PX) / (box.height - 2 * TRACK_TOP_PX)));
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const by = { ArrowUp: 4, ArrowRight: 4, ArrowDown: -4, ArrowLeft: -4, PageUp: 40, PageDown: -40 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    set(size + by);
  };
  return html`
    <div class="psize" ref=${track} role="slider" tabindex="0" aria-label="Brush size" aria-orientation="vertical" aria-valuemin=${SIZE.min} aria-valuemax=${SIZE.max}
      aria-valuenow=${Math.round(size)} aria-valuetext=${`${Math.round(size)} px`} onKeyDown=${onKey} onPointerMove=${follow}
      onPointerDown=${(/** @type {PointerEvent} */ event) => { track.current?.setPointerCapture(event.pointerId); follow(event); }}>
      <i></i><b style=${{ top: `calc(${TRACK_TOP_PX}px + (100% - ${2 * TRACK_TOP_PX}px) * ${1 - shareOf(size)})` }}></b>
    </div>`;
}

export const ZoomPill = () => html`<button type="button" class="pz" title="Fit" aria-label=${`${Math.round(zoom.value * 100)} percent, fit the picture`} onClick=${() => editor().fit()}><span>${Math.round(zoom.value * 100)}%</span></button>`;
