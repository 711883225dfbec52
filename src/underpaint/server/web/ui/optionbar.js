// @ts-check
/** What the tool in hand can be set to. Zoom is here too, so that nothing covers the picture. */
import { html } from 'htm/preact';
import { clearMask, clearSketch, growMask, invertMask, pasteOntoSketch, setColour, setTool, setToolOptions, showLayer } from '../state/actions.js';
import { editor } from '../state/context.js';
import { hasSketch, headNode, isMaskShown, maskBounds, palette, tool, toolOptions } from '../state/store.js';
import { MASK_TOOLS, SKETCH_TOOLS, toolEntry } from '../state/tools.js';
import { pickFile } from './files.js';
import { moreForMask, moreForSketch } from './option-menus.js';
import { onText } from './parts/events.js';
import { Button, Icon, IconButton, Menu, Radios, Segments, Slider } from './parts.js';
import { ZoomControls } from './zoom.js';
/** @import { Combine, ToolName } from '../engine/types.js' */

const COMBINE = [
  { value: 'add', label: '', icon: 'add', title: 'Add' },
  { value: 'subtract', label: '', icon: 'sub', title: 'Subtract (hold Alt)' },
  { value: 'intersect', label: '', icon: 'inter', title: 'Intersect (hold Shift Alt)' },
];
const REACH = [{ value: 'touching', label: 'Touching' }, { value: 'all', label: 'Everywhere' }];
const SMALLEST_LIMIT_PX = 256;
const LARGEST_LIMIT_PX = 2000;

export function OptionBar() {
  const now = tool.value;
  if (!headNode.value) return html`<div class="opt"><b class="tool">First picture</b></div>`;
  const name = now === 'transform' ? 'Place the picture' : toolEntry(now)?.label ?? '';
  return html`
    <div class=${`opt ${SKETCH_TOOLS.has(now) ? 'tight' : ''}`} role="group" aria-label="Tool options" data-region="options">
      <b class="tool">${name}</b>
      <div class="opts">
        <${ToolOptions} now=${now} />
        <div class="grow"></div>
        ${MASK_TOOLS.has(now) && html`<${MaskCommands} />`}
        ${SKETCH_TOOLS.has(now) && now !== 'transform' && html`<${SketchCommands} />`}
      </div>
      ${MASK_TOOLS.has(now) && html`
        <i class="vr"></i>
        <${IconButton} icon=${isMaskShown.value ? 'eye' : 'eyeoff'} label="Show mask" keys="M" isOn=${isMaskShown.value}
          onClick=${() => showLayer('mask', !isMaskShown.value)} />`}
      <i class="vr"></i><${ZoomControls} />
    </div>`;
}

/** @param {{now: ToolName}} props */
function ToolOptions({ now }) {
  switch (now) {
    case 'brush': return html`<${BrushOptions} /><${CombineChoice} />`;
    case 'eraser': return html`<${BrushOptions} />`;
    case 'wand': return html`<${WandOptions} /><${CombineChoice} />`;
    case 'paint': return html`<${PaintOptions} /><i class="vr"></i><${Palette} />`;
    case 'fill': return html`<${WandOptions} /><i class="vr"></i><${Palette} />`;
    case 'eyedropper': return html`<${Palette} />`;
    case 'transform': return html`
      <${Button} kind="primary" isSmall keys="↵" onClick=${() => editor().commitTransform()}>Place<//>
      <${Button} isSmall keys="Esc" onClick=${() => editor().cancelTransform()}>Cancel<//>`;
    case 'pan': return null;
    default: return html`<${CombineChoice} />`;
  }
}

/** @param {{size: number, onInput: (size: number) => void}} props */
function SizeSlider({ size, onInput }) {
  const picture = headNode.value?.picture;
  const side = Math.min(picture?.width ?? 0, picture?.height ?? 0);
  const largest = Math.max(SMALLEST_LIMIT_PX, Math.min(LARGEST_LIMIT_PX, side));
  return html`
    <${Slider} variant="inline" label="Size" unit="px" min=${1} max=${largest} limit=${2 * LARGEST_LIMIT_PX}
      step=${1} page=${16} curve=${2} value=${Math.round(size)} onInput=${onInput} />`;
}

