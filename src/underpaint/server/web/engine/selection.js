// @ts-check
/** Selections are maps of mask tiles. Here they are made from shapes and combined with the mask. */
/** @import { Box, Combine } from './types.js' */
/** @import { Tile, TileLayer, TileMap } from './tiles.js' */
/** @import { Edit } from './edit.js' */
import { box } from './geometry.js';
import { TILE, TILE_PIXELS, collapsed, expanded } from './tiles.js';
import { polygonRows } from './raster/polygon.js';

/** x/255 rounded, for 0 ≤ x ≤ 65025. @param {number} x */
export const div255 = (x) => (x + 128 + ((x + 128) >> 8)) >> 8;

/** What one mask value becomes. Two soft edges add up like two layers of paint. @type {Record<Combine, (before: number, cover: number) => number>} */
export const combined = {
  add: (before, cover) => before + cover - div255(before * cover),
  subtract: (before, cover) => div255(before * (255 - cover)),
  intersect: (before, cover) => div255(before * cover),
};

/** The same for a run of pixels. @param {Combine} how @param {Uint8Array} before @param {Uint8Array} cover @param {Uint8Array} out @param {number} from @param {number} to */
export function combineRun(how, before, cover, out, from, to) {
  // written out, since a function chosen at run time is not inlined
  if (how === 'add') for (let i = from; i < to; i++) out[i] = before[i] + cover[i] - div255(before[i] * cover[i]);
  else if (how === 'subtract') for (let i = from; i < to; i++) out[i] = div255(before[i] * (255 - cover[i]));
  else for (let i = from; i < to; i++) out[i] = div255(before[i] * cover[i]);
}

/** @param {readonly {x: number, y: number}[]} points picture pixels @param {TileLayer} layer @returns {TileMap} */
export function polygonSelection(points, layer) {
  /** @type {Map<number, Uint8Array>} */ const tiles = new Map();
  for (const { x, y, cover } of polygonRows(points, box(0, 0, layer.size.width, layer.size.height))) {
    for (let from = x; from < x + cover.length;) {
      const to = Math.min(x + cover.length, (Math.floor(from / TILE) + 1) * TILE);
      const part = cover.subarray(from - x, to - x);
      if (part.some((value) => value > 0)) {
        const key = layer.key(from >> 8, y >> 8);
        const tile = tiles.get(key) ?? new Uint8Array(TILE_PIXELS);
        tiles.set(key, tile);
        tile.set(part, (y & 255) * TILE + (from & 255));
      }
      from = to;
    }
  }
  return new Map([...tiles].map(([key, tile]) => [key, collapsed(tile, 1)]));
}

/** Combines a selection with the mask. @param {Edit} edit @param {TileMap} selection @param {Combine} how */
export function combineSelection(edit, selection, how) {
  const keys = how === 'intersect' ? edit.layer.usedKeys() : selection.keys();
  for (const key of keys) {
    const before = edit.before(key), after = combineTile(before, selection.get(key) ?? 0, how);
    if (after !== before) edit.replace(key, after);
  }
}

/** @param {Tile} before @param {Tile} cover @param {Combine} how @returns {Tile} */
export function combineTile(before, cover, how) {
  if (typeof before === 'number' && typeof cover === 'number') return combined[how](before, cover);
  if (cover === 0) return how === 'intersect' ? 0 : before;
  if (before === 0) return how === 'add' ? cover : 0;
  const after = new Uint8Array(TILE_PIXELS);
  combineRun(how, expanded(before, 1), expanded(cover, 1), after, 0, TILE_PIXELS);
  return collapsed(after, 1);
}

/** The tiles of 255 − mask; what lies outside the picture stays 0. @param {TileLayer} layer @returns {TileMap} */
export function inverted(layer) {
  /** @type {TileMap} */ const tiles = new Map();
  for (let key = 0; key < layer.count; key++) tiles.set(key, invertedTile(layer.tile(key), layer.area(key)));
  return tiles;
}

/** @param {Tile} tile @param {Box} area @returns {Tile} */
function invertedTile(tile, area) {
  if (typeof tile === 'number' && area.width === TILE && area.height === TILE) return 255 - tile;
  const before = expanded(tile, 1), after = new Uint8Array(TILE_PIXELS);
  for (let y = 0; y < area.height; y++) {
    for (let i = y * TILE; i < y * TILE + area.width; i++) after[i] = 255 - before[i];
  }
  return collapsed(after, 1);
}

/** Where the sketch is painted, as a selection. @param {TileLayer} sketch @returns {TileMap} */
export function alphaSelection(sketch) {
  /** @type {TileMap} */ const tiles = new Map();
  for (const key of sketch.usedKeys()) {
    const tile = sketch.tile(key);
    if (typeof tile === 'number') { tiles.set(key, tile >>> 24); continue; }
    const alpha = new Uint8Array(TILE_PIXELS);
    for (let i = 0; i < TILE_PIXELS; i++) alpha[i] = tile[i * 4 + 3];
    tiles.set(key, collapsed(alpha, 1));
  }
  return tiles;
}
