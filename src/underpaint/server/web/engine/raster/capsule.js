// @ts-check
/**
 * A piece of a brush stroke: everything within a radius of a line, with a soft rim. Written with whole numbers, and with
 * + − × ÷ and sqrt, which IEEE 754 rounds the same way everywhere, so a stroke has the same bytes on every machine.
 * Browsers' own anti-aliasing of arcs does not.
 */
/** @import { Box } from '../types.js' */
/** @import { Falloff } from './falloff.js' */
import { boxBetween } from '../geometry.js';
import { STEP_BITS, coverage, falloffFor, rim } from './falloff.js';

/**
 * @typedef {object} Dab
 * @property {number} x         picture pixels
 * @property {number} y
 * @property {number} radius
 * @property {number} strength  0…1, what the middle is covered by
 */

/** Further binary places of a distance that is summed up along a row. */
const SLOPE_BITS = 14;

/** Whole pixels that a piece can touch. @param {Dab} a @param {Dab} b @returns {Box | null} */
export function capsuleBox(a, b) {
  const ra = a.radius + 0.5, rb = b.radius + 0.5;
  return boxBetween(
    Math.floor(Math.min(a.x - ra, b.x - rb)), Math.floor(Math.min(a.y - ra, b.y - rb)),
    Math.ceil(Math.max(a.x + ra, b.x + rb)), Math.ceil(Math.max(a.y + ra, b.y + rb)));
}

/** Evaluates one piece row by row; radius and strength run linearly from `a` to `b`. */
export class Capsule {
  /** Where each row begins and ends, once one was asked for. @type {{reach: Int32Array, core: Int32Array} | null} */ #rows = null;
  /** The columns that the last `coverRow` may have changed. */
  from = 0;
  to = 0;

  /**
   * @param {Dab} a @param {Dab} b @param {number} hardness 0…1
   * @param {boolean} [isContinued] a piece that ended at `a` is already covered, so the half behind `a` is left out
   */
  constructor(a, b, hardness, isContinued = false) {
    this.a = a;
    this.b = b;
    this.hardness = hardness;
    this.box = capsuleBox(a, b);
    this.dx = b.x - a.x;
    this.dy = b.y - a.y;
    this.length = Math.sqrt(this.dx * this.dx + this.dy * this.dy);
    this.isContinued = isContinued && this.length > 0;
    this.outer = rim(Math.max(a.radius, b.radius), hardness).outer;
    /** Null when radius or strength change on the way. @type {Falloff | null} */
    this.falloff = a.radius === b.radius && a.strength === b.strength ? falloffFor(a.radius, hardness, a.strength) : null;
    this.full = Math.round(255 * a.strength);
    /** Fully covered up to this distance; less than 0 when strength changes on the way. */
    this.inner = a.strength === b.strength ? rim(Math.min(a.radius, b.radius), hardness).inner : -1;
  }

  /**
   * Raises `cover` to the coverage of this piece along one row of pixels; values only ever grow.
   * @param {Uint8Array} cover @param {number} base index of the pixel (0, y) @param {number} x0 @param {number} x1 @param {number} y
   * @returns {boolean} whether anything changed, then between `from` and `to`
   */
  coverRow(cover, base, x0, x1, y) {
    const { reach, core } = this.#rows ??= this.#spansOfRows(), row = 2 * (y - /** @type {Box} */ (this.box).y);
    let left = Math.max(x0, reach[row]), right = Math.min(x1, reach[row + 1]);
    if (this.isContinued) {
      const { dx, dy, a } = this, ahead = -(y + 0.5 - a.y) * dy; // only where (x − a.x) × dx > ahead
      if (dx > 0) left = Math.max(left, Math.floor(ahead / dx + a.x) - 1);
      else if (dx < 0) right = Math.min(right, Math.ceil(ahead / dx + a.x) + 1);
      else if (ahead > 0) return false;
    }
    if (left >= right) return false;
    const hasCore = row < core.length;
    const coreLeft = hasCore ? Math.min(right, Math.max(left, core[row])) : right;
    const coreRight = hasCore ? Math.max(coreLeft, Math.min(right, core[row + 1])) : right;
    this.from = left;
    this.to = right;
    const isLeft = this.#coverRim(cover, base, left, coreLeft, y);
    const isMiddle = this.#coverCore(cover, base, coreLeft, coreRight);
    const isRight = this.#coverRim(cover, base, coreRight, right, y);
    return isLeft || isMiddle || isRight;
  }

