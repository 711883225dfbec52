// @ts-check
/** @import { ViewPoint } from './types.js' */
/** @import { Toolbox } from './tools/toolbox.js' */
/** @import { Sample, Workspace } from './workspace.js' */
import { clamp } from './geometry.js';
import { TouchGestures } from './touch.js';
import { viewPoint } from './types.js';

const PEN_NEAR_MS = 1000;      // touch only pans this long after the pen was seen
const WHEEL_NOTCH = 1.0015;    // zoom per wheel pixel
const PINCH_NOTCH = 1.01;      // trackpads send small steps with Ctrl
const BARREL = 2, ERASER = 32; // PointerEvent.buttons
const MOST_PX = 2048;          // brush diameter

/** Moves the view. @typedef {{pan: (dx: number, dy: number) => void, zoom: (factor: number, at: ViewPoint) => void}} ViewMover */

/**
 * Turns mouse, pen and wheel into gestures of the toolbox; fingers are TouchGestures' business.
 */
export class Pointer {
  /** @type {'tool' | 'pan' | 'adjust' | null} */ #mode = null;
  #pointerId = -1;
  #last = viewPoint(0, 0);
  /** Where the gesture was seen last. @type {Sample | null} */ #lastSample = null;
  #penSeen = -Infinity;
  #isPenDown = false;
  /** A drag then pans. */ isSpaceHeld = false;
  #isRightStill = false;
  /** Wheel without Ctrl pans; a wheel that looks like a trackpad always does. */ wheelPans = false;
  #aborter = new AbortController();
  #touch;

