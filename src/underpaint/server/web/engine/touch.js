// @ts-check
/** @import { ViewPoint } from './types.js' */
/** @import { ViewMover } from './pointer.js' */
/** @import { Toolbox } from './tools/toolbox.js' */
/** @import { Sample, Workspace } from './workspace.js' */
import { distance } from './geometry.js';
import { viewPoint } from './types.js';

const DRAW_AFTER_MS = 40, DRAW_AFTER_PX = 6;
const TAP_MS = 300, TAP_PX = 10;
const LONG_PRESS_MS = 500;

/** @typedef {{start: ViewPoint, at: ViewPoint, page: {x: number, y: number}, since: number}} Finger */

/**
 * Fingers: one draws, after a moment in which a second one can still arrive; two move the view and drop the stroke; a
 * tap of two undoes, of three redoes; one held still picks a colour or opens the layer's menu.
 */
export class TouchGestures {
  /** @type {Map<number, Finger>} */ #fingers = new Map();
  /** waiting: may become anything; done: wait until all fingers are up @type {'waiting' | 'drawing' | 'pan' | 'pinch' | 'done' | null} */ #mode = null;
  /** @type {Sample[]} */ #held = [];
  /** @type {Sample | null} */ #last = null;
  #most = 0;
  #isTap = true;
  /** @type {number | undefined} */ #drawTimer;
  /** @type {number | undefined} */ #pressTimer;

  /** @param {Workspace} workspace @param {Toolbox} toolbox @param {ViewMover} mover @param {() => 'down' | 'near' | 'away'} penState */
  constructor(workspace, toolbox, mover, penState) {
    this.workspace = workspace;
    this.toolbox = toolbox;
    this.mover = mover;
    this.penState = penState;
  }

  /** Whether this finger is down. @param {number} pointerId */
  has(pointerId) { return this.#fingers.has(pointerId); }

  /** @param {PointerEvent} event @param {Sample} sample */
  down(event, sample) {
    this.#fingers.set(event.pointerId, { start: sample.at, at: sample.at, page: { x: event.clientX, y: event.clientY }, since: performance.now() });
    this.#most = Math.max(this.#most, this.#fingers.size);
    if (this.#fingers.size === 1) return this.#first(sample);
    this.#stopTimers();
    if (this.#mode === 'drawing') this.toolbox.cancel();
    this.#held = [];
    this.#mode = this.penState() === 'down' ? 'done' : 'pinch';
  }

  /** @param {PointerEvent} event @param {Sample[]} samples */
  move(event, samples) {
    const finger = this.#fingers.get(event.pointerId), sample = samples[samples.length - 1];
    if (!finger) return;
    const before = this.#hand();
    finger.at = sample.at;
    this.#last = sample;
    const isFar = distance(finger.start, finger.at) > (this.#fingers.size > 1 ? TAP_PX : DRAW_AFTER_PX);
    if (isFar) { this.#isTap = false; clearTimeout(this.#pressTimer); }
    if (this.#mode === 'waiting') {
      this.#held.push(...samples);
      if (isFar) this.#draw();
    } else if (this.#mode === 'drawing') {
      this.toolbox.move(samples);
    } else if (this.#mode === 'pan' || this.#mode === 'pinch') {
      this.#moveView(before, this.#hand());
    }
  }

  /** @param {PointerEvent} event @param {Sample} sample */
  up(event, sample) {
    const finger = this.#fingers.get(event.pointerId);
    if (!this.#fingers.delete(event.pointerId) || !finger) return;
    if (performance.now() - finger.since > TAP_MS) this.#isTap = false;
    if (this.#mode === 'waiting') this.#draw();
    if (this.#mode === 'drawing') this.toolbox.up(sample);
    if (this.#mode === 'pinch') this.#mode = 'done';
    if (this.#fingers.size > 0) return;
    if (this.#isTap && this.#most > 1 && this.penState() === 'away') this.workspace.emit('command', { name: this.#most === 2 ? 'undo' : 'redo' });
    this.#reset();
  }

  /** Keeps what was drawn; the fingers that are still down do nothing any more. */
  end() {
    if (this.#mode === 'drawing' && this.#last) this.toolbox.up(this.#last);
    this.#fingers.clear();
    this.#reset();
  }

  cancel() {
    if (this.#mode === 'drawing') this.toolbox.cancel();
    this.#fingers.clear();
    this.#reset();
  }

  /** @param {Sample} sample */
  #first(sample) {
    this.#isTap = true;
    this.#most = 1;
    const pen = this.penState();
    if (pen === 'down') { this.#mode = 'done'; return; } // the hand that holds it
    if (pen === 'near' || this.toolbox.name === 'pan') { this.#mode = 'pan'; return; }
    this.#mode = 'waiting';
    this.#held = [sample];
    this.#drawTimer = window.setTimeout(() => this.#draw(), DRAW_AFTER_MS);
    this.#pressTimer = window.setTimeout(() => this.#longPress(), LONG_PRESS_MS);
  }

  #draw() {
    clearTimeout(this.#drawTimer);
    const [first, ...rest] = this.#held;
    this.#held = [];
    this.#last = rest.at(-1) ?? first;
    this.#mode = this.toolbox.down(first) ? 'drawing' : 'pan';
    if (this.#mode === 'drawing' && rest.length) this.toolbox.move(rest);
  }

  #longPress() {
    const [finger] = this.#fingers.values();
    if (!finger) return;
    this.toolbox.cancel();
    this.#stopTimers();
    this.#mode = 'done';
    const { layer } = this.toolbox;
    if (layer === 'mask') return this.workspace.emit('layer-menu', { ...finger.page, layer });
    const { viewport } = this.workspace, point = viewport.toImage(finger.at);
    this.toolbox.eyedropper.up({ at: finger.at, point, pressure: 1, isAlt: false, isShift: false, isEraser: false, pointer: 'touch' });
  }

  /** Middle and spread of the fingers. */
  #hand() {
    const all = [...this.#fingers.values()].slice(0, 2), [a, b = a] = all;
    return { middle: viewPoint((a.at.x + b.at.x) / 2, (a.at.y + b.at.y) / 2), spread: distance(a.at, b.at) };
  }

  /** @param {{middle: ViewPoint, spread: number}} before @param {{middle: ViewPoint, spread: number}} after */
  #moveView(before, after) {
    if (this.#mode === 'pinch' && this.#isTap) return;
    this.mover.pan(after.middle.x - before.middle.x, after.middle.y - before.middle.y);
    if (before.spread > 0 && after.spread > 0) this.mover.zoom(after.spread / before.spread, after.middle);
  }

  #stopTimers() {
    clearTimeout(this.#drawTimer);
    clearTimeout(this.#pressTimer);
  }

  #reset() {
    this.#stopTimers();
    this.#mode = null;
    this.#held = [];
    this.#most = 0;
  }
}
