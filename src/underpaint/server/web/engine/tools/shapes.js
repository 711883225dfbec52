// @ts-check
/** Selections drawn as outlines: lasso, polygon, rectangle. */
/** @import { DocPoint } from '../types.js' */
/** @import { Sample, Tool, Workspace } from '../workspace.js' */
import { boundsOf, distance } from '../geometry.js';
import { drawHandle, drawPath } from '../render/chrome.js';
import { combineSelection, polygonSelection } from '../selection.js';
import { docPoint } from '../types.js';

const CLOSE_PX = 10; // a click this near to the first corner closes a polygon

/** @param {Workspace} workspace @param {readonly DocPoint[]} points @param {Sample} first holds the modifiers @param {string} label */
function select(workspace, points, first, label) {
  const { document } = workspace, edit = document.begin('mask');
  workspace.activeLayer = 'mask';
  combineSelection(edit, polygonSelection(points, document.mask), first.isShift && !first.isAlt ? 'add' : workspace.combineFor(first));
  document.commit('mask', edit, label);
}

/** @param {Workspace} workspace @param {Iterable<DocPoint>} points */
function invalidate(workspace, points) {
  const bounds = boundsOf([...points].flatMap(({ x, y }) => [{ x: x - 1, y: y - 1 }, { x: x + 1, y: y + 1 }]));
  if (bounds) workspace.stage.invalidatePicture(bounds, 10);
}

/** @implements {Tool} */
export class LassoTool {
  cursor = 'crosshair';
  /** @type {DocPoint[]} */ #points = [];
  /** @type {Sample | null} */ #first = null;

  /** @param {Workspace} workspace */
  constructor(workspace) { this.workspace = workspace; }

  /** @param {Sample} sample */
  down(sample) {
    this.#first = sample;
    this.#points = [sample.point];
  }

  /** @param {Sample[]} samples */
  move(samples) {
    const from = this.#points.length - 1;
    for (const { point } of samples) this.#points.push(point);
    invalidate(this.workspace, [this.#points[0], ...this.#points.slice(from)]);
  }

  up() {
    const points = this.#points, first = this.#first;
    this.cancel();
    if (first && points.length > 2) select(this.workspace, points, first, 'Lasso');
  }

  cancel() {
    invalidate(this.workspace, this.#points);
    this.#points = [];
    this.#first = null;
  }

  /** @param {CanvasRenderingContext2D} context */
  draw(context) {
    if (this.#points.length > 1) drawPath(context, this.workspace.viewport, this.#points, true);
  }
}

/** Click by click; a double click, Enter or a click on the first corner closes it. @implements {Tool} */
export class PolygonTool {
  cursor = 'crosshair';
  /** @type {DocPoint[]} */ #points = [];
  /** @type {DocPoint | null} */ #next = null;
  /** @type {Sample | null} */ #first = null;

  /** @param {Workspace} workspace */
  constructor(workspace) { this.workspace = workspace; }

  /** @param {Sample} sample */
  down(sample) {
    if (!this.#first) this.#first = sample;
    else if (this.#points.length > 2 && distance(this.workspace.viewport.toView(this.#points[0]), sample.at) < CLOSE_PX) return this.#close();
    this.#points.push(sample.point);
    this.#redraw();
  }

  /** @param {Sample[]} samples */
  move(samples) { this.hover(samples[samples.length - 1]); }

  /** @param {Sample | null} sample */
  hover(sample) {
    if (!this.#first) return;
    this.#redraw();
    this.#next = sample?.point ?? null;
    this.#redraw();
  }

  doubleClick() {
    this.#points.pop();
    this.#close();
  }

  /** @param {string} key */
  key(key) {
    if (!this.#first) return false;
    if (key === 'Enter') this.#close();
    else if (key === 'Escape') this.leave();
    else if (key === 'Backspace') { this.#redraw(); this.#points.pop(); if (this.#points.length === 0) this.leave(); }
    return true;
  }

  /** @param {CanvasRenderingContext2D} context */
  draw(context) {
    if (!this.#first) return;
    const { viewport } = this.workspace;
    drawPath(context, viewport, this.#next ? [...this.#points, this.#next] : this.#points, false);
    drawHandle(context, viewport.toView(this.#points[0]), true);
  }

  leave() {
    this.#redraw();
    this.#points = [];
    this.#first = this.#next = null;
  }

  #close() {
    const points = this.#points, first = this.#first;
    this.leave();
    if (first && points.length > 2) select(this.workspace, points, first, 'Polygon');
  }

  #redraw() { invalidate(this.workspace, this.#next ? [...this.#points, this.#next] : this.#points); }
}

/** Whole pixels; Shift makes a square. @implements {Tool} */
export class RectangleTool {
  cursor = 'crosshair';
  /** @type {Sample | null} */ #first = null;
  /** @type {DocPoint[]} */ #corners = [];

  /** @param {Workspace} workspace @param {(corners: DocPoint[], first: Sample) => void} [use] */
  constructor(workspace, use = (corners, first) => select(workspace, corners, first, 'Rectangle')) {
    this.workspace = workspace;
    this.use = use;
  }

  /** @param {Sample} sample */
  down(sample) { this.#first = sample; }

  /** @param {Sample[]} samples */
  move(samples) {
    const sample = samples[samples.length - 1];
    if (!this.#first) return;
    invalidate(this.workspace, this.#corners);
    this.#corners = cornersBetween(this.#first.point, sample.point, sample.isShift && !sample.isAlt);
    invalidate(this.workspace, this.#corners);
  }

  /** @param {Sample} _sample */
  up(_sample) {
    const first = this.#first, corners = this.#corners;
    this.cancel();
    if (first && boundsOf(corners)) this.use(corners, first);
  }

  cancel() {
    invalidate(this.workspace, this.#corners);
    this.#first = null;
    this.#corners = [];
  }

  /** @param {CanvasRenderingContext2D} context */
  draw(context) {
    if (this.#corners.length) drawPath(context, this.workspace.viewport, this.#corners, true);
  }
}

/** @param {DocPoint} a @param {DocPoint} b @param {boolean} isSquare @returns {DocPoint[]} */
function cornersBetween(a, b, isSquare) {
  let dx = b.x - a.x, dy = b.y - a.y;
  if (isSquare) {
    const side = Math.max(Math.abs(dx), Math.abs(dy));
    dx = dx < 0 ? -side : side;
    dy = dy < 0 ? -side : side;
  }
  const left = Math.floor(Math.min(a.x, a.x + dx)), right = Math.ceil(Math.max(a.x, a.x + dx));
  const top = Math.floor(Math.min(a.y, a.y + dy)), bottom = Math.ceil(Math.max(a.y, a.y + dy));
  return [docPoint(left, top), docPoint(right, top), docPoint(right, bottom), docPoint(left, bottom)];
}