  /** @param {Workspace} workspace @param {Toolbox} toolbox @param {ViewMover} mover */
  constructor(workspace, toolbox, mover) {
    this.workspace = workspace;
    this.toolbox = toolbox;
    this.mover = mover;
    this.#touch = new TouchGestures(workspace, toolbox, mover, () => this.#penState);
    const { canvas } = workspace.stage, { signal } = this.#aborter;
    canvas.addEventListener('pointerdown', (event) => this.#down(event), { signal });
    canvas.addEventListener('pointermove', (event) => this.#move(event), { signal });
    canvas.addEventListener('pointerup', (event) => this.#up(event), { signal });
    canvas.addEventListener('pointercancel', (event) => this.#cancel(event), { signal });
    canvas.addEventListener('lostpointercapture', (event) => this.#lost(event), { signal });
    canvas.addEventListener('pointerleave', () => { if (!this.#mode) toolbox.hover(null); }, { signal });
    canvas.addEventListener('dblclick', (event) => toolbox.doubleClick(this.#sample(event)), { signal });
    canvas.addEventListener('contextmenu', (event) => this.#contextMenu(event), { signal });
    canvas.addEventListener('wheel', (event) => this.#wheel(event), { signal, passive: false });
    // a stroke is complete before anything else happens: a click on Generate, an undo, a reload
    for (const type of ['pointerdown', 'keydown', 'pagehide']) {
      window.addEventListener(type, (event) => { if (event.target !== canvas || type === 'keydown') toolbox.finishAll(); }, { signal, capture: true });
    }
    document.addEventListener('visibilitychange', () => { if (document.hidden) this.end(); }, { signal });
  }

  close() {
    this.#aborter.abort();
    this.#touch.cancel();
  }

  /** Ends the gesture without a trace. @returns {boolean} */
  cancel() {
    if (this.#mode === 'tool') this.#mode = null;
    return this.toolbox.cancel();
  }

  /** Ends the gesture where it is, and keeps what it did: the page is out of sight, or the pointer is. */
  end() {
    this.#touch.end();
    const sample = this.#lastSample;
    if (this.#mode === 'tool' && sample) this.toolbox.up(sample);
    this.toolbox.finishAll();
    this.#letGo();
  }

  #letGo() {
    this.#mode = null;
    this.#isPenDown = false;
    this.#lastSample = null;
  }

  /** @param {PointerEvent} event */
  #down(event) {
    this.workspace.stage.canvas.focus({ preventScroll: true });
    if (event.pointerType === 'touch') return this.#touch.down(event, this.#sample(event));
    if (event.pointerType === 'pen') this.#sawPen();
    if (this.#mode) return;
    if (event.pointerType === 'pen') this.#touch.cancel(); // the hand came down before it
    const mode = this.#modeFor(event);
    if (!mode) return;
    this.#mode = mode;
    this.#isPenDown = event.pointerType === 'pen';
    this.#pointerId = event.pointerId;
    this.#last = this.#viewPoint(event);
    this.#lastSample = this.#sample(event);
    this.#capture(event.pointerId);
    if (mode === 'tool' && !this.toolbox.down(this.#lastSample)) this.#mode = 'pan';
    if (this.#mode === 'pan') this.workspace.stage.canvas.style.cursor = 'grabbing';
  }

  /** @param {PointerEvent} event @returns {'tool' | 'pan' | 'adjust' | null} */
  #modeFor({ button, altKey, pointerType }) {
    this.#isRightStill = button === 2 && pointerType === 'mouse';
    if (button === 1 || button === 0 && this.isSpaceHeld) return 'pan';
    if (button === 2 && pointerType === 'mouse') return altKey ? 'adjust' : null;
    return 'tool';
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (event.pointerType === 'touch') return this.#touch.move(event, this.#samples(event));
    if (event.pointerType === 'pen') this.#sawPen();
    if (this.#mode && event.pointerId !== this.#pointerId) return;
    if (this.#mode && event.buttons === 0) this.end(); // it was lifted where nobody told us
    if (this.#mode === 'tool') {
      const samples = this.#samples(event);
      this.#lastSample = samples[samples.length - 1];
      return this.toolbox.move(samples);
    }
    const at = this.#viewPoint(event), dx = at.x - this.#last.x, dy = at.y - this.#last.y;
    if (this.#mode === 'pan') this.mover.pan(dx, dy);
    else if (this.#mode === 'adjust') this.#adjust(dx, dy);
    else this.toolbox.hover(this.#sample(event));
    this.#last = at;
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (event.pointerType === 'touch') return this.#touch.up(event, this.#sample(event));
    if (event.pointerId !== this.#pointerId) return;
    if (this.#mode === 'tool') this.toolbox.up(this.#sample(event));
    this.#letGo();
    this.toolbox.hover(this.#sample(event));
  }

  /** @param {PointerEvent} event */
  #lost(event) {
    const isOurs = event.pointerType === 'touch' ? this.#touch.has(event.pointerId) : this.#mode && event.pointerId === this.#pointerId;
    if (isOurs) this.end();
  }

  /** @param {PointerEvent} event */
  #cancel(event) {
    if (event.pointerType === 'touch') return this.#touch.cancel();
    if (event.pointerId !== this.#pointerId) return;
    this.cancel();
    this.#letGo();
  }

  /** Left-right changes the size, up-down the hardness. @param {number} dx @param {number} dy */
  #adjust(dx, dy) {
    const { workspace } = this, isPaint = this.toolbox.layer === 'sketch', now = isPaint ? workspace.paint : workspace.brush;
    const size = Math.round(clamp(now.size + dx * 2 / workspace.viewport.zoom, 1, MOST_PX) * 10) / 10, hardness = clamp(now.hardness - dy / 150, 0, 1);
    if (isPaint) workspace.paint = { ...workspace.paint, size, hardness };
    else workspace.brush = { size, hardness };
    workspace.stage.invalidate();
    workspace.emit('brush', { size, hardness });
  }

  /** @param {MouseEvent} event */
  #contextMenu(event) {
    event.preventDefault();
    if (this.#isRightStill && !event.altKey) this.workspace.emit('layer-menu', { x: event.clientX, y: event.clientY, layer: this.toolbox.layer });
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const perLine = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 32 : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? 400 : 1;
    const dx = event.deltaX * perLine, dy = event.deltaY * perLine;
    const isPinch = event.ctrlKey || event.metaKey;
    // a wheel turns in notches of 120, or counts lines; a trackpad does neither, or slants
    const notches = 'wheelDeltaY' in event ? Number(event.wheelDeltaY) / 120 : 0;
    const isWheel = event.deltaMode !== WheelEvent.DOM_DELTA_PIXEL || dx === 0 && notches !== 0 && Number.isInteger(notches);
    if (event.shiftKey && !isPinch) this.mover.pan(dx ? -dx : -dy, 0);
    else if (!isPinch && isWheel === this.wheelPans) this.mover.pan(-dx, -dy);
    else this.mover.zoom((isPinch && Math.abs(dy) < 40 ? PINCH_NOTCH : WHEEL_NOTCH) ** -clamp(dy, -400, 400), this.#viewPoint(event));
  }

  #sawPen() { this.#penSeen = performance.now(); }

  get #penState() {
    if (this.#isPenDown) return 'down';
    return performance.now() - this.#penSeen < PEN_NEAR_MS ? 'near' : 'away';
  }

  /** @param {number} id */
  #capture(id) {
    // a pointer made by a script cannot be captured
    if (this.workspace.stage.canvas.isConnected) try { this.workspace.stage.canvas.setPointerCapture(id); } catch (error) { if (!(error instanceof DOMException)) throw error; }
  }

  /** @param {PointerEvent} event @returns {Sample[]} */
  #samples(event) {
    const all = event.getCoalescedEvents(), corner = this.#corner();
    return (all.length ? all : [event]).map((one) => this.#sample(one, corner));
  }

  /** @param {PointerEvent | MouseEvent} event @param {{left: number, top: number}} [corner] @returns {Sample} */
  #sample(event, corner = this.#corner()) {
    const at = this.#viewPoint(event, corner), pen = event instanceof PointerEvent && event.pointerType === 'pen';
    return {
      at,
      point: this.workspace.viewport.toImage(at),
      pressure: pen ? event.pressure : 1,
      isAlt: event.altKey || pen && (event.buttons & BARREL) !== 0,
      isShift: event.shiftKey,
      isEraser: pen && (event.buttons & ERASER) !== 0,
      pointer: pen ? 'pen' : event instanceof PointerEvent && event.pointerType === 'touch' ? 'touch' : 'mouse',
    };
  }

  /** @param {MouseEvent} event @param {{left: number, top: number}} [corner] */
  #viewPoint(event, { left, top } = this.#corner()) {
    return this.workspace.viewport.unsplit(event.clientX - left, event.clientY - top);
  }

  /** Where the canvas is on the page; asking is costly while the page changes. */
  #corner() { return this.workspace.stage.canvas.getBoundingClientRect(); }
}
