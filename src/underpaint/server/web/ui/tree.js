// @ts-check
/** The history: every step as a tree, and the step looked at beside it. */
import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import '@preact/signals';
import { urls } from '../api/client.js';
import { continueFrom, loadRecipe, showResults, starNode } from '../state/actions.js';
import {
  nodes, originOf, selectedNode, selectStep, stepComparison, treeCounts, treeItems, treeLayout, treeShows, treeZoom, branch,
} from '../state/results.js';
import { headNode } from '../state/store.js';
import { removeStep, renamed } from './step-verbs.js';
import { startText } from './job-words.js';
import { ComparePane } from './compare-pane.js';
import { Button, Icon, IconButton, Segments } from './parts.js';
import { StepPanel } from './step.js';
import { counted } from './time-words.js';
import { fitClass } from './tray.js';
import { edgePath, neighbour } from '../state/tree-layout.js';
/** @import { Node } from '../api/api.d.ts' */
/** @import { Direction, Layout, Place } from '../state/tree-layout.js' */
/** @import { SideResult } from '../state/results.js' */

const CARD = { width: 164, height: 112 };
const STEP = { x: 208, y: 182 };
const MARGIN = { x: 32, y: 34 };
const EDGE = { turn: 22, radius: 10 };
const TEXT_HEIGHT = 48;
const SMALLEST_ZOOM = 0.2;
const ZOOM_STEPS = [0.35, 0.5, 0.67, 0.8, 1, 1.25, 1.5];

export function HistoryView() {
  return html`
    <main class="centre" aria-label="History" data-region="main">
      <${TreeBar} />
      ${stepComparison.value?.otherId ? html`<${ComparePane} />` : html`<${Tree} />`}
    </main>
    <${StepPanel} />`;
}

function TreeBar() {
  const { steps, branches, results } = treeCounts.value;
  const counts = [counted(steps, 'step'), counted(branches, 'branch', 'branches'), counted(results, 'result')].join(', ');
  const options = [{ value: 'kept', label: 'Kept' }, { value: 'all', label: 'All results' }];
  return html`
    <div class="opt wraps" role="group" aria-label="History options" data-region="options">
      <b class="tool">History</b>
      <${Segments} label="Show" options=${options} value=${treeShows.value} onChange=${(/** @type {'kept' | 'all'} */ value) => { treeShows.value = value; }} />
      <span class="lbl">${counts}</span>
      <div class="grow"></div>
      <${CompareButton} />
      <i class="vr"></i>
      <${TreeZoom} />
    </div>`;
}

function CompareButton() {
  const comparing = stepComparison.value;
  const selected = selectedNode.value;
  const start = () => {
    stepComparison.value = comparing || !selected ? null : { nodeId: selected.id, otherId: null, mode: 'wipe', position: 0.5 };
  };
  const label = comparing ? (comparing.otherId ? 'Back to the tree' : 'Choose the other one …') : 'Compare two';
  return html`<${Button} icon="compare" kind="quiet" aria-pressed=${String(Boolean(comparing))} disabled=${nodes.value.length < 2} onClick=${start}>${label}<//>`;
}

function TreeZoom() {
  /** @param {1 | -1} by */
  const step = (by) => {
    const beyond = ZOOM_STEPS.filter((zoom) => (zoom - treeZoom.value) * by > 0.001);
    treeZoom.value = (by > 0 ? beyond[0] : beyond.at(-1)) ?? treeZoom.value;
  };
  return html`
    <div class="zoom">
      <${IconButton} icon="minus" label="Smaller" isSmall onClick=${() => step(-1)} />
      <button type="button" class="zv" title="Real size" onClick=${() => { treeZoom.value = 1; }}>${Math.round(treeZoom.value * 100)}%</button>
      <${IconButton} icon="plus" label="Larger" isSmall onClick=${() => step(1)} />
      <${IconButton} icon="fit" label="Show all of it" isSmall onClick=${fitTree} />
    </div>`;
}

