// @ts-check
/** @import { DocPoint } from './types.js' */
/** @import { Toolbox } from './tools/toolbox.js' */
/** @import { Sample, Workspace } from './workspace.js' */
import { clamp } from './geometry.js';
import { drawCross } from './render/chrome.js';
import { docPoint } from './types.js';

const MARGIN = 24; // CSS pixels between the cursor and the edge of the view

/** A cursor moved by keys, with which tools work as with a pointer. */
export class KeyboardCursor {
  /** @type {DocPoint | null} */ #point = null;
  /** Whether keys moved it last, not a pointer. */ isShown = false;

  /** @param {Workspace} workspace @param {Toolbox} toolbox @param {(dx: number, dy: number) => void} pan */
  constructor(workspace, toolbox, pan) {
    this.workspace = workspace;
    this.toolbox = toolbox;
    this.pan = pan;
  }

  reset() {
    this.#point = null;
    this.hide();
  }

  /** A pointer has taken over. */
  hide() {
    if (!this.isShown) return;
    this.isShown = false;
    this.workspace.stage.invalidate();
  }

  /** @param {CanvasRenderingContext2D} context */
  draw(context) {
    if (this.isShown) drawCross(context, this.workspace.viewport.toView(this.#at()), 10);
  }

  /** @param {number} dx @param {number} dy */
  move(dx, dy) {
    if (this.workspace.document.isEmpty) return;
    const { width, height } = this.workspace.document.size, { x, y } = this.#at();
    this.#point = docPoint(clamp(x + dx, 0, width), clamp(y + dy, 0, height));
    this.isShown = true;
    this.#intoView();
    this.workspace.stage.invalidate();
    this.toolbox.hover(this.#sample());
  }

  dab() {
    if (this.workspace.document.isEmpty) return;
    const sample = this.#sample();
    if (this.toolbox.down(sample)) this.toolbox.up(sample);
    this.toolbox.hover(sample);
  }

  select() {
    if (this.workspace.document.isEmpty) return;
    const { x, y } = this.#at(), { width, height } = this.workspace.document.size;
    this.workspace.emit('select', { kind: 'region', x: Math.min(width - 1, Math.floor(x)), y: Math.min(height - 1, Math.floor(y)) });
  }

  /** @returns {DocPoint} */
  #at() {
    const { width, height } = this.workspace.document.size, { viewport } = this.workspace;
    if (this.#point) return this.#point;
    const middle = viewport.toImage(viewport.middle);
    return docPoint(clamp(Math.round(middle.x), 0, width), clamp(Math.round(middle.y), 0, height));
  }

  /** @returns {Sample} */
  #sample() {
    const point = this.#at();
    return { point, at: this.workspace.viewport.toView(point), pressure: 1, isAlt: false, isShift: false, isEraser: false, pointer: 'mouse' };
  }

  #intoView() {
    const { viewport } = this.workspace, { x, y } = viewport.toView(this.#at()), { width, height } = viewport.element;
    const dx = clamp(x, MARGIN, width - MARGIN) - x, dy = clamp(y, MARGIN, height - MARGIN) - y;
    if (dx || dy) this.pan(dx, dy);
  }
}
