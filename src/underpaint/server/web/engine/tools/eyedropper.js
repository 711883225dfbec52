// @ts-check
/** @import { Sample, Tool, Workspace } from '../workspace.js' */
import { drawLoupe } from '../render/chrome.js';
import { hexOf } from '../raster/paint.js';

const LOUPE_REACH = 44;

/** Picks the colour on screen; the loupe's ring shows it. @implements {Tool} */
export class Eyedropper {
  cursor = 'crosshair';
  /** @type {Sample | null} */ #at = null;
  #colour = '';

  /** @param {Workspace} workspace */
  constructor(workspace) { this.workspace = workspace; }

  /** @param {Sample} sample */
  down(sample) { this.#show(sample, false); }

  /** @param {Sample[]} samples */
  move(samples) { this.#show(samples[samples.length - 1], false); }

  /** @param {Sample} sample */
  up(sample) {
    this.#show(sample, true);
    this.cancel();
  }

  cancel() {
    this.#invalidate();
    this.#at = null;
  }

  /** @param {CanvasRenderingContext2D} context */
  draw(context) {
    if (this.#at && this.#colour) drawLoupe(context, this.#at.at, this.#colour);
  }

  /** @param {Sample} sample @param {boolean} isFinal */
  #show(sample, isFinal) {
    const rgb = this.workspace.colourAt(sample.point);
    this.#invalidate();
    this.#at = sample;
    this.#invalidate();
    if (!rgb) return;
    this.#colour = hexOf(...rgb);
    if (isFinal) this.workspace.paint = { ...this.workspace.paint, colour: this.#colour };
    this.workspace.emit('pick', { colour: this.#colour, isFinal });
  }

  #invalidate() {
    if (!this.#at) return;
    const { x, y } = this.#at.at;
    this.workspace.stage.invalidate({ x: x - LOUPE_REACH, y: y - LOUPE_REACH, width: 2 * LOUPE_REACH, height: 2 * LOUPE_REACH });
  }
}