/** The whole tree in the window, not larger than real size. */
function fitTree() {
  const scroller = document.querySelector('.tree-scroll');
  const { width, height } = sizeOf(treeLayout.value);
  if (scroller) treeZoom.value = Math.max(SMALLEST_ZOOM, Math.min(1, scroller.clientWidth / width, scroller.clientHeight / height));
}

/** @type {Record<string, Direction>} */
const DIRECTIONS = { ArrowLeft: 'parent', ArrowRight: 'child', ArrowUp: 'previous', ArrowDown: 'next', Home: 'first', End: 'last' };

function Tree() {
  const layout = treeLayout.value;
  const scroller = useRef(/** @type {HTMLDivElement | null} */ (null));
  const selected = selectedNode.value;
  const zoom = treeZoom.value;
  useEffect(() => scroller.current?.querySelector('.node.is-selected')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }), []);
  if (!nodes.value.length) return html`<div class="view-empty"><p>No step yet. The first picture you make or open starts the history.</p></div>`;
  const size = sizeOf(layout);
  return html`
    <div class="tree-scroll" ref=${scroller}>
      <div style=${{ width: `${size.width * zoom}px`, height: `${size.height * zoom}px` }}>
        <div class="tree" role="tree" aria-label="History tree" style=${{ width: `${size.width}px`, height: `${size.height}px`, transform: `scale(${zoom})` }}
          onKeyDown=${(/** @type {KeyboardEvent} */ event) => onTreeKey(event, layout, scroller.current)}>
          <${Edges} layout=${layout} size=${size} />
          ${layout.places.map((place) => html`<${TreeItem} key=${place.id} place=${place} isSelected=${place.id === selected?.id} />`)}
        </div>
      </div>
    </div>`;
}

/** @param {Layout} layout */
const sizeOf = ({ columns, rows }) => ({
  width: 2 * MARGIN.x + (columns - 1) * STEP.x + CARD.width,
  height: 2 * MARGIN.y + (rows - 1) * STEP.y + CARD.height + TEXT_HEIGHT,
});

/** @param {Place} place */
const cornerOf = ({ column, row }) => ({ x: MARGIN.x + column * STEP.x, y: MARGIN.y + row * STEP.y });

/** @param {{layout: Layout, size: {width: number, height: number}}} props */
function Edges({ layout, size }) {
  const byId = new Map(layout.places.map((place) => [place.id, place]));
  const hot = new Set(branch.value.map((node) => node.id));
  const edges = layout.places.flatMap((place) => {
    const parent = place.parentId ? byId.get(place.parentId) : undefined;
    return parent ? [{ place, parent, isHot: hot.has(place.id) }] : [];
  });
  return html`<svg class="edges" width=${size.width} height=${size.height} aria-hidden="true">
    ${edges.sort((a, b) => Number(a.isHot) - Number(b.isHot)).map(({ place, parent, isHot }) => {
      const from = cornerOf(parent);
      const to = cornerOf(place);
      const middle = CARD.height / 2;
      const d = edgePath({ x: from.x + CARD.width, y: from.y + middle }, { x: to.x, y: to.y + middle }, EDGE);
      return html`<path key=${place.id} d=${d} class=${isHot ? 'is-hot' : place.id.includes('/') ? 'is-side' : ''} />`;
    })}</svg>`;
}

/** @param {{place: Place, isSelected: boolean}} props */
function TreeItem({ place, isSelected }) {
  const node = nodes.value.find((each) => each.id === place.id);
  const side = node ? null : treeItems.value.find((each) => each.id === place.id);
  const { x, y } = cornerOf(place);
  const comparing = stepComparison.value;
  const isHead = node !== undefined && node.id === headNode.value?.id;
  const look = ['node', isSelected && 'is-selected', isHead && 'is-head', side && 'is-side', comparing?.nodeId === place.id && 'is-compared'];
  return html`
    <div class=${look.filter(Boolean).join(' ')} role="treeitem" data-node=${place.id} style=${{ left: `${x}px`, top: `${y}px` }}
      aria-level=${place.column + 1} aria-posinset=${place.position} aria-setsize=${place.siblings} aria-selected=${String(isSelected)}
      aria-current=${isHead ? 'true' : undefined} tabindex=${isSelected ? 0 : -1}
      onClick=${() => choose(place.id)} onFocus=${() => node && selectStep(node.id)} onDblClick=${() => node && continueFrom(node.id)}>
      ${node ? html`<${NodeLook} node=${node} isHead=${isHead} />` : side && html`<${SideLook} side=${side} />`}
    </div>`;
}