  /** @param {Uint8Array} cover @param {number} base @param {number} first @param {number} last @param {number} y */
  #coverRim(cover, base, first, last, y) {
    if (first >= last) return false;
    return this.falloff ? this.#coverEven(this.falloff, cover, base, first, last, y) : this.#coverTapered(cover, base, first, last, y + 0.5);
  }

  /** @param {Uint8Array} cover @param {number} base @param {number} first @param {number} last */
  #coverCore(cover, base, first, last) {
    const { full } = this;
    while (first < last && cover[base + first] >= full) first++;
    if (first >= last) return false;
    if (full === 255) cover.fill(255, base + first, base + last);
    else for (let i = base + first; i < base + last; i++) if (cover[i] < full) cover[i] = full;
    return true;
  }

  /**
   * One radius, one strength. The row is cut where the nearest point of the axis stops being `a`, and where it becomes `b`.
   * @param {Falloff} falloff @param {Uint8Array} cover @param {number} base @param {number} first @param {number} last @param {number} y
   */
  #coverEven(falloff, cover, base, first, last, y) {
    const { a, b, dx, dy, length } = this, qy = y + 0.5 - a.y;
    const behind = -qy * dy, ahead = length * length - qy * dy; // (x − a.x) × dx at the two cuts
    const isAscending = dx > 0 || dx === 0 && behind < 0;
    let from = dx === 0 ? (behind > 0 ? last : first) : Math.min(last, Math.max(first, Math.ceil(behind / dx + a.x - 0.5)));
    let to = dx === 0 ? (ahead > 0 ? last : first) : Math.min(last, Math.max(first, Math.ceil(ahead / dx + a.x - 0.5)));
    if (from > to) [from, to] = [to, from];
    if (length === 0) to = from;
    const isStart = coverDisc(falloff, cover, base, first, from, isAscending ? a : b, y);
    const isBand = this.#coverBand(falloff, cover, base, from, to, qy);
    const isEnd = coverDisc(falloff, cover, base, to, last, isAscending ? b : a, y);
    return isStart || isBand || isEnd;
  }

  /** By distance from the axis. @param {Falloff} falloff @param {Uint8Array} cover @param {number} base @param {number} first @param {number} last @param {number} qy */
  #coverBand({ bits, table }, cover, base, first, last, qy) {
    if (first >= last) return false;
    const { a, dx, dy, length } = this, unit = 2 ** (bits + SLOPE_BITS) / length, left = /** @type {Box} */ (this.box).x;
    // counted from a fixed column, so that a pixel has one value wherever a run begins; what overflows on the way is not missed
    const slope = Math.round(dy * unit) | 0;
    let distance = Math.round(((left + 0.5 - a.x) * dy - qy * dx) * unit) + Math.imul(first - left, slope) | 0, isChanged = false;
    for (let i = base + first, end = base + last; i < end; i++) {
      const units = distance >> SLOPE_BITS, value = table[Math.imul(units, units) >>> STEP_BITS];
      distance = distance + slope | 0;
      if (value <= cover[i]) continue;
      cover[i] = value;
      isChanged = true;
    }
    return isChanged;
  }

  /** Radius or strength change along the way. @param {Uint8Array} cover @param {number} base @param {number} first @param {number} last @param {number} y of the pixels' centres */
  #coverTapered(cover, base, first, last, y) {
    const { a, b, dx, dy, hardness, length } = this, qy = y - a.y, perLength = length > 0 ? 1 / (length * length) : 0;
    let isChanged = false;
    for (let x = first; x < last; x++) {
      const old = cover[base + x];
      if (old === 255) continue;
      const qx = x + 0.5 - a.x;
      let u = (qx * dx + qy * dy) * perLength;
      u = u < 0 ? 0 : u > 1 ? 1 : u;
      const ex = qx - u * dx, ey = qy - u * dy, radius = a.radius + u * (b.radius - a.radius), outer = radius + 0.5;
      const inner = Math.max(-0.5, Math.min(outer - 1, radius * hardness));
      const value = coverage(Math.sqrt(ex * ex + ey * ey), inner, outer, a.strength + u * (b.strength - a.strength));
      if (value <= old) continue;
      cover[base + x] = value;
      isChanged = true;
    }
    return isChanged;
  }

  #spansOfRows() {
    const rows = this.box?.height ?? 0;
    return {
      reach: this.#spans(rows, this.outer, Math.floor, Math.ceil),
      // a pixel belongs to the core when its centre does
      core: this.#spans(this.inner > 0 ? rows : 0, this.inner, (x) => Math.ceil(x - 0.5), (x) => Math.floor(x - 0.5) + 1),
    };
  }

  /**
   * Where each row of pixel centres cuts the set of points within `radius` of the axis: left, right, left, right, …
   * @param {number} rows @param {number} radius @param {(x: number) => number} toLeft @param {(x: number) => number} toRight @returns {Int32Array}
   */
  #spans(rows, radius, toLeft, toRight) {
    const { a, b, length } = this, spans = new Int32Array(2 * rows), top = this.box?.y ?? 0, squared = radius * radius;
    const nx = length > 0 ? -this.dy / length * radius : 0, ny = length > 0 ? this.dx / length * radius : 0;
    for (let row = 0; row < rows; row++) {
      const y = top + row + 0.5, ha = y - a.y, hb = y - b.y;
      let left = Infinity, right = -Infinity;
      if (ha * ha <= squared) {
        const w = Math.sqrt(squared - ha * ha);
        left = a.x - w;
        right = a.x + w;
      }
      if (hb * hb <= squared) {
        const w = Math.sqrt(squared - hb * hb);
        if (b.x - w < left) left = b.x - w;
        if (b.x + w > right) right = b.x + w;
      }
      for (let side = -1; side <= 1 && this.dy !== 0; side += 2) {
        // the straight flank on this side
        const along = (ha - side * ny) / this.dy;
        if (along < 0 || along > 1) continue;
        const x = a.x + side * nx + along * this.dx;
        if (x < left) left = x;
        if (x > right) right = x;
      }
      if (left <= right) {
        spans[2 * row] = toLeft(left);
        spans[2 * row + 1] = toRight(right);
      }
    }
    return spans;
  }
}

/** By distance from a point, in forward differences. @param {Falloff} falloff @param {Uint8Array} cover @param {number} base @param {number} first @param {number} last @param {Dab} centre @param {number} y */
function coverDisc({ bits, table }, cover, base, first, last, centre, y) {
  if (first >= last) return false;
  const unit = 1 << bits, dx = Math.round((first + 0.5 - centre.x) * unit) | 0, dy = Math.round((y + 0.5 - centre.y) * unit) | 0;
  let square = Math.imul(dx, dx) + Math.imul(dy, dy) | 0, step = Math.imul(2 * dx + unit, unit), isChanged = false;
  const growth = Math.imul(2 * unit, unit);
  for (let i = base + first, end = base + last; i < end; i++) {
    const value = table[square >>> STEP_BITS];
    square = square + step | 0;
    step = step + growth | 0;
    if (value <= cover[i]) continue;
    cover[i] = value;
    isChanged = true;
  }
  return isChanged;
}
