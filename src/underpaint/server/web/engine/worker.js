// @ts-check
/** Does what would make the page stutter: decoding pictures, packing tiles, morphology, flood fill. One job per message. */
/** @import { Box, Size } from './types.js' */
/** @import { Tile, TileMap } from './tiles.js' */
/** @import { Plane } from './pixels/morphology.js' */
import { buildPyramid } from './pyramid-build.js';
import { allLike, flooded } from './pixels/flood.js';
import { withoutHoles } from './pixels/holes.js';
import { feathered, grown, shrunk } from './pixels/morphology.js';
import { inBlocks, planeOf, tilesOf } from './pixels/planes.js';
import { TILE, collapsed, expanded } from './tiles.js';
import { deflate, inflate, packTiles, parseTiles } from './wire.js';

/** @type {Record<'grow' | 'shrink' | 'feather', (plane: Plane, px: number) => Plane>} */
const MORPHOLOGY = { grow: grown, shrink: shrunk, feather: feathered };

/**
 * @typedef {object} Jobs  name -> what comes in, what goes out
 * @property {(source: Blob | ImageBitmap) => Promise<import('./pyramid-build.js').BuiltPyramid>} pyramid
 * @property {(job: {tiles: TileMap, columns: number, channels: 1 | 4}) => Promise<ArrayBuffer>} pack
 * @property {(job: {buffer: ArrayBuffer, columns: number, rows: number, channels: 1 | 4}) => Promise<TileMap>} unpack
 * @property {(job: {how: keyof typeof MORPHOLOGY, px: number, reach: number, tiles: TileMap, size: Size}) => Promise<TileMap>} morph
 * @property {(job: {tiles: TileMap, size: Size, area: Box}) => Promise<TileMap>} fillHoles
 * @property {(job: {size: Size, seed: {x: number, y: number}, tolerance: number, isContiguous: boolean}) => Promise<TileMap>} flood
 */

/** @type {Jobs} */
const jobs = {
  pyramid: buildPyramid,
  async pack({ tiles, columns, channels }) {
    const packed = await Promise.all([...tiles].map(async ([key, tile]) => ({
      column: key % columns, row: Math.floor(key / columns), data: await deflated(tile, channels),
    })));
    return packTiles(packed);
  },
  async unpack({ buffer, columns, rows, channels }) {
    return new Map(await Promise.all(parseTiles(buffer).map(async ({ column, row, data }) => {
      if (column >= columns || row >= rows) throw new RangeError(`Tile ${column}, ${row} lies outside ${columns} × ${rows} tiles`);
      /** @type {Tile} */ const tile = data.length === 0 ? 0 : collapsed(await inflate(data), channels);
      if (typeof tile !== 'number' && tile.length !== TILE * TILE * channels) throw new RangeError(`Tile ${column}, ${row} has ${tile.length} bytes`);
      return /** @type {[number, Tile]} */ ([row * columns + column, tile]);
    })));
  },
  async morph({ how, px, reach, tiles, size }) {
    return inBlocks(tiles, size, reach, (plane) => MORPHOLOGY[how](plane, px));
  },
  async fillHoles({ tiles, size, area }) {
    return tilesOf(withoutHoles(planeOf(tiles, size, area)), size, area);
  },
  async flood({ size, seed, tolerance, isContiguous }) {
    try {
      return await (isContiguous ? flooded : allLike)(askForTile, size, seed, tolerance);
    } finally {
      pixelTiles.clear();
    }
  },
};

/** Flat mask tiles are common and deflate to the same bytes. @type {Map<number, Promise<Uint8Array>>} */
const flat = new Map();

/** @param {Tile} tile @param {1 | 4} channels @returns {Promise<Uint8Array>} */
function deflated(tile, channels) {
  if (tile === 0) return Promise.resolve(new Uint8Array(0));
  if (typeof tile !== 'number' || channels === 4) return deflate(expanded(tile, channels));
  const known = flat.get(tile) ?? deflate(expanded(tile, channels));
  flat.set(tile, known);
  return known;
}

/** @type {Map<number, (pixels: Uint8Array) => void>} */
const asked = new Map();
/** @type {Map<number, Promise<Uint8Array>>} */
const pixelTiles = new Map();

/** Pixels of the picture, from the page; each is asked for once per fill. @param {number} key @returns {Promise<Uint8Array>} */
function askForTile(key) {
  const known = pixelTiles.get(key) ?? new Promise((resolve) => {
    asked.set(key, resolve);
    postMessage({ ask: key });
  });
  pixelTiles.set(key, known);
  return known;
}

addEventListener('message', async ({ data }) => {
  if ('pixels' in data) {
    asked.get(data.key)?.(data.pixels);
    asked.delete(data.key);
    return;
  }
  try {
    const result = await jobs[/** @type {keyof Jobs} */ (data.name)](data.job);
    postMessage({ id: data.id, result }, { transfer: buffersIn(result) });
  } catch (error) {
    postMessage({ id: data.id, error: String(error) });
  }
});

/** @param {unknown} value @returns {Transferable[]} */
function buffersIn(value) {
  if (value instanceof ArrayBuffer) return [value];
  if (value instanceof Map) return [...value.values()].flatMap((tile) => (tile instanceof Uint8Array ? [/** @type {ArrayBuffer} */ (tile.buffer)] : []));
  if (value && typeof value === 'object' && 'levels' in value) return /** @type {import('./pyramid-build.js').BuiltPyramid} */ (value).levels.flatMap((level) => level.parts.map((part) => part.bitmap));
  return [];
}
