// @ts-check
/** @import { Box, Size } from './types.js' */
/** @import { Edit } from './edit.js' */
import { box, boxBetween, intersection, union } from './geometry.js';

export const TILE = 256;
export const TILE_PIXELS = TILE * TILE;

/**
 * A tile: its pixels, or one number when all pixels are alike (mask: the value; sketch: RGBA as a little-endian u32).
 * A tile held by a layer, a patch or a selection is never written to; `Edit` makes the copies.
 * @typedef {number | Uint8Array} Tile
 * @typedef {Map<number, Tile>} TileMap   key -> tile; what is missing is 0
 */

/** @typedef {{columns: number, rows: number, channels: 1 | 4}} Grid */

/** One painted layer: a grid of 256-px tiles, mask (1 channel) or sketch (4, straight alpha). Pixels outside the picture are 0. */
export class TileLayer {
  /** @type {Tile[]} */ #tiles;
  /** @type {Map<number, {bounds: Box | null, sum: number}>} */ #summaries = new Map();
  /** Keys changed since the last take, by edits that are complete. @type {Set<number>} */ dirty = new Set();
  /** The one in progress. @type {Edit | null} */ edit = null;
  /** Called with what changed. @type {(key: number, area: Box) => void} */ onchange = () => {};

  /** @param {Size} size @param {1 | 4} channels */
  constructor(size, channels) {
    this.size = size;
    this.channels = channels;
    this.columns = Math.ceil(size.width / TILE);
    this.rows = Math.ceil(size.height / TILE);
    this.#tiles = new Array(this.columns * this.rows).fill(0);
  }

