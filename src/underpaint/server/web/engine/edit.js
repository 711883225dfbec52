// @ts-check
/** @import { Box } from './types.js' */
/** @import { Tile, TileLayer, TileMap } from './tiles.js' */
import { Patch } from './patch.js';
import { collapsed, expanded, wordsOf } from './tiles.js';

const NOTHING = { x: 0, y: 0, width: 0, height: 0 };

/**
 * One change of a layer in progress. The first write to a tile keeps the old one aside and goes to a copy, so the cost
 * of undo is the tiles touched. Ends with `commit` or `cancel`.
 */
export class Edit {
  /** @type {TileMap} */ #before = new Map();
  /** @type {Map<number, Uint8Array>} */ #own = new Map();

  /** @param {TileLayer} layer */
  constructor(layer) {
    this.layer = layer;
    layer.edit = this;
  }

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
    /** @type {TileMap} */ const changed = new Map();
    for (const [key, old] of this.#before) {
      const now = collapsed(this.layer.tile(key), this.layer.channels);
      if (isSame(old, now)) {
        this.layer.set(key, old, NOTHING);
        continue;
      }
      this.layer.set(key, now, NOTHING);
      this.layer.dirty.add(key);
      changed.set(key, old);
    }
    this.#end();
    return changed.size > 0 ? new Patch(changed) : null;
  }

  cancel() {
    for (const [key, tile] of this.#before) this.layer.set(key, tile);
    this.#end();
  }

  #end() { if (this.layer.edit === this) this.layer.edit = null; }
}

/** @param {Tile} a @param {Tile} b */
function isSame(a, b) {
  if (a === b) return true;
  if (typeof a === 'number' || typeof b === 'number') return false;
  const left = wordsOf(a), right = wordsOf(b);
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}
