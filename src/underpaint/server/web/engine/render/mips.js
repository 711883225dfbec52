// @ts-check
/** @import { Box } from '../types.js' */
/** @import { Edit } from '../edit.js' */
/** @import { InkRow } from '../stroke-tiles.js' */
/** @import { Tile, TileLayer } from '../tiles.js' */
import { union, roundedOut } from '../geometry.js';
import { TILE, wordsOf } from '../tiles.js';
import { StrokePreview } from './stroke-preview.js';

/** How often tiles are halved before they are shown at this scale. @param {number} scale device pixels per picture pixel */
export const levelFor = (scale) => Math.max(0, Math.min(8, Math.floor(Math.log2(1 / scale))));

/** Halvings of a layer's tiles for zoomed-out views, made when looked at and only where pixels changed. */
export class Mips {
  /** @type {Map<number, {tile: Uint8Array, levels: Uint8Array[], stale: (Box | null)[]}>} */ #known = new Map();
  /** Shown instead where it is newer. @type {StrokePreview | null} */ #preview = null;

  /** @param {TileLayer} layer */
  constructor(layer) { this.layer = layer; }

  /** @param {number} key @param {Box} area in picture pixels */
  invalidate(key, area) {
    const known = this.#known.get(key);
    if (!known) return;
    const { x, y } = this.layer.area(key), inTile = { ...area, x: area.x - x, y: area.y - y };
    known.stale = known.stale.map((stale) => union(stale, inTile));
  }

  /** @param {number} key @param {number} level 0 = the tile itself, 1 = half, … @returns {Tile} */
  at(key, level) {
    const preview = this.#preview?.plane(key, level);
    if (preview) return preview;
    const tile = this.layer.tile(key);
    if (typeof tile === 'number' || level === 0) return tile;
    let known = this.#known.get(key);
    if (!known || known.tile !== tile) {
      known = { tile, levels: [], stale: [] };
      this.#known.set(key, known);
    }
    const { channels } = this.layer;
    for (let i = 0; i < level; i++) {
      const from = i === 0 ? tile : known.levels[i - 1], stale = i < known.levels.length ? known.stale[i] : WHOLE;
      known.levels[i] ??= new Uint8Array((TILE >> (i + 1)) ** 2 * channels);
      if (stale) halve(from, known.levels[i], channels, stale, i);
      known.stale[i] = null;
    }
    return known.levels[level - 1];
  }

  /**
   * Shows a stroke before it is painted, as long as its preview has not ended.
   * @param {Edit} edit @param {InkRow} row @param {number} diameter picture pixels @param {number} scale device pixels per picture pixel
   * @returns {StrokePreview | null} null: painting it is quick
   */
  startPreview(edit, row, diameter, scale) {
    const level = levelFor(scale), { channels } = this.layer;
    if (!StrokePreview.isWorthwhile(level, diameter)) return null;
    this.#preview = new StrokePreview(edit, row, level, (tile) => halvedTile(tile, level, channels));
    this.#preview.onend = () => { this.#preview = null; };
    return this.#preview;
  }
}

const WHOLE = { x: 0, y: 0, width: TILE, height: TILE };

/** A tile halved so often, by itself. @param {Tile} tile @param {number} level @param {1 | 4} channels @returns {Tile} */
export function halvedTile(tile, level, channels) {
  if (typeof tile === 'number') return tile;
  let from = tile;
  for (let i = 0; i < level; i++) {
    const to = new Uint8Array((TILE >> (i + 1)) ** 2 * channels);
    halve(from, to, channels, WHOLE, i);
    from = to;
  }
  return from;
}

/** @param {Uint8Array} from @param {Uint8Array} to @param {1 | 4} channels @param {Box} stale in tile pixels @param {number} level of `from` */
function halve(from, to, channels, stale, level) {
  const scale = 1 / (2 << level), half = TILE >> (level + 1);
  const { x, y, width, height } = roundedOut({ x: stale.x * scale, y: stale.y * scale, width: stale.width * scale, height: stale.height * scale });
  const left = Math.max(0, x), top = Math.max(0, y), right = Math.min(half, x + width), bottom = Math.min(half, y + height);
  if (channels === 1) halveMask(from, to, half, left, top, right, bottom);
  else halveColours(wordsOf(from), wordsOf(to), half, left, top, right, bottom);
}

/** @param {Uint8Array} from @param {Uint8Array} to @param {number} half width of `to` @param {number} left @param {number} top @param {number} right @param {number} bottom */
function halveMask(from, to, half, left, top, right, bottom) {
  const width = 2 * half;
  for (let y = top; y < bottom; y++) {
    for (let x = left, i = 2 * y * width + 2 * x; x < right; x++, i += 2) {
      const sum = from[i] + from[i + 1] + from[i + width] + from[i + width + 1];
      // a touched pixel never vanishes from sight
      to[y * half + x] = (sum + 3) >> 2;
    }
  }
}

/** RGBA with straight alpha. @param {Uint32Array} from @param {Uint32Array} to @param {number} half width of `to` @param {number} left @param {number} top @param {number} right @param {number} bottom */
function halveColours(from, to, half, left, top, right, bottom) {
  const width = 2 * half;
  for (let y = top; y < bottom; y++) {
    for (let x = left, i = 2 * y * width + 2 * x; x < right; x++, i += 2) {
      const p = from[i] | 0, q = from[i + 1] | 0, r = from[i + width] | 0, s = from[i + width + 1] | 0;
      to[y * half + x] = p === q && p === r && p === s ? p : meanColour(p, q, r, s);
    }
  }
}

/** @param {number} p @param {number} q @param {number} r @param {number} s */
function meanColour(p, q, r, s) {
  const pa = p >>> 24, qa = q >>> 24, ra = r >>> 24, sa = s >>> 24, alpha = pa + qa + ra + sa, by = 1 / alpha;
  const red = (p & 255) * pa + (q & 255) * qa + (r & 255) * ra + (s & 255) * sa;
  const green = (p >> 8 & 255) * pa + (q >> 8 & 255) * qa + (r >> 8 & 255) * ra + (s >> 8 & 255) * sa;
  const blue = (p >> 16 & 255) * pa + (q >> 16 & 255) * qa + (r >> 16 & 255) * ra + (s >> 16 & 255) * sa;
  return red * by + 0.5 | (green * by + 0.5 | 0) << 8 | (blue * by + 0.5 | 0) << 16 | (alpha + 3 >> 2) << 24;
}
