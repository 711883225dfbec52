// @ts-check
/** @import { Box } from '../types.js' */
/** @import { Edit } from '../edit.js' */
/** @import { InkRow } from '../stroke-tiles.js' */
/** @import { Tile } from '../tiles.js' */
import { intersection } from '../geometry.js';
import { StrokeTiles } from '../stroke-tiles.js';
import { TILE, expanded } from '../tiles.js';

/** Pixels across: a smaller brush would look different from the halving of what it paints. */
const SMALLEST_PX = 16;

/** A wide brush on a zoomed-out picture, in the halvings that are on screen: it is shown at once whatever it costs to paint. */
export class StrokePreview extends StrokeTiles {
  /** Tiles of which the preview is newer than the layer. @type {Set<number>} */ #shown = new Set();
  /** Called with what looks different. @type {(area: Box) => void} */ onchange = () => {};
  onend = () => {};

  /** @param {Edit} edit @param {InkRow} row @param {number} level @param {(tile: Tile) => Tile} halved that many times */
  constructor(edit, row, level, halved) {
    const count = (TILE >> level) ** 2 * edit.layer.channels;
    super(edit.layer, level, row, (key) => {
      const before = halved(edit.before(key));
      return { before, out: typeof before === 'number' ? expanded(before, edit.layer.channels).slice(0, count) : before.slice() };
    });
  }

  /** @param {number} level @param {number} diameter picture pixels */
  static isWorthwhile(level, diameter) { return level > 0 && diameter * 2 ** -level >= SMALLEST_PX; }

  /** @param {Box} seen picture pixels */
  show(seen) {
    for (const key of this.waiting) {
      if (!intersection(this.layer.area(key), seen)) continue;
      const changed = this.settle(key);
      this.#shown.add(key);
      if (changed) this.onchange(changed);
    }
  }

  /** What to show of a tile; undefined: the layer's own. @param {number} key @param {number} level */
  plane(key, level) { return level === this.level && this.#shown.has(key) ? this.pixels(key) : undefined; }

  /** The layer has caught up. @param {number} key */
  hide(key) { this.#shown.delete(key); }

  end() {
    for (const key of this.#shown) this.onchange(this.layer.area(key));
    this.#shown.clear();
    this.onend();
  }
}