/** @param {{label: string, value: number, onInput: (value: number) => void, class?: string}} props */
const PercentSlider = ({ label, value, onInput, class: extra }) => html`
  <${Slider} class=${extra} variant="inline" label=${label} unit="%" min=${0} max=${1} step=${0.01} page=${0.1} scale=${100} value=${value}
    onInput=${onInput} />`;

function BrushOptions() {
  const { brush } = toolOptions.value;
  return html`
    <${SizeSlider} size=${brush.size} onInput=${(/** @type {number} */ size) => setToolOptions({ brush: { ...brush, size } })} />
    <${PercentSlider} label="Hardness" value=${brush.hardness}
      onInput=${(/** @type {number} */ hardness) => setToolOptions({ brush: { ...brush, hardness } })} />`;
}

function WandOptions() {
  const { wand } = toolOptions.value;
  return html`
    <${Slider} variant="inline" label="Tolerance" min=${0} max=${255} step=${1} page=${16} curve=${1.5} value=${wand.tolerance}
      onInput=${(/** @type {number} */ tolerance) => setToolOptions({ wand: { ...wand, tolerance } })} />
    <${Segments} label="Where" size="mini" options=${REACH} value=${wand.isContiguous ? 'touching' : 'all'}
      onChange=${(/** @type {string} */ where) => setToolOptions({ wand: { ...wand, isContiguous: where === 'touching' } })} />`;
}

const CombineChoice = () => html`
  <${Segments} label="Combine" size="icons" options=${COMBINE} value=${toolOptions.value.combine}
    onChange=${(/** @type {Combine} */ combine) => setToolOptions({ combine })} />`;

function PaintOptions() {
  const { paint } = toolOptions.value;
  return html`
    <${SizeSlider} size=${paint.size} onInput=${(/** @type {number} */ size) => setToolOptions({ paint: { ...paint, size } })} />
    <${PercentSlider} class="soft" label="Hardness" value=${paint.hardness}
      onInput=${(/** @type {number} */ hardness) => setToolOptions({ paint: { ...paint, hardness } })} />
    <${PercentSlider} label="Opacity" value=${paint.opacity}
      onInput=${(/** @type {number} */ opacity) => setToolOptions({ paint: { ...paint, opacity } })} />`;
}

/** @param {{value: string}} option */
const drawColour = ({ value }) => html`<i style=${{ background: value }}></i><span class="visually-hidden">${value}</span>`;

/** Colours of the picture itself, so that a sketch fits into it. */
function Palette() {
  const { colour } = toolOptions.value.paint;
  const options = palette.value.map((value) => ({ value, label: value, title: value }));
  return html`
    ${options.length > 0 && html`
      <${Radios} label="Colours from the picture" class="pal" options=${options} value=${colour} onChange=${setColour} draw=${drawColour} />`}
    <span class="colour">
      <input type="color" value=${colour} aria-label="Another colour" title="Another colour" onChange=${onText(setColour)} />
    </span>
    ${tool.value !== 'eyedropper' && html`
      <${IconButton} icon="dropper" label="Pick a colour" keys="hold Alt" onClick=${() => setTool('eyedropper')} />`}`;
}

function MaskCommands() {
  const isEmpty = maskBounds.value === null;
  return html`
    <${Button} kind="quiet" title="4 px (Alt ])" disabled=${isEmpty} onClick=${() => growMask(4)}>Grow<//>
    <${Button} kind="quiet" title="Ctrl I" onClick=${invertMask}>Invert<//>
    <${Button} kind="quiet" title="Del" disabled=${isEmpty} onClick=${clearMask}>Clear<//>
    <${Menu} label="More for the mask" isIcon class="ib" items=${moreForMask} isRight><${Icon} name="more" /><//>`;
}

const SketchCommands = () => html`
  <${Button} kind="quiet" onClick=${() => pickFile('picture', pasteOntoSketch)}>Paste photo<//>
  <${Button} kind="quiet" disabled=${!hasSketch.value} onClick=${clearSketch}>Clear<//>
  <${Menu} label="More for the sketch" isIcon class="ib" items=${moreForSketch} isRight><${Icon} name="more" /><//>`;
