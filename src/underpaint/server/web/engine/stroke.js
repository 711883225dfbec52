// @ts-check
/** @import { Box, Combine, DocPoint } from './types.js' */
/** @import { Edit } from './edit.js' */
/** @import { Dab } from './raster/capsule.js' */
/** @import { Rgb } from './raster/paint.js' */
/** @import { StrokePreview } from './render/stroke-preview.js' */
/** @import { InkRow } from './stroke-tiles.js' */
import { box, intersection } from './geometry.js';
import { paintAway, paintOver } from './raster/paint.js';
import { combineRun, combined, div255 } from './selection.js';
import { StrokeTiles } from './stroke-tiles.js';
import { expanded } from './tiles.js';

/** What a stroke does with its coverage. @typedef {{edit: Edit, row: InkRow}} Ink */

const MOST_WAITING = 48; // pieces on a tile that the brush does not leave

/**
 * A brush stroke in progress. Coverage is the maximum over all pieces, so a stroke never builds up on itself, and the
 * mask is the same in whichever order its tiles are painted. Without a preview that is done when they are shown. With
 * one, the preview is shown, and the tiles follow: bit by bit once the brush has left them, the others at the end.
 */
export class Stroke {
  #tiles;
  /** @type {StrokePreview | null} */ #preview;
  /** @type {Dab | null} */ #last = null;
  /** Whether everything around `#last` is covered; a piece that gets wider or stronger leaves out some behind its end. */
  #coversItsEnd = false;
  #hasRested = true;
  /** Tiles whose sums are not taken yet. @type {Set<number>} */ #unmeasured = new Set();

  /** @param {Ink} ink @param {number} hardness @param {StrokePreview | null} [preview] */
  constructor({ edit, row }, hardness, preview = null) {
    this.layer = edit.layer;
    this.hardness = hardness;
    this.#preview = preview;
    this.#tiles = new StrokeTiles(edit.layer, 0, row, (key) => ({ before: edit.before(key), out: edit.write(key) }));
  }

  /** Goes on to `dab`; steps much smaller than the brush are saved up unless this is the end. @param {Dab} dab @param {boolean} [isEnd] */
  to(dab, isEnd = false) {
    const last = this.#last ?? dab;
    const dx = dab.x - last.x, dy = dab.y - last.y, step = Math.max(0.25, dab.radius * 0.03);
    if (this.#last && !isEnd && dx * dx + dy * dy < step * step && dab.radius === last.radius) return;
    this.#tiles.reach(last, dab, this.hardness, this.#coversItsEnd);
    this.#preview?.reach(last, dab, this.hardness, this.#coversItsEnd);
    this.#last = dab;
    this.#coversItsEnd = dab.radius === last.radius && dab.strength === last.strength;
    this.#hasRested = false;
  }

  /** Brings up to date what is looked at. @param {Box} seen picture pixels */
  show(seen) {
    if (this.#preview) return this.#preview.show(seen);
    for (const key of this.#tiles.waiting) if (intersection(this.layer.area(key), seen)) this.#settle(key);
  }

  /** From here on the tiles themselves are shown. */
  endPreview() {
    for (const key of this.#tiles.waiting) this.#settle(key);
    this.#preview?.end();
    this.#preview = null;
  }

  /** Works on tiles that the brush has left, or on all while it rests. @param {number} until as performance.now() @returns {boolean} whether nothing is left to do */
  work(until) {
    const under = this.#hasRested ? null : this.#underBrush();
    this.#hasRested = true;
    for (const key of this.#tiles.waiting) {
      if (performance.now() >= until) return false;
      if (!under || !intersection(this.layer.area(key), under) || this.#tiles.waitingOn(key) > MOST_WAITING) this.#settle(key);
    }
    for (const key of this.#unmeasured) {
      if (performance.now() >= until) return false;
      if (under && intersection(this.layer.area(key), under)) continue;
      this.layer.measure(key);
      this.#unmeasured.delete(key);
    }
    return this.#tiles.waiting.size === 0;
  }

  /** Whether all tiles are painted. */
  get isComplete() { return this.#tiles.waiting.size === 0; }

  /** All that is left to do. */
  finish() { this.endPreview(); }

  /** The edit is taken back. */
  cancel() { this.#preview?.end(); }

  /** @param {number} key */
  #settle(key) {
    const changed = this.#tiles.settle(key);
    this.#preview?.hide(key);
    if (!changed) return;
    this.layer.touch(key, changed);
    this.#unmeasured.add(key);
  }

  /** @returns {Box | null} */
  #underBrush() {
    if (!this.#last) return null;
    const { x, y, radius } = this.#last;
    return box(x - radius, y - radius, 2 * radius, 2 * radius);
  }
}

/** Ink for the mask. With 'intersect' the rest of the mask goes away at once and the stroke brings it back. @param {Edit} edit @param {Combine} how @returns {Ink} */
export function maskInk(edit, how) {
  if (how === 'intersect') for (const key of edit.layer.usedKeys()) edit.replace(key, 0);
  /** What a flat tile becomes for each coverage. @type {Map<number, Uint8Array>} */ const tables = new Map();
  return {
    edit,
    row(before, out, from, to, cover) {
      if (typeof before !== 'number') return combineRun(how, before, cover, out, from, to);
      if (before === 0 && how === 'add') return out.set(cover.subarray(from, to), from);
      const table = tables.get(before) ?? Uint8Array.from({ length: 256 }, (_, value) => combined[how](before, value));
      tables.set(before, table);
      for (let i = from; i < to; i++) out[i] = table[cover[i]];
    },
  };
}

/** Ink for the sketch. @param {Edit} edit @param {Rgb | null} colour null takes paint away @param {number} opacity 0…1 @returns {Ink} */
export function sketchInk(edit, colour, opacity) {
  const most = Math.round(255 * opacity);
  const word = colour ? (colour[0] | colour[1] << 8 | colour[2] << 16) : 0;
  /** The pixels of flat tiles. @type {Map<number, Uint8Array>} */ const flat = new Map();
  return {
    edit,
    row(tile, out, from, to, cover) {
      if (tile === 0) {
        // nothing below: the paint itself, in whole pixels
        const words = new Uint32Array(out.buffer);
        for (let i = from; colour && i < to; i++) {
          const alpha = div255(cover[i] * most);
          if (alpha) words[i] = word | alpha << 24;
        }
        return;
      }
      const before = typeof tile === 'number' ? flat.get(tile) ?? expanded(tile, 4) : tile;
      if (typeof tile === 'number') flat.set(tile, before);
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
