// @ts-check
/** @import { Box } from '../types.js' */
/** @import { TileLayer } from '../tiles.js' */
/** @import { Matrix } from '../pyramid.js' */
/** @import { Mips } from './mips.js' */
import { boxBetween, box, grown, intersection, union } from '../geometry.js';
import { TILE } from '../tiles.js';
import { outlineColours, OUTLINE_AT, PATTERN } from './mask-look.js';
import { levelFor } from './mips.js';

/** @typedef {import('./mask-look.js').MaskLook} MaskLook */

const LOOK = 3; // screen pixels
const LAST_DIAGONAL = (PATTERN - 1) << 8;

/**
 * The mask as it looks in the current view, hatch and outline, one value per screen pixel. Only what changed on screen
 * is computed again; marching the ants recolours the outline and nothing else.
 */
export class MaskView {
  #canvas = new OffscreenCanvas(1, 1);
  #context = context2d(this.#canvas);
  #width = 0;
  #height = 0;
  #mask = new Uint8Array(0);
  #edge = new Uint8Array(0);
  #phase = new Uint8Array(0);
  #image = new ImageData(1, 1);
  #pixels = new Uint32Array(0);
  /** What is shown. @type {Matrix} */ matrix = { scale: 1, x: 0, y: 0 };
  /** Where the outline is on screen. @type {Box | null} */ outlineBox = null;

  /** @param {MaskLook} look */
  constructor(look) { this.look = look; }

