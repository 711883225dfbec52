// @ts-check
/**
 * Flood fill over a tiled picture. Only the tiles that the fill reaches are asked for, so a click on a large picture
 * costs what it selects. Neighbours are the four; a pixel belongs when no channel differs from the seed's by more than
 * the tolerance.
 */
/** @import { Size } from '../types.js' */
/** @import { TileMap } from '../tiles.js' */
import { TILE, TILE_PIXELS, collapsed } from '../tiles.js';

/** @typedef {(key: number) => Promise<Uint8Array>} TileSource  RGBA of a 256-px tile; `key` counts row by row */
/** @typedef {{x: number, y: number}} Seed  whole pixels */

/** @param {TileSource} source @param {Size} size @param {Seed} seed @param {number} tolerance @returns {Promise<TileMap>} */
export async function flooded(source, size, seed, tolerance) {
  const columns = Math.ceil(size.width / TILE), rows = Math.ceil(size.height / TILE);
  const first = (seed.y >> 8) * columns + (seed.x >> 8);
  const matches = matcher(await source(first), pixelIndex(seed.x & 255, seed.y & 255), tolerance);
  /** @type {Map<number, Uint8Array>} */ const filled = new Map();
  /** @type {Map<number, number[]>} */ let waiting = new Map([[first, [pixelIndex(seed.x & 255, seed.y & 255)]]]);
  while (waiting.size > 0) {
    const turn = waiting;
    waiting = new Map();
    const pixels = await Promise.all([...turn.keys()].map(source));
    [...turn].forEach(([key, starts], i) => {
      const out = filled.get(key) ?? new Uint8Array(TILE_PIXELS);
      filled.set(key, out);
      const column = key % columns, row = (key - column) / columns;
      const exits = fillTile(pixels[i], out, starts, matches, extent(size, column, row));
      /** @param {number} other @param {number[]} at */
      const goOn = (other, at) => { if (at.length) waiting.set(other, [...(waiting.get(other) ?? []), ...at]); };
      if (column > 0) goOn(key - 1, exits.left);
      if (column < columns - 1) goOn(key + 1, exits.right);
      if (row > 0) goOn(key - columns, exits.up);
      if (row < rows - 1) goOn(key + columns, exits.down);
    });
  }
  return collapsedAll(filled);
}

/** Every pixel of the picture that matches the seed. @param {TileSource} source @param {Size} size @param {Seed} seed @param {number} tolerance @returns {Promise<TileMap>} */
export async function allLike(source, size, seed, tolerance) {
  const columns = Math.ceil(size.width / TILE), rows = Math.ceil(size.height / TILE);
  const matches = matcher(await source((seed.y >> 8) * columns + (seed.x >> 8)), pixelIndex(seed.x & 255, seed.y & 255), tolerance);
  /** @type {Map<number, Uint8Array>} */ const filled = new Map();
  for (let key = 0; key < columns * rows; key++) {
    const pixels = await source(key), out = new Uint8Array(TILE_PIXELS);
    const { width, height } = extent(size, key % columns, Math.floor(key / columns));
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (matches(pixels, pixelIndex(x, y))) out[pixelIndex(x, y)] = 255;
    filled.set(key, out);
  }
  return collapsedAll(filled);
}

/** @param {number} x @param {number} y */
const pixelIndex = (x, y) => y * TILE + x;

/** @param {Size} size @param {number} column @param {number} row @returns {Size} the part of a tile inside the picture */
const extent = (size, column, row) => ({
  width: Math.min(TILE, size.width - column * TILE), height: Math.min(TILE, size.height - row * TILE),
});

/** @param {Map<number, Uint8Array>} tiles @returns {TileMap} */
const collapsedAll = (tiles) => new Map([...tiles].map(([key, tile]) => [key, collapsed(tile, 1)]));

/** @param {Uint8Array} pixels @param {number} seed @param {number} tolerance @returns {(pixels: Uint8Array, i: number) => boolean} */
function matcher(pixels, seed, tolerance) {
  const [r, g, b, a] = pixels.slice(seed * 4, seed * 4 + 4);
  return (other, i) => Math.abs(other[i * 4] - r) <= tolerance && Math.abs(other[i * 4 + 1] - g) <= tolerance
    && Math.abs(other[i * 4 + 2] - b) <= tolerance && Math.abs(other[i * 4 + 3] - a) <= tolerance;
}

/**
 * Fills one tile from its starts, span by span; returns where the fill leaves it, as pixel indices of the neighbours.
 * @param {Uint8Array} pixels @param {Uint8Array} out @param {number[]} starts @param {(pixels: Uint8Array, i: number) => boolean} matches @param {Size} part
 */
function fillTile(pixels, out, starts, matches, part) {
  const stack = [...starts];
  /** @type {Record<'left' | 'right' | 'up' | 'down', number[]>} */
  const exits = { left: [], right: [], up: [], down: [] };
  for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
    if (out[i] || !matches(pixels, i)) continue;
    const y = i >> 8, row = y * TILE;
    let from = i - row, to = from + 1;
    while (from > 0 && !out[row + from - 1] && matches(pixels, row + from - 1)) from--;
    while (to < part.width && !out[row + to] && matches(pixels, row + to)) to++;
    out.fill(255, row + from, row + to);
    if (from === 0) exits.left.push(row + TILE - 1);
    if (to === part.width) exits.right.push(row);
    for (let x = from; x < to; x++) {
      if (y === 0) exits.up.push((TILE - 1) * TILE + x);
      else if (!out[row + x - TILE]) stack.push(row + x - TILE);
      if (y === part.height - 1) exits.down.push(x);
      else if (!out[row + x + TILE]) stack.push(row + x + TILE);
    }
  }
  return exits;
}
