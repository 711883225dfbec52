// @ts-check
/** @import { Box } from './types.js' */
/** @import { Dab } from './raster/capsule.js' */
/** @import { Tile, TileLayer } from './tiles.js' */
import { box, intersection } from './geometry.js';
import { Capsule } from './raster/capsule.js';
import { TileCover } from './raster/tile-cover.js';
import { TILE } from './tiles.js';

/** Writes pixels from…to of `out`: what is there before, covered by a stroke. @typedef {(before: Tile, out: Uint8Array, from: number, to: number, cover: Uint8Array) => void} InkRow */
/** The pixels of a tile without the stroke, and those with it. @typedef {{before: Tile, out: Uint8Array}} Planes */

/**
 * A stroke on tiles of one size: those of a layer, or halvings of them that are only shown. What the stroke reaches is
 * noted with the tiles at once and painted when a tile is settled; the pixels are the same whenever that is.
 */
export class StrokeTiles {
  /** @type {Map<number, {cover: TileCover, planes: Planes | null}>} */ #tiles = new Map();
  /** Tiles that are not settled, in the order in which they were reached. @type {Set<number>} */ waiting = new Set();
  #scale;

  /** @param {TileLayer} layer @param {number} level 0: the layer's own tiles; 1: half as large, … @param {InkRow} row @param {(key: number) => Planes} open called once per tile */
  constructor(layer, level, row, open) {
    this.layer = layer;
    this.level = level;
    this.row = row;
    this.open = open;
    this.#scale = 2 ** -level;
  }

  /** The stroke goes on from `a` to `b`, picture pixels. @param {Dab} a @param {Dab} b @param {number} hardness @param {boolean} isContinued everything around `a` is covered */
  reach(a, b, hardness, isContinued) {
    const piece = new Capsule(this.#scaled(a), this.#scaled(b), hardness, isContinued), area = piece.box, by = 1 / this.#scale;
    if (!area) return;
    for (const key of this.layer.keysIn(box(area.x * by, area.y * by, area.width * by, area.height * by))) {
      this.#tile(key).cover.waiting.push(piece);
      this.waiting.add(key);
    }
  }

  /** How much there is to do on a tile. @param {number} key */
  waitingOn(key) { return this.#tiles.get(key)?.cover.waiting.length ?? 0; }

  /** @param {number} key @returns {Box | null} what changed, picture pixels */
  settle(key) {
    const tile = this.#tile(key), { cover, cover: { side, changed } } = tile, area = cover.settle();
    this.waiting.delete(key);
    if (!area) return null;
    const { before, out } = tile.planes ??= this.open(key);
    for (let y = area.y; y < area.y + area.height; y++) {
      if (changed[2 * y] < changed[2 * y + 1]) this.row(before, out, y * side + changed[2 * y], y * side + changed[2 * y + 1], cover.pixels);
    }
    const { x, y } = this.layer.area(key), by = 1 / this.#scale;
    return intersection(box(x + area.x * by, y + area.y * by, area.width * by, area.height * by), this.layer.area(key));
  }

  /** The pixels with the stroke, as far as it is settled. @param {number} key */
  pixels(key) { return this.#tiles.get(key)?.planes?.out; }

  /** @param {number} key */
  #tile(key) {
    const known = this.#tiles.get(key);
    if (known) return known;
    const { x, y, width, height } = this.layer.area(key), scale = this.#scale;
    const area = box(x * scale, y * scale, Math.ceil(width * scale), Math.ceil(height * scale));
    const tile = { cover: new TileCover(area, TILE * scale), planes: null };
    this.#tiles.set(key, tile);
    return tile;
  }

  /** @param {Dab} dab @returns {Dab} in pixels of these tiles */
  #scaled({ x, y, radius, strength }) { return { x: x * this.#scale, y: y * this.#scale, radius: radius * this.#scale, strength }; }
}
