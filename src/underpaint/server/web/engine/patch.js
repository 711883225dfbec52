// @ts-check
/** @import { Grid, TileLayer, TileMap } from './tiles.js' */
import { tileBytes } from './tiles.js';

/**
 * Makes tiles small and brings them back.
 * @typedef {object} Packer
 * @property {(grid: Grid, tiles: TileMap) => Promise<ArrayBuffer>} pack
 * @property {(grid: Grid, buffer: ArrayBuffer) => Promise<TileMap>} unpack
 */

/**
 * A change of a layer as the tiles that are not in it: those from before, and while it is undone those from after.
 * Packed it costs little memory and a moment to undo.
 */
export class Patch {
  /** @type {ArrayBuffer | null} */ #packed = null;
  /** Packing or swapping. @type {Promise<void>} */ #busy = Promise.resolve();

  /** @param {TileMap} tiles */
  constructor(tiles) { this.tiles = tiles; }

  get isPacked() { return this.#packed !== null; }

  get bytes() {
    let bytes = this.#packed?.byteLength ?? 0;
    for (const tile of this.tiles.values()) bytes += tileBytes(tile) + 16;
    return bytes;
  }

  /** Exchanges the tiles with those of the layer. @param {TileLayer} layer @param {Packer | null} packer */
  swap(layer, packer) {
    return this.#inTurn(async () => {
      if (this.#packed && packer) this.tiles = await packer.unpack(layer.grid, this.#packed);
      this.#packed = null;
      for (const [key, tile] of this.tiles) {
        this.tiles.set(key, layer.tile(key));
        layer.set(key, tile);
        layer.dirty.add(key);
      }
    });
  }

  /** @param {Grid} grid of the layer @param {Packer} packer */
  pack(grid, packer) {
    return this.#inTurn(async () => {
      if (this.#packed) return;
      this.#packed = await packer.pack(grid, this.tiles);
      this.tiles = new Map();
    });
  }

  /** @param {() => Promise<void>} act */
  #inTurn(act) {
    const done = this.#busy.then(act);
    this.#busy = done.catch(() => undefined);
    return done;
  }
}
