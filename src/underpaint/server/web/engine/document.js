// @ts-check
/** @import { Box, LayerName, Size } from './types.js' */
/** @import { History } from './history.js' */
/** @import { Packer } from './patch.js' */
/** @import { TileMap } from './tiles.js' */
import { Edit } from './edit.js';
import { TileLayer } from './tiles.js';

const NO_SIZE = { width: 0, height: 0 };

/** The two painted layers of a picture and the way every change of them takes: one edit, one step of the history. */
export class PictureDocument {
  size = NO_SIZE;
  mask = new TileLayer(NO_SIZE, 1);
  sketch = new TileLayer(NO_SIZE, 4);
  /** For steps of the history that are long past. @type {Packer | null} */ packer = null;
  /** Pixels changed. @type {(layer: LayerName, key: number, area: Box) => void} */ onchange = () => {};
  /** A change is complete. @type {(layer: LayerName) => void} */ onedit = () => {};

  /** @param {History} history */
  constructor(history) { this.history = history; }

  get isEmpty() { return this.size.width === 0; }

  /** @param {LayerName} name */
  layer(name) { return name === 'mask' ? this.mask : this.sketch; }

  /** Empty layers of another size. @param {Size} size */
  resize(size) {
    this.size = { width: size.width, height: size.height };
    this.mask = new TileLayer(this.size, 1);
    this.sketch = new TileLayer(this.size, 4);
    this.mask.onchange = (key, area) => this.onchange('mask', key, area);
    this.sketch.onchange = (key, area) => this.onchange('sketch', key, area);
  }

  /** @param {LayerName} name */
  begin(name) { return new Edit(this.layer(name)); }

  /** Ends an edit; nothing is recorded when no pixel changed. @param {LayerName} name @param {Edit} edit @param {string} label */
  commit(name, edit, label) {
    const patch = edit.commit();
    if (!patch) return;
    const { size, packer } = this, { grid } = this.layer(name);
    const swap = async () => {
      if (this.size.width !== size.width || this.size.height !== size.height) {
        throw new Error(`"${label}" belongs to a picture of ${size.width} × ${size.height}; this one has ${this.size.width} × ${this.size.height}`);
      }
      await patch.swap(this.layer(name), packer);
      this.onedit(name);
    };
    this.history.push({ label, get bytes() { return patch.bytes; }, undo: swap, redo: swap, ...(packer && { pack: () => patch.pack(grid, packer) }) });
    this.onedit(name);
  }

  /** Replaces tiles as one step. @param {LayerName} name @param {TileMap} tiles @param {string} label */
  replace(name, tiles, label) {
    const edit = this.begin(name);
    for (const [key, tile] of tiles) edit.replace(key, tile);
    this.commit(name, edit, label);
  }

  /** @param {LayerName} name @param {string} label */
  clear(name, label) { this.replace(name, new Map(this.layer(name).usedKeys().map((key) => [key, 0])), label); }
}