  get canvas() { return this.#canvas; }

  /** @param {number} width @param {number} height @returns {boolean} whether the size is another one, and nothing is shown yet */
  resize(width, height) {
    if (width === this.#width && height === this.#height) return false;
    this.#width = this.#canvas.width = Math.max(1, width);
    this.#height = this.#canvas.height = Math.max(1, height);
    const count = this.#width * this.#height;
    this.#mask = new Uint8Array(count);
    this.#edge = new Uint8Array(count);
    this.#phase = new Uint8Array(count);
    this.#image = new ImageData(this.#width, this.#height);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
    return true;
  }

  /** Computes all of a view. @param {TileLayer} layer @param {Mips} mips @param {Matrix} matrix */
  show(layer, mips, matrix) {
    this.outlineBox = null;
    this.matrix = matrix;
    this.update(layer, mips, matrix, this.#all);
  }

  /** Computes part of the view again. @param {TileLayer} layer @param {Mips} mips @param {Matrix} matrix @param {Box} part whole pixels */
  update(layer, mips, matrix, part) {
    const changed = this.#compute(layer, mips, matrix, part);
    if (changed) this.#put(changed);
  }

  /**
   * Goes to a view that is only shifted by whole pixels: what stays in sight moves, the rest is computed.
   * @param {TileLayer} layer @param {Mips} mips @param {Matrix} matrix @returns {boolean} false: it is another kind of change
   */
  move(layer, mips, matrix) {
    const dx = matrix.x - this.matrix.x, dy = matrix.y - this.matrix.y, w = this.#width, h = this.#height;
    const isShift = matrix.scale === this.matrix.scale && isWhole(dx) && isWhole(dy) && Math.abs(dx) < w / 2 && Math.abs(dy) < h / 2;
    if (!isShift) return false;
    const x = Math.round(dx), y = Math.round(dy), by = y * w + x;
    this.matrix = matrix;
    if (by === 0) return true;
    for (const values of [this.#mask, this.#edge, this.#phase, this.#pixels]) {
      values.copyWithin(Math.max(0, by), Math.max(0, -by), values.length - Math.max(0, by));
    }
    const at = this.outlineBox;
    this.outlineBox = at && intersection({ ...at, x: at.x + x, y: at.y + y }, this.#all);
    // a little more than came into sight: there the outline did not know its surroundings
    if (x) this.#compute(layer, mips, matrix, x > 0 ? box(0, 0, x + LOOK + 1, h) : box(w + x - LOOK - 1, 0, LOOK + 1 - x, h));
    if (y) this.#compute(layer, mips, matrix, y > 0 ? box(0, 0, w, y + LOOK + 1) : box(0, h + y - LOOK - 1, w, LOOK + 1 - y));
    this.#put(this.#all);
    return true;
  }

  get #all() { return box(0, 0, this.#width, this.#height); }

  /** @param {TileLayer} layer @param {Mips} mips @param {Matrix} matrix @param {Box} part @returns {Box | null} what was drawn */
  #compute(layer, mips, matrix, part) {
    const seen = intersection(part, this.#all);
    if (!seen) return null;
    this.#sample(layer, mips, matrix, seen);
    const around = /** @type {Box} */ (intersection(grown(seen, 1), this.#all));
    this.#draw(around, Math.round(matrix.x), Math.round(matrix.y));
    return around;
  }

  /** @param {Box} part */
  #put(part) { this.#context.putImageData(this.#image, 0, 0, part.x, part.y, part.width, part.height); }

  /** Colours the outline again. @param {Matrix} matrix */
  march(matrix) {
    const part = this.outlineBox;
    if (!part) return;
    const shift = -Math.round(matrix.x) - Math.round(matrix.y), { hatch } = this.look, colours = outlineColours(this.look);
    for (let y = part.y; y < part.y + part.height; y++) {
      for (let x = part.x, i = y * this.#width + x; x < part.x + part.width; x++, i++) {
        if (!this.#edge[i]) continue;
        const below = hatch[(modulo(x + y + shift, PATTERN) << 8) + this.#mask[i]];
        this.#pixels[i] = this.#mixed(colours[this.#phase[i]], this.#edge[i], below);
      }
    }
    this.#put(part);
  }

  /** The mask as the alpha of black, for cutting out. @param {OffscreenCanvasRenderingContext2D} context @param {Box} part */
  putAlpha(context, part) {
    const image = new ImageData(part.width, part.height), words = new Uint32Array(image.data.buffer);
    for (let y = 0, out = 0; y < part.height; y++) {
      for (let x = 0, i = (part.y + y) * this.#width + part.x; x < part.width; x++, i++) words[out++] = this.#mask[i] << 24;
    }
    context.putImageData(image, part.x, part.y);
  }

  /** @param {TileLayer} layer @param {Mips} mips @param {Matrix} matrix @param {Box} part */
  #sample(layer, mips, matrix, part) {
    const level = levelFor(matrix.scale), width = TILE >> level;
    const columns = tileRuns(part.x, part.width, matrix.x, matrix.scale, layer.size.width);
    const rows = tileRuns(part.y, part.height, matrix.y, matrix.scale, layer.size.height);
    for (let y = part.y; y < part.y + part.height; y++) this.#mask.fill(0, y * this.#width + part.x, y * this.#width + part.x + part.width);
    for (const row of rows) {
      for (const column of columns) {
        const tile = mips.at(layer.key(column.tile, row.tile), level);
        if (tile === 0) continue;
        for (let y = row.from; y < row.to; y++) {
          const out = y * this.#width;
          if (typeof tile === 'number') this.#mask.fill(tile, out + column.from, out + column.to);
          else {
            const at = (row.local[y - row.from] >> level) * width;
            for (let x = column.from, i = 0; x < column.to; x++, i++) this.#mask[out + x] = tile[at + (column.local[i] >> level)];
          }
        }
      }
    }
  }

  /** @param {Box} part @param {number} ox @param {number} oy the picture's corner: hatch and dashes move with it */
  #draw(part, ox, oy) {
    const w = this.#width, mask = this.#mask, edge = this.#edge, phase = this.#phase, pixels = this.#pixels;
    const { hatch, dashPx } = this.look, colours = outlineColours(this.look), phases = 256 / dashPx;
    const right = part.x + part.width;
    let left = right, last = part.x, top = -1, bottom = -1;
    for (let y = part.y; y < part.y + part.height; y++) {
      const mid = y * w, up = y > 0 ? mid - w : mid, down = y < this.#height - 1 ? mid + w : mid;
      const before = part.x > 0 ? part.x - 1 : 0;
      // the 3 × 3 pixels around x: rows u, m, d, columns 1, 2, 3
      let u1 = mask[up + before], u2 = mask[up + part.x], m1 = mask[mid + before], m2 = mask[mid + part.x], d1 = mask[down + before], d2 = mask[down + part.x];
      let diagonal = modulo(part.x + y - ox - oy, PATTERN) << 8;
      for (let x = part.x, i = mid + x, u3 = 0, m3 = 0, d3 = 0; x < right; x++, i++, u1 = u2, u2 = u3, m1 = m2, m2 = m3, d1 = d2, d2 = d3) {
        const b = x < w - 1 ? x + 1 : x;
        u3 = mask[up + b];
        m3 = mask[mid + b];
        d3 = mask[down + b];
        const below = hatch[diagonal + m2], sum = u1 + u2 + u3 + m1 + m2 + m3 + d1 + d2 + d3;
        diagonal = diagonal === LAST_DIAGONAL ? 0 : diagonal + 256;
        edge[i] = 0;
        pixels[i] = below;
        if (sum === 0 || sum === 2295) continue;
        const gx = u3 + m3 + d3 - u1 - m1 - d1, gy = d1 + d2 + d3 - u1 - u2 - u3;
        const slope = Math.sqrt(gx * gx + gy * gy) / 6, away = Math.abs(sum / 9 - OUTLINE_AT);
        if (away >= 1.5 * slope) continue;
        const low = Math.min(u1, u2, u3, m1, m2, m3, d1, d2, d3), high = Math.max(u1, u2, u3, m1, m2, m3, d1, d2, d3);
        if (low >= OUTLINE_AT || high < OUTLINE_AT) continue;
        edge[i] = Math.min(255, Math.round(255 * (1.5 - away / slope)));
        phase[i] = this.#along(x, y, ox, oy) * phases;
        pixels[i] = this.#mixed(colours[phase[i]], edge[i], below);
        if (x < left) left = x;
        if (x >= last) last = x + 1;
        if (top < 0) top = y;
        bottom = y + 1;
      }
    }
    this.outlineBox = union(this.outlineBox, boxBetween(left, top, last, bottom));
  }

  /**
   * A length along the outline: the screen axis or diagonal next to it, always with the mask on the same side. Looks a
   * little farther than the next pixel, so that the steps of a slanting edge do not count as turns.
   * @param {number} x @param {number} y @param {number} ox @param {number} oy
   */
  #along(x, y, ox, oy) {
    const mask = this.#mask, w = this.#width, a = Math.max(0, x - LOOK), b = Math.min(w - 1, x + LOOK);
    const up = Math.max(0, y - LOOK) * w, mid = y * w, down = Math.min(this.#height - 1, y + LOOK) * w;
    const gx = mask[up + b] + mask[mid + b] + mask[down + b] - mask[up + a] - mask[mid + a] - mask[down + a];
    const gy = mask[down + a] + mask[down + x] + mask[down + b] - mask[up + a] - mask[up + x] - mask[up + b];
    const ax = Math.abs(gx), ay = Math.abs(gy);
    const across = gy > 0 ? ox - x : x - ox, downwards = gx > 0 ? y - oy : oy - y;
    if (ay > 2.4 * ax) return across;
    if (ax > 2.4 * ay) return downwards;
    return (across + downwards) * 0.7071;
  }

  /** Outline over hatch. @param {number} colour RGBA @param {number} cover @param {number} below @returns {number} */
  #mixed(colour, cover, below) {
    const top = (colour >>> 24) * cover / 255;
    if (top >= 254) return colour;
    const under = (below >>> 24) * (255 - top) / 255, alpha = top + under;
    if (alpha < 1) return 0;
    const share = top / alpha;
    const r = (below & 255) + ((colour & 255) - (below & 255)) * share;
    const g = (below >> 8 & 255) + ((colour >> 8 & 255) - (below >> 8 & 255)) * share;
    const b = (below >> 16 & 255) + ((colour >> 16 & 255) - (below >> 16 & 255)) * share;
    return (r | g << 8 | b << 16 | alpha << 24) >>> 0;
  }
}

/** @param {number} a @param {number} b */
const modulo = (a, b) => ((a % b) + b) % b;

/** @param {number} value */
const isWhole = (value) => Math.abs(value - Math.round(value)) < 1e-6;

/**
 * Splits screen pixels into runs that show the same tile.
 * @param {number} from @param {number} count @param {number} offset @param {number} scale @param {number} length of the picture
 */
function tileRuns(from, count, offset, scale, length) {
  /** @type {{tile: number, from: number, to: number, local: number[]}[]} */ const runs = [];
  for (let at = from; at < from + count; at++) {
    const pixel = Math.floor((at + 0.5 - offset) / scale);
    if (pixel < 0 || pixel >= length) continue;
    let run = runs[runs.length - 1];
    if (!run || run.tile !== pixel >> 8) runs.push(run = { tile: pixel >> 8, from: at, to: at, local: [] });
    run.to = at + 1;
    run.local.push(pixel & 255);
  }
  return runs;
}

/** @param {OffscreenCanvas} canvas */
export function context2d(canvas) {
  return /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
}
