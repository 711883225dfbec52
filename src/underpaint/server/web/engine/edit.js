// @ts-check
/** @import { Box } from './types.js' */
/** @import { Tile, TileLayer, TileMap } from './tiles.js' */
import { collapsed, expanded, tileBytes } from './tiles.js';

/** What an edit changed: the tiles before and after. @typedef {{before: TileMap, after: TileMap, bytes: number}} Patch */

const NOTHING = { x: 0, y: 0, width: 0, height: 0 };

/**
 * One change of a layer in progress. The first write to a tile keeps the old one aside and goes to a copy, so the cost
 * of undo is the tiles touched. Ends with `commit` or `cancel`.
 */
export class Edit {
  /** @type {TileMap} */ #before = new Map();
  /** @type {Map<number, Uint8Array>} */ #own = new Map();

  /** @param {TileLayer} layer */
  constructor(layer) { this.layer = layer; }

  /** The tile as it was when the edit began. @param {number} key @returns {Tile} */
  before(key) { return this.#before.get(key) ?? this.layer.tile(key); }

  /** Pixels of a tile that may be written to; call `layer.touch` afterwards. @param {number} key @returns {Uint8Array} */
  write(key) {
    const own = this.#own.get(key);
    if (own) return own;
    const tile = this.layer.tile(key), copy = typeof tile === 'number' ? expanded(tile, this.layer.channels) : tile.slice();
    this.replace(key, copy, NOTHING);
    this.#own.set(key, copy);
    return copy;
  }

  /** @param {number} key @param {Tile} tile @param {Box} [area] what differs */
  replace(key, tile, area) {
    if (!this.#before.has(key)) this.#before.set(key, this.layer.tile(key));
    this.#own.delete(key);
    this.layer.set(key, tile, area);
  }

  /** @returns {Patch | null} null when nothing changed */
  commit() {
    /** @type {TileMap} */ const before = new Map();
    /** @type {TileMap} */ const after = new Map();
    let bytes = 0;
    for (const [key, old] of this.#before) {
      const now = collapsed(this.layer.tile(key), this.layer.channels);
      if (isSame(old, now)) {
        this.layer.set(key, old, NOTHING);
        continue;
      }
      this.layer.set(key, now, NOTHING);
      before.set(key, old);
      after.set(key, now);
      bytes += tileBytes(old) + 16;
    }
    return before.size > 0 ? { before, after, bytes } : null;
  }

  cancel() { applyTiles(this.layer, this.#before); }
}

/** @param {TileLayer} layer @param {TileMap} tiles */
export function applyTiles(layer, tiles) {
  for (const [key, tile] of tiles) layer.set(key, tile);
}

/** @param {Tile} a @param {Tile} b */
function isSame(a, b) {
  if (a === b) return true;
  if (typeof a === 'number' || typeof b === 'number') return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
