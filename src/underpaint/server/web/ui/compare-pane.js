// @ts-check
/** Two steps of the history on each other, or beside each other. The browser does the mixing. */
import { html } from 'htm/preact';
import { useRef } from 'preact/hooks';
import '@preact/signals';
import { urls } from '../api/client.js';
import { nodes, stepComparison } from '../state/results.js';
import { clamp, wipeAfterKey } from './compare-maths.js';
import { MODES } from './compare-modes.js';
import { Icon, Segments } from './parts.js';
/** @import { Node } from '../api/api.d.ts' */
/** @import { Comparing } from '../state/types.d.ts' */

export function ComparePane() {
  const comparing = stepComparison.value;
  const one = nodes.value.find((node) => node.id === comparing?.nodeId);
  const other = nodes.value.find((node) => node.id === comparing?.otherId);
  if (!comparing || !one || !other) return null;
  const stack = { wipe: Wipe, blink: Stack, difference: Stack, side: SideBySide }[comparing.mode];
  return html`
    <div class="compare-pane">
      <${stack} one=${one} other=${other} mode=${comparing.mode} />
      <div class="compare-modes"><${Segments} label="Compare mode" options=${MODES} value=${comparing.mode}
        onChange=${(/** @type {Comparing['mode']} */ mode) => { stepComparison.value = { ...comparing, mode }; }} /></div>
    </div>`;
}

/** @typedef {{one: Node, other: Node, mode: Comparing['mode']}} Pair */

/** @param {{node: Node}} props */
const Picture = ({ node }) => html`<img src=${urls.picture(node.picture.sha256)} alt=${node.name} draggable=${false} />`;

/** @param {Node} node */
const shapeOf = ({ picture }) => ({ aspectRatio: `${picture.width} / ${picture.height}`, '--ratio': String(picture.width / picture.height) });

/** @param {Pair} props */
const SideBySide = ({ one, other }) => html`
  <div class="compare-pictures">
    ${[one, other].map((node) => html`<figure key=${node.id} class="compare-stack is-half" style=${shapeOf(node)}><${Picture} node=${node} /><figcaption class="tag l">${node.name}</figcaption></figure>`)}
  </div>`;

/** @param {Pair} props */
const Stack = ({ one, other, mode }) => html`
  <div class=${`compare-stack is-${mode}`} style=${shapeOf(one)}>
    <${Picture} node=${one} /><${Picture} node=${other} /><span class="tag l">${mode === 'difference' ? `${one.name} − ${other.name}` : `${one.name} / ${other.name}`}</span>
  </div>`;

/** @param {Pair} props */
function Wipe({ one, other }) {
  const stack = useRef(/** @type {HTMLDivElement | null} */ (null));
  const position = stepComparison.value?.position ?? 0.5;
  /** @param {number} to */
  const move = (to) => {
    if (stepComparison.value) stepComparison.value = { ...stepComparison.value, position: clamp(to, 0, 1) };
  };
  /** @param {PointerEvent} event */
  const follow = (event) => {
    const box = stack.current?.getBoundingClientRect();
    if (box && event.buttons) move((event.clientX - box.left) / box.width);
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const to = wipeAfterKey(position, event.key, event.shiftKey);
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  };
  return html`
    <div class="compare-stack" ref=${stack} style=${shapeOf(one)}
      onPointerDown=${(/** @type {PointerEvent} */ event) => { stack.current?.setPointerCapture(event.pointerId); follow(event); }} onPointerMove=${follow}>
      <${Picture} node=${one} />
      <span class="clip" style=${{ clipPath: `inset(0 0 0 ${position * 100}%)` }}><${Picture} node=${other} /></span>
      <span class="tag l">${one.name}</span><span class="tag r">${other.name}</span>
      <div class="wipe" role="slider" tabindex="0" aria-label="Compare" aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round(position * 100)}
        style=${{ left: `${position * 100}%` }} onKeyDown=${onKey} onDblClick=${() => move(0.5)}><i><${Icon} name="compare" size=${18} /></i></div>
    </div>`;
}
