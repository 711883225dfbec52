// @ts-check
import { html } from 'htm/preact';
import { useRef, useState } from 'preact/hooks';
import '@preact/signals';
import { urls } from '../../api/client.js';
import { applyTask, closeDialog, extend } from '../../state/actions.js';
import { headNode } from '../../state/store.js';
import { extendedSize, isNothing, NO_SIDES, sidesForAspect, withSide } from '../extend-maths.js';
import { Button, NumberField, Segments, Slider } from '../parts.js';
import { Dialog } from './dialog.js';
/** @import { PictureInfo } from '../../api/api.d.ts' */
/** @import { Side, Sides } from '../extend-maths.js' */

/** @type {{side: Side, label: string}[]} */
const SIDES = [{ side: 'left', label: 'Left' }, { side: 'right', label: 'Right' }, { side: 'top', label: 'Top' }, { side: 'bottom', label: 'Bottom' }];
const ASPECTS = [
  { value: 'free', label: 'Free' }, { value: '1', label: '1:1' }, { value: String(3 / 2), label: '3:2' },
  { value: String(2 / 3), label: '2:3' }, { value: String(16 / 9), label: '16:9' },
];
const DEFAULT_OVERLAP_PX = 43;
const DEFAULT_GROWTH = 0.25;

/** A larger canvas: the picture stays, the mask covers what is new. */
export function Extend() {
  const picture = headNode.value?.picture;
  const [sides, setSides] = useState(() => (picture ? withSide(picture, NO_SIDES, 'right', picture.width * DEFAULT_GROWTH) : NO_SIDES));
  const [aspect, setAspect] = useState('free');
  const [overlap, setOverlap] = useState(DEFAULT_OVERLAP_PX);
  if (!picture) return null;
  /** @param {Side} side @param {number} px */
  const setSide = (side, px) => {
    setAspect('free');
    setSides(withSide(picture, sides, side, px));
  };
  /** @param {string} value */
  const chooseAspect = (value) => {
    setAspect(value);
    if (value !== 'free') setSides(sidesForAspect(picture, Number(value)));
  };
  const go = async () => {
    closeDialog();
    const { left, top, right, bottom } = sides;
    if (await extend({ left_px: left, top_px: top, right_px: right, bottom_px: bottom, overlap_px: overlap })) applyTask('extend');
  };
  const { width, height } = extendedSize(picture, sides);
  const foot = html`<${Button} onClick=${closeDialog}>Cancel<//>
    <${Button} kind="primary" disabled=${isNothing(sides)} onClick=${go}>Make it ${width} × ${height}<//>`;
  return html`
    <${Dialog} title="Extend the canvas" isWide onClose=${closeDialog} foot=${foot}>
      <div class="dlg-body">
        <${Preview} picture=${picture} sides=${sides} onSide=${setSide} />
        <${Segments} label="Aspect" isFull options=${ASPECTS} value=${aspect} onChange=${chooseAspect} />
        <div class="sides">${SIDES.map(({ side, label }) => html`
          <${NumberField} key=${side} label=${label} unit="px" min=${0} max=${8192} value=${sides[side]} onCommit=${(/** @type {number} */ px) => setSide(side, px)} />`)}</div>
        <${Slider} label="Overlap" unit="px" min=${0} max=${128} step=${1} value=${overlap} onInput=${setOverlap} />
        <p>The new part is masked, and the mask reaches this far into the picture, so that no line shows. Describe the whole scene in the prompt, then generate.</p>
      </div>
    <//>`;
}

/** The canvas to be, with a handle on each side. @param {{picture: PictureInfo, sides: Sides, onSide: (side: Side, px: number) => void}} props */
function Preview({ picture, sides, onSide }) {
  const view = useRef(/** @type {HTMLDivElement | null} */ (null));
  const drag = useRef(/** @type {{side: Side, at: number, px: number, scale: number} | null} */ (null));
  const size = extendedSize(picture, sides);
  const room = { width: (view.current?.clientWidth ?? 840) - 48, height: (view.current?.clientHeight ?? 300) - 32 };
  const scale = Math.min(room.width / size.width, room.height / size.height);
  /** @param {PointerEvent} event @param {Side} side */
  const start = (event, side) => {
    /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(event.pointerId);
    drag.current = { side, at: isAcross(side) ? event.clientX : event.clientY, px: sides[side], scale };
  };
  /** @param {PointerEvent} event */
  const follow = (event) => {
    const now = drag.current;
    if (!now) return;
    const moved = ((isAcross(now.side) ? event.clientX : event.clientY) - now.at) / now.scale;
    onSide(now.side, now.px + (now.side === 'right' || now.side === 'bottom' ? moved : -moved));
  };
  const stop = () => { drag.current = null; };
  return html`
    <div class="extend-view" ref=${view} onPointerMove=${follow} onPointerUp=${stop} onPointerCancel=${stop}>
      <div class="extend-canvas" style=${{ width: `${size.width * scale}px`, height: `${size.height * scale}px` }}>
        <img src=${urls.thumbnail(picture.sha256, 1024)} alt="The picture on its larger canvas" draggable=${false}
          style=${{ left: `${sides.left * scale}px`, top: `${sides.top * scale}px`, width: `${picture.width * scale}px`, height: `${picture.height * scale}px` }} />
        <span class="size-tag">${size.width} × ${size.height}</span>
        ${SIDES.map(({ side }) => html`<span key=${side} class=${`handle ${side}`} onPointerDown=${(/** @type {PointerEvent} */ event) => start(event, side)}></span>`)}
      </div>
    </div>`;
}

/** @param {Side} side */
const isAcross = (side) => side === 'left' || side === 'right';
