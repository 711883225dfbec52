// @ts-check
/** @import { KeyboardCursor } from './keyboard-cursor.js' */
/** @import { Pointer } from './pointer.js' */
/** @import { Toolbox } from './tools/toolbox.js' */
/** @import { Workspace } from './workspace.js' */

/** @type {Record<string, readonly [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP_PX = 8;
const WIPE_STEP = 0.01, WIPE_LEAP = 0.1;

/**
 * The keys that belong to the canvas: Space pans while held; Escape drops a stroke; on the focused canvas, arrows move
 * a cursor that Enter and Space use the tool at, or change the padding while the pointer is on a corner of the frame.
 * Looks first; what it used is default-prevented and stopped.
 */
export class Keys {
  #aborter = new AbortController();

  /** @param {Workspace} workspace @param {Toolbox} toolbox @param {Pointer} pointer @param {KeyboardCursor} cursor */
  constructor(workspace, toolbox, pointer, cursor) {
    this.workspace = workspace;
    this.toolbox = toolbox;
    this.pointer = pointer;
    this.cursor = cursor;
    const { signal } = this.#aborter;
    window.addEventListener('keydown', (event) => this.#down(event), { signal, capture: true });
    window.addEventListener('keyup', (event) => { if (event.code === 'Space') pointer.isSpaceHeld = false; }, { signal, capture: true });
    window.addEventListener('blur', () => { pointer.isSpaceHeld = false; }, { signal });
  }

  close() { this.#aborter.abort(); }

  /** @param {KeyboardEvent} event */
  #down(event) {
    const isOnCanvas = event.target === this.workspace.stage.canvas;
    if (event.ctrlKey || event.metaKey || !isOnCanvas && event.target !== document.body) return;
    const isUsed = event.key === 'Escape' && this.pointer.cancel() || event.code === 'Space' && this.#space() || isOnCanvas && this.#onCanvas(event);
    if (!isUsed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  #space() {
    this.pointer.isSpaceHeld = true;
    if (this.cursor.isShown) this.cursor.dab();
    return true;
  }

  /** @param {KeyboardEvent} event @returns {boolean} */
  #onCanvas({ key, shiftKey, altKey }) {
    if (altKey) return false;
    if (key in ARROWS) return this.#arrow(ARROWS[key], shiftKey);
    if (['Enter', 'Escape', 'Backspace'].includes(key) && this.toolbox.key(key)) return true;
    if (key !== 'Enter' || !this.cursor.isShown) return false;
    this.cursor.dab();
    return true;
  }

  /** @param {readonly [number, number]} direction @param {boolean} isShift @returns {boolean} */
  #arrow([dx, dy], isShift) {
    const { comparison, result } = this.workspace.renderer;
    if (comparison?.mode === 'wipe' && dx) {
      this.toolbox.wipe.to(comparison.position + dx * (isShift ? WIPE_LEAP : WIPE_STEP));
      return true;
    }
    if (this.toolbox.isAtFrame && !this.cursor.isShown) {
      this.toolbox.frame.step((dx - dy) * STEP_PX);
      return true;
    }
    if (comparison || result || this.toolbox.name === 'pan' || this.workspace.document.isEmpty) return false;
    const step = isShift ? 1 : STEP_PX;
    this.cursor.move(dx * step, dy * step);
    if (this.pointer.isSpaceHeld) this.cursor.dab();
    return true;
  }
}
