// @ts-check
/** @import { Box } from '../types.js' */
/** @import { TileLayer } from '../tiles.js' */
/** @import { Context, Matrix } from '../pyramid.js' */
import { box, grown, intersection, roundedOut } from '../geometry.js';
import { CRISP_SCALE } from '../pyramid.js';
import { TILE, wordsOf } from '../tiles.js';
import { context2d } from './mask-view.js';
import { Mips, levelFor } from './mips.js';

/** Draws the sketch: the part in question is put together from tiles, or their halvings, and drawn in one go. */
export class SketchView {
  #words = new Uint32Array(1);
  #scratch = context2d(new OffscreenCanvas(1, 1));

  /** @param {TileLayer} layer */
  constructor(layer) {
    this.layer = layer;
    this.mips = new Mips(layer);
  }

  /** @param {Context} context @param {Matrix} matrix @param {Box} clip device pixels */
  draw(context, { scale, x, y }, clip) {
    const level = levelFor(scale), side = 2 ** level, { width, height } = this.layer.size;
    const seen = grown(box((clip.x - x) / scale / side, (clip.y - y) / scale / side, clip.width / scale / side, clip.height / scale / side), 1);
    const part = intersection(roundedOut(seen), box(0, 0, Math.ceil(width / side), Math.ceil(height / side)));
    if (!part || !this.#puts(part, level)) return;
    context.imageSmoothingEnabled = scale < CRISP_SCALE;
    context.imageSmoothingQuality = 'low';
    const by = scale * side;
    context.drawImage(this.#scratch.canvas, 0, 0, part.width, part.height, part.x * by + x, part.y * by + y, part.width * by, part.height * by);
  }

  /** Puts part of a halving onto the scratch canvas. @param {Box} part in its pixels @param {number} level @returns {boolean} whether anything is painted there */
  #puts(part, level) {
    const { canvas } = this.#scratch, side = TILE >> level, count = part.width * part.height;
    if (this.#words.length < count) this.#words = new Uint32Array(count);
    let isEmpty = true;
    for (const key of this.layer.keysIn(box(part.x << level, part.y << level, part.width << level, part.height << level))) {
      const tile = this.mips.at(key, level);
      if (tile === 0) continue;
      if (isEmpty) this.#words.fill(0, 0, count);
      isEmpty = false;
      const left = (key % this.layer.columns) * side, top = Math.floor(key / this.layer.columns) * side;
      const from = Math.max(left, part.x), to = Math.min(left + side, part.x + part.width), words = typeof tile === 'number' ? null : wordsOf(tile);
      for (let row = Math.max(top, part.y); row < Math.min(top + side, part.y + part.height); row++) {
        const out = (row - part.y) * part.width - part.x, at = (row - top) * side - left;
        if (words) this.#words.set(words.subarray(at + from, at + to), out + from);
        else this.#words.fill(/** @type {number} */ (tile), out + from, out + to);
      }
    }
    if (isEmpty) return false;
    if (canvas.width < part.width) canvas.width = part.width;
    if (canvas.height < part.height) canvas.height = part.height;
    const pixels = new Uint8ClampedArray(this.#words.buffer, 0, 4 * count);
    this.#scratch.putImageData(new ImageData(pixels, part.width, part.height), 0, 0);
    return true;
  }
}
