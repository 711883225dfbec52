// @ts-check
/** Mask tiles to one plane of pixels and back. */
/** @import { Box, Size } from '../types.js' */
/** @import { TileMap } from '../tiles.js' */
/** @import { Plane } from './morphology.js' */
import { box, grown, intersection } from '../geometry.js';
import { TILE, TILE_PIXELS, collapsed } from '../tiles.js';

const BLOCK = 2 * TILE;

/**
 * Applies `change` block by block. It sees `reach` more pixels on each side and must not look farther. Where a block
 * and its surroundings are one flat value, nothing can change and it is not called.
 * @param {TileMap} tiles @param {Size} size @param {number} reach @param {(plane: Plane) => Plane} change @returns {TileMap}
 */
export function inBlocks(tiles, size, reach, change) {
  /** @type {TileMap} */ const changed = new Map();
  const picture = box(0, 0, size.width, size.height);
  for (let y = 0; y < size.height; y += BLOCK) {
    for (let x = 0; x < size.width; x += BLOCK) {
      const block = /** @type {Box} */ (intersection(box(x, y, BLOCK, BLOCK), picture));
      const around = /** @type {Box} */ (intersection(grown(block, reach), picture));
      if (isFlat(tiles, size, around)) continue;
      const part = cropped(change(planeOf(tiles, size, around)), block.x - around.x, block.y - around.y, block);
      for (const [key, tile] of tilesOf(part, size, block)) changed.set(key, tile);
    }
  }
  return changed;
}

/** @param {TileMap} tiles @param {Size} size @param {Box} area */
function isFlat(tiles, size, area) {
  const columns = Math.ceil(size.width / TILE), first = tiles.get((area.y >> 8) * columns + (area.x >> 8)) ?? 0;
  if (typeof first !== 'number') return false;
  for (let row = area.y >> 8; row * TILE < area.y + area.height; row++) {
    for (let column = area.x >> 8; column * TILE < area.x + area.width; column++) {
      if ((tiles.get(row * columns + column) ?? 0) !== first) return false;
    }
  }
  return true;
}

/** @param {Plane} plane @param {number} left @param {number} top @param {Size} size @returns {Plane} */
function cropped({ width, data }, left, top, size) {
  const out = new Uint8Array(size.width * size.height);
  for (let y = 0; y < size.height; y++) out.set(data.subarray((top + y) * width + left, (top + y) * width + left + size.width), y * size.width);
  return { width: size.width, height: size.height, data: out };
}

/** @param {TileMap} tiles @param {Size} size of the picture @param {Box} area whole pixels inside it @returns {Plane} */
export function planeOf(tiles, size, area) {
  const data = new Uint8Array(area.width * area.height);
  forRows(size, area, (key, at, row, length) => {
    const tile = tiles.get(key) ?? 0;
    if (tile === 0) return;
    if (typeof tile === 'number') data.fill(tile, row, row + length);
    else data.set(tile.subarray(at, at + length), row);
  });
  return { width: area.width, height: area.height, data };
}

/** The tiles that `area` meets, 0 outside it. @param {Plane} plane @param {Size} size @param {Box} area @returns {TileMap} */
export function tilesOf(plane, size, area) {
  /** @type {Map<number, Uint8Array>} */ const tiles = new Map();
  forRows(size, area, (key, at, row, length) => {
    const tile = tiles.get(key) ?? new Uint8Array(TILE_PIXELS);
    tiles.set(key, tile);
    tile.set(plane.data.subarray(row, row + length), at);
  });
  return new Map([...tiles].map(([key, tile]) => [key, collapsed(tile, 1)]));
}

/** Visits the runs that lie in one row of one tile. @param {Size} size @param {Box} area @param {(key: number, at: number, row: number, length: number) => void} visit */
function forRows(size, area, visit) {
  const columns = Math.ceil(size.width / TILE), right = area.x + area.width;
  for (let y = area.y; y < area.y + area.height; y++) {
    for (let x = area.x; x < right;) {
      const end = Math.min(right, (Math.floor(x / TILE) + 1) * TILE);
      const key = (y >> 8) * columns + (x >> 8), at = (y & 255) * TILE + (x & 255);
      visit(key, at, (y - area.y) * area.width + x - area.x, end - x);
      x = end;
    }
  }
}
