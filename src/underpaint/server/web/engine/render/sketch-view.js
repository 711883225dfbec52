// @ts-check
/** @import { Box } from '../types.js' */
/** @import { Tile, TileLayer } from '../tiles.js' */
/** @import { Context, Matrix } from '../pyramid.js' */
/** @import { Edit } from '../edit.js' */
/** @import { InkRow } from '../stroke-tiles.js' */
import { box, intersection, roundedOut, union } from '../geometry.js';
import { CRISP_SCALE } from '../pyramid.js';
import { TILE } from '../tiles.js';
import { context2d } from './mask-view.js';
import { levelFor } from './mips.js';
import { StrokePreview } from './stroke-preview.js';

const MOST_SHOWN = 600; // tiles kept for drawing that are not on screen any more

/** Its canvases by level; those that were not shown are missing. @typedef {{tile: Uint8Array, levels: OffscreenCanvasRenderingContext2D[], stale: (Box | null)[]}} Shown */

/** Draws the sketch. The canvases here are only for showing: the bytes that are kept are the layer's own. */
export class SketchView {
  /** Shown instead where it is newer. @type {StrokePreview | null} */ preview = null;
  /** @type {Map<number, Shown>} */ #shown = new Map();
  #whole = context2d(new OffscreenCanvas(TILE, TILE));
  #scratch = context2d(new OffscreenCanvas(1, 1));

  /** @param {TileLayer} layer */
  constructor(layer) { this.layer = layer; }

  /** @param {number} key @param {Box} area in picture pixels */
  invalidate(key, area) {
    const shown = this.#shown.get(key);
    if (!shown) return;
    const { x, y } = this.layer.area(key), inTile = { ...area, x: area.x - x, y: area.y - y };
    shown.stale = shown.stale.map((stale) => union(stale, inTile));
  }

