// @ts-check
/** @import { Box } from '../types.js' */
/** @import { Tile, TileLayer } from '../tiles.js' */
/** @import { StrokePreview } from './stroke-preview.js' */
import { union, roundedOut } from '../geometry.js';
import { TILE } from '../tiles.js';

/** How often tiles are halved before they are shown at this scale. @param {number} scale device pixels per picture pixel */
export const levelFor = (scale) => Math.max(0, Math.min(8, Math.floor(Math.log2(1 / scale))));

/** Halvings of mask tiles for zoomed-out views, made when looked at and only where pixels changed. */
export class Mips {
  /** Shown instead where it is newer. @type {StrokePreview | null} */ preview = null;
  /** @type {Map<number, {tile: Uint8Array, levels: Uint8Array[], stale: (Box | null)[]}>} */ #known = new Map();

  /** @param {TileLayer} layer */
  constructor(layer) { this.layer = layer; }

  /** @param {number} key @param {Box} area in picture pixels */
  invalidate(key, area) {
    const known = this.#known.get(key);
    if (!known) return;
    const { x, y } = this.layer.area(key), inTile = { ...area, x: area.x - x, y: area.y - y };
    known.stale = known.stale.map((stale) => union(stale, inTile));
  }

  /** @param {number} key @param {number} level 0 = the tile itself, 1 = half, … @returns {number | Uint8Array} */
  at(key, level) {
    const preview = this.preview?.plane(key, level);
    if (preview) return preview;
    const tile = this.layer.tile(key);
    if (typeof tile === 'number' || level === 0) return tile;
    let known = this.#known.get(key);
    if (!known || known.tile !== tile) {
      known = { tile, levels: [], stale: [] };
      this.#known.set(key, known);
    }
    for (let i = 0; i < level; i++) {
      const from = i === 0 ? tile : known.levels[i - 1], stale = i < known.levels.length ? known.stale[i] : WHOLE;
      known.levels[i] ??= new Uint8Array((TILE >> (i + 1)) ** 2);
      if (stale) halve(from, known.levels[i], TILE >> i, stale, i);
      known.stale[i] = null;
    }
    return known.levels[level - 1];
  }
}

const WHOLE = { x: 0, y: 0, width: TILE, height: TILE };

/** A tile halved so often, by itself. @param {Tile} tile of the mask @param {number} level @returns {Tile} */
export function halvedTile(tile, level) {
  if (typeof tile === 'number') return tile;
  let from = tile;
  for (let i = 0; i < level; i++) {
    const to = new Uint8Array((TILE >> (i + 1)) ** 2);
    halve(from, to, TILE >> i, WHOLE, i);
    from = to;
  }
  return from;
}

/** @param {Uint8Array} from @param {Uint8Array} to @param {number} width of `from` @param {Box} stale in tile pixels @param {number} shift */
function halve(from, to, width, stale, shift) {
  const scale = 1 / (2 << shift), half = width >> 1;
  const part = roundedOut({ x: stale.x * scale, y: stale.y * scale, width: stale.width * scale, height: stale.height * scale });
  const right = Math.min(half, part.x + part.width), bottom = Math.min(half, part.y + part.height);
  for (let y = Math.max(0, part.y); y < bottom; y++) {
    for (let x = Math.max(0, part.x), i = 2 * y * width + 2 * x; x < right; x++, i += 2) {
      const sum = from[i] + from[i + 1] + from[i + width] + from[i + width + 1];
      // a touched pixel never vanishes from sight
      to[y * half + x] = sum === 0 ? 0 : (sum + 3) >> 2;
    }
  }
}
