// @ts-check
/** @import { Box, Combine, DocPoint } from './types.js' */
/** @import { Edit } from './edit.js' */
/** @import { Dab } from './raster/capsule.js' */
/** @import { Rgb } from './raster/paint.js' */
import { box, boxBetween } from './geometry.js';
import { Capsule } from './raster/capsule.js';
import { paintAway, paintOver } from './raster/paint.js';
import { combined, div255 } from './selection.js';
import { TILE, TILE_PIXELS, expanded } from './tiles.js';

/**
 * What a stroke does with its coverage: `row(key, from, to, cover)` writes the pixels from…to of a tile.
 * @typedef {{edit: Edit, row: (key: number, from: number, to: number, cover: Uint8Array) => void}} Ink
 */

/**
 * A brush stroke in progress. Coverage is the maximum over all pieces, so a stroke never builds up on itself, and only
 * pixels whose coverage grew are written: the cost of a movement does not depend on the stroke's length.
 */
export class Stroke {
  /** @type {Map<number, Uint8Array>} */ #cover = new Map();
  /** @type {Dab | null} */ #last = null;
  /** Whether everything around `#last` is covered; a piece that gets wider or stronger leaves out some behind its end. */
  #coversItsEnd = false;

  /** @param {Ink} ink @param {number} hardness */
  constructor(ink, hardness) {
    this.ink = ink;
    this.hardness = hardness;
  }

  /** Goes on to `dab`; steps much smaller than the brush are saved up unless this is the end. @param {Dab} dab @param {boolean} [isEnd] */
  to(dab, isEnd = false) {
    const last = this.#last ?? dab;
    const dx = dab.x - last.x, dy = dab.y - last.y, step = Math.max(0.25, dab.radius * 0.03);
    if (this.#last && !isEnd && dx * dx + dy * dy < step * step && dab.radius === last.radius) return;
    const piece = new Capsule(last, dab, this.hardness, this.#coversItsEnd);
    this.#add(piece);
    this.#last = dab;
    this.#coversItsEnd = piece.table !== null;
  }

  /** @param {Capsule} piece */
  #add(piece) {
    if (!piece.box) return;
    for (const key of this.ink.edit.layer.keysIn(piece.box)) this.#coverTile(piece, key, piece.box);
  }

  /** @param {Capsule} piece @param {number} key @param {Box} reach */
  #coverTile(piece, key, reach) {
    const { layer } = this.ink.edit, area = layer.area(key);
    const cover = this.#cover.get(key) ?? new Uint8Array(TILE_PIXELS);
    this.#cover.set(key, cover);
    const x0 = Math.max(area.x, reach.x), x1 = Math.min(area.x + area.width, reach.x + reach.width);
    const y0 = Math.max(area.y, reach.y), y1 = Math.min(area.y + area.height, reach.y + reach.height);
    let left = TILE, right = 0, top = TILE, bottom = 0;
    for (let y = y0; y < y1; y++) {
      const start = (y - area.y) * TILE;
      if (!piece.coverRow(cover, start - area.x, x0, x1, y)) continue;
      const from = piece.from - area.x, to = piece.to - area.x;
      this.ink.row(key, start + from, start + to, cover);
      if (from < left) left = from;
      if (to > right) right = to;
      if (y - area.y < top) top = y - area.y;
      bottom = y - area.y + 1;
    }
    const inTile = boxBetween(left, top, right, bottom);
    if (inTile) layer.touch(key, box(area.x + inTile.x, area.y + inTile.y, inTile.width, inTile.height));
  }
}

/** Ink for the mask. With 'intersect' the rest of the mask goes away at once and the stroke brings it back. @param {Edit} edit @param {Combine} how @returns {Ink} */
export function maskInk(edit, how) {
  if (how === 'intersect') for (const key of edit.layer.usedKeys()) edit.replace(key, 0);
  const combine = combined[how];
  return {
    edit,
    row(key, from, to, cover) {
      const before = edit.before(key), out = edit.write(key);
      if (before === 0 && how === 'add') out.set(cover.subarray(from, to), from);
      else if (typeof before === 'number') for (let i = from; i < to; i++) out[i] = combine(before, cover[i]);
      else for (let i = from; i < to; i++) out[i] = combine(before[i], cover[i]);
    },
  };
}

/** Ink for the sketch. @param {Edit} edit @param {Rgb | null} colour null takes paint away @param {number} opacity 0…1 @returns {Ink} */
export function sketchInk(edit, colour, opacity) {
  const most = Math.round(255 * opacity);
  const word = colour ? (colour[0] | colour[1] << 8 | colour[2] << 16) : 0;
  /** @type {Map<number, Uint8Array>} */ const flat = new Map();
  return {
    edit,
    row(key, from, to, cover) {
      const tile = edit.before(key), out = edit.write(key);
      if (tile === 0) {
        // nothing below: the paint itself, in whole pixels
        const words = new Uint32Array(out.buffer);
        for (let i = from; colour && i < to; i++) {
          const alpha = div255(cover[i] * most);
          if (alpha) words[i] = word | alpha << 24;
        }
        return;
      }
      const before = typeof tile === 'number' ? flat.get(key) ?? expanded(tile, 4) : tile;
      if (typeof tile === 'number') flat.set(key, before);
      for (let i = from; i < to; i++) {
        const alpha = div255(cover[i] * most);
        if (alpha === 0) continue;
        if (colour) paintOver(out, before, i, colour[0], colour[1], colour[2], alpha);
        else paintAway(out, before, i, alpha);
      }
    },
  };
}

/** @param {DocPoint} point @param {number} diameter @param {number} strength @returns {Dab} */
export const dabAt = (point, diameter, strength) => ({ x: point.x, y: point.y, radius: diameter / 2, strength });