  get count() { return this.#tiles.length; }

  /** @returns {Grid} */
  get grid() { return { columns: this.columns, rows: this.rows, channels: this.channels }; }

  /** @param {number} column @param {number} row */
  key(column, row) { return row * this.columns + column; }

  /** @param {number} key @returns {Tile} */
  tile(key) { return this.#tiles[key]; }

  /** The part of the picture a tile covers. @param {number} key @returns {Box} */
  area(key) {
    const x = (key % this.columns) * TILE, y = Math.floor(key / this.columns) * TILE;
    return box(x, y, Math.min(TILE, this.size.width - x), Math.min(TILE, this.size.height - y));
  }

  /** @param {number} key @param {Tile} tile @param {Box} [area] what differs, default all of it */
  set(key, tile, area = this.area(key)) {
    this.#tiles[key] = tile;
    this.touch(key, area);
  }

  /** Tells that pixels of a tile were written. @param {number} key @param {Box} area without extent: the same pixels in other hands */
  touch(key, area) {
    if (area.width === 0) return;
    this.#summaries.delete(key);
    this.onchange(key, area);
  }

  /** The tile without the edit in progress. @param {number} key @returns {Tile} */
  kept(key) { return this.edit?.before(key) ?? this.#tiles[key]; }

  /** Takes bounds and sum of a tile, which otherwise happens when they are asked for. @param {number} key */
  measure(key) { if (this.#tiles[key] !== 0) this.#summary(key); }

  /** Keys of the tiles that a box meets. @param {Box} area @returns {Generator<number>} */
  *keysIn(area) {
    const inside = intersection(area, box(0, 0, this.size.width, this.size.height));
    if (!inside) return;
    const right = Math.ceil((inside.x + inside.width) / TILE), bottom = Math.ceil((inside.y + inside.height) / TILE);
    for (let row = Math.floor(inside.y / TILE); row < bottom; row++) {
      for (let column = Math.floor(inside.x / TILE); column < right; column++) yield this.key(column, row);
    }
  }

  /** Keys of the tiles that are not empty. @returns {number[]} */
  usedKeys() { return this.#tiles.flatMap((tile, key) => (tile === 0 ? [] : [key])); }

  get isEmpty() { return this.bounds() === null; }

  /** The smallest box around what is painted (mask > 0, sketch alpha > 0). @returns {Box | null} */
  bounds() {
    /** @type {Box | null} */
    let all = null;
    for (let key = 0; key < this.count; key++) {
      if (this.#tiles[key] !== 0) all = union(all, this.#summary(key).bounds);
    }
    return all;
  }

  /** Sum of all mask values. */
  get sum() {
    return this.usedKeys().reduce((sum, key) => sum + this.#summary(key).sum, 0);
  }

  /** @param {number} key */
  #summary(key) {
    const known = this.#summaries.get(key);
    if (known) return known;
    const tile = this.#tiles[key], area = this.area(key);
    const summary = typeof tile === 'number' ? { bounds: area, sum: tile * area.width * area.height } : {
      bounds: shifted(paintedBounds(tile, this.channels, area), area),
      sum: this.channels === 1 ? sumOf(tile) : 0,
    };
    this.#summaries.set(key, summary);
    return summary;
  }

  /** @param {number} x @param {number} y @returns {number} mask value, or RGBA as a little-endian u32; 0 outside */
  pixel(x, y) {
    if (x < 0 || y < 0 || x >= this.size.width || y >= this.size.height) return 0;
    const tile = this.#tiles[this.key(x >> 8, y >> 8)], at = ((y & 255) * TILE + (x & 255)) * this.channels;
    if (typeof tile === 'number') return tile;
    if (this.channels === 1) return tile[at];
    return (tile[at] | tile[at + 1] << 8 | tile[at + 2] << 16 | tile[at + 3] << 24) >>> 0;
  }

  /** All pixels, row by row. @returns {Uint8Array} */
  pixels() {
    const { width, height } = this.size, stride = width * this.channels, all = new Uint8Array(stride * height);
    for (const key of this.usedKeys()) {
      const { x, y, width: w, height: h } = this.area(key), tile = expanded(this.#tiles[key], this.channels);
      for (let row = 0; row < h; row++) {
        const from = row * TILE * this.channels;
        all.set(tile.subarray(from, from + w * this.channels), (y + row) * stride + x * this.channels);
      }
    }
    return all;
  }
}

/** The pixels of a tile, new when it was one number. @param {Tile} tile @param {1 | 4} channels @returns {Uint8Array} */
export function expanded(tile, channels) {
  if (typeof tile !== 'number') return tile;
  const pixels = new Uint8Array(TILE_PIXELS * channels);
  if (tile === 0) return pixels;
  if (channels === 1) pixels.fill(tile);
  else new Uint32Array(pixels.buffer).fill(tile);
  return pixels;
}

/** One number when all pixels are alike, else the tile itself. @param {Tile} tile @param {1 | 4} channels @returns {Tile} */
export function collapsed(tile, channels) {
  if (typeof tile === 'number') return tile;
  const words = wordsOf(tile), first = words[0];
  if (channels === 1 && first !== (first & 255) * 0x01010101) return tile;
  for (let i = 1; i < words.length; i++) if (words[i] !== first) return tile;
  return channels === 1 ? first & 255 : first;
}

/** Its bytes, four at a time. @param {Uint8Array} tile */
export const wordsOf = (tile) => new Uint32Array(tile.buffer, tile.byteOffset, tile.byteLength / 4);

/** @param {Tile} tile */
export const tileBytes = (tile) => (typeof tile === 'number' ? 8 : tile.byteLength);

/** @param {Uint8Array} tile @param {1 | 4} channels @param {Size} part @returns {Box | null} inside the tile */
function paintedBounds(tile, channels, part) {
  let left = part.width, top = -1, right = 0, bottom = 0;
  for (let y = 0; y < part.height; y++) {
    // the alpha of pixel x is byte (x + 1) × channels − 1
    const row = y * TILE * channels + channels - 1;
    let first = 0, last = part.width;
    while (first < left && tile[row + first * channels] === 0) first++;
    while (last > right && tile[row + (last - 1) * channels] === 0) last--;
    if (first >= left && last <= right && !hasPaint(tile, row, left, right, channels)) continue;
    if (first < left) left = first;
    if (last > right) right = last;
    if (top < 0) top = y;
    bottom = y + 1;
  }
  return top < 0 ? null : boxBetween(left, top, right, bottom);
}

/** @param {Uint8Array} tile @param {number} row @param {number} left @param {number} right @param {number} channels */
function hasPaint(tile, row, left, right, channels) {
  for (let x = left; x < right; x++) if (tile[row + x * channels] !== 0) return true;
  return false;
}

/** @param {Box | null} b @param {{x: number, y: number}} by @returns {Box | null} */
const shifted = (b, by) => b && box(b.x + by.x, b.y + by.y, b.width, b.height);

/** @param {Uint8Array} values */
function sumOf(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}