  /** @param {Context} context @param {Matrix} matrix @param {Box} clip device pixels */
  draw(context, matrix, clip) {
    const seen = { x: (clip.x - matrix.x) / matrix.scale, y: (clip.y - matrix.y) / matrix.scale, width: clip.width / matrix.scale, height: clip.height / matrix.scale };
    const level = levelFor(matrix.scale);
    context.imageSmoothingEnabled = matrix.scale < CRISP_SCALE;
    context.imageSmoothingQuality = 'low';
    const keys = [...this.layer.keysIn(seen)];
    if (this.#shown.size > MOST_SHOWN + keys.length) this.#forget(keys);
    for (const key of keys) {
      const tile = this.layer.tile(key), preview = this.preview?.plane(key, level);
      if (tile === 0) this.#shown.delete(key);
      if (tile === 0 && !preview) continue;
      const { x, y, width, height } = this.layer.area(key);
      const left = Math.round(x * matrix.scale + matrix.x), right = Math.round((x + width) * matrix.scale + matrix.x);
      const top = Math.round(y * matrix.scale + matrix.y), bottom = Math.round((y + height) * matrix.scale + matrix.y);
      const on = intersection(box(left, top, right - left, bottom - top), clip);
      if (!on) continue;
      if (typeof tile === 'number' && !preview) {
        context.fillStyle = cssColour(tile);
        context.fillRect(on.x, on.y, on.width, on.height);
      } else {
        const scale = 2 ** -level, canvas = preview ? this.#previewCanvas(preview, TILE >> level) : this.#canvas(key, /** @type {Uint8Array} */ (tile), level);
        context.drawImage(canvas, 0, 0, width * scale, height * scale, left, top, right - left, bottom - top);
      }
    }
  }

  /** Puts a tile at 1:1 onto a context. @param {Context} context @param {number} key */
  drawTile(context, key) {
    const tile = this.layer.tile(key);
    if (tile === 0) return;
    if (typeof tile !== 'number') { context.drawImage(this.#canvas(key, tile, 0), 0, 0); return; }
    context.fillStyle = cssColour(tile);
    context.fillRect(0, 0, TILE, TILE);
  }

  /** Shows a stroke before it is painted. @param {Edit} edit @param {InkRow} row @param {number} diameter @param {number} scale @returns {StrokePreview | null} null: painting it is quick */
  startPreview(edit, row, diameter, scale) {
    const level = levelFor(scale);
    if (!StrokePreview.isWorthwhile(level, diameter)) return null;
    this.preview = new StrokePreview(edit, row, level, (key, tile) => this.#halved(key, tile, level));
    this.preview.onend = () => { this.preview = null; };
    return this.preview;
  }

  /** A tile halved so often. @param {number} key @param {Tile} tile @param {number} level @returns {Tile} */
  #halved(key, tile, level) {
    if (typeof tile === 'number') return tile;
    const side = TILE >> level;
    this.#canvas(key, tile, level);
    const { data } = /** @type {Shown} */ (this.#shown.get(key)).levels[level].getImageData(0, 0, side, side);
    return new Uint8Array(data.buffer);
  }

  /** @param {Uint8Array} pixels @param {number} side */
  #previewCanvas(pixels, side) {
    const { canvas } = this.#scratch;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    this.#scratch.putImageData(new ImageData(new Uint8ClampedArray(/** @type {ArrayBuffer} */ (pixels.buffer)), side, side), 0, 0);
    return canvas;
  }

  /** @param {number} key @param {Uint8Array} tile @param {number} level @returns {OffscreenCanvas} */
  #canvas(key, tile, level) {
    let shown = this.#shown.get(key);
    if (!shown || shown.tile !== tile) this.#shown.set(key, shown = { tile, levels: shown?.levels ?? [], stale: (shown?.levels ?? []).map(() => WHOLE) });
    for (let i = Math.min(1, level); i <= level; i++) {
      const stale = shown.levels[i] ? shown.stale[i] : WHOLE, to = shown.levels[i] ??= context2d(new OffscreenCanvas(TILE >> i, TILE >> i));
      if (stale && i === 0) putPixels(to, tile, stale);
      else if (stale && i === 1) halve(this.#fullSize(tile, stale), to, stale, i);
      else if (stale) halve(shown.levels[i - 1].canvas, to, stale, i);
      shown.stale[i] = null;
    }
    return shown.levels[level].canvas;
  }

  /** Part of a tile, to be halved: what is shown smaller is not kept at full size. @param {Uint8Array} tile @param {Box} part @returns {OffscreenCanvas} */
  #fullSize(tile, part) {
    putPixels(this.#whole, tile, even(part));
    return this.#whole.canvas;
  }

  /** @param {number[]} except */
  #forget(except) {
    const kept = new Set(except);
    for (const key of this.#shown.keys()) if (!kept.has(key)) this.#shown.delete(key);
  }
}

const WHOLE = box(0, 0, TILE, TILE);

/** @param {Box} b @returns {Box} around it, of whole pairs of pixels */
function even(b) {
  const half = roundedOut(box(b.x / 2, b.y / 2, b.width / 2, b.height / 2));
  return box(half.x * 2, half.y * 2, half.width * 2, half.height * 2);
}

/** @param {number} rgba little-endian */
const cssColour = (rgba) => `rgb(${rgba & 255} ${rgba >> 8 & 255} ${rgba >> 16 & 255} / ${(rgba >>> 24) / 255})`;

/** @param {OffscreenCanvasRenderingContext2D} context @param {Uint8Array} tile @param {Box} stale */
function putPixels(context, tile, stale) {
  const pixels = new Uint8ClampedArray(/** @type {ArrayBuffer} */ (tile.buffer), tile.byteOffset, tile.length);
  context.putImageData(new ImageData(pixels, TILE, TILE), 0, 0, stale.x, stale.y, stale.width, stale.height);
}

/** @param {OffscreenCanvas} from @param {OffscreenCanvasRenderingContext2D} to @param {Box} stale in tile pixels @param {number} level of `to` */
function halve(from, to, stale, level) {
  const scale = 2 ** -level;
  const part = roundedOut({ x: stale.x * scale, y: stale.y * scale, width: stale.width * scale, height: stale.height * scale });
  to.clearRect(part.x, part.y, part.width, part.height);
  to.drawImage(from, part.x * 2, part.y * 2, part.width * 2, part.height * 2, part.x, part.y, part.width, part.height);
}