/** Looks at a step; while two are compared, takes it as the other one; a result opens in the tray. @param {string} id */
function choose(id) {
  const side = treeItems.value.find((each) => each.id === id);
  const comparing = stepComparison.value;
  if (side) showResults(side.job.id);
  else if (comparing && !comparing.otherId && comparing.nodeId !== id) stepComparison.value = { ...comparing, otherId: id };
  else selectStep(id);
}

/** @param {{node: Node, isHead: boolean}} props */
function NodeLook({ node, isHead }) {
  const { others } = originOf(node);
  return html`
    <span class="node-image"><img class=${fitClass(node.picture)} src=${urls.thumbnail(node.picture.sha256, 384)} alt="" draggable=${false} loading="lazy" />
      ${node.is_starred && html`<span class="alt-star"><${Icon} name="star" size=${14} /></span>`}
      ${others > 0 && html`<i class="alt" title=${`${counted(others, 'other result')}`}>+${others}</i>`}</span>
    <b>${node.name}</b><small>${isHead ? 'You are here' : startOfNode(node)}</small>`;
}

/** @param {{side: SideResult}} props */
const SideLook = ({ side }) => html`
  <span class="node-image">${side.result.picture && html`<img class=${fitClass(side.result.picture)} src=${urls.thumbnail(side.result.picture.sha256, 384)} alt="" draggable=${false} loading="lazy" />`}
    ${side.result.is_starred && html`<span class="alt-star"><${Icon} name="star" size=${14} /></span>`}</span>
  <b>Result ${side.result.index + 1}</b><small>${side.job.name}, not kept</small>`;

const KINDS = { import: 'opened', blank: 'blank canvas', generate: 'text to image', edit: 'edit', extend: 'larger canvas', blend: 'blend' };

/** "Sketch · 0.40", or how the step came about. @param {Node} node */
function startOfNode(node) {
  const { job } = originOf(node);
  return job ? startText(job) : KINDS[node.kind];
}

/** @param {KeyboardEvent} event @param {Layout} layout @param {HTMLElement | null} scroller */
function onTreeKey(event, layout, scroller) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const focused = /** @type {HTMLElement} */ (event.target).closest?.('[data-node]')?.getAttribute('data-node');
  if (!focused) return;
  const direction = DIRECTIONS[event.key];
  const node = nodes.value.find((each) => each.id === focused);
  /** @type {Record<string, () => void>} */
  const verbs = {
    Enter: () => (node && !stepComparison.value ? void continueFrom(node.id) : choose(focused)),
    ' ': () => choose(focused),
    l: () => node && loadRecipe(node.id),
    r: () => node && originOf(node).job && showResults(originOf(node).job?.id ?? null),
    c: () => node && (stepComparison.value = { nodeId: node.id, otherId: null, mode: 'wipe', position: 0.5 }),
    '*': () => node && starNode(node.id, !node.is_starred),
    F2: () => { renamed.value = node?.id ?? null; },
    Delete: () => node && removeStep(node),
    Escape: () => { stepComparison.value = null; },
  };
  const verb = direction ? () => focusItem(scroller, neighbour(layout, focused, direction)) : verbs[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!verb) return;
  event.preventDefault();
  event.stopPropagation();
  verb();
}

/** @param {HTMLElement | null} scroller @param {string} id */
function focusItem(scroller, id) {
  const item = scroller?.querySelector(`[data-node="${CSS.escape(id)}"]`);
  if (!(item instanceof HTMLElement)) return;
  item.focus();
  item.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}
